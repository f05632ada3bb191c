/** Sums over a plan: how many models change in which way, and what computing them may cost. */
import type { PlanDocument, PlannedModel } from "../plan/plan.ts";
import type { DestructiveChange } from "./destructive.ts";
import { describeRows, describeSeconds } from "./interval-text.ts";

export interface Counts {
  readonly added: number;
  readonly removed: number;
  readonly breaking: number;
  readonly nonBreaking: number;
  readonly forwardOnly: number;
  readonly uncategorised: number;
  readonly indirect: number;
  readonly metadata: number;
  /** Models that differ in any way. */
  readonly changed: number;
  readonly computed: number;
  readonly batches: number;
  readonly tables: number;
  readonly views: number;
  readonly destructive: number;
  /** Those among them that lose data of live tables. */
  readonly dataLost: number;
}

type Estimate = NonNullable<PlanDocument["estimates"]>[string];

/** `1.2 M rows, 40 s`; empty when nothing is known. */
export function estimateOf(estimate: Estimate | undefined): string {
  const parts: string[] = [];
  if (estimate?.rows !== undefined) parts.push(describeRows(estimate.rows));
  if (estimate?.seconds !== undefined) parts.push(describeSeconds(estimate.seconds));
  return parts.join(", ");
}

/** Of all models that are computed. */
export function totalEstimate(plan: PlanDocument): string {
  const all = plan.models
    .filter((model) => model.intervals.length > 0)
    .flatMap((model) => plan.estimates?.[model.name] ?? []);
  const sum = (values: readonly (number | undefined)[]) =>
    values.some((value) => value !== undefined)
      ? values.reduce<number>((a, b) => a + (b ?? 0), 0)
      : undefined;
  const rows = sum(all.map((each) => each.rows));
  const seconds = sum(all.map((each) => each.seconds));
  return estimateOf({
    ...(rows === undefined ? {} : { rows }),
    ...(seconds === undefined ? {} : { seconds }),
  });
}

export function countChanges(plan: PlanDocument, destructive: readonly DestructiveChange[]): Counts {
  const by = (test: (model: PlannedModel) => boolean) => plan.models.filter(test).length;
  const direct = (model: PlannedModel) => model.change === "directly_modified";
  return {
    added: by((model) => model.change === "added"),
    removed: by((model) => model.change === "removed"),
    breaking: by((model) => direct(model) && model.category === "BREAKING"),
    nonBreaking: by((model) => direct(model) && model.category === "NON_BREAKING"),
    forwardOnly: by((model) => model.forwardOnly && model.change !== "unmodified"),
    uncategorised: by((model) => direct(model) && model.category === null),
    indirect: by((model) => model.change === "indirectly_modified"),
    metadata: by((model) => model.change === "metadata_updated"),
    changed: by((model) => model.change !== "unmodified"),
    computed: by((model) => model.intervals.length > 0),
    batches: plan.steps.filter((step) => step.kind === "backfill" || step.kind === "load-seed").length,
    tables: plan.steps.filter((step) => step.kind === "create-table").length,
    views: plan.steps.reduce((sum, step) => sum + (step.kind === "switch" ? step.views.length : 0), 0),
    destructive: destructive.length,
    dataLost: destructive.filter((each) => each.loses === "data").length,
  };
}
