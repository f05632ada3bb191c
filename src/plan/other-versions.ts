/**
 * Versions that production does not show, and that were filled from rows a restatement of production replaces: they
 * forget the range, and the next plan that uses them fills it again (spec plan-and-apply 6.2). Better than SQLMesh:
 * ranges of several restated ancestors are united, self-referencing models count as full history, dev tables forget too,
 * and versions outside every environment are looked at as far as they were read from state.
 */
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { dependsOnPast, isRestatementDisabled } from "../snapshot/kind.ts";
import { lineageOf } from "../snapshot/lineage.ts";
import type { Interval, Snapshot } from "../snapshot/snapshot.ts";
import { hullOf } from "../time/intervals.ts";
import type { StoredFacts } from "./comparison.ts";
import { alignOutward } from "./intervals.ts";
import type { Restatements } from "./missing.ts";

export interface Forgotten {
  readonly snapshot: Snapshot;
  readonly interval: Interval;
  /** Environments that show it, sorted. */
  readonly environments: readonly EnvironmentName[];
}

/** In order of names and identifiers; one entry per table. */
export function otherVersions(stored: StoredFacts, restatements: Restatements): readonly Forgotten[] {
  if (restatements.size === 0) return [];
  const live = new Set(membersOf(stored.environments.get(prod), stored).map(tableKey));
  const found = new Map<string, Forgotten>();
  const add = (snapshot: Snapshot, interval: Interval) => {
    if (live.has(tableKey(snapshot)) || isRestatementDisabled(snapshot.facts.kind)) return;
    const wanted = forgottenRange(snapshot, interval, stored);
    if (wanted === null) return;
    const key = `${tableKey(snapshot)}/${snapshot.devVersion}`;
    const before = found.get(key);
    found.set(key, {
      snapshot: before?.snapshot ?? snapshot,
      interval: before === undefined ? wanted : hull([before.interval, wanted]),
      environments: environmentsOf(snapshot, stored),
    });
  };
  const widest = new Map<ModelName, Interval>(restatements);
  for (const environment of stored.environments.values()) {
    for (const [snapshot, interval] of affectedIn(environment, stored, restatements)) {
      add(snapshot, interval);
      widest.set(snapshot.name, hull([widest.get(snapshot.name) ?? interval, interval]));
    }
  }
  for (const snapshot of stored.snapshots.values()) {
    const interval = widest.get(snapshot.name);
    if (interval !== undefined) add(snapshot, interval);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** Restated names and everything that reads them in this environment, with the hull of the ranges above each. */
function affectedIn(
  environment: Environment,
  stored: StoredFacts,
  restatements: Restatements,
): readonly (readonly [Snapshot, Interval])[] {
  const members = new Map(membersOf(environment, stored).map((snapshot) => [snapshot.name, snapshot]));
  const nodes = new Map<ModelName, ModelFacts>(
    [...members].map(([name, snapshot]) => [name, snapshot.facts]),
  );
  const lineage = lineageOf(nodes);
  const ranges = new Map<ModelName, Interval>();
  for (const name of lineage.order) {
    const facts = nodes.get(name);
    const above = [
      restatements.get(name),
      ...(lineage.parents.get(name) ?? []).map((parent) => ranges.get(parent)),
    ].filter((one) => one !== undefined);
    if (facts === undefined || above.length === 0) continue;
    ranges.set(name, alignOutward(facts, ...hull(above)));
  }
  return [...ranges].flatMap(([name, interval]) => {
    const snapshot = members.get(name);
    return snapshot === undefined ? [] : [[snapshot, interval] as const];
  });
}

/** null when nothing of it is recorded. */
function forgottenRange(snapshot: Snapshot, interval: Interval, stored: StoredFacts): Interval | null {
  const recorded = stored.intervals.get(keyOf(snapshot));
  const whole = hullOf([...(recorded?.intervals ?? []), ...(recorded?.devIntervals ?? [])]);
  if (whole === null) return null;
  if (dependsOnPast(snapshot.facts)) return hull([whole, interval]);
  return whole[0] < interval[1] && interval[0] < whole[1] ? interval : null;
}

function membersOf(environment: Environment | undefined, stored: StoredFacts): readonly Snapshot[] {
  return (environment?.members ?? [])
    .map((member) => stored.snapshots.get(keyOf(member)))
    .filter((snapshot) => snapshot !== undefined);
}

function environmentsOf(snapshot: Snapshot, stored: StoredFacts): readonly EnvironmentName[] {
  return [...stored.environments.values()]
    .filter((environment) =>
      membersOf(environment, stored).some(
        (member) => tableKey(member) === tableKey(snapshot) && member.devVersion === snapshot.devVersion,
      ),
    )
    .map(({ name }) => name)
    .sort();
}

function tableKey(snapshot: Snapshot): string {
  return `${snapshot.name}/${snapshot.version}`;
}

function hull(ranges: readonly Interval[]): Interval {
  return [Math.min(...ranges.map(([start]) => start)), Math.max(...ranges.map(([, end]) => end))];
}
