/** One model in the tables of a report: what it is called, how serious it is, in which order. */
import type { ModelChange, PlanDocument, PlannedModel } from "../plan/plan.ts";
import type { ChangeCategory } from "../snapshot/snapshot.ts";
import { estimateOf } from "./counts.ts";
import { describeWork } from "./interval-text.ts";
import { asSentence } from "./phrase.ts";

export interface ModelRow {
  readonly name: string;
  readonly key: string;
  readonly kind: string;
  readonly change: ModelChange;
  readonly category: ChangeCategory | null;
  /** In words: `Breaking`, `Indirect non-breaking`, `Added`. */
  readonly label: string;
  readonly tone: RowTone;
  readonly reasons: readonly string[];
  /** The definition is as it was: somebody changed what stands in the warehouse, and the plan sets it right. */
  readonly repaired: boolean;
  readonly columns: string;
  readonly downstream: number;
  /** `2023-01-01 to 2023-01-07 (7 days)`, `full refresh`, empty when nothing is computed. */
  readonly work: string;
  readonly preview: boolean;
  readonly estimate: string;
  readonly path: string;
  readonly owner: string;
}

export type RowTone = "danger" | "attention" | "good" | "quiet";

/** Changed by someone, not because of others. */
export function isDirect(change: ModelChange): boolean {
  return change !== "indirectly_modified" && change !== "unmodified";
}

/** Words and tone of a model. */
export function modelRow(model: PlannedModel, plan: PlanDocument): ModelRow {
  const label = labelOf(model);
  return {
    name: model.displayName,
    key: model.name,
    kind: model.kind,
    change: model.change,
    category: model.category,
    label,
    tone: toneOf(model),
    reasons: reasonsOf(model),
    repaired: model.change === "unmodified" && model.reasons.some(({ code }) => code === "drift"),
    columns: columnSummary(model),
    downstream: model.downstream.length,
    work: describeWork(model.kind, model.intervals, model.reuse),
    preview: model.deployable === false && plan.environment.isDev && model.intervals.length > 0,
    estimate: estimateOf(plan.estimates?.[model.name]),
    path: model.path,
    owner: model.owner ?? "",
  };
}

function reasonsOf(model: PlannedModel): readonly string[] {
  if (model.reasons.length > 0) return model.reasons.map((reason) => asSentence(reason.text));
  if (model.change === "removed") return ["No longer in the project."];
  return model.change === "added" ? ["New in the project."] : [];
}

function labelOf(model: PlannedModel): string {
  const suffix = model.forwardOnly && model.change !== "unmodified" ? ", forward-only" : "";
  switch (model.change) {
    case "added":
      return `Added${suffix}`;
    case "removed":
      return "Removed";
    case "metadata_updated":
      return "Metadata";
    case "unmodified":
      return "Unchanged";
    case "directly_modified":
    case "indirectly_modified":
      return `${categoryLabel(model.category)}${suffix}`;
  }
}

function categoryLabel(category: ChangeCategory | null): string {
  switch (category) {
    case "BREAKING":
      return "Breaking";
    case "NON_BREAKING":
      return "Non-breaking";
    case "INDIRECT_BREAKING":
      return "Indirect breaking";
    case "INDIRECT_NON_BREAKING":
      return "Indirect non-breaking";
    case "METADATA":
      return "Metadata";
    case null:
      return "Not categorised";
  }
}

function toneOf(model: PlannedModel): RowTone {
  if (model.change === "removed" || model.destructive.length > 0) return "danger";
  if (model.category === "BREAKING" && model.change === "directly_modified") return "danger";
  if (
    model.category === "INDIRECT_BREAKING" ||
    (model.category === null && model.change === "directly_modified")
  ) {
    return "attention";
  }
  return model.change === "unmodified" || model.change === "metadata_updated" ? "quiet" : "good";
}

const severity: readonly (ModelChange | ChangeCategory)[] = [
  "removed",
  "BREAKING",
  "directly_modified",
  "NON_BREAKING",
  "added",
  "METADATA",
  "metadata_updated",
  "INDIRECT_BREAKING",
  "INDIRECT_NON_BREAKING",
  "indirectly_modified",
  "unmodified",
];

function rank(row: ModelRow): number {
  const own =
    row.change === "directly_modified" || row.change === "indirectly_modified" ? row.category : null;
  return severity.indexOf(own ?? row.change);
}

/** Most serious first, then by name. */
export function bySeverity(a: ModelRow, b: ModelRow): number {
  return rank(a) - rank(b) || compareText(a.name, b.name);
}

/** The same order on every machine: by code units, not by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function columnSummary(model: PlannedModel): string {
  const { added, removed, retyped } = model.columns;
  return [
    ...added.map((column) => `+${column}`),
    ...removed.map((column) => `-${column}`),
    ...retyped.map((column) => `${column.name}: ${column.from} to ${column.to}`),
  ].join(", ");
}
