/**
 * The configuration of a project after every source was read: file, personal file, environment (spec project-format 2).
 * Belongs here: the types. Reading is in config.ts, one model's defaults are in model/defaults.ts.
 */

import type { ModelDefaults } from "../model/context.ts";
import type { MacroValue } from "../model/model.ts";
import type { Dialect, DialectFamily } from "../sql/dialect.ts";

/** Where data lives. Everything a driver needs; relative paths are relative to the working directory. */
export type Connection = DuckdbConnection | MysqlConnection;

interface CommonConnection {
  /** Statements at the same time. */
  readonly concurrentTasks: number;
  readonly registerComments: boolean;
}

export interface DuckdbConnection extends CommonConnection {
  readonly type: "duckdb";
  /** Path, or null for a database in memory. Exclusive with `catalogs`. */
  readonly database: string | null;
  /** Attached databases in order, the first is the default one. */
  readonly catalogs: readonly DuckdbCatalog[];
  readonly extensions: readonly {
    readonly name: string;
    readonly repository?: string;
    readonly forceInstall: boolean;
  }[];
  /** `SET name = value`. */
  readonly connectorConfig: Readonly<Record<string, string | number | boolean>>;
  readonly secrets: readonly {
    readonly name?: string;
    readonly options: Readonly<Record<string, MacroValue>>;
  }[];
}

export interface DuckdbCatalog {
  readonly name: string;
  readonly path: string;
  /** `ATTACH … (TYPE x)`: duckdb, sqlite, mysql, postgres. */
  readonly type: string;
  readonly readOnly: boolean;
}

export interface MysqlConnection extends CommonConnection {
  readonly type: Exclude<Dialect, "duckdb">;
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  readonly charset?: string;
  readonly collation?: string;
  readonly sslDisabled?: boolean;
  readonly prePing?: boolean;
}

/** One entry of `gateways`, checked; connections are read when asked for, since a project may name engines Sluice never opens. */
export interface Gateway {
  /** Lower case. */
  readonly name: string;
  readonly connection: RawConnection | null;
  readonly stateConnection: RawConnection | null;
  readonly testConnection: RawConnection | null;
  /** null = the connection's default schema. */
  readonly stateSchema: string | null;
  readonly variables: Readonly<Record<string, MacroValue>>;
  readonly modelDefaults: Readonly<Record<string, unknown>>;
}

/** A connection as written, type and fields already checked. */
export interface RawConnection {
  readonly type: string;
  readonly line?: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type CategorizerMode = "full" | "semi" | "off";

export interface CategorizeSettings {
  readonly sql: CategorizerMode;
  readonly seed: CategorizerMode;
  readonly external: CategorizerMode;
  readonly python: CategorizerMode;
}

export interface PlanSettings {
  readonly autoCategorizeChanges: CategorizeSettings;
  readonly forwardOnly: boolean;
  readonly includeUnmodified: boolean;
  readonly enablePreview: boolean;
  readonly noDiff: boolean;
  readonly noPrompts: boolean;
  readonly autoApply: boolean;
  readonly useFinalizedState: boolean;
  readonly alwaysRecreateEnvironment: boolean;
}

/** `cicd_bot`, defaults filled in (spec 2.7). */
export interface BotSettings {
  readonly invalidateEnvironmentAfterDeploy: boolean;
  readonly enableDeployCommand: boolean;
  readonly mergeMethod: "merge" | "squash" | "rebase" | null;
  readonly commandNamespace: string | null;
  readonly autoCategorizeChanges: CategorizeSettings;
  readonly defaultPrStart: string | null;
  readonly skipPrBackfill: boolean;
  readonly prIncludeUnmodified: boolean;
  readonly runOnDeployToProd: boolean;
  readonly prEnvironmentName: string | null;
  readonly prMinIntervals: number | null;
  readonly prodBranchNames: readonly string[];
  readonly forwardOnlyBranchSuffix: string;
  readonly checkIfBlockedOnDeployToProd: boolean;
}

export interface User {
  readonly username: string;
  readonly githubUsername?: string;
  readonly email?: string;
  readonly roles: readonly string[];
}

/** Lower-case rule names; `ALL` is already spelt out. */
export interface LinterSettings {
  readonly enabled: boolean;
  readonly rules: readonly string[];
  readonly warnRules: readonly string[];
}

/** First match wins; patterns match from the start. */
export interface SchemaMapping {
  readonly pattern: string;
  readonly schema: string;
}

export interface Settings {
  /** Absolute path of the project. */
  readonly root: string;
  /** `config.yaml` or one of its other names. */
  readonly configFile: string;
  readonly project: string;
  /** Selected gateway, lower case; "" when the only gateway has no name. */
  readonly gateway: string;
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly connection: Connection;
  /** Where state is kept; the same object as `connection` when nothing else was said. */
  readonly stateConnection: Connection;
  readonly testConnection: Connection;
  /** Schema of the state tables; null = the connection's default schema. `sluice` unless the project says otherwise. */
  readonly stateSchema: string | null;
  /** Family of `connection`: every model must belong to it. */
  readonly family: DialectFamily;
  readonly defaultCatalog?: string;
  /** Gateway variables over root variables, lower-case names. */
  readonly variables: Readonly<Record<string, MacroValue>>;
  readonly modelDefaults: ModelDefaults;
  readonly ignorePatterns: readonly string[];
  readonly timeColumnFormat: string;
  readonly inferNames: boolean;
  readonly beforeAll: readonly string[];
  readonly afterAll: readonly string[];
  /** Relative date, such as `in 1 week`. */
  readonly snapshotTtl: string;
  /** null = never expires. */
  readonly environmentTtl: string | null;
  /** As written; sanitised by the environment room. */
  readonly pinnedEnvironments: readonly string[];
  readonly defaultTargetEnvironment: string;
  readonly environmentSuffixTarget: "schema" | "table" | "catalog";
  readonly environmentCatalogMapping: readonly { readonly pattern: string; readonly catalog: string }[];
  readonly physicalSchemaMapping: readonly SchemaMapping[];
  readonly physicalTableNamingConvention: "schema_and_table" | "table_only" | "hash_md5";
  readonly virtualEnvironmentMode: "full" | "dev_only";
  readonly plan: PlanSettings;
  readonly bot: BotSettings | null;
  readonly users: readonly User[];
  readonly linter: LinterSettings;
  readonly run: { readonly environmentCheckInterval: number; readonly environmentCheckMaxWait: number };
  readonly janitor: {
    readonly warnOnDeleteFailure: boolean;
    readonly expiredSnapshotsBatchSize: number | null;
  };
  readonly logLimit: number;
}
