/** The shape of a recorded plan story: what was done, and what the reference made of it. */

export type Range = readonly [start: string, end: string];

export interface ExpectedModel {
  readonly name: string;
  readonly kind: string | null;
  readonly change: string;
  readonly category: string | null;
  readonly forward_only: boolean;
  readonly new_snapshot: boolean;
  readonly reused_version: boolean;
  readonly missing_intervals: readonly Range[];
  readonly deployable: boolean | null;
  readonly representative: boolean | null;
}

export interface ExpectedView {
  readonly rows?: number;
  readonly columns?: readonly string[];
  readonly checksum?: string;
  readonly data?: readonly string[];
  readonly unreadable?: string;
}

export interface World {
  readonly views: Readonly<Record<string, ExpectedView>>;
  readonly intervals: Readonly<Record<string, readonly Range[]>>;
  readonly dev_intervals: Readonly<Record<string, readonly Range[]>>;
  readonly environment: {
    readonly finalized: boolean;
    /** null = every model. */
    readonly promoted: readonly string[] | null;
    /** Ours: every model has a view. */
    readonly all?: boolean;
    readonly expires: string | null;
  } | null;
  readonly environments: readonly string[];
  readonly evaluated?: Readonly<Record<string, readonly Range[]>>;
  readonly audits_failed?: Readonly<Record<string, number>>;
  readonly models_failed?: readonly string[];
  readonly models_skipped?: readonly string[];
}

export interface Expectation {
  readonly error?: { readonly type: string; readonly phase: string; readonly about: string } | null;
  readonly new_environment?: boolean;
  readonly has_changes?: boolean;
  readonly requires_backfill?: boolean;
  readonly uncategorized?: readonly string[];
  readonly restatements?: Readonly<Record<string, Range>>;
  readonly removed?: readonly string[];
  readonly models?: readonly ExpectedModel[];
  readonly status?: string;
  readonly after_apply?: World;
  readonly after_run?: World;
  readonly after?: World;
}

export type PlanParameters = Readonly<Record<string, unknown>> & { readonly environment: string };

export interface StoryStep {
  readonly at: string;
  readonly edit?: Readonly<Record<string, string | null>>;
  readonly sql?: readonly string[];
  readonly plan?: PlanParameters;
  readonly apply?: boolean;
  readonly choices?: Readonly<Record<string, string>>;
  readonly meanwhile?: {
    readonly edit?: Readonly<Record<string, string | null>>;
    readonly plan: PlanParameters;
  };
  readonly circuit_breaker?: boolean;
  readonly run?: { readonly environment: string } & Readonly<Record<string, unknown>>;
  readonly invalidate?: { readonly environment: string; readonly sync: boolean };
  readonly janitor?: { readonly ignore_ttl: boolean };
  readonly expect: Expectation;
}

export interface Story {
  readonly id: string;
  readonly title: string;
  readonly sqlmesh_defect?: string;
  readonly project: Readonly<Record<string, string>>;
  readonly steps: readonly StoryStep[];
}
