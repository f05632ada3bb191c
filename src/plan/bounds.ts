/**
 * How far a plan reaches in time when the user says little: what production has bounds it, so that a plan never
 * advances models by itself (spec plan-and-apply 2.3), and `min_intervals` widens it (2.4).
 */
import type { ModelFacts, ModelName } from "../model/model.ts";
import { cronFloor, cronPrevious } from "../time/cron.ts";
import type { Interval } from "../time/intervals.ts";
import { unitFloor, unitPrevious } from "../time/unit.ts";
import { ownBounds, type TimedNode } from "./intervals.ts";

/** Last recorded end per model of production; models without intervals are left out. Intervals are merged and sorted. */
export function recordedEnds(
  intervals: ReadonlyMap<ModelName, readonly Interval[]>,
): ReadonlyMap<ModelName, number> {
  const ends = new Map<ModelName, number>();
  for (const [name, ranges] of intervals) {
    const last = ranges.at(-1);
    if (last !== undefined) ends.set(name, last[1]);
  }
  return ends;
}

export interface BoundsInput {
  /** Nodes of the plan. */
  readonly nodes: ReadonlyMap<ModelName, TimedNode>;
  /** {@link recordedEnds} of production, only for the models this plan is about: the backfill selection with its upstream, or all. */
  readonly prodEnds: ReadonlyMap<ModelName, number>;
  /** The backfill selection, when there is one with members. */
  readonly selected?: Iterable<ModelName>;
  /** Modified models; used when nothing is selected. */
  readonly modified: Iterable<ModelName>;
  readonly executionTime: number;
}

export interface DefaultBounds {
  readonly start: number | null;
  /** Exclusive. */
  readonly end: number | null;
}

/**
 * Default start and end from production: the greatest end of its non-seed models, and the smallest "one unit before
 * its end" of the models the plan computes. Both null when production has recorded nothing.
 */
export function defaultBounds(input: BoundsInput): DefaultBounds {
  const ends = [...input.prodEnds]
    .filter(([name]) => input.nodes.get(name)?.kind.name !== "SEED")
    .map(([, end]) => end);
  if (ends.length === 0) return { start: null, end: null };
  const end = ends.reduce((a, b) => Math.max(a, b));
  let start: number | null = null;
  for (const name of firstFilled(input.selected, input.modified, input.prodEnds.keys())) {
    const node = input.nodes.get(name);
    if (node === undefined) continue;
    const reached = input.prodEnds.get(name) ?? cronFloor(node.cron, end, node.cronTz);
    const before = unitPrevious(node.intervalUnit, unitFloor(node.intervalUnit, reached));
    start = start === null ? before : Math.min(start, before);
  }
  return { start, end: Math.min(end, input.executionTime) };
}

function firstFilled(...lists: readonly (Iterable<ModelName> | undefined)[]): readonly ModelName[] {
  for (const list of lists) {
    const names = list === undefined ? [] : [...list];
    if (names.length > 0) return names;
  }
  return [];
}

export interface MinIntervalsInput {
  readonly nodes: ReadonlyMap<ModelName, TimedNode & Pick<ModelFacts, "dependsOn">>;
  /** The backfill selection, parents before children. */
  readonly selected: readonly ModelName[];
  readonly minIntervals: number;
  readonly start: number;
  /** Exclusive end of the plan. */
  readonly end: number;
  /** Where a model is bounded by its own end in production. */
  readonly endOverrides: ReadonlyMap<ModelName, number>;
  readonly executionTime: number;
}

/**
 * Start of each selected model so that it covers `minIntervals` ticks of its own cron and everything its selected
 * children need. Empty when `minIntervals` is 0.
 */
export function startOverrides(input: MinIntervalsInput): ReadonlyMap<ModelName, number> {
  const starts = new Map<ModelName, number>();
  if (input.minIntervals <= 0) return starts;
  const selected = new Set(input.selected);
  const neededByChildren = new Map<ModelName, number>();
  for (const name of [...input.selected].reverse()) {
    const node = input.nodes.get(name);
    if (node === undefined) continue;
    const start = Math.min(neededByChildren.get(name) ?? input.start, ticksBack(node, name, input));
    starts.set(name, start);
    for (const parent of node.dependsOn) {
      if (selected.has(parent))
        neededByChildren.set(parent, Math.min(neededByChildren.get(parent) ?? start, start));
    }
  }
  return starts;
}

function ticksBack(node: TimedNode, name: ModelName, input: MinIntervalsInput): number {
  const ownEnd = ownBounds(node, input.executionTime).end;
  const end = ownEnd !== null && ownEnd < input.end ? ownEnd : (input.endOverrides.get(name) ?? input.end);
  let tick = cronFloor(node.cron, end, node.cronTz);
  for (let i = 0; i < input.minIntervals; i++) tick = cronPrevious(node.cron, tick, node.cronTz);
  return tick;
}
