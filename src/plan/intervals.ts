/**
 * Which ranges of time a model still lacks, and in which batches they are computed (spec plan-and-apply 5.2–5.7).
 * Works on ranges and unit numbers, never on lists of units: ten thousand models over years stay cheap.
 */
import type { ModelFacts, ModelKind, ModelName } from "../model/model.ts";
import { cronFloor, cronPrevious } from "../time/cron.ts";
import { exclusiveEnd, type Instant, parseInstant } from "../time/instant.ts";
import { type Interval, mergeIntervals, subtractIntervals } from "../time/intervals.ts";
import { unitCeil, unitFloor, unitIndex, unitMilliseconds, unitStart } from "../time/unit.ts";

/** What the computation needs of a node. */
export type TimedNode = Pick<
  ModelFacts,
  "displayName" | "path" | "kind" | "cron" | "cronTz" | "intervalUnit" | "start" | "end" | "allowPartials"
>;

/** The range asked for; `end` as {@link rangeEnd} of what the user gave. */
export interface MissingRequest {
  readonly start: number;
  readonly end: RangeEnd;
  readonly executionTime: number;
  /** Due up to the execution time, whatever the cron says. */
  readonly ignoreCron?: boolean;
  /** Nothing beyond `end`, not even by expansion to whole units. */
  readonly endBounded?: boolean;
}

/** An exclusive end. `dateOnly`: the user named a day, so the range counts as at least a day. */
export interface RangeEnd {
  readonly until: number;
  readonly dateOnly: boolean;
}

/** A date alone includes its day. */
export function rangeEnd(end: Instant): RangeEnd {
  return { until: exclusiveEnd(end), dateOnly: end.dateOnly };
}

/** The model's own bounds, resolved against the execution time: `start` inclusive, `end` exclusive. */
export function ownBounds(
  node: TimedNode,
  executionTime: number,
): { readonly start: number | null; readonly end: number | null } {
  const read = (text: string, word: string): Instant =>
    parseInstant(text, executionTime, {
      subject: `the ${word} of model "${node.displayName}"`,
      code: "MODEL_INVALID",
      place: { file: node.path },
    });
  return {
    start: node.start === undefined ? null : read(node.start, "start").at,
    end: node.end === undefined ? null : exclusiveEnd(read(node.end, "end")),
  };
}

/** `[start, end)` on the model's grid: outward to whole units; the end stays as it is where partial intervals are allowed. */
export function alignOutward(
  node: Pick<TimedNode, "intervalUnit" | "allowPartials">,
  start: number,
  end: number,
): Interval {
  return [unitFloor(node.intervalUnit, start), node.allowPartials ? end : unitCeil(node.intervalUnit, end)];
}

/** `[start, end)` shrunk to the whole units inside; a range below one unit becomes null. What may be recorded as done. */
export function alignInward(
  node: Pick<TimedNode, "intervalUnit" | "allowPartials">,
  start: number,
  end: number,
): Interval | null {
  const from = unitCeil(node.intervalUnit, start);
  const to = node.allowPartials ? end : unitFloor(node.intervalUnit, end);
  return from < to ? [from, to] : null;
}

/** Where time ends for a model today: its last cron tick, or the execution time itself. */
function upperBound(node: TimedNode, executionTime: number, ignoreCron = false): number {
  return ignoreCron ? executionTime : cronFloor(node.cron, executionTime, node.cronTz);
}

/**
 * The missing ranges of one snapshot (5.4): merged, sorted, on the model's grid.
 * `have`: its recorded intervals, or its dev intervals where it is not representative in this plan.
 */
export function missingIntervals(
  node: TimedNode,
  have: readonly Interval[],
  request: MissingRequest,
): readonly Interval[] {
  if (!isEvaluatable(node.kind) || (node.kind.name === "SEED" && have.length > 0)) return [];
  const own = ownBounds(node, request.executionTime);
  const { until, dateOnly } = request.end;
  if ((own.end !== null && own.end <= request.start) || (own.start !== null && own.start >= until)) return [];
  const start = Math.max(request.start, own.start ?? request.start);
  const unit = node.intervalUnit;
  if (!dateOnly && !node.allowPartials && until - start < unitMilliseconds(unit)) return [];

  const [from, expanded] = alignOutward(node, start, until);
  let upper = upperBound(node, request.executionTime, request.ignoreCron);
  if (request.endBounded) upper = Math.min(upper, expanded);
  if (!node.allowPartials) upper = unitFloor(unit, upper);
  const to = Math.min(expanded, upper);
  if (from >= to) return [];

  const grid: Grid = { unit, range: [from, to] };
  const missing = uncovered(grid, have);
  if (missing.length === 0) return [];
  const reopened = withLookback(grid, missing, effectiveLookback(node, own.end, to));
  return own.end === null ? reopened : startingBefore(grid, reopened, own.end);
}

/** The range within which units are counted; its last unit may be a part. */
interface Grid {
  readonly unit: TimedNode["intervalUnit"];
  readonly range: Interval;
}

