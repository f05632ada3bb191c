/**
 * How much a plan changes what readers see, held against the limits of `sluice.yaml` (design 6). Decides only: what the plan
 * itself says is known while planning, rows are measured on the built tables right before the switch (apply). Pure.
 */
import type { ModelFacts, ModelName } from "../model/model.ts";
import { isOnlyExecutionTime } from "../snapshot/kind.ts";
import { unitIndex } from "../time/unit.ts";
import type { PlanDocument } from "./plan.ts";

/** Absent = no limit. Shares are fractions of one. */
export interface ImpactLimits {
  readonly maxRowChange?: number;
  readonly maxRowLoss?: number;
  readonly maxKeyLoss?: number;
  readonly maxNullRateChange?: number;
  readonly maxDroppedColumns?: number;
  readonly maxBackfillIntervals?: number;
  readonly maxBackfillModels?: number;
}

/** One thing that was measured, and its limit. */
export interface ImpactFinding {
  /** Name of the limit in `sluice.yaml`, for example `max_row_loss`. */
  readonly limit: string;
  /** null: of the plan as a whole. */
  readonly model: string | null;
  /** A count or a share, as the limit. */
  readonly measured: number;
  readonly allowed: number;
  readonly exceeded: boolean;
  /** What was measured and what is allowed, one sentence. */
  readonly text: string;
}

/** Aggregates of what a view shows now and of the table it is about to show. */
export interface MeasuredModel {
  readonly model: string;
  readonly rows: { readonly before: number; readonly after: number };
  /** NULLs by column that both have; empty where they were not asked for. */
  readonly nulls: readonly { readonly column: string; readonly before: number; readonly after: number }[];
  /** Different keys before, and how many of them are gone; null where the model has no key or it was not asked for. */
  readonly keys: { readonly before: number; readonly lost: number } | null;
}

/** Rows have to be looked at to judge these limits. */
export function needsMeasuring(limits: ImpactLimits): boolean {
  const { maxRowChange, maxRowLoss, maxKeyLoss, maxNullRateChange } = limits;
  return [maxRowChange, maxRowLoss, maxKeyLoss, maxNullRateChange].some((limit) => limit !== undefined);
}

/** `factsOf`: of the models that are computed; intervals of a model without facts count as days. */
export function judgePlan(
  plan: PlanDocument,
  limits: ImpactLimits,
  factsOf: (model: ModelName) => Pick<ModelFacts, "kind" | "intervalUnit"> | undefined,
): readonly ImpactFinding[] {
  const findings: ImpactFinding[] = [];
  const { maxBackfillModels, maxBackfillIntervals, maxDroppedColumns } = limits;
  if (maxBackfillModels !== undefined) {
    const models = new Set(computations(plan).map((step) => step.model));
    findings.push(ofPlan("max_backfill_models", models.size, maxBackfillModels, "model", "computed"));
  }
  if (maxBackfillIntervals !== undefined) {
    const count = computations(plan).reduce((sum, step) => sum + intervalsOf(step, factsOf(step.model)), 0);
    findings.push(ofPlan("max_backfill_intervals", count, maxBackfillIntervals, "interval", "computed"));
  }
  if (maxDroppedColumns !== undefined) {
    const dropped = plan.models.flatMap(({ displayName, columns, destructive }) =>
      [...new Set([...columns.removed, ...destructive])].map((column) => `${displayName}.${column}`),
    );
    const finding = ofPlan("max_dropped_columns", dropped.length, maxDroppedColumns, "column", "dropped");
    const names = dropped.length > 0 && finding.exceeded ? ` (${shorten(dropped)})` : "";
    findings.push({ ...finding, text: finding.text.replace(" dropped", ` dropped${names}`) });
  }
  return findings;
}

/** Every limit of rows, for every model that was measured; of columns, the one that changes most. */
export function judgeRows(
  measured: readonly MeasuredModel[],
  limits: ImpactLimits,
): readonly ImpactFinding[] {
  return measured.flatMap((one) => [
    ...rowFindings(one, limits),
    ...keyFindings(one, limits),
    ...nullFindings(one, limits),
  ]);
}

