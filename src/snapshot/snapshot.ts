/**
 * A model at one moment, identified by four hashes (spec plan-and-apply 1.1–1.7).
 * Belongs here: identity, versions, categories, recorded intervals. Not here: what to do about them (plan).
 */
import type { Branded } from "../brand.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import type { Interval } from "../time/intervals.ts";

export type { Interval } from "../time/intervals.ts";

/** Short hash over all four parts of a fingerprint. */
export type SnapshotIdentifier = Branded<string, "SnapshotIdentifier">;
/** Key of a physical table: snapshots with equal (name, version) share it. */
export type Version = Branded<string, "Version">;

export interface Fingerprint {
  readonly data: string;
  readonly metadata: string;
  readonly parentData: string;
  readonly parentMetadata: string;
}

export interface SnapshotId {
  readonly name: ModelName;
  readonly identifier: SnapshotIdentifier;
}

export type ChangeCategory =
  | "BREAKING"
  | "NON_BREAKING"
  | "INDIRECT_BREAKING"
  | "INDIRECT_NON_BREAKING"
  | "METADATA";

/** What a snapshot knows of one before it; newest last, at most 10. */
export interface PreviousVersion {
  readonly fingerprint: Fingerprint;
  readonly identifier: SnapshotIdentifier;
  readonly version: Version;
  readonly devVersion: Version;
  readonly category: ChangeCategory | null;
  readonly physicalSchema: string;
  readonly namingConvention: ModelFacts["namingConvention"];
}

/** The record kept in state and, when new, in the plan. Intervals are kept beside it. */
export interface Snapshot extends SnapshotId {
  readonly fingerprint: Fingerprint;
  readonly facts: ModelFacts;
  /** Direct parents that are nodes of the project; an EMBEDDED parent brings its own parents along. */
  readonly parents: readonly SnapshotId[];
  /** null = not yet categorised. */
  readonly category: ChangeCategory | null;
  readonly forwardOnly: boolean;
  readonly version: Version;
  readonly devVersion: Version;
  /** Inherited with the version, so a changed configuration does not rename existing tables. */
  readonly physicalSchema: string;
  readonly namingConvention: ModelFacts["namingConvention"];
  readonly previousVersions: readonly PreviousVersion[];
  readonly effectiveFrom?: number;
  /** The table was changed in place by another definition: this record cannot be reused. */
  readonly unrestorable: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Milliseconds after `updatedAt` at which the record may be cleaned up. */
  readonly ttl: number;
  /** Set while this is the version live in production. */
  readonly unpausedAt: number | null;
}

/** What has been computed for a snapshot: merged, sorted, not touching. */
export interface SnapshotIntervals {
  readonly intervals: readonly Interval[];
  readonly devIntervals: readonly Interval[];
}
