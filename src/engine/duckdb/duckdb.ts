/** DuckDB: everything is transactional, one process per file, names in three parts. */
import { messageOf } from "../../errors.ts";
import { quoteIdentifier } from "../../sql/dialect.ts";
import type { Column, NameParts } from "../../sql/name-parts.ts";
import type { DuckdbConnection, OpenOptions } from "../connection.ts";
import type {
  Engine,
  Row,
  Session,
  SqlValue,
  SyntaxFault,
  TableOptions,
  TransactionOptions,
} from "../engine.ts";
import { failedFor } from "../name-fault.ts";
import type { EngineTraits } from "../traits.ts";
import { Catalog } from "./catalog.ts";
import { Connections } from "./connections.ts";
import { loadDriver } from "./driver.ts";
import { isConflict } from "./failure.ts";
import type { InstanceHandle } from "./instances.ts";
import { acquireInstance } from "./instances.ts";
import type { DuckdbPlace } from "./settings.ts";
import { resolvePlace } from "./settings.ts";
import { prepareConnection, prepareInstance } from "./setup.ts";
import { duckdbName, duckdbStatements } from "./statements.ts";
import { storageFor } from "./storage.ts";
import { findSyntaxFaults } from "./syntax.ts";
import { literalOf, longText } from "./values.ts";

const conflictRetries = 8;
const rowsPerInsert = 500;

/** Throws CONFIG_INVALID, ENGINE_MISSING, ENGINE_LOCKED or ENGINE_FAILED. */
export async function openDuckdb(connection: DuckdbConnection, options: OpenOptions): Promise<Engine> {
  const place = resolvePlace(connection, options.directory);
  const driver = await loadDriver(options.loadDuckdb);
  const handle = await acquireInstance(driver, {
    path: place.path,
    readOnly: connection.readOnly ?? false,
    storage: storageFor(place.path, connection),
    lockWait: options.lockWait ?? 5000,
  });
  const connections = new Connections(async () => {
    const opened = await handle.instance.connect();
    await prepareConnection(opened, connection, place);
    return opened;
  }, place.defaultCatalog);
  try {
    await prepareInstance(handle.instance, connection, place);
    const [row] = await connections.use((session) => session.query("SELECT version() AS version"));
    return new DuckdbEngine(connections, handle, connection, place, String(row?.["version"]));
  } catch (error) {
    connections.close();
    await handle.release();
    throw error;
  }
}

class DuckdbEngine implements Engine {
  readonly type = "duckdb";
  readonly flavour = "duckdb";
  readonly family = "duckdb";
  readonly version: string;
  readonly identity = "";
  readonly location: string;
  readonly traits: EngineTraits;
  readonly defaultCatalog: string;
  readonly statements;
  readonly registerComments: boolean;
  readonly #catalog: Catalog;
  readonly #connections: Connections;
  readonly #handle: InstanceHandle;

  constructor(
    connections: Connections,
    handle: InstanceHandle,
    connection: DuckdbConnection,
    place: DuckdbPlace,
    version: string,
  ) {
    this.version = version.replace(/^v/, "");
    this.location = place.catalogs[0]?.path ?? place.path;
    this.defaultCatalog = place.defaultCatalog;
    this.statements = duckdbStatements(place.defaultCatalog);
    this.registerComments = connection.registerComments ?? true;
    this.#catalog = new Catalog(this, place.defaultCatalog);
    this.#connections = connections;
    this.#handle = handle;
    this.traits = {
      transactionalDdl: true,
      transactions: true,
      crossCatalogTransactions: false,
      switch: "transaction",
      // DuckDB knows no limit; the longest name other tools are sure to show.
      maxIdentifierLength: 255,
      catalogs: true,
      userLocks: false,
      singleProcess: true,
      everyViewText: true,
      renameWaits: false,
      lockingInsert: false,
      concurrency: connection.concurrentTasks ?? 1,
    };
  }

  query(sql: string, values?: readonly SqlValue[]) {
    return this.#connections.use((session) => session.query(sql, values));
  }

  run(sql: string, values?: readonly SqlValue[]): Promise<number> {
    return this.#despiteConflicts((session) => session.run(sql, values));
  }

