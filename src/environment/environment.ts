/**
 * What a name such as prod points to (spec plan-and-apply 1.8, 12.1; design 3).
 * Belongs here: the record and the names of views and tables. Not here: how views are moved (apply).
 */
import type { Branded } from "../brand.ts";
import type { ModelName } from "../model/model.ts";
import type { SnapshotId } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";

/** Sanitised: non-word characters become `_`, lower case. */
export type EnvironmentName = Branded<string, "EnvironmentName">;

export type SuffixTarget = "schema" | "table" | "catalog";

/** How the views of an environment are named. */
export interface ViewNaming {
  readonly suffixTarget: SuffixTarget;
  /** Catalog of all views of the environment, from `environment_catalog_mapping`. */
  readonly catalogOverride?: string;
  /** Catalog that names without one belong to; kept only where the suffix goes to the catalog. */
  readonly defaultCatalog?: string;
}

/** One model of an environment. */
export interface EnvironmentMember extends SnapshotId {
  /** Whether the model has a view here. */
  readonly promoted: boolean;
}

export interface Environment {
  readonly name: EnvironmentName;
  /** Grows by one with each promotion; 0 = never promoted. */
  readonly version: number;
  readonly naming: ViewNaming;
  readonly members: readonly EnvironmentMember[];
  readonly planId: string;
  readonly planDigest: string;
  readonly previousPlanId: string | null;
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** null while a promotion is under way or failed. */
  readonly finalizedAt: number | null;
  /** null = never expires. */
  readonly expiresAt: number | null;
  /** Members of the last finalized state, while this one is not finalized. */
  readonly previousFinalized: readonly EnvironmentMember[] | null;
  readonly statements: { readonly beforeAll: readonly string[]; readonly afterAll: readonly string[] };
  /** Ids of the restatements that rode with its plans: none is carried out twice. */
  readonly restated?: readonly string[];
}

/** A view of the virtual layer: its name, the model it shows, the table it reads. */
export interface EnvironmentView {
  readonly model: ModelName;
  /** Whose description and `on_virtual_update` statements belong to the view. */
  readonly snapshot: SnapshotId;
  readonly view: NameParts;
  readonly table: NameParts;
}
