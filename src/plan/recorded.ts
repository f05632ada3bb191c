/** What counts as computed for every node of the plan: its own record, or what it takes over (spec plan-and-apply 4.7). */
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Interval, Snapshot, SnapshotIntervals } from "../snapshot/snapshot.ts";
import { intersectIntervals } from "../time/intervals.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import type { StoredFacts } from "./comparison.ts";

export type Recorded = ReadonlyMap<ModelName, SnapshotIntervals>;

export const nothingRecorded: SnapshotIntervals = { intervals: [], devIntervals: [] };

export function recordedIntervals(decided: DecidedNodes, stored: StoredFacts): Recorded {
  return new Map([...decided].map(([name, node]) => [name, recordedOf(node, stored)]));
}

function recordedOf(node: Decided, stored: StoredFacts): SnapshotIntervals {
  const { snapshot, candidate, isNew } = node;
  const { before } = candidate;
  const own = isNew ? nothingRecorded : (stored.intervals.get(keyOf(snapshot)) ?? nothingRecorded);
  if (before === null || candidate.change === "unmodified") return own;
  const sameVersion = before.version === snapshot.version;
  if (sameVersion && mustRebuild(node, before)) return { intervals: [], devIntervals: own.devIntervals };
  if (!sameVersion) return own;
  if (!isNew) return { ...own, intervals: takenOver(snapshot, own.intervals) };
  const former = stored.intervals.get(keyOf(before)) ?? nothingRecorded;
  const intervals = takenOver(snapshot, former.intervals);
  if (snapshot.forwardOnly) return { intervals, devIntervals: intervals };
  return { intervals, devIntervals: before.devVersion === snapshot.devVersion ? former.devIntervals : [] };
}

/**
 * What a snapshot takes over from others of its version: from its `effectiveFrom` on, nothing. Once it is live, what is
 * recorded there is its own.
 */
export function takenOver(snapshot: Snapshot, intervals: readonly Interval[]): readonly Interval[] {
  if (snapshot.effectiveFrom === undefined || snapshot.unpausedAt !== null) return intervals;
  return intersectIntervals(intervals, [[Number.NEGATIVE_INFINITY, snapshot.effectiveFrom]]);
}

/** The version stays, but what is behind it must be made again. */
function mustRebuild(node: Decided, before: Snapshot): boolean {
  const { snapshot } = node;
  const { kind } = snapshot.facts;
  if (kind.name === "VIEW" && snapshot.category === "INDIRECT_NON_BREAKING" && !snapshot.forwardOnly)
    return true;
  if (kind.name === "SEED") {
    const last = snapshot.previousVersions.at(-1);
    return !(snapshot.category === "METADATA" && last?.identifier === before.identifier);
  }
  return node.breakingKindChange;
}
