/**
 * One warehouse, seen through the few things Sluice does with it. Small on purpose: an engine is a session that
 * runs text, plus the statements whose shape differs between engines.
 */
import type { DialectFamily } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { Statements } from "./statements.ts";
import type { EngineTraits } from "./traits.ts";

export type Row = Readonly<Record<string, unknown>>;

/** A value that can be bound to a statement or written as a literal. */
export type SqlValue = string | number | boolean | null;

/** A place to run statements: the engine itself, or one transaction of it. */
export interface Session {
  /**
   * Rows of a query. Values are JSON-like: whole numbers as number when they are safe, else as text; decimals, dates
   * and instants as text (`2023-01-01`, `2023-01-01 00:00:00`, UTC).
   */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Runs a statement; number of rows written where the engine tells, else 0. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** Absent where a text is one statement; {@link runAll} is for everybody. */
  runTogether?(sqls: readonly string[]): Promise<void>;
  /**
   * Adds rows, each with a value for every column of the table in the table's own order; absent where rows come as SQL only.
   * For tables of our own: values become what the column holds, in ways that are not those of a literal.
   */
  append?(table: NameParts, rows: readonly (readonly SqlValue[])[]): Promise<void>;
}

/** Runs statements of our own in order, in fewer trips where the engine takes several in one text. */
export async function runAll(session: Session, sqls: readonly string[]): Promise<void> {
  if (session.runTogether !== undefined) return session.runTogether(sqls);
  for (const sql of sqls) await session.run(sql);
}

export interface TransactionOptions {
  readonly before?: (session: Session) => Promise<void>;
  /** `work` sends one statement at the most, which commits by itself. */
  readonly single?: boolean;
}

export interface PoliteOptions {
  readonly manyNames?: boolean;
}

/** `offset` in UTF-16 units from the start of the query, as near as the engine tells. */
export interface SyntaxFault {
  readonly message: string;
  readonly offset: number | null;
}

export type ObjectType = "table" | "view";

export interface FoundObject {
  readonly name: NameParts;
  readonly type: ObjectType;
}

/** How a table is made, beyond its columns. */
export interface TableOptions {
  readonly ifNotExists?: boolean;
  /** Takes the place of a table that is there; only where {@link EngineTraits.transactionalDdl} holds. */
  readonly replace?: boolean;
  /** `physical_properties` of the model, as SQL text; engines without a word for any of them ignore all. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface Engine extends Session, AsyncDisposable {
  /** `type` of the connection, as in config.yaml. */
  readonly type: string;
  /** What answers behind the protocol: duckdb, mysql, mariadb, tidb, … */
  readonly flavour: string;
  readonly version: string;
  /** Tells the server that answers from another behind the same address; empty where there is no server. */
  readonly identity: string;
  /** Where the data is, for sentences and for telling two warehouses apart; never a secret. */
  readonly location: string;
  readonly family: DialectFamily;
  readonly traits: EngineTraits;
  /** Catalog that names without one belong to; undefined where there are none. */
  readonly defaultCatalog: string | undefined;
  /** Texts of the statements whose shape differs between engines. */
  readonly statements: Statements;
  /** Whether descriptions become comments on tables and columns. */
  readonly registerComments: boolean;

  /**
   * Runs `work` in one transaction on one connection; rolls back when it throws. When the engine reports a conflict
   * with another transaction, `work` is rolled back and called again, a bounded number of times: what it does
   * outside its session must bear repeating. `before` runs first on the same connection, outside the transaction:
   * the place for DDL where DDL commits.
   */
  transaction<T>(work: (session: Session) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs `work` on one connection kept for it alone, outside any transaction: session settings, user locks. */
  exclusive<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Runs `work`, which changes names that readers use, on a connection of its own. A statement that waits for readers
   * makes new readers wait behind it: so it waits for seconds only, and `work` is called again after a pause, for some
   * minutes. `manyNames`: its statement takes many names at once, and must not hold some while it waits for others.
   */
  politely<T>(work: (session: Session) => Promise<T>, options?: PoliteOptions): Promise<T>;
  /** Stops every statement that is running; their callers see a SluiceError with code CANCELLED. */
  interrupt(): Promise<void>;
  /** Quoted, qualified name as SQL text. */
  name(parts: NameParts): string;
  literal(value: SqlValue): string;
  /** Which of the named objects exist, in one query. */
  objects(names: readonly NameParts[]): Promise<ReadonlyMap<string, ObjectType>>;
  /**
   * What the engine keeps as the text of these views, with stars written out and names in full: views of equal texts show
   * the same. One that does not exist, or may not be looked at, is left out.
   */
  viewTexts(names: readonly NameParts[]): Promise<ReadonlyMap<string, string>>;
  /** Tables and views of these schemas whose names begin with `prefix`, in one query. */
  listObjects(schemas: readonly string[], prefix: string): Promise<readonly FoundObject[]>;
  /** Columns of a table or view, in order; empty when it does not exist. */
  columnsOf(table: NameParts, session?: Session): Promise<readonly Column[]>;
  /** Columns of many tables in one query, by {@link nameKey}; those that do not exist are left out. */
  columnsOfAll(tables: readonly NameParts[]): Promise<ReadonlyMap<string, readonly Column[]>>;
  /**
   * A text for each of these tables, by {@link nameKey}: while it is the same, so are the table's columns and their types. Cheaper than
   * {@link columnsOfAll} where the engine has such texts. What does not exist is left out, and may be where it is a view. `known`: what
   * {@link columnsOfAll} is about to tell of them.
   */
  tableTexts(
    tables: readonly NameParts[],
    known?: Promise<ReadonlyMap<string, readonly Column[]>>,
  ): Promise<ReadonlyMap<string, string>>;
  /**
   * Column names and types a query would give, asked of the engine without running it. `near`: a table whose schema
   * exists, for engines that need a place to ask in.
   */
  columnsOfQuery(sql: string, session?: Session, near?: NameParts): Promise<readonly Column[]>;
  /** Declared columns with their types in the engine's own words, as {@link columnsOf} would tell them. */
  columnsAs(columns: readonly Column[], session?: Session, near?: NameParts): Promise<readonly Column[]>;
  /**
   * For each query the grammatical fault the engine finds in it, or null. Names are not looked up: tables need not exist.
   * An engine that cannot tell without them answers null for what it could not read.
   */
  syntaxFaults(queries: readonly string[]): Promise<readonly (SyntaxFault | null)[]>;
  /** Creates a table from a query's rows; the number of rows. Engines without CREATE TABLE AS create and insert. */
  createTableAs(session: Session, table: NameParts, query: string, options?: TableOptions): Promise<number>;
  /** Creates a table with the columns of a query and none of its rows; the columns, as {@link columnsOf} tells them. */
  createTableLike(
    session: Session,
    table: NameParts,
    query: string,
    options?: TableOptions,
  ): Promise<readonly Column[]>;
  /** Inserts rows in few statements. */
  insertRows(
    session: Session,
    table: NameParts,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void>;
}

/** Key of {@link Engine.objects}. */
export function nameKey(parts: NameParts): string {
  return [parts.catalog ?? "", parts.schema ?? "", parts.table].join("\u0000");
}
