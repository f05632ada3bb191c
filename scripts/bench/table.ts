/** Results as a Markdown table: medians, and how each grows from the size before. */
import type { SizeResult } from "./suite.ts";
import type { Measurement } from "./task.ts";

const rows = [
  ["load", "load"],
  ["first plan", "firstPlan"],
  ["unchanged plan", "unchangedPlan"],
  ["plan, ten models restated", "restatePlan"],
  ["plan, five models changed", "fiveChangedPlan"],
  ["promote everything, compute nothing", "promote"],
  ["apply everything", "apply"],
  ["the same SQL without Sluice", "rawSql"],
] as const satisfies readonly (readonly [string, keyof SizeResult])[];

const memory = [
  ["peak memory of the first plan", "firstPlan"],
  ["peak memory of the unchanged plan", "unchangedPlan"],
] as const;

export function resultTable(results: readonly SizeResult[]): string {
  const head = ["", ...results.map((result) => `${result.models.toLocaleString("en")} models`)];
  const lines = rows.map(([title, key]) => [
    title,
    ...results.map((result, i) => cell(result[key], results[i - 1]?.[key])),
  ]);
  lines.push(["apply ÷ raw SQL", ...results.map(overhead)]);
  for (const [title, key] of memory)
    lines.push([title, ...results.map((result) => `${result[key].megabytes.toFixed(0)} MB`)]);
  return [head, head.map(() => "---"), ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cell(value: Measurement | undefined, before: Measurement | undefined): string {
  if (!value) return "–";
  const growth = before ? ` (×${(value.seconds / before.seconds).toFixed(1)})` : "";
  return `${value.seconds.toFixed(2)} s${growth}`;
}

function overhead(result: SizeResult): string {
  return result.apply && result.rawSql
    ? `×${(result.apply.seconds / result.rawSql.seconds).toFixed(2)}`
    : "–";
}
