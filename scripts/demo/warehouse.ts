/** Where the demo's data lies: a DuckDB file, or a server of the MySQL protocol. */
import { join, relative } from "node:path";
import { type LoadedRows, loadRaw } from "../../examples/flights/load.ts";
import { loadRawMysql } from "../../examples/flights/load-mysql.ts";
import { startMariadb } from "../mariadb/server.ts";

export interface DemoWarehouse extends AsyncDisposable {
  /** Ends the sentence "… lie in". */
  readonly place: string;
  readonly gateway: string;
  /** What the project's config.yaml reads. */
  readonly env: Readonly<Record<string, string>>;
  load(): Promise<LoadedRows>;
}

export function duckdbWarehouse(folder: string): DemoWarehouse {
  const database = join(folder, "flights.duckdb");
  return {
    place: `${relative(process.cwd(), database)}, a DuckDB file`,
    gateway: "local",
    env: { FLIGHTS_DB: database },
    load: () => loadRaw(database),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Every so many flights are loaded: a server on a laptop takes rows more slowly than a file. */
const everyNth = 10;

/** A MariaDB server that is started for the demo, and gone with it. */
export async function mysqlWarehouse(): Promise<DemoWarehouse> {
  const server = await startMariadb();
  const { host, port = 3306, user, password } = server.connection;
  return {
    place: `a MariaDB server on port ${port}, one flight of ${everyNth}`,
    gateway: "mysql",
    env: { FLIGHTS_HOST: host, FLIGHTS_PORT: String(port), FLIGHTS_USER: user, FLIGHTS_PASSWORD: password },
    load: () => loadRawMysql({ host, port, user, password }, everyNth),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
