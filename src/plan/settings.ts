/** What the project's configuration says about plans. The caller fills it from config.yaml and sluice.yaml. */
import type { SuffixTarget } from "../environment/environment.ts";

/** How far a category is decided without asking (spec plan-and-apply 4.1). */
export type CategorizationMode = "full" | "semi" | "off";

export interface PlanningSettings {
  /** Per source type; `external` is for external models. */
  readonly autoCategorization: {
    readonly sql: CategorizationMode;
    readonly seed: CategorizationMode;
    readonly external: CategorizationMode;
  };
  readonly suffixTarget: SuffixTarget;
  /** First match of a regular expression over the environment's name gives the catalog of its views. */
  readonly catalogMapping: readonly { readonly pattern: RegExp; readonly catalog: string }[];
  /** Catalog of names without one; matters where the suffix goes to the catalog. */
  readonly defaultCatalog?: string;
  /** Milliseconds a snapshot without an environment is kept. */
  readonly snapshotTtl: number;
  /** Milliseconds after which a development environment expires; null = never. */
  readonly environmentTtl: number | null;
  /** Sanitised names of environments that never expire. */
  readonly pinnedEnvironments: readonly string[];
  /** Compare with what was last complete instead of what a failed promotion left. */
  readonly useFinalizedState: boolean;
  /** Compare a development environment with `create_from` each time. */
  readonly alwaysRecreateEnvironment: boolean;
  readonly statements: { readonly beforeAll: readonly string[]; readonly afterAll: readonly string[] };
}

/** What SQLMesh assumes when the configuration says nothing. */
export const defaultPlanningSettings: PlanningSettings = {
  autoCategorization: { sql: "full", seed: "full", external: "full" },
  suffixTarget: "schema",
  catalogMapping: [],
  snapshotTtl: 7 * 86_400_000,
  environmentTtl: 7 * 86_400_000,
  pinnedEnvironments: [],
  useFinalizedState: false,
  alwaysRecreateEnvironment: false,
  statements: { beforeAll: [], afterAll: [] },
};
