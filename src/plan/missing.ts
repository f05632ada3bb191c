/** What each model of a plan still lacks (spec plan-and-apply 5.5). */

import type { ModelName } from "../model/model.ts";
import { isEvaluatable } from "../snapshot/kind.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { subtractIntervals } from "../time/intervals.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import type { Deployability } from "./deployability.ts";
import { missingIntervals, type RangeEnd } from "./intervals.ts";
import type { PlanRange } from "./range.ts";
import { nothingRecorded, type Recorded } from "./recorded.ts";

export type Restatements = ReadonlyMap<ModelName, Interval>;

/** Merged missing intervals of every selected node that has some. */
export function missingOfPlan(
  decided: DecidedNodes,
  range: PlanRange,
  recorded: Recorded,
  deployability: Deployability,
  restatements: Restatements,
): ReadonlyMap<ModelName, readonly Interval[]> {
  const missing = new Map<ModelName, readonly Interval[]>();
  for (const [name, node] of decided) {
    if (range.selection !== null && !range.selection.has(name)) continue;
    const all = recorded.get(name) ?? nothingRecorded;
    const have = deployability.representative(name) ? all.intervals : all.devIntervals;
    const restated = restatements.get(name);
    // What rides with a change is computed with whatever else is missing; else it is all there is to compute.
    const window = range.alongside ? undefined : restated;
    const kept = restated === undefined ? have : subtractIntervals(have, [restated]);
    const found = missingOf(name, node, kept, range, window);
    if (found.length > 0) missing.set(name, found);
  }
  return missing;
}

function missingOf(
  name: ModelName,
  { snapshot }: Decided,
  have: readonly Interval[],
  range: PlanRange,
  window: Interval | undefined,
): readonly Interval[] {
  if (!isEvaluatable(snapshot.facts)) return [];
  const bound = range.endOverrides.get(name);
  let start = range.startOverrides.get(name) ?? range.start ?? Number.NEGATIVE_INFINITY;
  let end: RangeEnd = range.end;
  if (window !== undefined) {
    start = window[0];
    end = { until: window[1], dateOnly: false };
  }
  if (bound !== undefined) {
    if (start >= bound) return [];
    end = { until: bound, dateOnly: false };
  }
  start = Math.max(start, range.startOf(name));
  if (start > end.until) return [];
  const { executionTime, ignoreCron, endBounded } = range;
  return missingIntervals(snapshot.facts, have, { start, end, executionTime, ignoreCron, endBounded });
}

/** First instant that a node lacks up to now, whatever the plan's own range; null = none. */
export function firstMissing(
  name: ModelName,
  node: Decided,
  recorded: Recorded,
  range: PlanRange,
): number | null {
  const have = (recorded.get(name) ?? nothingRecorded).intervals;
  const { executionTime } = range;
  const request = {
    start: range.startOf(name),
    end: { until: executionTime, dateOnly: false },
    executionTime,
  };
  return missingIntervals(node.snapshot.facts, have, request)[0]?.[0] ?? null;
}
