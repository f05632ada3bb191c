/** Ranges to compute again: previews of forward-only changes, and restatements asked for (spec plan-and-apply 5.9, 6.1). */
import { prod } from "../environment/naming.ts";
import { isIncremental, isSymbolic, type ModelName } from "../model/model.ts";
import {
  dependsOnPast,
  isForwardOnlyKind,
  isFullHistoryOnly,
  isRestatementDisabled,
} from "../snapshot/kind.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { unitCeil, unitFloor } from "../time/unit.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import type { Comparison } from "./comparison.ts";
import { alignOutward } from "./intervals.ts";
import type { Restatements } from "./missing.ts";
import type { PlanWarning } from "./plan.ts";
import type { PlanRange } from "./range.ts";
import { nothingRecorded, type Recorded } from "./recorded.ts";
import { type AskedRange, askedRanges, asksToRestate, widest } from "./restate-requests.ts";

export interface RestatementResult {
  readonly restatements: Restatements;
  readonly warnings: readonly PlanWarning[];
}

/** In topological order: a range that a parent widens to whole units is pushed down to its children. */
export function restatementsOf(
  comparison: Comparison,
  decided: DecidedNodes,
  range: PlanRange,
  recorded: Recorded,
): RestatementResult {
  const named = namedRanges(comparison, decided, range);
  const earliest = earliestStart(decided, range, recorded);
  const restatements = new Map<ModelName, Interval>();
  const reached = new Map<ModelName, AskedRange>();
  const warnings: PlanWarning[] = [];
  if (named.size === 0) return { restatements, warnings };
  for (const name of comparison.lineage.order) {
    const node = decided.get(name);
    if (node === undefined) continue;
    const parents = (comparison.lineage.parents.get(name) ?? []).filter((parent) => restatements.has(parent));
    if (parents.length === 0 && !named.has(name)) continue;
    if (range.preview && keepsRows(node)) continue;
    if (!range.preview) {
      const refusal = refusalOf(node, comparison.input.environment === prod);
      if (refusal === "silently") continue;
      if (refusal !== null) {
        warnings.push({
          code: "not-restated",
          text: `${name} is not restated: ${refusal}`,
          file: node.snapshot.facts.path,
        });
        continue;
      }
    }
    const pushed = parents.filter((parent) =>
      isIncremental(decided.get(parent)?.snapshot.facts.kind ?? { name: "VIEW", materialized: false }),
    );
    const own = [named.get(name), ...parents.map((parent) => reached.get(parent))];
    const asked = widest(own.filter((one) => one !== undefined));
    reached.set(name, asked);
    const ranges = [
      ownRange(name, node, { asked, range, recorded, earliest }),
      ...pushed.map((parent) => restatements.get(parent)),
    ].filter((one) => one !== undefined);
    restatements.set(name, wholeUnits(node, hull(ranges)));
  }
  return { restatements, warnings };
}

/** What the plan computes again in the first place: what was asked for, else what it previews. */
function namedRanges(
  comparison: Comparison,
  decided: DecidedNodes,
  range: PlanRange,
): ReadonlyMap<ModelName, AskedRange> {
  if (asksToRestate(comparison.input.options)) return askedRanges(comparison, range);
  const names = range.preview ? previewed(decided) : new Set<ModelName>();
  return new Map([...names].map((name) => [name, { start: range.start, until: range.end.until }]));
}

/** Changed forward-only snapshots: their dev tables show the recent range under the new definition. */
function previewed(decided: DecidedNodes): ReadonlySet<ModelName> {
  const names = new Set<ModelName>();
  for (const [name, node] of decided) {
    const { snapshot, candidate, isNew } = node;
    const { facts, forwardOnly } = snapshot;
    const changed = candidate.change === "directly_modified" || candidate.change === "indirectly_modified";
    if (!isNew || !changed || facts.node !== "model" || isSymbolic(facts.kind)) continue;
    if ((forwardOnly && !keepsRows(node)) || (!forwardOnly && isForwardOnlyKind(facts.kind))) names.add(name);
  }
  return names;
}

/** A forward-only snapshot that shows the same rows as before: there is nothing to preview. */
function keepsRows({ snapshot }: Decided): boolean {
  const softly = snapshot.category === "INDIRECT_NON_BREAKING" || snapshot.category === "METADATA";
  return snapshot.forwardOnly && softly;
}

function refusalOf({ snapshot }: Decided, isProd: boolean): string | "silently" | null {
  const live = snapshot.unpausedAt !== null;
  if (!isProd && live) return "this version is live in prod, restate it there";
  if ((isProd || live) && isRestatementDisabled(snapshot.facts.kind))
    return "its restatement is disabled, to prevent loss of data";
  return snapshot.facts.kind.name === "SEED" ? "silently" : null;
}

interface Surroundings {
  readonly asked: AskedRange;
  readonly range: PlanRange;
  readonly recorded: Recorded;
  readonly earliest: number;
}

function ownRange(
  name: ModelName,
  { snapshot }: Decided,
  { asked, range, recorded, earliest }: Surroundings,
): Interval {
  const { facts } = snapshot;
  const end = dependsOnPast(facts) ? range.executionTime : asked.until;
  const [start, until] = alignOutward(facts, asked.start ?? earliest, end);
  const first = (recorded.get(name) ?? nothingRecorded).intervals[0]?.[0];
  return !range.preview && isFullHistoryOnly(facts.kind) && first !== undefined
    ? [Math.min(first, start), until]
    : [start, until];
}

/** Where the history of the whole plan begins. */
function earliestStart(decided: DecidedNodes, range: PlanRange, recorded: Recorded): number {
  let earliest = range.end.until;
  for (const name of decided.keys()) {
    earliest = Math.min(
      earliest,
      (recorded.get(name) ?? nothingRecorded).intervals[0]?.[0] ?? range.startOf(name),
    );
  }
  return earliest;
}

function wholeUnits({ snapshot }: Decided, [start, end]: Interval): Interval {
  const unit = snapshot.facts.intervalUnit;
  return unitFloor(unit, end) < end ? [unitFloor(unit, start), unitCeil(unit, end)] : [start, end];
}

function hull(ranges: readonly Interval[]): Interval {
  return [Math.min(...ranges.map(([start]) => start)), Math.max(...ranges.map(([, end]) => end))];
}
