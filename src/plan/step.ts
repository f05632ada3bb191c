/** The steps of a plan (design 4.4): data only. Each says what it needs, what it writes, and how to see that it is done. */
import type { Branded } from "../brand.ts";
import type { EnvironmentName, EnvironmentView } from "../environment/environment.ts";
import type { ModelName } from "../model/model.ts";
import type { Interval, SnapshotId } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ColumnChanges } from "./plan.ts";

/** Stable for the same work, for example `backfill:shop.orders:2023-01-01/2023-01-08`. */
export type StepId = Branded<string, "StepId">;

/** A schema; its `table` is empty. */
export type SchemaName = NameParts & { readonly schema: string };

/** How apply recognises a finished step whose journal row was lost. */
export type PostCondition =
  | { readonly kind: "schema-exists"; readonly schema: SchemaName }
  | { readonly kind: "table-exists"; readonly table: NameParts }
  /** Written in the same transaction as the data. */
  | {
      readonly kind: "intervals-recorded";
      readonly snapshot: SnapshotId;
      readonly dev: boolean;
      readonly interval: Interval;
    }
  | { readonly kind: "pointer-shows-plan" }
  | { readonly kind: "environment-finalized" }
  /** Harmless to repeat; only the journal tells. */
  | { readonly kind: "repeatable" };

interface StepBase {
  readonly id: StepId;
  readonly needs: readonly StepId[];
  /** One sentence for people. */
  readonly sentence: string;
  readonly done: PostCondition;
}

/** Which table each dependency of a model is read from while it is built. */
export interface TableMapping {
  /**
   * Name of a referenced model → its physical table, also that of EMBEDDED models' own references and, where a model
   * reads itself, its own. EMBEDDED models are inlined by apply and not listed.
   */
  readonly [model: string]: NameParts;
}

interface OnSnapshot {
  readonly model: ModelName;
  readonly snapshot: SnapshotId;
  /** The table written. */
  readonly table: NameParts;
  /** The dev table of a snapshot that is not deployable in this plan. */
  readonly dev: boolean;
  readonly reads: TableMapping;
  /** EMBEDDED models that its text, directly or through each other, refers to; new ones are in the plan, others in state. */
  readonly inlines: readonly SnapshotId[];
  /** Readers of production see this table now: they must never meet it half written. */
  readonly live: boolean;
}

export type Step = StepBase &
  (
    | { readonly kind: "ensure-schema"; readonly schema: SchemaName }
    /** The table or view itself, empty; for a view, its definition. */
    | ({ readonly kind: "create-table" } & OnSnapshot)
    | ({ readonly kind: "load-seed"; readonly interval: Interval | null } & OnSnapshot)
    /** One batch: for a table, rows of `interval`; for a FULL model, all rows; for a VIEW, its (re)creation. */
    | ({
        readonly kind: "backfill";
        readonly interval: Interval;
        readonly batch: number;
        readonly batches: number;
        /** No rows are there yet: the first insert replaces. */
        readonly first: boolean;
        /** Into a table beside the live one, which readers see as it is until `swap-table`; nothing is recorded before. */
        readonly beside?: true;
      } & OnSnapshot)
    /** What the batches built beside takes the place of the live table, in one step; `intervals` is what it holds then. */
    | ({ readonly kind: "swap-table"; readonly intervals: readonly Interval[] } & OnSnapshot)
    /** Audits alone, when only they changed. */
    | ({ readonly kind: "audit"; readonly interval: Interval } & OnSnapshot)
    /** Intervals recorded without computing them (`empty_backfill`). */
    | ({ readonly kind: "record-intervals"; readonly interval: Interval } & OnSnapshot)
    /**
     * Forward-only ALTER of a live table, in two steps, so that neither the old readers nor the new ones ever miss a
     * column: `widen` adds and retypes before anything is computed, `narrow` drops once nobody reads the old definition.
     * `restore` gives columns the types back that somebody changed by hand.
     */
    | ({
        readonly kind: "evolve-table";
        readonly phase: "widen" | "narrow" | "restore";
        /** null = the plan could not know; found when the step runs, under the model's policies. */
        readonly changes: ColumnChanges | null;
        /** Views over the table, of every environment. */
        readonly shownBy: readonly NameParts[];
      } & OnSnapshot)
    /** Restatement: intervals of other versions that lose their meaning; or those of a table that is gone. */
    | {
        readonly kind: "clear-intervals";
        readonly snapshot: SnapshotId;
        readonly interval: Interval;
        /** Environments that show it; none: only a later plan may use it again. */
        readonly environments: readonly EnvironmentName[];
        /** This table of the snapshot is gone, and what is recorded of it with it; absent = of both, for a restatement. */
        readonly lost?: "table" | "dev-table";
      }
    | {
        readonly kind: "run-statements";
        readonly when: "before_all" | "after_all";
        readonly statements: readonly string[];
      }
    /** New view definitions under temporary names, where the engine renames; nothing where it switches in a transaction. */
    | { readonly kind: "build-views"; readonly views: readonly EnvironmentView[] }
    /** All views at once, with the pointer view. `drops`: views that go away. */
    | {
        readonly kind: "switch";
        readonly views: readonly EnvironmentView[];
        readonly drops: readonly NameParts[];
        readonly pointer: NameParts;
      }
    | { readonly kind: "finalise" }
  );

export type StepKind = Step["kind"];
