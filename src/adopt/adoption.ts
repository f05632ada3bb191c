/**
 * What is taken over of a production that another tool built: model by model, with the reason where not. A model is taken
 * over only with all that it reads, since its rows were computed from those tables. Pure: facts in, decision out.
 */
import { physicalName } from "../environment/naming.ts";
import type { Model, ModelFacts, ModelName } from "../model/model.ts";
import type { Identity } from "../snapshot/fingerprint.ts";
import { isPlainView } from "../snapshot/kind.ts";
import type { Snapshot, Version } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { Interval } from "../time/intervals.ts";
import type { ForeignSnapshot } from "./foreign-production.ts";

/** One model of the project. */
export interface ModelAdoption {
  readonly name: ModelName;
  readonly kind: string;
  readonly adopted: boolean;
  /** Sentences that say why not; empty when it is adopted. */
  readonly reasons: readonly string[];
  /** What is good to know although it is adopted. */
  readonly notes: readonly string[];
  /** The table or view that stays; null where there is none. */
  readonly table: string | null;
  /** What is computed of it, UTC epoch milliseconds. */
  readonly intervals: readonly Interval[];
}

/** An adopted model, ready to be recorded. */
export interface AdoptedModel {
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly intervals: readonly Interval[];
}

/**
 * The snapshot that says "this definition is in that table": Sluice's own identity, SQLMesh's version and schema. A plain
 * view's object bears the dev version (naming.ts), so there SQLMesh's version is both.
 */
export function adoptedSnapshot(
  facts: ModelFacts,
  identity: Identity,
  foreign: ForeignSnapshot | null,
  times: { readonly now: number; readonly ttl: number },
  ownVersion: Version,
): Snapshot {
  const version = (foreign?.version ?? ownVersion) as Version;
  return {
    ...identity.id,
    fingerprint: identity.fingerprint,
    facts,
    parents: identity.parents,
    category: "BREAKING",
    forwardOnly: foreign?.forwardOnly ?? false,
    version,
    devVersion: isPlainView(facts) ? version : ownVersion,
    physicalSchema: foreign?.physicalSchema ?? facts.physicalSchema,
    namingConvention: namingOf(foreign) ?? facts.namingConvention,
    previousVersions: [],
    unrestorable: false,
    createdAt: times.now,
    updatedAt: times.now,
    ttl: times.ttl,
    unpausedAt: times.now,
  };
}

/** Sluice names tables as SQLMesh does but for hashed names, so those cannot be found under its rules. */
function namingOf(foreign: ForeignSnapshot | null): ModelFacts["namingConvention"] | null {
  const written = foreign?.namingConvention;
  return written === "schema_and_table" || written === "table_only" ? written : null;
}

/** Where SQLMesh keeps the table; null when Sluice's rules for names do not lead there. */
export function foreignTable(snapshot: Snapshot, foreign: ForeignSnapshot): NameParts | null {
  if (foreign.oddlyNamed || namingOf(foreign) === null) return null;
  return physicalName(snapshot, false);
}
