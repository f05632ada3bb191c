/** A small project on a DuckDB file of its own, for tests that go the whole way. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export interface SmallProject extends AsyncDisposable {
  readonly path: string;
  readonly database: string;
  /** Writes or replaces files by path within the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(name: string): Promise<string>;
  remove(name: string): Promise<void>;
  /** Runs SQL in the warehouse while no context has it open; rows of the last statement. */
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** A shop: raw orders, daily facts, a view for dashboards, one unit test. */
export const shop: Readonly<Record<string, string>> = {
  "external_models.yaml":
    "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR, amount: DOUBLE, ds: DATE}\n",
  "models/orders.sql": `MODEL (
  name shop.orders,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds),
  start '2024-01-01',
  audits (not_null(columns := (id)))
);

SELECT o.id::INT AS id, o.shop::VARCHAR AS shop, o.amount::DOUBLE AS amount, o.ds::DATE AS ds
FROM raw.orders AS o
WHERE o.ds BETWEEN @start_ds AND @end_ds
`,
  "models/revenue.sql": `MODEL (name shop.revenue, kind FULL);

SELECT o.shop, SUM(o.amount)::DOUBLE AS revenue
FROM shop.orders AS o
GROUP BY o.shop
`,
  "tests/test_revenue.yaml": `test_revenue_adds_up:
  model: shop.revenue
  inputs:
    shop.orders:
      - {id: 1, shop: a, amount: 2.5, ds: 2024-01-01}
      - {id: 2, shop: a, amount: 1.5, ds: 2024-01-02}
  outputs:
    query:
      - {shop: a, revenue: 4.0}
`,
};

const rawOrders = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT, shop VARCHAR, amount DOUBLE, ds DATE);
INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03');`;

/** Writes the files (by default the shop with its raw table) into a folder that goes away with the returned object. */
export async function smallProject(files = shop, raw = rawOrders): Promise<SmallProject> {
  const path = await mkdtemp(join(tmpdir(), "sluice-project-"));
  const database = join(path, "warehouse.duckdb");
  const project: SmallProject = {
    path,
    database,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
    },
    read: (name) => readFile(join(path, name), "utf8"),
    remove: (name) => rm(join(path, name)),
    async sql(text) {
      const instance = await DuckDBInstance.create(database);
      const connection = await instance.connect();
      try {
        return (await connection.runAndReadAll(text)).getRowObjectsJson();
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await project.write({
    "config.yaml": `gateways:
  local:
    connection: {type: duckdb, database: "${database}"}
model_defaults: {dialect: duckdb, start: '2024-01-01'}
`,
    ...files,
  });
  await project.sql(raw);
  return project;
}
