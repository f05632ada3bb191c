/** A plan with every decision made, before it is written down as steps and a document. */
import type { Environment, ViewNaming } from "../environment/environment.ts";
import { physicalName } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { isPlainView } from "../snapshot/kind.ts";
import type { Interval, SnapshotId } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { PlanInput } from "./build.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import { takesNothingLocal } from "./chosen-nodes.ts";
import type { Comparison } from "./comparison.ts";
import type { Deployability } from "./deployability.ts";
import { isLost, type PlanDrift } from "./drift.ts";
import type { Restatements } from "./missing.ts";
import type { PlanRange } from "./range.ts";
import { nothingRecorded, type Recorded } from "./recorded.ts";

export interface PlanShape {
  readonly input: PlanInput;
  readonly decided: DecidedNodes;
  readonly range: PlanRange;
  readonly recorded: Recorded;
  readonly drift: PlanDrift;
  readonly deployability: Deployability;
  readonly restatements: Restatements;
  readonly missing: ReadonlyMap<ModelName, readonly Interval[]>;
  readonly naming: ViewNaming;
  /** The environment's views bear other names now. */
  readonly isRenamed: boolean;
  /** Names with a view after the plan; null = all. */
  readonly promoted: ReadonlySet<ModelName> | null;
}

export function isPromoted(name: ModelName, shape: PlanShape): boolean {
  return shape.promoted === null || shape.promoted.has(name);
}

/** What runs before and after: the project's or, for a plan that takes nothing from the project, the environment's. */
export function statementsOf({ input, baseline }: Comparison): Environment["statements"] {
  return takesNothingLocal(input) && baseline !== null ? baseline.statements : input.settings.statements;
}

/** The table that shows a node to its readers and its view. */
export function shownTable(node: Decided, shape: PlanShape): NameParts {
  return physicalName(node.snapshot, !shape.deployability.representative(node.snapshot.name));
}

export function idOf(node: Decided): SnapshotId {
  return { name: node.snapshot.name, identifier: node.snapshot.identifier };
}

/**
 * The object is there for sure, so nothing need create it. A recorded interval proves a table; it proves a plain view
 * only under the version that the view itself began, since its object may have another name than that of the snapshot
 * that recorded it.
 */
export function surelyExists(node: Decided, dev: boolean, shape: PlanShape): boolean {
  const { snapshot, candidate, isNew } = node;
  if (isLost(node, dev, shape.drift)) return false;
  const { intervals, devIntervals } = shape.recorded.get(snapshot.name) ?? nothingRecorded;
  if (dev) return !isNew && devIntervals.length > 0;
  const { before } = candidate;
  if (isPlainView(snapshot.facts)) {
    const live = before !== null && before.unpausedAt !== null && before.devVersion === snapshot.devVersion;
    return live || (!isNew && snapshot.version === snapshot.devVersion && intervals.length > 0);
  }
  return (
    intervals.length > 0 ||
    (before !== null && before.unpausedAt !== null && before.version === snapshot.version)
  );
}

/** Readers of production see the production-grade table of this node already. */
export function isLive(node: Decided, dev: boolean): boolean {
  if (dev) return false;
  const { snapshot, candidate } = node;
  if (isPlainView(snapshot.facts)) return snapshot.unpausedAt !== null;
  return (
    snapshot.unpausedAt !== null ||
    (candidate.before?.unpausedAt != null && candidate.before.version === snapshot.version)
  );
}

/** Ranges that state already counts as done for the table this plan writes, whatever the plan makes of them. */
export function storedIntervals(node: Decided, dev: boolean, shape: PlanShape): readonly Interval[] {
  const { intervals } = shape.input.comparison.input.stored;
  const { snapshot, candidate, isNew } = node;
  const { before } = candidate;
  if (!isNew) {
    const own = intervals.get(keyOf(snapshot)) ?? nothingRecorded;
    return dev ? own.devIntervals : own.intervals;
  }
  if (before === null || before.version !== snapshot.version) return [];
  const shared = intervals.get(keyOf(before)) ?? nothingRecorded;
  if (!dev) return shared.intervals;
  return before.devVersion === snapshot.devVersion ? shared.devIntervals : [];
}
