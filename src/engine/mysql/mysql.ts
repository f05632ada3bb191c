/** Servers of the MySQL protocol: names in two parts, DDL that commits, readers that see one `RENAME TABLE` at once. */
import { shortHash } from "../../digest.ts";
import { messageOf, SluiceError } from "../../errors.ts";
import { quoteIdentifier, quoteString } from "../../sql/dialect.ts";
import type { Column, NameParts } from "../../sql/name-parts.ts";
import type { MysqlConnection } from "../connection.ts";
import type {
  Engine,
  FoundObject,
  ObjectType,
  PoliteOptions,
  Row,
  Session,
  SqlValue,
  SyntaxFault,
  TableOptions,
  TransactionOptions,
} from "../engine.ts";
import type { Statements } from "../statements.ts";
import type { EngineTraits } from "../traits.ts";
import {
  columnsText,
  probeByView,
  probeColumns,
  probeQuery,
  readAllColumns,
  readColumns,
} from "./columns.ts";
import type { Wire } from "./connections.ts";
import { Connections } from "./connections.ts";
import { isConflict, isLost, wrapUnknownCommit } from "./failure.ts";
import { habits, traitsOf } from "./flavour-traits.ts";
import { listObjects, readObjects, readViewTexts } from "./objects.ts";
import { locationOf, openingOptions } from "./opening.ts";
import { hurried, repeatedly, takingAll, takingOne } from "./polite.ts";
import type { Flavour, Server } from "./server.ts";
import { readServer, refuseOld } from "./server.ts";
import { mysqlName, mysqlStatements } from "./statements.ts";
import { findSyntaxFaults } from "./syntax.ts";

const conflictRetries = 8;
const lostRetries = 4;
const rowsPerInsert = 500;
/** Bytes of one INSERT at most, where the server would take more. */
const largestInsert = 4_000_000;

/** Throws CONFIG_INVALID or ENGINE_FAILED. */
export async function openMysql(connection: MysqlConnection): Promise<Engine> {
  const location = locationOf(connection);
  const options = await openingOptions(connection, location);
  const connections = new Connections(options, location, connection.prePing ?? true);
  const told = await connections.use(readServer);
  refuseOld(told, location);
  const server = { ...told, collation: collationOf(connection, told) };
  connections.adopt(habits[told.flavour], server);
  return new MysqlEngine(connections, connection, server, location);
}

/** The author's choice, else the server's; null where the author chose another character set, or the server has none to choose. */
function collationOf({ charset, collation }: MysqlConnection, server: Server): string | null {
  if (!habits[server.flavour].collations || (charset !== undefined && charset !== "utf8mb4")) return null;
  return collation ?? server.collation;
}

class MysqlEngine implements Engine {
  readonly type: string;
  readonly flavour: Flavour;
  readonly family = "mysql";
  readonly version: string;
  readonly location: string;
  readonly traits: EngineTraits;
  readonly defaultCatalog = undefined;
  readonly statements: Statements;
  readonly registerComments: boolean;
  readonly identity: string;
  readonly #connections: Connections;
  readonly #database: string | undefined;
  readonly #packet: number;

  constructor(connections: Connections, connection: MysqlConnection, server: Server, location: string) {
    this.type = connection.type;
    this.flavour = server.flavour;
    this.version = server.version;
    this.location = location;
    this.identity = server.identity;
    this.traits = traitsOf(server.flavour, connection.concurrentTasks ?? 4);
    this.statements = mysqlStatements(server.flavour, server.collation);
    this.registerComments = connection.registerComments ?? true;
    this.#connections = connections;
    this.#database = connection.database;
    this.#packet = server.packet;
  }

  /** Reads are sent again when the connection is lost: nothing was changed. */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    return repeating(isLost, () => this.#connections.use((wire) => wire.query(sql, values)));
  }

  run(sql: string, values?: readonly SqlValue[]): Promise<number> {
    return this.#connections.use((wire) => wire.run(sql, values));
  }

