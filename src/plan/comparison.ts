/** The difference between the project and an environment, before anything is decided (spec plan-and-apply 3). */
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { physicalName } from "../environment/naming.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { changeBetween } from "../snapshot/compare.ts";
import { type Identity, identifyAll, keyOf, ownDataHash } from "../snapshot/fingerprint.ts";
import { isForwardOnlyKind } from "../snapshot/kind.ts";
import { descendantsOf, type Lineage, lineageOf } from "../snapshot/lineage.ts";
import type { Fingerprint, Snapshot, SnapshotId, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { findBaseline, memberSnapshots } from "./baseline.ts";
import { type ChosenNodes, chooseNodes } from "./chosen-nodes.ts";
import { hasEvolvingTable } from "./evolution.ts";
import type { NormalisedOptions } from "./plan.ts";
import type { PlanningSettings } from "./settings.ts";
import { type ListChange, starChanges } from "./star-columns.ts";

/** What is read from state for one plan; the shape of `StateFacts` in state/facts.ts. */
export interface StoredFacts {
  /** The target, `createFrom` and `prod`, as far as they exist. */
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  /** By `snapshotKey`: all members of those environments, and every asked id that is stored. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly intervals: ReadonlyMap<string, SnapshotIntervals>;
}

export interface CompareInput {
  readonly environment: EnvironmentName;
  /** All nodes of the project: models and standalone audits. */
  readonly nodes: ReadonlyMap<ModelName, ModelFacts>;
  readonly stored: StoredFacts;
  /** Ids that were asked for; those not in `stored.snapshots` are known not to exist. */
  readonly lookedUp: readonly SnapshotId[];
  readonly options: NormalisedOptions;
  readonly settings: PlanningSettings;
  /** "Now" of the plan, UTC epoch milliseconds. */
  readonly now: number;
  readonly selections: Selections;
  /** A cadence run: nodes are those of the environment, whatever the project says now. */
  readonly fromState?: boolean;
}

/** Selectors of the options, expanded by the caller over the project's and the environment's models. Absent = not given. */
export interface Selections {
  readonly select?: ReadonlySet<ModelName>;
  readonly restate?: ReadonlySet<ModelName>;
  /** Models of each restatement that rides with the plan, by the id of its request. */
  readonly requested?: ReadonlyMap<string, ReadonlySet<ModelName>>;
  readonly backfill?: ReadonlySet<ModelName>;
  readonly allowDestructive?: ReadonlySet<ModelName>;
  readonly allowAdditive?: ReadonlySet<ModelName>;
}

/** A node of the plan, compared. */
export interface Candidate {
  readonly facts: ModelFacts;
  readonly id: SnapshotId;
  readonly fingerprint: Fingerprint;
  readonly parents: readonly SnapshotId[];
  /** The snapshot in the baseline; null when added. */
  readonly before: Snapshot | null;
  /** The stored snapshot with this id; null when the plan brings it into being. */
  readonly stored: Snapshot | null;
  readonly change: "added" | "directly_modified" | "indirectly_modified" | "metadata_updated" | "unmodified";
  /** The model selects a star over columns that change: it changes with them. */
  readonly starChange?: ListChange;
  /** Full definition comes from the working tree, or from the stored snapshot with this id. */
  readonly source: "local" | SnapshotId;
}

export interface Comparison {
  readonly input: CompareInput;
  /** Whose members are compared with; null when there is none. */
  readonly baseline: Environment | null;
  /** The target's own record, also when expired. */
  readonly existing: Environment | null;
  /** The target does not exist or counts as such. */
  readonly isNew: boolean;
  /** In topological order, parents first. */
  readonly candidates: ReadonlyMap<ModelName, Candidate>;
  /** Snapshots of the baseline whose names are gone, by name. */
  readonly removed: readonly Snapshot[];
  readonly lineage: Lineage;
  /** Of the plan's nodes. */
  readonly nodes: ReadonlyMap<ModelName, ModelFacts>;
  /** Names that have a view in the target now. */
  readonly promotedBefore: ReadonlySet<ModelName>;
  readonly needs: {
    /** More ids to look up in state before comparing again: snapshots that cannot be restored get new ids. */
    readonly lookUp: readonly SnapshotId[];
    /** New snapshots, whose full definitions the plan carries. */
    readonly models: readonly { readonly name: ModelName; readonly source: "local" | SnapshotId }[];
    /** Stored definitions with which direct changes, and the audits of metadata changes, are compared. */
    readonly previousModels: readonly SnapshotId[];
    /** Models whose column types decide a category (spec 4.2). */
    readonly columnsOf: readonly ModelName[];
    /** Tables that a forward-only change of this plan may keep: their columns decide what it destroys (spec 4.8). */
    readonly liveTables: readonly { readonly name: ModelName; readonly table: NameParts }[];
  };
}

/** Ids the project's nodes would have: what to look up in state before {@link compareToBaseline}. */
export function candidateIds(nodes: ReadonlyMap<ModelName, ModelFacts>): readonly SnapshotId[] {
  return [...identified(nodes).identities.values()].map((identity) => identity.id);
}

interface Identified {
  readonly lineage: Lineage;
  readonly identities: ReadonlyMap<ModelName, Identity>;
}

const lately = new WeakMap<ReadonlyMap<ModelName, ModelFacts>, Identified>();

/** Kept with the nodes: the same ones are asked for before state is read and after. */
function identified(nodes: ReadonlyMap<ModelName, ModelFacts>): Identified {
  const kept = lately.get(nodes);
  if (kept !== undefined) return kept;
  const lineage = lineageOf(nodes);
  const found = { lineage, identities: identifyAll(nodes, lineage) };
  lately.set(nodes, found);
  return found;
}

/** Compares the project with the target's baseline. Throws PLAN_OPTION_INVALID, MODEL_CYCLE or STATE_INVALID. */
export function compareToBaseline(input: CompareInput): Comparison {
  const base = findBaseline(input);
  const before = memberSnapshots(base.members, input.stored);
  const chosen = chooseNodes(input, base);
  const { lineage } = identified(chosen.nodes);
  const identities = restorableIdentities(chosen, lineage, input.stored);
  const plain = new Map<ModelName, Candidate>();
  for (const name of lineage.order) {
    const facts = chosen.nodes.get(name);
    const identity = identities.get(name);
    if (facts === undefined || identity === undefined) continue;
    plain.set(name, candidateOf(facts, identity, before.get(name) ?? null, chosen, input.stored));
  }
  const candidates = withStars(plain, lineage);
  const removed = [...before.values()]
    .filter((snapshot) => !candidates.has(snapshot.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    input,
    baseline: base.baseline,
    existing: base.existing,
    isNew: base.isNew,
    candidates,
    removed,
    lineage,
    nodes: chosen.nodes,
    promotedBefore: base.promotedBefore,
    needs: needsOf(candidates, lineage, input),
  };
}

function candidateOf(
  facts: ModelFacts,
  identity: Identity,
  before: Snapshot | null,
  chosen: ChosenNodes,
  stored: StoredFacts,
): Candidate {
  const same = before !== null && before.identifier === identity.id.identifier;
  return {
    facts,
    id: identity.id,
    fingerprint: identity.fingerprint,
    parents: identity.parents,
    before,
    stored: same ? before : (stored.snapshots.get(keyOf(identity.id)) ?? null),
    change:
      before === null
        ? "added"
        : same
          ? "unmodified"
          : changeBetween({ facts, fingerprint: identity.fingerprint }, before),
    source: chosen.fromState.get(facts.name) ?? "local",
  };
}

/** A star over changed columns is a change of the model's own. */
function withStars(
  candidates: ReadonlyMap<ModelName, Candidate>,
  lineage: Lineage,
): ReadonlyMap<ModelName, Candidate> {
  const stars = starChanges(candidates, lineage);
  return new Map(
    [...candidates].map(([name, candidate]) => {
      const starChange = stars.get(name);
      if (starChange === undefined || candidate.change === "unmodified") return [name, candidate];
      return [name, { ...candidate, change: "directly_modified", starChange }];
    }),
  );
}

/**
 * A stored snapshot whose table was since changed in place cannot come back: its definition gets a stamp, and with it
 * a new identity (spec 3.2). Repeated until every identity is usable, because a stamped one may be stored as well.
 */
function restorableIdentities(
  chosen: ChosenNodes,
  lineage: Lineage,
  stored: StoredFacts,
): ReadonlyMap<ModelName, Identity> {
  const ownData = new Map(chosen.ownData);
  const stamps = new Map<ModelName, string>();
  for (;;) {
    const identities =
      ownData.size === 0 ? identified(chosen.nodes).identities : identifyAll(chosen.nodes, lineage, ownData);
    const lost = [...identities].filter(
      ([name, { id }]) => !chosen.fromState.has(name) && stored.snapshots.get(keyOf(id))?.unrestorable,
    );
    if (lost.length === 0) return identities;
    for (const [name, { id }] of lost) {
      const facts = chosen.nodes.get(name);
      if (facts === undefined) continue;
      const stamp = `${stamps.get(name) ?? ""}revert to ${id.identifier};`;
      stamps.set(name, stamp);
      ownData.set(name, ownDataHash(facts, stamp));
    }
  }
}

function needsOf(
  candidates: ReadonlyMap<ModelName, Candidate>,
  lineage: Lineage,
  input: CompareInput,
): Comparison["needs"] {
  const asked = new Set(input.lookedUp.map(keyOf));
  const fresh = [...candidates.values()].filter((one) => one.stored === null);
  const direct = fresh.filter((one) => one.change === "directly_modified");
  const columnsOf = new Set<ModelName>();
  for (const one of direct) {
    for (const name of [one.id.name, ...descendantsOf([one.id.name], lineage)]) {
      const other = candidates.get(name);
      if (other?.facts.columns === null && other.change !== "unmodified") columnsOf.add(name);
    }
  }
  return {
    lookUp: fresh.map((one) => one.id).filter((id) => !asked.has(keyOf(id))),
    models: fresh.map((one) => ({ name: one.id.name, source: one.source })),
    previousModels: [...direct, ...fresh.filter(mayChangeAudits)].flatMap((one) =>
      one.before === null ? [] : [{ name: one.before.name, identifier: one.before.identifier }],
    ),
    columnsOf: [...columnsOf].sort(),
    liveTables: liveTables(candidates, input),
  };
}

/** Only the definition before tells whether its audits are among the words that changed. */
function mayChangeAudits({ change, facts, before, fingerprint }: Candidate): boolean {
  if (change !== "metadata_updated" || !facts.hasAudits) return false;
  return before?.fingerprint.metadata !== fingerprint.metadata;
}

/** In topological order. None in a plan in which nothing can be forward-only. */
function liveTables(
  candidates: ReadonlyMap<ModelName, Candidate>,
  input: CompareInput,
): Comparison["needs"]["liveTables"] {
  const changed = [...candidates.values()].filter(
    ({ change }) => change === "directly_modified" || change === "indirectly_modified",
  );
  const possible = changed.some(
    ({ facts, stored }) =>
      input.options.forwardOnly || isForwardOnlyKind(facts.kind) || stored?.forwardOnly === true,
  );
  if (!possible) return [];
  return changed.flatMap(({ facts, before }) =>
    before !== null && hasEvolvingTable(facts) && hasEvolvingTable(before.facts)
      ? [{ name: facts.name, table: physicalName(before, false) }]
      : [],
  );
}
