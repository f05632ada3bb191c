/** What kind of difference lies between two snapshots of one name (spec plan-and-apply 1.5, 3.2). */
import type { ModelFacts } from "../model/model.ts";
import { ownDataHash } from "./fingerprint.ts";
import type { Fingerprint, Snapshot } from "./snapshot.ts";

export type SnapshotChange = "directly_modified" | "indirectly_modified" | "metadata_updated" | "unmodified";

/** One side of a comparison. */
export interface Side {
  readonly fingerprint: Fingerprint;
  readonly facts: ModelFacts;
}

/** Own rows first, then the parents', then words about them. */
export function changeBetween(after: Side, before: Side): SnapshotChange {
  const now = after.fingerprint;
  const then = before.fingerprint;
  if (isDataChange(after, before)) return "directly_modified";
  if (now.parentData !== then.parentData) return "indirectly_modified";
  if (now.data !== then.data || now.metadata !== then.metadata || now.parentMetadata !== then.parentMetadata)
    return "metadata_updated";
  return "unmodified";
}

/** The definition may give other rows. */
export function isDataChange(after: Side, before: Side): boolean {
  const differs =
    after.fingerprint.data !== before.fingerprint.data ||
    after.fingerprint.metadata !== before.fingerprint.metadata;
  return differs && !isMetadataOnly(after, before);
}

/** The definition differs, but neither a property that matters nor what the macros expand to does. */
export function isMetadataOnly(after: Side, before: Side): boolean {
  const now = after.facts.hashes;
  const then = before.facts.hashes;
  return (
    after.facts.node === before.facts.node &&
    after.fingerprint.metadata !== before.fingerprint.metadata &&
    now.properties === then.properties &&
    now.rendered === then.rendered &&
    stampMark(after) === stampMark(before)
  );
}

/** A stamped side differs from every other: its data hash is not that of its facts. */
function stampMark(side: Side): string {
  return side.fingerprint.data === ownDataHash(side.facts) ? "" : side.fingerprint.data;
}

/** Every version a snapshot's table chain went through, newest first, beginning with its own. */
export function versionChain(snapshot: Snapshot): readonly Pick<Snapshot, "identifier" | "category">[] {
  return [snapshot, ...snapshot.previousVersions.toReversed()];
}
