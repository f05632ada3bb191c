/** From when to when a plan computes, for the plan as a whole and for single models (spec plan-and-apply 1.10, 2.3–2.5, 5.9). */
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { isForwardOnlyKind } from "../snapshot/kind.ts";
import { ancestorsOf } from "../snapshot/lineage.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { type Instant, parseInstant } from "../time/instant.ts";
import { membersOf } from "./baseline.ts";
import { type DefaultBounds, defaultBounds, recordedEnds, startOverrides } from "./bounds.ts";
import type { DecidedNodes } from "./categorise.ts";
import type { Comparison } from "./comparison.ts";
import { type RangeEnd, rangeEnd, startDates } from "./intervals.ts";
import { asksToRestate } from "./restate-requests.ts";

export interface PlanRange {
  /** "Now" of the plan. */
  readonly executionTime: number;
  /** Given, or set because forward-only changes are previewed; null = from the start of each model. */
  readonly start: number | null;
  readonly end: RangeEnd;
  /** Nothing beyond `end` is computed. */
  readonly endBounded: boolean;
  readonly ignoreCron: boolean;
  readonly startOverrides: ReadonlyMap<ModelName, number>;
  /** What each model has in production: a plan does not advance it. */
  readonly endOverrides: ReadonlyMap<ModelName, number>;
  /** Names chosen to be computed, by the user or because only they changed; null = all. */
  readonly chosen: ReadonlySet<ModelName> | null;
  /** `chosen` with everything above it; null = all. */
  readonly selection: ReadonlySet<ModelName> | null;
  /** Start of a model by itself. */
  readonly startOf: (name: ModelName) => number;
  /** Forward-only changes get a preview in their dev tables. */
  readonly preview: boolean;
  /** Restatements ride with the plan: they are computed besides what is missing. */
  readonly alongside: boolean;
}

/** Throws PLAN_OPTION_INVALID for a range that makes no sense. */
export function planRange(comparison: Comparison, decided: DecidedNodes): PlanRange {
  const { options } = comparison.input;
  const read = (text: string, option: string) =>
    parseInstant(text, executionTime, { subject: `the plan option ${option}` });
  const executionTime = executionTimeOf(comparison);
  const given = {
    start: options.start === undefined ? null : read(options.start, "start"),
    end: options.end === undefined ? null : read(options.end, "end"),
  };
  const chosen = chosenForBackfill(comparison);
  const selection = chosen === null ? null : new Set([...chosen, ...ancestorsOf(chosen, comparison.lineage)]);
  const prodEnds = options.run ? new Map<ModelName, number>() : endsInProduction(comparison, selection);
  const defaults = options.run
    ? nothingByDefault
    : boundsFromProduction(comparison, prodEnds, chosen, executionTime);
  const preview = previewNeeded(comparison);
  const start = given.start?.at ?? (preview ? (defaults.start ?? yesterday(executionTime)) : null);
  // A start after what production has asks for more than production has: the range goes up to now then.
  const bounded = defaults.end !== null && (given.start === null || given.start.at < defaults.end);
  const end = given.end ?? instantAt(bounded ? (defaults.end ?? executionTime) : executionTime);
  const endOverrides = given.end !== null || !bounded ? new Map<ModelName, number>() : prodEnds;
  checkRange({ start, end, executionTime, given, defaults }, decided);
  const startOf = startDates(comparison.nodes, end.at);
  return {
    executionTime,
    start,
    end: rangeEnd(end),
    endBounded: !options.run,
    ignoreCron: options.ignoreCron,
    startOverrides: startOverrides({
      nodes: comparison.nodes,
      selected:
        chosen === null || (start ?? defaults.start) === null
          ? []
          : comparison.lineage.order.filter((name) => selection?.has(name)),
      minIntervals: options.minIntervals,
      start: start ?? defaults.start ?? 0,
      end: rangeEnd(end).until,
      endOverrides,
      executionTime,
    }),
    endOverrides,
    chosen,
    selection,
    startOf,
    preview,
    alongside: options.restateModels === undefined && asksToRestate(options),
  };
}

const nothingByDefault: DefaultBounds = { start: null, end: null };

/** The user's backfill selection, or what keeps a development plan from computing unrelated models (spec 2.2, step 5). */
function chosenForBackfill(comparison: Comparison): ReadonlySet<ModelName> | null {
  const { selections, options, environment } = comparison.input;
  if (options.restateModels !== undefined) return null;
  if (options.backfillModels !== undefined && selections.backfill !== undefined) return selections.backfill;
  if (environment === prod || options.includeUnmodified) return null;
  const changed = changedNames(comparison);
  return changed.length > 0 ? new Set(changed) : null;
}

