/** The view for a terminal or a log: the same words as the comment, in columns, with colour where it is wanted. */
import { oneLine, shorten, terminalText } from "./escape.ts";
import type { ModelRow, RowTone } from "./model-row.ts";
import type { GroupState } from "./outcome-view.ts";
import { type Paint, painter } from "./paint.ts";
import { count, type Phrase } from "./phrase.ts";
import type { Tone } from "./verdict.ts";
import type { PlanView } from "./view.ts";

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; text is laid out for at least 60. */
  readonly width: number;
  /** Unified diffs below the table. */
  readonly diffs: boolean;
  /** What happens, step by step. */
  readonly steps: boolean;
}

const rowColors: Record<RowTone, Paint> = { danger: "red", attention: "yellow", good: "green", quiet: "dim" };
const toneColors: Record<Tone, Paint> = {
  danger: "red",
  attention: "yellow",
  good: "green",
  quiet: "dim",
  busy: "blue",
};
const lineSigns: Record<GroupState, string> = {
  done: "✓",
  running: "…",
  failed: "✗",
  waiting: "·",
  skipped: "-",
};

/** The whole report as text, ending with a line break. No line can be taken for a log command. */
export function renderText(view: PlanView, options: TextOptions): string {
  const paint = painter(options.color);
  const say = (sentence: Phrase) =>
    sentence
      .map((word) => (typeof word === "string" ? clean(word) : paint("cyan", clean(word.name))))
      .join("");
  const width = Math.max(60, options.width);
  const blocks: string[][] = [
    [
      paint("bold", paint(toneColors[view.verdict.tone], `${view.verdict.word}: ${clean(view.environment)}`)),
      say(view.verdict.sentence),
      ...view.verdict.because.map((each) => `- ${clean(each)}`),
    ],
    failureBlock(view, paint),
    progressBlock(view, say, paint),
    view.outcome === null ? destructiveBlock(view, say, paint) : [],
    view.outcome === null ? rowsBlock("", view.direct, width, paint) : [],
    view.outcome === null ? rowsBlock(downstreamTitle(view), view.indirect, width, paint) : [],
    restatementBlock(view, paint),
    options.steps && view.outcome === null ? stepsBlock(view, say, paint) : [],
    options.diffs && view.outcome === null ? diffBlock(view, paint) : [],
    [
      ...view.warnings.map(
        (each) =>
          `${paint("yellow", "warning:")} ${clean(each.text)}${each.file === undefined ? "" : ` (${clean(each.file)}${each.line === undefined ? "" : `:${each.line}`})`}`,
      ),
      ...(view.outcome?.warnings ?? []).map((each) => `${paint("yellow", "warning:")} ${clean(each)}`),
    ],
    view.fuses.length === 0 ? [] : [paint("bold", "Fuses:"), ...view.fuses.map((each) => `  ${clean(each)}`)],
    testsBlock(view, paint),
    view.next.map(say),
    [paint("dim", factsLine(view))],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

type Painter = ReturnType<typeof painter>;

function clean(text: string): string {
  return terminalText(oneLine(text));
}

function destructiveBlock(view: PlanView, say: (sentence: Phrase) => string, paint: Painter): string[] {
  const lost = view.destructive.map((each) => `  ${paint("red", "!")} ${say(each.text)}`);
  const title = paint("red", paint("bold", `${count(view.destructive.length, "destructive change")}:`));
  const allowed = view.permissions.map((each) =>
    clean(`  ${each.models.join(", ")}: ${each.change} changes, by ${each.by}`),
  );
  return [
    ...(lost.length === 0 ? [] : [title, ...lost]),
    ...(allowed.length === 0 ? [] : ["Allowed for this plan alone:", ...allowed]),
  ];
}

function restatementBlock(view: PlanView, paint: Painter): string[] {
  const listed = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
  return [
    ...listed(
      paint("yellow", "History is computed again:"),
      view.restatements.map((each) => `${clean(each.name)}: ${each.interval}`),
    ),
    ...listed(
      "Asked for by:",
      view.restateRequests.map((each) => clean(`${each.askedBy}: ${each.what}`)),
    ),
    ...listed(
      "Other versions forget what they have:",
      view.forgetting.map((each) => `${clean(each.name)} (${clean(each.where)}): ${each.interval}`),
    ),
  ];
}

function downstreamTitle(view: PlanView): string {
  if (view.indirect.every((row) => row.repaired)) return "Changed by hand in the warehouse, set right:";
  const unchanged = view.indirect.every((row) => row.change === "unmodified");
  return unchanged ? "Missing intervals of unchanged models:" : "Downstream:";
}

const marks: Record<ModelRow["change"], string> = {
  added: "+",
  removed: "-",
  directly_modified: "~",
  indirectly_modified: "≈",
  metadata_updated: "·",
  unmodified: " ",
};

function rowsBlock(title: string, rows: readonly ModelRow[], width: number, paint: Painter): string[] {
  if (rows.length === 0) return [];
  const nameWidth = Math.min(Math.floor(width * 0.4), Math.max(...rows.map((row) => row.name.length)));
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const lines: string[] = title === "" ? [] : [title];
  for (const row of rows) {
    const head = `${marks[row.change]} ${shorten(clean(row.name), nameWidth).padEnd(nameWidth)}`;
    const work = [
      row.work + (row.preview ? " (preview)" : ""),
      row.estimate === "" ? "" : `about ${row.estimate}`,
    ];
    const tail = work.filter((each) => each.trim() !== "").join(", ");
    lines.push(`  ${paint(rowColors[row.tone], head)}  ${row.label.padEnd(labelWidth)}  ${tail}`.trimEnd());
    const reasons = [...row.reasons.slice(0, 3), row.columns]
      .filter((each) => each !== "")
      .map(clean)
      .join(" ");
    if (reasons !== "")
      for (const line of wrap(reasons, width - 6)) lines.push(paint("dim", `      ${line}`));
  }
  return lines;
}

function stepsBlock(view: PlanView, say: (sentence: Phrase) => string, paint: Painter): string[] {
  if (view.actions.length === 0) return [];
  const lines = [paint("bold", "What happens:")];
  view.actions.forEach((group, index) => {
    lines.push(`  ${String(index + 1).padStart(2)}. ${say(group.title)}`);
    for (const detail of group.details.slice(0, 50)) lines.push(`      - ${say(detail.text)}`);
    if (group.details.length > 50) lines.push(`      - … and ${group.details.length - 50} more`);
  });
  return lines;
}

function diffBlock(view: PlanView, paint: Painter): string[] {
  return view.diffs.flatMap((diff, index) => [
    ...(index === 0 ? [] : [""]),
    paint("bold", `${clean(diff.name)} (${clean(diff.path)})`),
    ...terminalText(diff.text)
      .replace(/\n+$/, "")
      .split("\n")
      .filter((line) => !/^(?:\+\+\+|---) [ab]\//.test(line))
      .map((line) => {
        if (line.startsWith("+")) return paint("green", line);
        if (line.startsWith("-")) return paint("red", line);
        return line.startsWith("@@") ? paint("cyan", line) : line;
      }),
  ]);
}

function progressBlock(view: PlanView, say: (sentence: Phrase) => string, paint: Painter): string[] {
  const lines = (view.outcome?.lines ?? []).map((line) => {
    const tally = line.total > 1 && line.state !== "waiting" ? ` (${line.done} of ${line.total})` : "";
    const sign =
      line.state === "failed"
        ? paint("red", "✗")
        : line.state === "done"
          ? paint("green", "✓")
          : lineSigns[line.state];
    return `  ${sign} ${say(line.text)}${tally}${line.seconds === "" ? "" : ` ${paint("dim", line.seconds)}`}`;
  });
  return [
    ...lines,
    ...(view.outcome?.audits ?? []).map((each) => `  ${paint("red", "audit")} ${clean(each)}`),
    ...(view.outcome?.extraIntervals ?? []).map((each) => `  computed beyond the plan: ${clean(each)}`),
  ];
}

function failureBlock(view: PlanView, paint: Painter): string[] {
  const failure = view.outcome?.failure;
  if (!failure) return [];
  const where = [failure.model, failure.step]
    .filter((each) => each !== "")
    .map(clean)
    .join(": ");
  return [
    ...(where === "" ? [] : [`${paint("red", "Failed at")} ${where}`]),
    ...indent(shorten(failure.message, 2000)),
    ...(failure.statement === "" ? [] : ["Statement:", ...indent(shorten(failure.statement, 2000))]),
  ];
}

function indent(text: string): string[] {
  return terminalText(text)
    .split("\n")
    .map((line) => `    ${line}`);
}

function testsBlock(view: PlanView, paint: Painter): string[] {
  const { ran, failed, skipped } = view.tests;
  if (view.outcome !== null) return [];
  if (skipped) return [paint("yellow", "Unit tests were skipped.")];
  if (ran === 0) return [];
  return failed > 0
    ? [paint("red", `${failed} of ${count(ran, "unit test")} failed.`)]
    : [`${count(ran, "unit test")} passed.`];
}

function factsLine(view: PlanView): string {
  const { facts } = view;
  const version = facts.from === facts.to ? `version ${facts.to}` : `version ${facts.from} → ${facts.to}`;
  return `plan ${facts.digest.slice(0, 12)} · ${clean(view.environment)} ${version} · ${clean(facts.engine)} · ${clean(facts.tool)}`;
}

/** Words into lines of at most `width`; a longer word stands alone. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
