/** Identity of a model at one moment: four hashes over its own facts and its parents' (spec plan-and-apply 1.2). */
import { shortHash } from "../digest.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import type { Lineage } from "./lineage.ts";
import type { Fingerprint, SnapshotId, SnapshotIdentifier, Version } from "./snapshot.ts";

/** A node's fingerprint and the ids it leads to. */
export interface Identity {
  readonly fingerprint: Fingerprint;
  readonly id: SnapshotId;
  /** Ids of `Lineage.parents`. */
  readonly parents: readonly SnapshotId[];
}

/**
 * Identities of all nodes. `ownData` replaces the own data hash of single nodes: that of a stored snapshot, or a
 * stamped one, which gives a new identity to a definition whose old one cannot be used again.
 */
export function identifyAll(
  nodes: ReadonlyMap<ModelName, ModelFacts>,
  lineage: Lineage,
  ownData: ReadonlyMap<ModelName, string> = new Map(),
): ReadonlyMap<ModelName, Identity> {
  const identities = new Map<ModelName, Identity>();
  const known = (names: readonly ModelName[] = []) =>
    names.map((name) => identities.get(name)).filter((one) => one !== undefined);
  for (const name of lineage.order) {
    const facts = nodes.get(name);
    if (facts === undefined) continue;
    const above = known(lineage.dependencies.get(name)).map((one) => one.fingerprint);
    const fingerprint = fingerprintOf(facts, above, ownData.get(name));
    const parents = known(lineage.parents.get(name)).map((one) => one.id);
    identities.set(name, { fingerprint, id: { name, identifier: identifierOf(fingerprint) }, parents });
  }
  return identities;
}

/** `parents`: fingerprints of the direct dependencies that are nodes. `ownData`: see {@link identifyAll}. */
export function fingerprintOf(
  facts: ModelFacts,
  parents: readonly Fingerprint[],
  ownData?: string,
): Fingerprint {
  return {
    data: ownData ?? ownDataHash(facts),
    metadata: shortHash(facts.hashes.metadata),
    parentData: shortHash(parents.map(versionKey).sort().join(";")),
    parentMetadata: shortHash(
      parents
        .flatMap((parent) => [parent.metadata, parent.parentMetadata])
        .sort()
        .join(";"),
    ),
  };
}

/** `Fingerprint.data` of a definition, with or without a stamp. */
export function ownDataHash(facts: ModelFacts, stamp?: string): string {
  return shortHash(stamp === undefined ? facts.hashes.data : `${facts.hashes.data};${stamp}`);
}

const versionKeys = new WeakMap<Fingerprint, Version>();

/** Key of the table this definition would fill if it had one of its own. Every child asks for it, so it is kept. */
export function versionKey(fingerprint: Fingerprint): Version {
  const kept = versionKeys.get(fingerprint);
  if (kept !== undefined) return kept;
  const key = shortHash(`${fingerprint.data};${fingerprint.parentData}`) as Version;
  versionKeys.set(fingerprint, key);
  return key;
}

export function identifierOf(fingerprint: Fingerprint): SnapshotIdentifier {
  const { data, metadata, parentData, parentMetadata } = fingerprint;
  return shortHash([data, metadata, parentData, parentMetadata].join(";")) as SnapshotIdentifier;
}

/** Key of maps over snapshots; the same as in state. */
export function keyOf(id: SnapshotId): string {
  return `${id.name}@${id.identifier}`;
}