function changedNames(comparison: Comparison): readonly ModelName[] {
  return [...comparison.candidates.values()]
    .filter((one) => one.change !== "unmodified")
    .map((one) => one.facts.name);
}

function endsInProduction(
  comparison: Comparison,
  selection: ReadonlySet<ModelName> | null,
): ReadonlyMap<ModelName, number> {
  const { stored, settings } = comparison.input;
  const intervals = new Map<ModelName, readonly Interval[]>();
  for (const member of membersOf(stored.environments.get(prod) ?? null, settings.useFinalizedState)) {
    if (selection !== null && !selection.has(member.name)) continue;
    intervals.set(member.name, stored.intervals.get(keyOf(member))?.intervals ?? []);
  }
  return recordedEnds(intervals);
}

function boundsFromProduction(
  comparison: Comparison,
  prodEnds: ReadonlyMap<ModelName, number>,
  chosen: ReadonlySet<ModelName> | null,
  executionTime: number,
): DefaultBounds {
  return defaultBounds({
    nodes: comparison.nodes,
    prodEnds,
    ...(chosen === null ? {} : { selected: chosen }),
    modified: changedNames(comparison),
    executionTime,
  });
}

function previewNeeded(comparison: Comparison): boolean {
  const { options, environment } = comparison.input;
  if (environment === prod || options.restateModels !== undefined) return false;
  if (options.forwardOnly) return true;
  const changed = [...comparison.candidates.values()].filter((one) => one.change !== "unmodified");
  return options.enablePreview && changed.some((one) => isForwardOnlyKind(one.facts.kind));
}

interface RangeToCheck {
  readonly start: number | null;
  readonly end: Instant;
  readonly executionTime: number;
  readonly given: { readonly start: Instant | null; readonly end: Instant | null };
  readonly defaults: DefaultBounds;
}

function checkRange(range: RangeToCheck, decided: DecidedNodes): void {
  const { given, executionTime } = range;
  if (given.end !== null && given.end.at > executionTime) {
    throw wrong(
      "end",
      `the end ${describe(given.end.at)} lies in the future`,
      "Choose an end up to now, or leave it out.",
    );
  }
  if (given.start !== null && given.end !== null && given.start.at > given.end.at) {
    throw wrong(
      "start",
      `the start ${describe(given.start.at)} lies after the end ${describe(given.end.at)}`,
      "Swap them, or choose a later end.",
    );
  }
  const start = range.start ?? range.defaults.start;
  if (start === null || start <= range.end.at) return;
  for (const { snapshot, candidate } of decided.values()) {
    const own = snapshot.facts.start;
    if (candidate.change === "unmodified" && !range.given.start) continue;
    if (own === undefined || parseInstant(own, executionTime).at > range.end.at) {
      throw wrong(
        "start",
        `${snapshot.name} would start ${describe(start)}, after the plan's end ${describe(range.end.at)}`,
        "Set start in model_defaults, or choose an earlier start.",
      );
    }
  }
}

/** From when on forward-only changes apply in prod; null = not given. Throws PLAN_OPTION_INVALID for a date in the future. */
export function effectiveFromOf(comparison: Comparison): number | null {
  const text = comparison.input.options.effectiveFrom;
  if (text === undefined) return null;
  const executionTime = executionTimeOf(comparison);
  const { at } = parseInstant(text, executionTime, { subject: "the plan option effectiveFrom" });
  if (at > executionTime) {
    throw wrong("effectiveFrom", `the date ${describe(at)} lies in the future`, "Choose a date up to now.");
  }
  return at;
}

function executionTimeOf(comparison: Comparison): number {
  const { options, now } = comparison.input;
  if (options.executionTime === undefined) return now;
  return parseInstant(options.executionTime, now, { subject: "the plan option executionTime" }).at;
}

function yesterday(now: number): number {
  return Math.floor(now / 86_400_000) * 86_400_000 - 86_400_000;
}

function instantAt(at: number): Instant {
  return { at, dateOnly: false, categorical: false };
}

function describe(at: number): string {
  return new Date(at).toISOString().replace("T00:00:00.000Z", "").replace(".000Z", "Z");
}

function wrong(option: string, problem: string, hint: string): SluiceError {
  return new SluiceError("PLAN_OPTION_INVALID", `the plan option ${option} is wrong: ${problem}`, {
    hint,
    details: { option },
  });
}