/** Null when nothing goes beyond its limit, else one sentence that names the worst and says what to do. */
export function impactSentence(findings: readonly ImpactFinding[]): string | null {
  const exceeded = findings.filter((finding) => finding.exceeded);
  if (exceeded.length === 0) return null;
  const shown = exceeded.slice(0, 3).map((finding) => finding.text);
  const more =
    exceeded.length > shown.length ? ` ${exceeded.length - shown.length} more limits are exceeded.` : "";
  return `${shown.join(" ")}${more} Correct the models, raise the limit in sluice.yaml in a reviewed change, or override impact with a reason.`;
}

type Computation = Extract<PlanDocument["steps"][number], { kind: "backfill" | "load-seed" }>;

function computations({ steps }: PlanDocument): readonly Computation[] {
  return steps.filter((step) => step.kind === "backfill" || step.kind === "load-seed");
}

function intervalsOf(
  step: Computation,
  facts: Pick<ModelFacts, "kind" | "intervalUnit"> | undefined,
): number {
  const { interval } = step;
  if (step.kind === "load-seed" || interval === null) return 1;
  if (facts !== undefined && isOnlyExecutionTime(facts.kind)) return 1;
  const unit = facts?.intervalUnit ?? "day";
  return Math.max(1, unitIndex(unit, interval[1]) - unitIndex(unit, interval[0]));
}

function ofPlan(limit: string, measured: number, allowed: number, word: string, done: string): ImpactFinding {
  const exceeded = measured > allowed;
  const are = measured === 1 ? "is" : "are";
  const words = `${groups(measured)} ${word}${measured === 1 ? "" : "s"} ${are} ${done}`;
  const text = `${words}; at most ${groups(allowed)} may be (impact.${limit}).`;
  return { limit, model: null, measured, allowed, exceeded, text };
}

function rowFindings({ model, rows }: MeasuredModel, limits: ImpactLimits): readonly ImpactFinding[] {
  const { before, after } = rows;
  if (before === 0) return [];
  const share = Math.abs(after - before) / before;
  const direction = after < before ? "fewer" : "more";
  const what = `${model}: ${groups(before)} rows become ${groups(after)}, ${percent(share)} ${direction}`;
  const findings: ImpactFinding[] = [];
  const { maxRowLoss, maxRowChange } = limits;
  if (maxRowLoss !== undefined) {
    const loss = Math.max(0, before - after) / before;
    findings.push(ofModel("max_row_loss", model, loss, maxRowLoss, what, "may get lost"));
  }
  if (maxRowChange !== undefined) {
    findings.push(ofModel("max_row_change", model, share, maxRowChange, what, "may change"));
  }
  return findings;
}

function keyFindings({ model, keys }: MeasuredModel, { maxKeyLoss }: ImpactLimits): readonly ImpactFinding[] {
  if (keys === null || maxKeyLoss === undefined || keys.before === 0) return [];
  const share = keys.lost / keys.before;
  const what = `${model}: ${groups(keys.lost)} of ${groups(keys.before)} keys are gone, ${percent(share)}`;
  return [ofModel("max_key_loss", model, share, maxKeyLoss, what, "may get lost")];
}

function nullFindings(
  { model, rows, nulls }: MeasuredModel,
  { maxNullRateChange }: ImpactLimits,
): readonly ImpactFinding[] {
  if (maxNullRateChange === undefined || rows.before === 0 || rows.after === 0) return [];
  const rates = nulls.map(({ column, before, after }) => {
    const [then, now] = [before / rows.before, after / rows.after];
    return { column, then, now, change: Math.abs(now - then) };
  });
  const worst = rates.toSorted((a, b) => b.change - a.change)[0];
  if (worst === undefined) return [];
  const { column, then, now, change } = worst;
  const what = `${model}: the share of NULLs in ${column} goes from ${percent(then)} to ${percent(now)}`;
  return [ofModel("max_null_rate_change", model, change, maxNullRateChange, what, "may change")];
}

function ofModel(
  limit: string,
  model: string,
  measured: number,
  allowed: number,
  what: string,
  may: string,
): ImpactFinding {
  const text = `${what}; at most ${percent(allowed)} ${may} (impact.${limit}).`;
  return { limit, model, measured, allowed, exceeded: measured > allowed, text };
}

function shorten(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}

/** Enough digits that a share just beyond its limit does not read like it. */
function percent(share: number): string {
  const value = share * 100;
  const digits = value === 0 || value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} %`;
}

function groups(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
