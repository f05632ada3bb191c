/**
 * Which table a snapshot is written to and read from in this plan (spec plan-and-apply 1.11).
 * Deployable: its production-grade table may be written now and reused by prod as it is. Representative: that table
 * shows this model's data, whoever wrote it. Prod plans know only production-grade tables.
 */
import type { ModelName } from "../model/model.ts";
import { dependsOnPast, isForwardOnlyKind } from "../snapshot/kind.ts";
import type { Lineage } from "../snapshot/lineage.ts";
import { unitCeil, unitFloor } from "../time/unit.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import { nothingRecorded, type Recorded } from "./recorded.ts";

export interface Deployability {
  deployable(name: ModelName): boolean;
  representative(name: ModelName): boolean;
}

export const everythingDeployable: Deployability = { deployable: () => true, representative: () => true };

export interface DeployabilityInput {
  readonly decided: DecidedNodes;
  readonly lineage: Lineage;
  readonly recorded: Recorded;
  /** The plan's start, given or set for a preview; null = none. */
  readonly start: number | null;
  /** Start of single models, before `start`. */
  readonly startOverrides: ReadonlyMap<ModelName, number>;
  /** Start of a model by itself. */
  readonly startOf: (name: ModelName) => number;
  /** First missing instant of a model with recorded intervals; null = none missing. */
  readonly firstMissing: (name: ModelName) => number | null;
}

/** For a development plan. */
export function deployabilityOf(input: DeployabilityInput): Deployability {
  const deployable = new Set<ModelName>();
  const representative = new Set<ModelName>();
  const spoilsChildren = new Set<ModelName>();
  for (const name of input.lineage.order) {
    const node = input.decided.get(name);
    if (node === undefined) continue;
    const parents = input.lineage.parents.get(name) ?? [];
    const clean =
      node.snapshot.facts.virtualEnvironmentMode === "full" &&
      !parents.some((parent) => spoilsChildren.has(parent));
    const live = node.snapshot.unpausedAt !== null;
    if (!clean) {
      spoilsChildren.add(name);
      if (live) representative.add(name);
      continue;
    }
    const badStart = startsTooLate(name, node, input);
    if (badStart) spoilsChildren.add(name);
    if (!badStart && !keepsTable(node)) {
      deployable.add(name);
      representative.add(name);
    } else if (live || hasRecordedTable(name, node, input.recorded)) {
      representative.add(name);
    } else {
      spoilsChildren.add(name);
    }
  }
  return { deployable: (name) => deployable.has(name), representative: (name) => representative.has(name) };
}

/** Its production-grade table belongs to another snapshot as well, and may be live. */
function keepsTable({ snapshot }: Decided): boolean {
  const { category, forwardOnly, facts } = snapshot;
  return (
    forwardOnly ||
    category === "INDIRECT_NON_BREAKING" ||
    (isForwardOnlyKind(facts.kind) && category !== "METADATA")
  );
}

function hasRecordedTable(name: ModelName, { snapshot }: Decided, recorded: Recorded): boolean {
  return (
    snapshot.category === "INDIRECT_NON_BREAKING" &&
    (recorded.get(name) ?? nothingRecorded).intervals.length > 0
  );
}

/** The plan begins after the model's history does, and a model that depends on its past cannot begin in the middle. */
function startsTooLate(name: ModelName, { snapshot }: Decided, input: DeployabilityInput): boolean {
  const { facts } = snapshot;
  if (input.start === null || !dependsOnPast(facts)) return false;
  const planStart = unitFloor(facts.intervalUnit, input.startOverrides.get(name) ?? input.start);
  if ((input.recorded.get(name) ?? nothingRecorded).intervals.length === 0) {
    return unitCeil(facts.intervalUnit, input.startOf(name)) < planStart;
  }
  const missing = input.firstMissing(name);
  return missing !== null && missing < planStart;
}
