/**
 * One model as its author wrote it. Everything here is a JSON value: a model travels inside a plan and a state row.
 * Belongs here: what a model file says. Not here: versions, tables, intervals (snapshot), or anything read from a warehouse.
 */
import type { Branded } from "../brand.ts";
import type { Digest } from "../digest.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { IntervalUnit } from "../time/unit.ts";

/**
 * The key of a model: its normalised dotted name without the default catalog, `schema.table`.
 * A part that is not a plain word is double-quoted. Two models with equal keys are the same model.
 */
export type ModelName = Branded<string, "ModelName">;

export type { IntervalUnit } from "../time/unit.ts";

export type KindName =
  | "VIEW"
  | "FULL"
  | "INCREMENTAL_BY_TIME_RANGE"
  | "INCREMENTAL_BY_UNIQUE_KEY"
  | "INCREMENTAL_BY_PARTITION"
  | "INCREMENTAL_UNMANAGED"
  | "SCD_TYPE_2"
  | "SCD_TYPE_2_BY_TIME"
  | "SCD_TYPE_2_BY_COLUMN"
  | "SEED"
  | "EMBEDDED"
  | "EXTERNAL"
  | "STANDALONE_AUDIT";

export type SchemaChangePolicy = "ERROR" | "WARN" | "ALLOW" | "IGNORE";

interface IncrementalProperties {
  readonly forwardOnly: boolean;
  readonly disableRestatement: boolean;
  readonly onDestructiveChange: SchemaChangePolicy;
  readonly onAdditiveChange: SchemaChangePolicy;
  /** Units of the interval grid per batch; absent = one batch per contiguous run. */
  readonly batchSize?: number;
  readonly batchConcurrency?: number;
  readonly lookback?: number;
}

export type ModelKind =
  | { readonly name: "VIEW"; readonly materialized: boolean }
  | { readonly name: "FULL" }
  | ({
      readonly name: "INCREMENTAL_BY_TIME_RANGE";
      readonly timeColumn: string;
      /** strftime format of a text or number time column. */
      readonly timeFormat: string;
      readonly partitionByTimeColumn: boolean;
    } & IncrementalProperties)
  | ({
      readonly name: "INCREMENTAL_BY_UNIQUE_KEY";
      /** SQL expressions. */
      readonly uniqueKey: readonly string[];
    } & IncrementalProperties)
  | ({ readonly name: "INCREMENTAL_BY_PARTITION" } & IncrementalProperties)
  | ({ readonly name: "INCREMENTAL_UNMANAGED"; readonly insertOverwrite: boolean } & IncrementalProperties)
  | ({
      readonly name: "SCD_TYPE_2" | "SCD_TYPE_2_BY_TIME" | "SCD_TYPE_2_BY_COLUMN";
      readonly uniqueKey: readonly string[];
      readonly validFrom: string;
      readonly validTo: string;
      readonly invalidateHardDeletes: boolean;
      readonly timeDataType: string;
      /** BY_TIME, and optional for BY_COLUMN. */
      readonly updatedAt?: string;
      readonly updatedAtAsValidFrom: boolean;
      readonly executionTimeAsValidFrom: boolean;
      /** BY_COLUMN: compared columns, or `*`. */
      readonly columns?: readonly string[] | "*";
    } & IncrementalProperties)
  | {
      readonly name: "SEED";
      /** As written, relative to the model file or, with `$root/`, to the project. */
      readonly path: string;
      readonly batchSize: number;
      readonly csv: CsvSettings;
    }
  | { readonly name: "EMBEDDED" }
  | { readonly name: "EXTERNAL" }
  /** No model: a node with {@link ModelFacts.node} `audit`. Its query gives the bad rows. */
  | { readonly name: "STANDALONE_AUDIT" };

export interface CsvSettings {
  readonly delimiter?: string;
  readonly quotechar?: string;
  readonly doublequote?: boolean;
  readonly escapechar?: string;
  readonly skipinitialspace?: boolean;
  readonly lineterminator?: string;
  readonly encoding?: string;
  readonly naValues?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  readonly keepDefaultNa?: boolean;
}

/**
 * The parts of a model's own hash (spec plan-and-apply 1.3–1.5), without its parents:
 * - `data`: everything that may change rows: properties 1–7, canonical tokens of statements and query, variable values;
 * - `properties`: items 1–7 only;
 * - `rendered`: canonical tokens of query, pre and post statements after expansion at several fixed stages and times;
 * - `metadata`: what never changes rows, and the raw tokens again.
 */
export interface ModelHashes {
  readonly data: Digest;
  readonly properties: Digest;
  readonly rendered: Digest;
  readonly metadata: Digest;
}

/**
 * What a plan needs of every model, changed or not: small, recorded in state under the source digest,
 * so that an unchanged file is hashed but never parsed again.
 */
