/**
 * The plan: a document that says what will be done and why (design 4). Pure data; report, explain and apply walk
 * the same list of steps. Belongs here: the types of the document. Building is in build.ts, reading in plan-file.ts.
 */
import type { Digest } from "../digest.ts";
import type { EnvironmentName, ViewNaming } from "../environment/environment.ts";
import type { KindName, Model, ModelName } from "../model/model.ts";
import type { ChangeCategory, Interval, Snapshot, SnapshotId, Version } from "../snapshot/snapshot.ts";
import type { Permission } from "./permissions.ts";
import type { RestateRequest } from "./restate-requests.ts";
import type { Step } from "./step.ts";

export const planFormat = 1;

/** How a model differs from the baseline. */
export type ModelChange =
  | "added"
  | "removed"
  | "directly_modified"
  | "indirectly_modified"
  | "metadata_updated"
  | "unmodified";

/** Why a category was chosen or a thing will happen, as a stable code and one sentence. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

export interface ColumnChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly retyped: readonly { readonly name: string; readonly from: string; readonly to: string }[];
}

/** One model the plan says something about: changed, computed, or gaining or losing a view. */
export interface PlannedModel {
  readonly name: ModelName;
  readonly displayName: string;
  readonly kind: KindName;
  readonly change: ModelChange;
  /** null for removed models and for those left uncategorised. */
  readonly category: ChangeCategory | null;
  readonly forwardOnly: boolean;
  readonly reasons: readonly Reason[];
  /** The snapshot after this plan; null when removed. */
  readonly snapshot: SnapshotId | null;
  /** The snapshot before; null when added. */
  readonly previous: SnapshotId | null;
  readonly isNewSnapshot: boolean;
  readonly version: Version | null;
  /** `new`: a table is built; `tested-in-pr`: built earlier under this version; `unchanged`: keeps its table. */
  readonly reuse: "new" | "tested-in-pr" | "unchanged";
  /** Merged missing intervals. */
  readonly intervals: readonly Interval[];
  /** Seen from this plan: null where it does not apply (removed, external). */
  readonly deployable: boolean | null;
  readonly representative: boolean | null;
  readonly columns: ColumnChanges;
  /** Names of changed columns that existing readers lose: only for forward-only changes of live tables. */
  readonly destructive: readonly string[];
  readonly additive: readonly string[];
  /** Every descendant that changes because of this one, sorted. */
  readonly downstream: readonly ModelName[];
  /** Direct parents among the project's nodes, for drawing. */
  readonly parents: readonly ModelName[];
  readonly path: string;
  readonly owner?: string;
  /** Unified diff of the author's text; empty when nothing directly changed. */
  readonly diff: string;
}

/** Options as given, after defaults; every parameter of spec plan-and-apply 2.1 that was set. Instants are ISO text. */
export interface NormalisedOptions {
  readonly start?: string;
  readonly end?: string;
  readonly executionTime?: string;
  readonly createFrom?: string;
  readonly skipTests: boolean;
  readonly skipLinter: boolean;
  readonly restateModels?: readonly string[];
  /** Restatements that ride with this plan. */
  readonly restateRequests?: readonly RestateRequest[];
  readonly noGaps: boolean;
  readonly skipBackfill: boolean;
  readonly emptyBackfill: boolean;
  readonly forwardOnly: boolean;
  readonly allowDestructiveModels: readonly string[];
  readonly allowAdditiveModels: readonly string[];
  /** Given for this plan by somebody. */
  readonly permissions?: readonly Permission[];
  readonly effectiveFrom?: string;
  readonly includeUnmodified: boolean;
  readonly selectModels?: readonly string[];
  readonly backfillModels?: readonly string[];
  readonly enablePreview: boolean;
  readonly run: boolean;
  readonly ignoreCron: boolean;
  readonly minIntervals: number;
  readonly noAutoCategorization: boolean;
  readonly choices: Readonly<Record<string, ChangeCategory>>;
}

/** A snapshot the plan brings into being, with all that is needed to build it away from the working tree. */
export interface PlannedSnapshot {
  readonly snapshot: Snapshot;
  readonly model: Model;
}

export interface PlanWarning {
  readonly code: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

export interface PlanSource {
  readonly repositoryId?: number;
  readonly pullRequest?: number;
  readonly headSha?: string;
  readonly baseSha?: string;
  readonly projectDigest: Digest;
}

export type SwitchMode = "rename" | "transaction" | "per-view";

export interface PlanDocument {
  readonly format: typeof planFormat;
  readonly tool: { readonly name: "sluice"; readonly version: string };
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  /** ISO instant at which the plan was made: "now" of every reading in it. Not in the digest. */
  readonly createdAt: string;
  /** Over everything but `id`, `createdAt`, `estimates` and the two digests. */
  readonly digest: Digest;
  /** Over what will be done, but not over readings that move by themselves (design 4.3). */
  readonly work: Digest;
  readonly environment: {
    readonly name: EnvironmentName;
    readonly naming: ViewNaming;
    /** Version before and after. */
    readonly from: number;
    readonly to: number;
    readonly isNew: boolean;
    /** Whose members were the baseline when the environment is new. */
    readonly createdFrom: EnvironmentName | null;
    readonly isDev: boolean;
    /** Milliseconds after promotion at which the environment expires; null = never; kept = a cadence run leaves the date as it is. */
    readonly ttl: number | null | "kept";
    /** null = every model has a view; else those that do. */
    readonly promoted: readonly ModelName[] | null;
    readonly statements: { readonly beforeAll: readonly string[]; readonly afterAll: readonly string[] };
    readonly statementsChanged: boolean;
  };
  /** What the environment looked like when the plan was made. */
  readonly base: {
    readonly environmentVersion: number;
    readonly planId: string | null;
    readonly digest: Digest | null;
  };
  readonly source?: PlanSource;
  /** Set when the plan goes back to what a former version of the environment showed; `digest` of the plan that made it. */
  readonly rollback?: { readonly version: number; readonly digest: string };
  readonly engine: {
    readonly type: string;
    readonly flavour: string;
    readonly version: string;
    readonly switch: SwitchMode;
  };
  readonly options: NormalisedOptions;
  readonly start: number;
  readonly end: number;
  readonly hasChanges: boolean;
  readonly requiresBackfill: boolean;
  readonly models: readonly PlannedModel[];
  /** New snapshots only. */
  readonly snapshots: readonly PlannedSnapshot[];
  readonly steps: readonly Step[];
  readonly restatements: readonly { readonly name: ModelName; readonly interval: Interval }[];
  readonly tests: { readonly ran: number; readonly failed: number; readonly skipped: boolean };
  readonly warnings: readonly PlanWarning[];
  readonly estimates?: Readonly<
    Record<string, { readonly rows?: number; readonly bytes?: number; readonly seconds?: number }>
  >;
}
