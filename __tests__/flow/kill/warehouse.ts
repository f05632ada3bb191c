/** The two engines that the kill suite runs on, under one roof. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import type { MysqlConnection } from "../../../src/engine/connection.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { smallProject } from "../../support/small-project.ts";

export type Warehouse =
  | { readonly type: "duckdb"; readonly database: string }
  | { readonly type: "server"; readonly connection: MysqlConnection };

/** A project and its empty warehouse. */
export interface Place extends AsyncDisposable {
  readonly path: string;
  readonly warehouse: Warehouse;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Adds to config.yaml. */
  configure(text: string): Promise<void>;
}

export type Files = Readonly<Record<string, string>>;
export type Row = Readonly<Record<string, string | null>>;

const rows = Array.from(
  { length: 24 },
  (_, n) => `(${n}, ${n % 3}, ${n % 7}, '2024-01-0${1 + (n % 6)}')`,
).join(", ");
const raw = (create: string): readonly string[] => [
  `CREATE ${create} raw`,
  `CREATE ${create} marks`,
  "CREATE TABLE marks.log (n INT, place VARCHAR(20))",
  "CREATE TABLE raw.orders (id INT, shop_id INT, amount INT, ds DATE)",
  `INSERT INTO raw.orders VALUES ${rows}`,
];

export async function duckdbPlace(files: Files): Promise<Place> {
  const project = await smallProject(files, raw("SCHEMA").join(";"));
  return { ...placeOf(project), warehouse: { type: "duckdb", database: project.database } };
}

export async function mysqlPlace(server: TestServer, files: Files): Promise<Place> {
  const project = await mysqlProject(server, files, raw("DATABASE"));
  return { ...placeOf(project), warehouse: { type: "server", connection: server.connection } };
}

function placeOf(project: Pick<Place, "path" | "write"> & AsyncDisposable): Omit<Place, "warehouse"> {
  return {
    path: project.path,
    write: (files) => project.write(files),
    async configure(text) {
      const file = join(project.path, "config.yaml");
      await writeFile(file, `${await readFile(file, "utf8")}${text}`);
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

export function openWarehouse(warehouse: Warehouse): Promise<Engine> {
  if (warehouse.type === "duckdb") return openDuckdb(warehouse, { directory: "/" });
  return openMysql({ ...warehouse.connection, concurrentTasks: 4 });
}