export interface ModelFacts {
  readonly name: ModelName;
  /** As written, for people. */
  readonly displayName: string;
  readonly parts: NameParts;
  /** `audit` = standalone audit. */
  readonly node: "model" | "audit";
  /** Path from the project root, forward slashes. */
  readonly path: string;
  /** SHA-256 of the file's bytes, plus what else its facts depend on (configuration, macros, seed file). */
  readonly sourceDigest: Digest;
  readonly project: string;
  readonly dialect: Dialect;
  readonly gateway?: string;
  readonly kind: ModelKind;
  readonly hashes: ModelHashes;
  /** Every table read, models and external tables alike, sorted, without the model itself. */
  readonly dependsOn: readonly ModelName[];
  readonly selfReferencing: boolean;
  readonly cron: string;
  readonly cronTz: string;
  readonly intervalUnit: IntervalUnit;
  /** Date-like text as written; resolved against the execution time. */
  readonly start?: string;
  readonly end?: string;
  readonly allowPartials: boolean;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly description?: string;
  /** Output columns with declared or inferred types; null = the list itself is not known (a star, an unnamed expression). */
  readonly columns: readonly Column[] | null;
  /** `columns` was written by the author. */
  readonly columnsDeclared: boolean;
  readonly hasAudits: boolean;
  readonly physicalVersion?: string;
  /** Physical schema after `physical_schema_mapping`, for example `sluice__shop`. */
  readonly physicalSchema: string;
  readonly namingConvention: "schema_and_table" | "table_only" | "hash_md5";
  readonly virtualEnvironmentMode: "full" | "dev_only";
}

/** SQL as it stands in the file, with macros; `line` counts from 1. */
export interface SqlText {
  readonly text: string;
  readonly line: number;
  /** A Jinja block: the body between its markers. */
  readonly jinja?: boolean;
}

/** One use of an audit: argument values are SQL text, unevaluated. */
export interface AuditUse {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface AuditDefinition {
  readonly name: string;
  readonly path: string;
  readonly dialect: Dialect;
  readonly skip: boolean;
  readonly blocking: boolean;
  /** SQL text of each default. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Only `@DEF`s have an effect. */
  readonly statements: readonly SqlText[];
  readonly query: SqlText;
}

/** A value of a configuration variable. */
export type MacroValue =
  | string
  | number
  | boolean
  | null
  | readonly MacroValue[]
  | { readonly [key: string]: MacroValue };

/** A model in full: the facts and the texts. Enough to build it without the working tree. */
export interface Model extends ModelFacts {
  /** Absent for SEED and EXTERNAL. */
  readonly query?: SqlText;
  readonly preStatements: readonly SqlText[];
  readonly postStatements: readonly SqlText[];
  readonly onVirtualUpdate: readonly SqlText[];
  readonly audits: readonly AuditUse[];
  /** Every non-built-in audit that `audits` names: inline first, then the project's. Of a standalone audit, itself. */
  readonly auditDefinitions: readonly AuditDefinition[];
  readonly columnDescriptions: Readonly<Record<string, string>>;
  readonly partitionedBy: readonly string[];
  readonly clusteredBy: readonly string[];
  /** Values are SQL text. */
  readonly physicalProperties: Readonly<Record<string, string>>;
  readonly virtualProperties: Readonly<Record<string, string>>;
  readonly sessionProperties: Readonly<Record<string, string>>;
  readonly grains: readonly string[];
  readonly references: readonly string[];
  readonly stamp?: string;
  readonly ignoredRules: readonly string[] | "ALL";
  /** Configuration and gateway variables that the texts use, lower-case names. */
  readonly variables: Readonly<Record<string, MacroValue>>;
  /** Blueprint variables: SQL text of each value. */
  readonly blueprint: Readonly<Record<string, string>>;
  /** Jinja macro definitions that the texts call, name → `{% macro … %}` text. */
  readonly jinjaMacros: Readonly<Record<string, string>>;
  /** SEED only: the file's text, decoded. */
  readonly seed?: { readonly content: string; readonly digest: Digest };
  /** For cross-checks and lint: gateway-selected defaults that apply when rendering. */
  readonly defaultCatalog?: string;
}

/** Kinds without a physical table of their own. */
export function isSymbolic(kind: ModelKind): boolean {
  return kind.name === "EMBEDDED" || kind.name === "EXTERNAL" || kind.name === "STANDALONE_AUDIT";
}

/** Everything stored as a table. */
export function isMaterialized(kind: ModelKind): boolean {
  return !isSymbolic(kind) && (kind.name !== "VIEW" || kind.materialized);
}

/** Spec plan-and-apply 1.6. */
export function isIncremental(kind: ModelKind): boolean {
  return kind.name.startsWith("INCREMENTAL_") || kind.name.startsWith("SCD_TYPE_2");
}