  transaction<T>(work: (session: Session) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return repeating(
      (error) => isConflict(error) || isLost(error),
      () =>
        this.#connections.use(async (wire) => {
          await options.before?.(wire);
          const alone = options.single === true || !this.traits.transactions;
          return alone ? work(wire) : inTransaction(wire, work);
        }),
    );
  }

  exclusive<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#connections.use((wire) => work(wire));
  }

  politely<T>(work: (session: Session) => Promise<T>, options: PoliteOptions = {}): Promise<T> {
    const { shortestLockWait, statementSettings } = habits[this.flavour];
    if (shortestLockWait === null) return this.exclusive(work);
    const manner = options.manyNames === true ? takingAll(shortestLockWait) : takingOne;
    return repeatedly(manner, () =>
      this.#connections.use((wire) => hurried(wire, manner, statementSettings, work)),
    );
  }

  interrupt(): Promise<void> {
    return this.#connections.interrupt();
  }

  name(parts: NameParts): string {
    return mysqlName(parts);
  }

  literal(value: SqlValue): string {
    if (value === null) return "NULL";
    return typeof value === "string" ? quoteString(value, "mysql") : String(value).toUpperCase();
  }

  objects(names: readonly NameParts[]): Promise<ReadonlyMap<string, ObjectType>> {
    return readObjects(this, names);
  }

  viewTexts(names: readonly NameParts[]): Promise<ReadonlyMap<string, string>> {
    return readViewTexts(this, names);
  }

  listObjects(schemas: readonly string[], prefix: string): Promise<readonly FoundObject[]> {
    return listObjects(this, schemas, prefix);
  }

  columnsOf(table: NameParts, session: Session = this): Promise<readonly Column[]> {
    return readColumns(session, table, habits[this.flavour].collations);
  }

  columnsOfAll(tables: readonly NameParts[]): Promise<ReadonlyMap<string, readonly Column[]>> {
    return readAllColumns(this, tables, habits[this.flavour].collations);
  }

  async tableTexts(
    tables: readonly NameParts[],
    known = this.columnsOfAll(tables),
  ): Promise<ReadonlyMap<string, string>> {
    const columns = await known;
    return new Map([...columns].map(([key, list]) => [key, columnsText(list)]));
  }

  syntaxFaults(queries: readonly string[]): Promise<readonly (SyntaxFault | null)[]> {
    if (!habits[this.flavour].preparedStatements) return Promise.resolve(queries.map(() => null));
    return this.exclusive((session) => findSyntaxFaults(session, queries));
  }

  async columnsOfQuery(sql: string, session?: Session, near?: NameParts): Promise<readonly Column[]> {
    const schema = await this.#schemaNear(near);
    if (!habits[this.flavour].temporaryTables) {
      return probeByView(session ?? this, this.flavour, { schema, table: this.#probeView(sql) }, sql);
    }
    return this.#alone(session, (own) => probeQuery(own, schema, sql));
  }

  async columnsAs(
    columns: readonly Column[],
    session?: Session,
    near?: NameParts,
  ): Promise<readonly Column[]> {
    if (!habits[this.flavour].temporaryTables) return columns;
    const schema = await this.#schemaNear(near);
    return this.#alone(session, (own) => probeColumns(own, this.flavour, schema, columns));
  }

  async createTableAs(
    session: Session,
    table: NameParts,
    query: string,
    options: TableOptions = {},
  ): Promise<number> {
    await this.createTableLike(session, table, query, options);
    return session.run(`INSERT INTO ${mysqlName(table)}\n${query}`);
  }

  async createTableLike(
    session: Session,
    table: NameParts,
    query: string,
    options: TableOptions = {},
  ): Promise<readonly Column[]> {
    const columns = await this.columnsOfQuery(query, session === this ? undefined : session, table);
    await session.run(this.statements.createTable(table, columns, options));
    return columns;
  }

  async insertRows(
    session: Session,
    table: NameParts,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    const list = columns.map((column) => quoteIdentifier(column, "mysql")).join(", ");
    const head = `INSERT INTO ${mysqlName(table)} (${list}) VALUES `;
    const room = Math.min(largestInsert, this.#packet - 1024) - Buffer.byteLength(head);
    const tuples = rows.map((row) => `(${row.map((value) => this.literal(value)).join(", ")})`);
    for (const chunk of chunksOf(tuples, room)) {
      await session.run(head + chunk.join(", ")).catch((error: unknown) => {
        throw withoutRows(error, `${head}…`);
      });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connections.close();
  }

  #alone<T>(session: Session | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    return session === undefined || session === this ? this.exclusive(work) : work(session);
  }

  /** A database that exists, for what must stand somewhere for a moment. */
  async #schemaNear(near: NameParts | undefined): Promise<string> {
    const known = near?.schema ?? this.#database;
    if (known !== undefined) return known;
    const [row] = await this.query(
      `SELECT schema_name AS name FROM information_schema.schemata
       WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY schema_name LIMIT 1`,
    );
    if (row !== undefined) return String(row["name"]);
    throw new SluiceError("CONFIG_INVALID", `The server at ${this.location} has no database to work in.`, {
      hint: "Create one, and name it as `database` of the connection.",
    });
  }

  #probeView(sql: string): string {
    return `sluice__${shortHash(sql)}_p`;
  }
}

async function inTransaction<T>(wire: Wire, work: (session: Session) => Promise<T>): Promise<T> {
  await wire.run("START TRANSACTION");
  let result: T;
  try {
    result = await work(wire);
  } catch (error) {
    await wire.run("ROLLBACK").catch((rollback: unknown) => {
      // With the connection the transaction is gone too; any other reason is told with the first error.
      if (!isLost(rollback)) throw new AggregateError([error, rollback], messageOf(error));
    });
    throw error;
  }
  await wire.run("COMMIT").catch((error: unknown) => {
    throw isLost(error) ? wrapUnknownCommit(error) : error;
  });
  return result;
}

/** Calls `work` again for errors that go away, after a pause that doubles. */
async function repeating<T>(goesAway: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!goesAway(error) || attempt > (isLost(error) ? lostRetries : conflictRetries)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
    }
  }
}

function* chunksOf(tuples: readonly string[], room: number): Generator<readonly string[]> {
  let chunk: string[] = [];
  let size = 0;
  for (const tuple of tuples) {
    const bytes = Buffer.byteLength(tuple) + 2;
    if (chunk.length > 0 && (size + bytes > room || chunk.length === rowsPerInsert)) {
      yield chunk;
      [chunk, size] = [[], 0];
    }
    chunk.push(tuple);
    size += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

/** The same failure, its statement without the rows. */
function withoutRows(error: unknown, statement: string): unknown {
  if (!(error instanceof SluiceError)) return error;
  const { code, message, hint, cause, details } = error;
  return new SluiceError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    cause,
    details: { ...details, statement },
  });
}
