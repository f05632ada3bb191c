/** Which table a categorised snapshot is kept in (spec plan-and-apply 4.6). */
import { canonicalJson, shortHash } from "../digest.ts";
import { isMaterialized, type ModelFacts, type ModelKind } from "../model/model.ts";
import { versionKey } from "./fingerprint.ts";
import { bearsModelName, isForwardOnlyKind } from "./kind.ts";
import type { ChangeCategory, Fingerprint, PreviousVersion, Snapshot, Version } from "./snapshot.ts";

export interface VersionInput {
  readonly facts: ModelFacts;
  readonly fingerprint: Fingerprint;
  readonly category: ChangeCategory | null;
  readonly forwardOnly: boolean;
  /** The snapshot's last former version; undefined when it has none. */
  readonly previous: PreviousVersion | undefined;
}

export type AssignedVersion = Pick<
  Snapshot,
  "version" | "devVersion" | "physicalSchema" | "namingConvention"
>;

/** Forward-only, indirect non-breaking and metadata changes keep the table of the version before; all others get a new one. */
export function assignVersion(input: VersionInput): AssignedVersion {
  const { facts, fingerprint, category, forwardOnly, previous } = input;
  const own = versionKey(fingerprint);
  const softly = category === "INDIRECT_NON_BREAKING" || category === "METADATA";
  const keeps = (forwardOnly || softly) && previous !== undefined ? previous : null;
  return {
    version: onlyVersion(facts) ?? keeps?.version ?? firstVersion(facts, own),
    devVersion: keeps !== null && softly && isMaterialized(facts.kind) ? keeps.devVersion : own,
    physicalSchema: keeps?.physicalSchema ?? facts.physicalSchema,
    namingConvention: keeps?.namingConvention ?? facts.namingConvention,
  };
}

/** Fixed by the author, or because production's table bears the model's own name. */
function onlyVersion(facts: ModelFacts): Version | undefined {
  return (bearsModelName(facts) ? "novde" : facts.physicalVersion) as Version | undefined;
}

/** Branches that add the same forward-only model share its table: it must not depend on the query. */
function firstVersion(facts: ModelFacts, own: Version): Version {
  if (!isForwardOnlyKind(facts.kind)) return own;
  return shortHash(`${facts.name};${canonicalJson(dataOf(facts.kind))}`) as Version;
}

const metadataKeys: ReadonlySet<string> = new Set([
  "forwardOnly",
  "disableRestatement",
  "onDestructiveChange",
  "onAdditiveChange",
  "batchSize",
  "batchConcurrency",
]);

/** A kind without what never changes rows (spec 1.4). */
function dataOf(kind: ModelKind): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(kind).filter(([key]) => !metadataKeys.has(key)));
}

/** The longest chain of former versions that is kept. */
const historyLength = 10;

/** Former versions of a snapshot that follows `before`, newest last. */
export function historyAfter(before: Snapshot | null): readonly PreviousVersion[] {
  if (before === null) return [];
  const { fingerprint, identifier, version, devVersion, category, physicalSchema, namingConvention } = before;
  const last = { fingerprint, identifier, version, devVersion, category, physicalSchema, namingConvention };
  return [...before.previousVersions, last].slice(-historyLength);
}
