/** The bulky parts of a Markdown report: the drawing and the diffs. */
import { fencedCode, htmlText, mermaidLabel, shorten } from "./escape.ts";
import type { Lineage } from "./lineage.ts";
import { count, groupDigits } from "./phrase.ts";
import type { DiffView } from "./view.ts";

const looks: Record<Lineage["nodes"][number]["look"], string> = {
  breaking: "fill:#da3633,stroke:#8e1519,color:#ffffff",
  removed: "fill:#59636e,stroke:#3d444d,color:#ffffff,stroke-dasharray:4 3",
  changed: "fill:#1f883d,stroke:#116329,color:#ffffff",
  added: "fill:#0969da,stroke:#0349b4,color:#ffffff",
  indirect: "fill:#bc4c00,stroke:#762c00,color:#ffffff",
  context: "fill:#818b98,stroke:#59636e,color:#ffffff",
};

const lookWords: Record<Lineage["nodes"][number]["look"], string> = {
  breaking: "🔴 breaking",
  changed: "🟢 changed",
  added: "🔵 added",
  indirect: "🟠 downstream",
  removed: "⚫ removed",
  context: "⚪ unchanged",
};

/** Null when there is nothing to draw or no room. */
export function lineagePart(lineage: Lineage, shown: boolean) {
  if (!shown || lineage.edges.length === 0) return null;
  const used = [...new Set(lineage.nodes.map((node) => node.look))];
  const lines = [
    "flowchart LR",
    ...lineage.nodes.map((node) => `  ${node.id}["${mermaidLabel(node.label)}"]:::${node.look}`),
    ...lineage.edges.map(([from, to]) => `  ${from} --> ${to}`),
    ...used.map((look) => `  classDef ${look} ${looks[look]}`),
  ];
  return {
    mermaid: lines.join("\n"),
    open: lineage.nodes.length <= 12,
    legend: used.map((look) => lookWords[look]).join(" · "),
    omitted: lineage.omitted === 0 ? "" : groupDigits(lineage.omitted),
  };
}

/** Whole diffs up to `limit` bytes, the last one cut at a line; the rest is counted. */
export function diffPart(diffs: readonly DiffView[], limit: number) {
  const shown: { title: string; stat: string; body: string; cut: string }[] = [];
  let left = limit;
  for (const diff of diffs) {
    const size = Buffer.byteLength(diff.text) + 200;
    const text = size <= left ? diff.text : firstLines(diff.text, left - 300);
    if (text === "") break;
    left -= Buffer.byteLength(text) + 200;
    const missing =
      size <= limit && text === diff.text ? 0 : diff.text.split("\n").length - text.split("\n").length;
    shown.push({
      title: `<code>${htmlText(shorten(diff.name, 120))}</code>`,
      stat: `<code>+${diff.added} −${diff.removed}</code>`,
      body: fencedCode(text, "diff"),
      cut: missing > 0 ? count(missing, "more line") : "",
    });
    if (text !== diff.text) break;
  }
  const omitted = diffs.length - shown.length;
  return {
    shown,
    omitted: omitted === 0 ? "" : groupDigits(omitted),
    total: groupDigits(diffs.length),
    any: diffs.length > 0,
  };
}

/** Whole lines from the start, up to `limit` bytes; empty when not even a few fit. */
function firstLines(text: string, limit: number): string {
  let size = 0;
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    size += Buffer.byteLength(line) + 1;
    if (size > limit) break;
    kept.push(line);
  }
  return kept.length < 4 ? "" : kept.join("\n");
}