  transaction<T>(work: (session: Session) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#despiteConflicts(async (session) => {
      await options.before?.(session);
      return options.single === true ? work(session) : inTransaction(session, work);
    });
  }

  /** What conflicts with another transaction is rolled back as a whole, a single statement too, and tried again. */
  async #despiteConflicts<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#connections.use(work);
      } catch (error) {
        if (!isConflict(error) || attempt > conflictRetries) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
      }
    }
  }

  exclusive<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#connections.use((session) => work(session));
  }

  /** Readers keep their own version of the catalog: nobody waits. */
  politely<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.exclusive(work);
  }

  async interrupt(): Promise<void> {
    this.#connections.interrupt();
  }

  name(parts: NameParts): string {
    return duckdbName(parts, this.defaultCatalog);
  }

  literal(value: SqlValue): string {
    return literalOf(value);
  }

  syntaxFaults(queries: readonly string[]): Promise<readonly (SyntaxFault | null)[]> {
    return findSyntaxFaults(this, queries);
  }

  objects(names: readonly NameParts[]) {
    return this.#catalog.objects(names);
  }

  async columnsOf(table: NameParts, session: Session = this): Promise<readonly Column[]> {
    try {
      // One look-up by name; the catalog's own tables would be read whole.
      return await describe(session, this.name(table));
    } catch (error) {
      if (failedFor(error, "missing")) return [];
      throw error;
    }
  }

  columnsOfAll(tables: readonly NameParts[]) {
    return this.#catalog.columnsOfAll(tables);
  }

  columnsOfQuery(sql: string, session: Session = this): Promise<readonly Column[]> {
    return describe(session, sql);
  }

  tableTexts(tables: readonly NameParts[]) {
    return this.#catalog.tableTexts(tables);
  }

  viewTexts(names: readonly NameParts[]) {
    return this.#catalog.viewTexts(names);
  }

  listObjects(schemas: readonly string[], prefix: string) {
    return this.#catalog.listObjects(schemas, prefix);
  }

  columnsAs(columns: readonly Column[], session: Session = this): Promise<readonly Column[]> {
    const casts = columns.map(
      ({ name, type }) => `CAST(NULL AS ${type ?? "TEXT"}) AS ${quoteIdentifier(name, "duckdb")}`,
    );
    return this.columnsOfQuery(`SELECT ${casts.join(", ")}`, session);
  }

  createTableAs(
    session: Session,
    table: NameParts,
    query: string,
    { replace = false, ifNotExists = false }: TableOptions = {},
  ): Promise<number> {
    const create = `CREATE ${replace ? "OR REPLACE " : ""}TABLE ${ifNotExists ? "IF NOT EXISTS " : ""}${this.name(table)}`;
    return session.run(`${create} AS ${query}`);
  }

  async createTableLike(
    session: Session,
    table: NameParts,
    query: string,
    { ifNotExists = false }: TableOptions = {},
  ): Promise<readonly Column[]> {
    const name = this.name(table);
    // The query ends on a line of its own: it may end in a comment. Both in one text, which saves a trip.
    const create = `CREATE TABLE ${ifNotExists ? "IF NOT EXISTS " : ""}${name} AS (${query}\n) WITH NO DATA`;
    return described(await session.query(`${create};\nDESCRIBE ${name}`));
  }

  async insertRows(
    session: Session,
    table: NameParts,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    const list = columns.map((column) => quoteIdentifier(column, "duckdb")).join(", ");
    for (let at = 0; at < rows.length; at += rowsPerInsert) {
      const bound: string[] = [];
      const text = (value: SqlValue): string => {
        if (typeof value !== "string" || value.length < longText) return this.literal(value);
        bound.push(value);
        return "?";
      };
      // Literals: DuckDB casts a text literal to the column's type, and planning them is faster than binding thousands.
      const tuples = rows.slice(at, at + rowsPerInsert).map((row) => `(${row.map(text).join(", ")})`);
      await session.run(`INSERT INTO ${this.name(table)} (${list}) VALUES ${tuples.join(", ")}`, bound);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connections.close();
    await this.#handle.release();
  }
}

async function describe(session: Session, what: string): Promise<readonly Column[]> {
  return described(await session.query(`DESCRIBE ${what}`));
}

function described(rows: readonly Row[]): readonly Column[] {
  return rows.map((row) => ({ name: String(row["column_name"]), type: String(row["column_type"]) }));
}

async function inTransaction<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  await session.run("BEGIN TRANSACTION");
  let result: T;
  try {
    result = await work(session);
  } catch (error) {
    await session.run("ROLLBACK").catch((rollback: unknown) => {
      // DuckDB may have ended the transaction itself; any other reason is told with the first error.
      if (!/no transaction is active/.test(messageOf(rollback)))
        throw new AggregateError([error, rollback], messageOf(error));
    });
    throw error;
  }
  // A COMMIT that fails has rolled back.
  await session.run("COMMIT");
  return result;
}
