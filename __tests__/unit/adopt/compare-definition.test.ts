/** What a stored definition has to say to count as the project's: every property by itself. */
import { expect, test } from "vitest";
import { compareDefinition } from "../../../src/adopt/compare-definition.ts";
import { duckdbConfig, loadModel } from "../../support/project-folder.ts";

const daily = `MODEL (
  name shop.daily,
  kind INCREMENTAL_BY_TIME_RANGE (time_column (ds, '%Y-%m-%d'), lookback 2),
  partitioned_by shop,
  columns (id INT, shop TEXT, ds DATE),
  session_properties (x = 1)
);

SELECT id::INT AS id, shop, ds FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds AND region = @region
`;

const node = {
  dialect: "duckdb",
  cron: "@daily",
  kind: {
    name: "INCREMENTAL_BY_TIME_RANGE",
    time_column: { column: '"ds"', format: "%Y-%m-%d" },
    lookback: 2,
    partition_by_time_column: true,
  },
  partitioned_by: ['"shop"'],
  session_properties: "('x' = 1)",
  python_env: { __sqlmesh__vars__: { payload: "{'region': 'north'}", kind: "value" } },
  query: {
    sql: "SELECT id::INT AS id, shop, ds FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds AND region = @region",
  },
};

const compare = async (recorded: Record<string, unknown>) =>
  compareDefinition(
    await loadModel({
      "config.yaml": `${duckdbConfig}variables: {region: north}\n`,
      "models/daily.sql": daily,
    }),
    recorded,
  );

test("the same definition, in SQLMesh's spelling, is proved equal", async () => {
  expect(await compare(node)).toEqual([]);
  const printed =
    "SELECT CAST(id AS INT) AS id, shop AS shop, ds AS ds FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds AND region = @region";
  expect(await compare({ ...node, query: printed })).toEqual([]);
});

const kind = (more: Record<string, unknown>) => ({ ...node, kind: { ...node.kind, ...more } });

test.each<[string, Record<string, unknown>]>([
  [
    "the query cannot be proved equal",
    { ...node, query: "SELECT id::BIGINT AS id, shop, ds FROM raw.orders" },
  ],
  ["SQLMesh kept no query", { ...node, query: undefined }],
  ["lookback", kind({ lookback: 1 })],
  ["time_column", kind({ time_column: { column: '"day"', format: "%Y-%m-%d" } })],
  ["format", kind({ time_column: { column: '"ds"', format: "%Y%m%d" } })],
  ["partition_by_time_column", kind({ partition_by_time_column: false })],
  ["kind (FULL there)", { ...node, kind: { name: "FULL" } }],
  ["partitioned_by", { ...node, partitioned_by: [] }],
  ["interval_unit", { ...node, cron: "@hourly" }],
  ["session_properties", { ...node, session_properties: undefined }],
  ["stamp", { ...node, stamp: "2" }],
  ["allow_partials", { ...node, allow_partials: true }],
  ["virtual_environment_mode", { ...node, virtual_environment_mode: "dev_only" }],
  ["physical_properties", { ...node, physical_properties: "(a = 1)" }],
  ["the variable region", { ...node, python_env: {} }],
  ["the variable region", { ...node, python_env: { __sqlmesh__vars__: { payload: "{'region': 'south'}" } } }],
  ["the statements before the query", { ...node, pre_statements: [{ sql: "SET x = 1" }] }],
  ["the on_virtual_update statements", { ...node, on_virtual_update: ["GRANT SELECT ON x TO y"] }],
  ["the dialect snowflake", { ...node, dialect: "snowflake" }],
])("%s: why it is not", async (reason, recorded) => {
  const reasons = await compare(recorded);
  expect(reasons.join("\n")).toContain(reason);
  expect(reasons.length).toBeLessThanOrEqual(2);
});

test("a seed is proved by the checksums SQLMesh keeps of its columns", async () => {
  const seed = `MODEL (name shop.names, kind SEED (path '../seeds/names.csv'));\n`;
  const csv = "key,value,ds\n1,one,2022-01-01\n2,two,2022-01-02\n3,three,2022-01-03\n";
  const recorded = {
    dialect: "duckdb",
    cron: "@daily",
    kind: { name: "SEED", path: "../seeds/names.csv", batch_size: 1000 },
    seed: { content: "" },
    column_hashes: { key: "122302783", value: "1969959181", ds: "725407375" },
  };
  const model = await loadModel({ "models/names.sql": seed, "seeds/names.csv": csv });
  expect(compareDefinition(model, recorded)).toEqual([]);
  const changed = csv.replace("01-02", "01-05");
  const other = await loadModel({ "models/names.sql": seed, "seeds/names.csv": changed });
  expect(compareDefinition(other, recorded)).toEqual([
    "content of column ds differs from SQLMesh's definition",
  ]);
});
