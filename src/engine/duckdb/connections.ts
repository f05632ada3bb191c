/** Connections of one DuckDB instance: each statement or transaction borrows one, idle ones are kept. */
import { SluiceError } from "../../errors.ts";
import type { NameParts } from "../../sql/name-parts.ts";
import type { Session, SqlValue } from "../engine.ts";
import type { DriverConnection } from "./driver.ts";
import { wrapFailure } from "./failure.ts";
import { appendRow, countRows, readRows, withValues } from "./values.ts";

/** Statements in one text: a trip to the driver's thread and back takes longer than a small statement. */
const together = 100;

/** A session over one connection; failures come out as SluiceError. */
function sessionOf(connection: DriverConnection, defaultCatalog: string): Session {
  const execute = async (sql: string, values?: readonly SqlValue[]) => {
    try {
      const statement = withValues(sql, values ?? []);
      return await (statement.bound.length === 0
        ? connection.run(statement.sql)
        : connection.run(statement.sql, statement.bound));
    } catch (error) {
      throw wrapFailure(error, sql);
    }
  };
  return {
    query: async (sql, values) => readRows(await execute(sql, values)),
    run: async (sql, values) => countRows(await execute(sql, values)),
    runTogether: async (sqls) => {
      for (let at = 0; at < sqls.length; at += together)
        await execute(sqls.slice(at, at + together).join(";\n"));
    },
    append: (table, rows) => append(connection, { catalog: defaultCatalog, ...table }, rows),
  };
}

/** Half the time that INSERT takes over long texts, of which each would be bound, and a fifth where they are many. */
async function append(
  connection: DriverConnection,
  { catalog = "", schema = "main", table }: NameParts,
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  try {
    const appender = await connection.createAppender(table, schema, catalog);
    try {
      for (const row of rows) appendRow(appender, row);
      appender.closeSync();
    } catch (error) {
      // What it still holds it would write when it is collected, in whatever transaction there is then.
      appender.clear?.();
      throw error;
    }
  } catch (error) {
    throw wrapFailure(error, `append to ${table}`);
  }
}

export class Connections {
  readonly #connect: () => Promise<DriverConnection>;
  readonly #defaultCatalog: string;
  readonly #idle: DriverConnection[] = [];
  readonly #busy = new Set<DriverConnection>();
  #closed = false;

  /** `connect` gives a connection with its session settings made. */
  constructor(connect: () => Promise<DriverConnection>, defaultCatalog: string) {
    this.#connect = connect;
    this.#defaultCatalog = defaultCatalog;
  }

  async use<T>(work: (session: Session, connection: DriverConnection) => Promise<T>): Promise<T> {
    if (this.#closed) throw new SluiceError("ENGINE_FAILED", "The DuckDB connection is closed.");
    const connection = this.#idle.pop() ?? (await this.#connect());
    this.#busy.add(connection);
    try {
      return await work(sessionOf(connection, this.#defaultCatalog), connection);
    } finally {
      this.#busy.delete(connection);
      if (this.#closed) connection.closeSync();
      else this.#idle.push(connection);
    }
  }

  interrupt(): void {
    for (const connection of this.#busy) connection.interrupt();
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.closeSync();
  }
}
