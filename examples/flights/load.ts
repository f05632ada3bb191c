/**
 * Puts the raw tables of this example into a DuckDB file: `raw.flights` and `raw.airports`, from the npm package
 * `vega-datasets` (a development dependency of this repository). Takes about two seconds.
 *
 *     node examples/flights/load.ts [flights.duckdb]
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export interface LoadedRows {
  readonly flights: number;
  readonly airports: number;
}

/** Creates or replaces both raw tables in the DuckDB file at `database`; says how many rows they hold. */
export async function loadRaw(database: string): Promise<LoadedRows> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    await connection.run("CREATE SCHEMA IF NOT EXISTS raw");
    await connection.run(
      `CREATE OR REPLACE TABLE raw.flights AS SELECT * FROM read_parquet(${sourceOf("flights-3m.parquet")})`,
    );
    await connection.run(
      `CREATE OR REPLACE TABLE raw.airports AS SELECT * FROM read_csv(${sourceOf("airports.csv")}, header = true)`,
    );
    const counts = await connection.runAndReadAll(
      "SELECT (SELECT COUNT(*) FROM raw.flights)::INT, (SELECT COUNT(*) FROM raw.airports)::INT",
    );
    const [flights, airports] = counts.getRows()[0] ?? [];
    return { flights: Number(flights), airports: Number(airports) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The path of a file of the package, as an SQL string. */
export function sourceOf(file: string): string {
  // The package's main file lies in `build/`, its data in `data/` beside it.
  const root = dirname(dirname(createRequire(import.meta.url).resolve("vega-datasets")));
  return `'${join(root, "data", file).replaceAll("'", "''")}'`;
}

if (import.meta.main) {
  const database = process.argv[2] ?? process.env["FLIGHTS_DB"] ?? "flights.duckdb";
  const rows = await loadRaw(database);
  console.log(`${database}: raw.flights holds ${rows.flights} rows, raw.airports ${rows.airports}`);
}
