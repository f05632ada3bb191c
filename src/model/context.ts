/**
 * What a model file is read against: everything outside the file that decides what it means.
 * Belongs here: the types. The project fills them from its configuration.
 */
import type { Digest } from "../digest.ts";
import type { SourcePlace } from "../errors.ts";
import type { Dialect, DialectFamily } from "../sql/dialect.ts";
import type { Header } from "../sql/header.ts";
import type { Column } from "../sql/name-parts.ts";
import type { AuditDefinition, MacroValue, ModelFacts, ModelName } from "./model.ts";

/** `model_defaults`: SQL-ish text per property, as if it stood in the MODEL block (spec project-format 2.5). */
export interface ModelDefaults {
  readonly dialect: Dialect;
  /** Property name → value text as it would be written in a MODEL block: cron, owner, start, interval_unit, … */
  readonly properties: Readonly<Record<string, string>>;
  readonly physicalProperties: Readonly<Record<string, string>>;
  readonly virtualProperties: Readonly<Record<string, string>>;
  readonly sessionProperties: Readonly<Record<string, string>>;
  /** Call text such as `not_null(columns := (id))`. */
  readonly audits: readonly string[];
  readonly preStatements: readonly string[];
  readonly postStatements: readonly string[];
  readonly onVirtualUpdate: readonly string[];
}

export interface ModelContext {
  readonly project: string;
  readonly family: DialectFamily;
  /** Selected gateway. */
  readonly gateway: string;
  /** Lower-case gateway name → default catalog. */
  readonly catalogs: ReadonlyMap<string, string | undefined>;
  readonly defaultCatalog?: string;
  readonly variables: Readonly<Record<string, MacroValue>>;
  readonly defaults: ModelDefaults;
  readonly timeColumnFormat: string;
  readonly inferNames: boolean;
  readonly physicalSchemaMapping: readonly { readonly pattern: string; readonly schema: string }[];
  readonly namingConvention: ModelFacts["namingConvention"];
  readonly virtualEnvironmentMode: ModelFacts["virtualEnvironmentMode"];
  /** Lower-case name → audit of the project. */
  readonly audits: ReadonlyMap<string, AuditDefinition>;
  /** Lower-case name of a macro written in Python → where. */
  readonly pythonMacros: ReadonlyMap<string, SourcePlace>;
  /** Jinja macro definitions of the project by name. */
  readonly jinjaMacros: ReadonlyMap<string, string>;
  /** Text and digest of a seed file, by path as written and the model's own path; throws SEED_INVALID. */
  readonly readSeed: (path: string, model: SourcePlace, encoding: string | undefined) => SeedContent;
  /** Columns of another model, for @STAR and @UNION; null = not known (yet). */
  readonly columnsOf: (name: ModelName) => readonly Column[] | null;
  /** Refuses a MODEL block that cannot be built, before its macros are expanded. */
  readonly checkHeader: (header: Header, file: string) => void;
  /** Now, milliseconds: for relative dates and intervals. */
  readonly now: number;
  readonly warn: (warning: ModelWarning) => void;
}

export interface SeedContent {
  readonly content: string;
  readonly digest: Digest;
}

/** Something the author should know; loading goes on. */
export interface ModelWarning {
  readonly code: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}
