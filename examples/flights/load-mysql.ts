/**
 * Puts the raw tables of this example into a server of the MySQL protocol: `raw.flights` and `raw.airports`, as load.ts
 * does for DuckDB, which reads the source here as well. Takes about a minute; every tenth flight takes six seconds.
 *
 *     FLIGHTS_HOST=127.0.0.1 FLIGHTS_USER=… FLIGHTS_PASSWORD=… node examples/flights/load-mysql.ts [every n-th flight]
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { createConnection } from "mysql2/promise";
import { type LoadedRows, sourceOf } from "./load.ts";

export interface FlightsServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const rowsAtOnce = 2_000;

/** Creates or replaces both raw tables; keeps each `nth` flight. */
export async function loadRawMysql(server: FlightsServer, nth = 1): Promise<LoadedRows> {
  const target = await createConnection({ ...server, charset: "utf8mb4" });
  const instance = await DuckDBInstance.create(":memory:");
  const source = await instance.connect();
  try {
    for (const statement of schema) await target.query(statement);
    const run = async (sql: string): Promise<void> => void (await target.query(sql));
    const flights = await copy(source, run, {
      table: "raw.flights",
      from: `SELECT date, delay, distance, origin, destination FROM read_parquet(${sourceOf("flights-3m.parquet")})
             QUALIFY row_number() OVER () % ${Math.trunc(nth)} = 0`,
    });
    const airports = await copy(source, run, {
      table: "raw.airports",
      from: `SELECT iata, name, city, state, country, latitude, longitude FROM read_csv(${sourceOf("airports.csv")}, header = true)`,
    });
    return { flights, airports };
  } finally {
    source.closeSync();
    instance.closeSync();
    await target.end();
  }
}

const schema = [
  "SET NAMES utf8mb4",
  "CREATE DATABASE IF NOT EXISTS raw CHARACTER SET utf8mb4",
  "DROP TABLE IF EXISTS raw.flights, raw.airports",
  "CREATE TABLE raw.flights (date DATETIME, delay BIGINT, distance BIGINT, origin VARCHAR(8), destination VARCHAR(8))",
  `CREATE TABLE raw.airports (iata VARCHAR(8), name VARCHAR(100), city VARCHAR(100), state VARCHAR(8), country VARCHAR(100),
   latitude DOUBLE, longitude DOUBLE)`,
];

/** DuckDB writes the rows as SQL, some thousands a statement. */
async function copy(
  source: DuckDBConnection,
  run: (sql: string) => Promise<void>,
  { table, from }: { readonly table: string; readonly from: string },
): Promise<number> {
  await source.run(`CREATE OR REPLACE TEMP TABLE rows_to_copy AS ${from}`);
  const columns = await source.runAndReadAll("SELECT column_name FROM (DESCRIBE rows_to_copy)");
  const literal = (name: unknown): string =>
    `coalesce('''' || replace(replace("${name}"::VARCHAR, '\\', '\\\\'), '''', '''''') || '''', 'NULL')`;
  const tuple = columns
    .getRows()
    .map(([name]) => literal(name))
    .join(" || ',' || ");
  const result = await source.stream(
    `SELECT COUNT(*)::INT, string_agg('(' || ${tuple} || ')', ',') FROM rows_to_copy GROUP BY rowid // ${rowsAtOnce}`,
  );
  let copied = 0;
  for await (const rows of result.yieldRows()) {
    for (const [count, text] of rows) {
      await run(`INSERT INTO ${table} VALUES ${text}`);
      copied += Number(count);
    }
  }
  return copied;
}

/** Where config.yaml finds the server too. */
export function flightsServer(env: Readonly<Record<string, string | undefined>>): FlightsServer {
  return {
    host: env["FLIGHTS_HOST"] ?? "127.0.0.1",
    port: Number(env["FLIGHTS_PORT"] ?? 3306),
    user: env["FLIGHTS_USER"] ?? "root",
    password: env["FLIGHTS_PASSWORD"] ?? "",
  };
}

if (import.meta.main) {
  const server = flightsServer(process.env);
  const rows = await loadRawMysql(server, Number(process.argv[2] ?? 1));
  console.log(
    `${server.host}:${server.port}: raw.flights holds ${rows.flights} rows, raw.airports ${rows.airports}`,
  );
}