/** Every unit that no recorded interval covers from end to end, as ranges. */
function uncovered(grid: Grid, have: readonly Interval[]): readonly Interval[] {
  const gaps = subtractIntervals([grid.range], have);
  return mergeIntervals(
    gaps.map(([start, end]) => clip(grid, unitFloor(grid.unit, start), unitCeil(grid.unit, end))),
  );
}

/**
 * A unit is also missing when the one `lookback` units later is, or lies beyond the range.
 * That is the missing ranges moved back by so many units, and the last units of the range.
 */
function withLookback(grid: Grid, missing: readonly Interval[], lookback: number): readonly Interval[] {
  if (lookback <= 0) return missing;
  const [from, to] = grid.range;
  const earlier = (at: number): number => unitStart(grid.unit, unitIndex(grid.unit, at) - lookback);
  const moved = missing.map(([start, end]) => clip(grid, earlier(start), earlier(unitCeil(grid.unit, end))));
  const tail = clip(grid, earlier(unitCeil(grid.unit, to)), to);
  return mergeIntervals([...missing, ...moved, tail]).filter(([start, end]) => start < to && end > from);
}

/** One less for every unit between the model's own end and the end of the range. */
function effectiveLookback(node: TimedNode, ownEnd: number | null, to: number): number {
  const lookback = "lookback" in node.kind ? (node.kind.lookback ?? 0) : 0;
  if (ownEnd === null || ownEnd >= to) return lookback;
  return lookback - (unitIndex(node.intervalUnit, to) - unitIndex(node.intervalUnit, ownEnd));
}

/** Drops units that begin at or after the model's end. */
function startingBefore(grid: Grid, ranges: readonly Interval[], end: number): readonly Interval[] {
  return ranges.flatMap(([start, stop]): readonly Interval[] =>
    start >= end ? [] : [[start, Math.min(stop, unitCeil(grid.unit, end))]],
  );
}

function clip(grid: Grid, start: number, end: number): Interval {
  return [Math.max(start, grid.range[0]), Math.min(end, grid.range[1])];
}

/** EXTERNAL and EMBEDDED models are never computed. */
function isEvaluatable(kind: ModelKind): boolean {
  return kind.name !== "EXTERNAL" && kind.name !== "EMBEDDED";
}

/**
 * Contiguous runs of missing ranges cut into at most `batch_size` units each (5.7).
 * FULL, VIEW and SEED know no batches: one per run.
 */
export function batches(
  node: Pick<TimedNode, "kind" | "intervalUnit">,
  missing: readonly Interval[],
): readonly Interval[] {
  const size = batchSizeOf(node.kind);
  const runs = mergeIntervals(missing);
  if (size === null) return runs;
  return runs.flatMap(([start, end]) => cut(node.intervalUnit, size, start, end));
}

function cut(unit: TimedNode["intervalUnit"], size: number, start: number, end: number): readonly Interval[] {
  const pieces: Interval[] = [];
  for (let from = start; from < end; ) {
    const to = Math.min(unitStart(unit, unitIndex(unit, from) + size), end);
    pieces.push([from, to]);
    from = to;
  }
  return pieces;
}

function batchSizeOf(kind: ModelKind): number | null {
  if (kind.name === "SEED" || !("batchSize" in kind)) return null;
  return kind.batchSize ?? null;
}

/** What {@link startDates} needs of a node. */
export type StartNode = TimedNode & Pick<ModelFacts, "dependsOn">;

/**
 * Start of every model (5.3): its `start`; else the earliest of the start of its parents and of the tick before its
 * last tick. Each is computed once; parents that are no nodes are passed over. Throws MODEL_INVALID for a bad `start`.
 */
export function startDates(
  nodes: ReadonlyMap<ModelName, StartNode>,
  executionTime: number,
): (name: ModelName) => number {
  const known = new Map<ModelName, number>();
  const computeFrom = (root: ModelName): void => {
    // A stack of our own: chains of models may be longer than the call stack allows.
    const open = [root];
    while (open.length > 0) {
      const name = open.at(-1) as ModelName;
      const node = nodes.get(name) as StartNode;
      const parents =
        node.start === undefined
          ? node.dependsOn.filter((parent) => parent !== name && nodes.has(parent))
          : [];
      const waiting = parents.filter((parent) => !known.has(parent));
      if (waiting.length > 0) {
        open.push(...waiting);
        continue;
      }
      known.set(
        name,
        ownBounds(node, executionTime).start ??
          earliest(
            node,
            parents.map((parent) => known.get(parent) as number),
          ),
      );
      open.pop();
    }
  };
  const earliest = (node: StartNode, parentStarts: readonly number[]): number => {
    const lastTick = cronFloor(node.cron, executionTime, node.cronTz);
    return parentStarts.reduce((a, b) => Math.min(a, b), cronPrevious(node.cron, lastTick, node.cronTz));
  };
  return (name) => {
    if (!known.has(name)) computeFrom(name);
    return known.get(name) as number;
  };
}
