import { describe, expect, test } from "vitest";
import type { Model } from "../../../src/model/model.ts";
import { duckdbConfig, loadError, loadModel, mysqlConfig } from "../../support/project-folder.ts";

const duck = (text: string, config = duckdbConfig): Promise<Model> =>
  loadModel({ "config.yaml": config, "models/m.sql": text });
const mysql = (text: string): Promise<Model> => duck(text, mysqlConfig);

test("a block with nothing but a name takes every default", async () => {
  expect(await duck("MODEL (name s.m); SELECT 1::INT AS x")).toMatchObject({
    name: "s.m",
    kind: { name: "VIEW", materialized: false },
    cron: "@daily",
    cronTz: "UTC",
    intervalUnit: "day",
    allowPartials: false,
    tags: [],
    dependsOn: [],
    hasAudits: false,
    columnsDeclared: false,
    physicalSchema: "sluice__s",
    namingConvention: "schema_and_table",
  });
});

describe("names", () => {
  test.each([
    {
      written: 'Shop."Order Items"',
      name: 'shop."order items"',
      parts: { schema: "shop", table: "order items" },
      physical: "sluice__shop",
    },
    {
      written: "memory.shop.x",
      name: "shop.x",
      parts: { schema: "shop", table: "x" },
      physical: "sluice__shop",
    },
    {
      written: "side.shop.x",
      name: "side.shop.x",
      parts: { catalog: "side", schema: "shop", table: "x" },
      physical: "sluice__shop",
    },
    { written: "single", name: "single", parts: { table: "single" }, physical: "sluice__default" },
    {
      written: "@{env}_raw.t",
      name: "dev_raw.t",
      parts: { schema: "dev_raw", table: "t" },
      physical: "sluice__dev_raw",
    },
    { written: "@env.t", name: "dev.t", parts: { schema: "dev", table: "t" }, physical: "sluice__dev" },
  ])("$written → $name", async ({ written, name, parts, physical }) => {
    const model = await duck(
      `MODEL (name ${written}); SELECT 1 AS x`,
      `${duckdbConfig}variables: {env: dev}\n`,
    );
    expect([model.name, model.parts, model.physicalSchema]).toEqual([name, parts, physical]);
  });

  test("MySQL folds nothing", async () => {
    const model = await mysql(
      "MODEL (name Shop.`Two Words`, kind INCREMENTAL_BY_TIME_RANGE (time_column Ds)); SELECT t.Id, t.Ds FROM Shop.Alpha AS t",
    );
    expect(model).toMatchObject({
      name: 'Shop."Two Words"',
      dependsOn: ["Shop.Alpha"],
      kind: { timeColumn: "Ds" },
    });
    expect(model.columns?.map((column) => column.name)).toEqual(["Id", "Ds"]);
  });

  test("infer_names takes the folders under models", async () => {
    const config = `${duckdbConfig}model_naming: {infer_names: true}\n`;
    expect(
      (await loadModel({ "config.yaml": config, "models/a/b/c/d.sql": "SELECT 1 AS x" })).displayName,
    ).toBe("b.c.d");
  });

  test("physical_schema_mapping matches the written schema from its start", async () => {
    const config = `${duckdbConfig}physical_schema_mapping: {'^raw$': lake, 'M': Marts}\n`;
    expect((await duck("MODEL (name Mart.x); SELECT 1 AS x", config)).physicalSchema).toBe("marts");
    expect((await duck("MODEL (name raws.x); SELECT 1 AS x", config)).physicalSchema).toBe("sluice__raws");
  });
});

describe("kinds", () => {
  const columns = "SELECT 1 AS id, CURRENT_DATE AS ds";
  test.each([
    { kind: "'full'", is: { name: "FULL" } },
    {
      kind: "INCREMENTAL_BY_TIME_RANGE (time_column (ds, '%Y%m%d'), batch_size 3, batch_concurrency 2, forward_only yes, disable_restatement true, on_destructive_change Allow)",
      is: {
        timeFormat: "%Y%m%d",
        batchSize: 3,
        batchConcurrency: 2,
        forwardOnly: true,
        disableRestatement: true,
        onDestructiveChange: "ALLOW",
        partitionByTimeColumn: true,
      },
    },
    {
      kind: "INCREMENTAL_BY_UNIQUE_KEY (unique_key (id, COALESCE(ds, 0)))",
      is: { uniqueKey: ["id", "COALESCE(ds, 0)"], batchConcurrency: 1 },
    },
    { kind: "INCREMENTAL_BY_UNIQUE_KEY (unique_key [id])", is: { uniqueKey: ["id"] } },
    { kind: "EMBEDDED", is: { name: "EMBEDDED" } },
    { kind: "@IF(TRUE, FULL, VIEW)", is: { name: "FULL" } },
  ])("$kind", async ({ kind, is }) => {
    expect((await duck(`MODEL (name s.m, kind ${kind}); ${columns}`)).kind).toMatchObject(is);
  });

  test("MySQL time formats become strftime", async () => {
    const model = await mysql(
      "MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE (time_column (ds, '%Y-%m-%d %H:%i:%s'))); SELECT 1 AS ds",
    );
    expect(model.kind).toMatchObject({ timeFormat: "%Y-%m-%d %H:%M:%S" });
  });

  test("a materialized view is read and refused", async () => {
    const error = await loadError({
      "models/m.sql": `\nMODEL (name s.m, kind VIEW (materialized true)); ${columns}`,
    });
    expect([error.code, error.place]).toEqual(["NOT_SUPPORTED", { file: "models/m.sql", line: 2 }]);
    expect(error.message).toContain("not supported yet");
  });
});

describe("statements", () => {
  test("pre, post, virtual-update and inline audits", async () => {
    const model = await duck(
      `MODEL (name s.m, kind FULL, audits (mine(low := 3)));
@DEF(x, 5);
SET threads = 1;
SELECT @x::INT AS a;
DROP TABLE IF EXISTS side.x;
AUDIT (name MINE, blocking false, defaults (low = 1));
SELECT * FROM @this_model WHERE a > @low;
ON_VIRTUAL_UPDATE_BEGIN;
COMMENT ON VIEW @this_model IS 'a; b';
ON_VIRTUAL_UPDATE_END;`,
      `${duckdbConfig}  pre_statements: [SET memory_limit = '1GB']\n  audits: [not_null(columns := (a))]\n`,
    );
    expect(model.preStatements.map((s) => s.text)).toEqual([
      "SET memory_limit = '1GB'",
      "@DEF(x, 5)",
      "SET threads = 1",
    ]);
    expect(model.query).toEqual({ text: "SELECT @x::INT AS a", line: 4 });
    expect(model.postStatements.map((s) => s.text)).toEqual(["DROP TABLE IF EXISTS side.x"]);
    expect(model.onVirtualUpdate.map((s) => s.text)).toEqual(["COMMENT ON VIEW @this_model IS 'a; b'"]);
    expect(model.audits.map((audit) => audit.name)).toEqual(["not_null", "mine"]);
    expect(model.auditDefinitions).toMatchObject([{ name: "mine", blocking: false, defaults: { low: "1" } }]);
  });

  test("one macro call alone is the query", async () => {
    const model = await duck("MODEL (name s.m, kind FULL); @DEF(q, x -> (SELECT x AS a)); @q(1)");
    expect(model.query?.text).toBe("@q(1)");
  });

  test("a seed's statements stand before and after @INSERT_SEED", async () => {
    const model = await loadModel({
      "s.csv": "a\n1\n",
      "models/m.sql": "MODEL (name s.m, kind SEED (path '../s.csv')); SET a = 1; @INSERT_SEED(); SET b = 2;",
    });
    expect([model.preStatements, model.postStatements].map((list) => list.map((s) => s.text))).toEqual([
      ["SET a = 1"],
      ["SET b = 2"],
    ]);
  });
});

describe("dependencies", () => {
  test.each([
    { query: "SELECT x FROM raw.a WHERE y IN (SELECT y FROM raw.b)", reads: ["raw.a", "raw.b"] },
    {
      query: "WITH c AS (SELECT * FROM raw.a) SELECT x FROM c JOIN raw.c USING (x)",
      reads: ["raw.a", "raw.c"],
    },
    { query: "SELECT x FROM raw.a @WHERE(FALSE) x IN (SELECT x FROM raw.dropped)", reads: ["raw.a"] },
    {
      query: "SELECT x FROM raw.@{t} JOIN @IF(@runtime_stage = 'loading', raw.l, raw.e) AS z USING (x)",
      reads: ["raw.l", "raw.one"],
    },
    { query: "SELECT x FROM range(3) AS r(x)", reads: [] },
    { query: "SELECT x FROM memory.raw.A", reads: ["raw.a"] },
  ])("$query", async ({ query, reads }) => {
    expect(
      (await duck(`MODEL (name s.m); ${query}`, `${duckdbConfig}variables: {t: one}\n`)).dependsOn,
    ).toEqual(reads);
  });

  test("depends_on adds, the model itself is no dependency", async () => {
    const model = await duck(
      "MODEL (name s.m, kind FULL, depends_on [raw.B, 'raw.c', s.m]); SELECT 1::INT AS x FROM raw.a",
    );
    expect([model.dependsOn, model.selfReferencing]).toEqual([["raw.a", "raw.b", "raw.c"], true]);
  });
});

describe("columns", () => {
  test.each([
    { query: "SELECT id::INT, t.b, 1 AS c FROM raw.t AS t", columns: ["id", "b", "c"] },
    { query: "SELECT *, 1 AS c FROM raw.t", columns: null },
    { query: "SELECT COUNT(*) FROM raw.t", columns: null },
    { query: "SELECT 1 AS a, 2 AS A", columns: null },
  ])("$query", async ({ query, columns }) => {
    expect((await duck(`MODEL (name s.m); ${query}`)).columns?.map((column) => column.name) ?? null).toEqual(
      columns,
    );
  });

  test("declared columns and their descriptions stand for themselves", async () => {
    const model = await duck(
      "MODEL (name s.m, columns (A INT, b DECIMAL(10, 2)), column_descriptions (a = 'first')); SELECT * FROM raw.t -- c",
    );
    expect(model.columns).toEqual([
      { name: "a", type: "INT" },
      { name: "b", type: "DECIMAL(10, 2)" },
    ]);
    expect([model.columnDescriptions, model.columnsDeclared]).toEqual([{ a: "first" }, true]);
  });
});

test("defaults fill what the block leaves out; NULL removes a default property", async () => {
  const config = `${duckdbConfig}  cron: '@weekly'\n  owner: team\n  start: 2021-01-01\n  on_destructive_change: allow\n  physical_properties: {tier: silver, drop_me: 1}\n`;
  const model = await duck(
    "MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), owner me, physical_properties (drop_me = NULL, x = @y)); SELECT 1 AS ds",
    config,
  );
  expect(model).toMatchObject({
    cron: "@weekly",
    owner: "me",
    start: "2021-01-01",
    kind: { onDestructiveChange: "ALLOW" },
  });
  expect(model.physicalProperties).toEqual({ tier: "'silver'", x: "@y" });
});

describe("faults say where and what to do", () => {
  const time = "kind INCREMENTAL_BY_TIME_RANGE (time_column ds)";
  test.each([
    { text: "SELECT 1 AS a", line: 1, says: "Please add a MODEL block" },
    { text: "-- to do\n", line: 1, says: "does not start with a MODEL block" },
    {
      text: "MODEL (\n  name s.m,\n  knd FULL\n); SELECT 1 AS a",
      line: 3,
      says: "a MODEL block has no property 'knd'. Did you mean kind?",
    },
    { text: "MODEL (kind FULL); SELECT 1 AS a", line: 1, says: "a model needs a name" },
    { text: "MODEL (name 's.m'); SELECT 1 AS a", line: 1, says: "is not a table name" },
    {
      text: "MODEL (name s.m,\n default_catalog c); SELECT 1 AS a",
      line: 2,
      says: "default_catalog cannot be set",
    },
    {
      text: "MODEL (name s.m,\n kind FULLL); SELECT 1 AS a",
      line: 2,
      says: "there is no model kind FULLL. Did you mean FULL?",
    },
    {
      text: "MODEL (name s.m,\n kind CUSTOM (materialization 'x')); SELECT 1 AS a",
      line: 2,
      says: "the kind CUSTOM is not supported",
    },
    {
      text: `MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE (\n  time_column ds,\n  batchsize 1)); SELECT 1 AS ds`,
      line: 3,
      says: "Did you mean batch_size?",
    },
    {
      text: "MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE); SELECT 1 AS ds",
      line: 1,
      says: "needs time_column",
    },
    {
      text: "MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, lookback 0)); SELECT 1 AS ds",
      line: 1,
      says: "lookback must be a positive whole number",
    },
    {
      text: "MODEL (name s.m, kind INCREMENTAL_BY_TIME_RANGE (time_column ds,\n auto_restatement_cron '@weekly')); SELECT 1 AS ds",
      line: 2,
      says: "auto_restatement_cron is not supported",
    },
    {
      text: "MODEL (name s.m, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key a, when_matched WHEN MATCHED THEN UPDATE SET a = 1)); SELECT 1 AS a",
      line: 1,
      says: "when_matched is not supported",
    },
    {
      text: `MODEL (name s.m, ${time}); SELECT 1 AS dss`,
      line: 1,
      says: "the time column ds is not among the columns of the query. Did you mean dss?",
    },
    {
      text: `MODEL (name s.m, ${time}); SELECT id, ds FROM s.m`,
      line: 1,
      says: "reads itself, so every column needs a type",
    },
    {
      text: "MODEL (name s.m, kind FULL,\n partitioned_by region); SELECT 1 AS id",
      line: 2,
      says: "the column region",
    },
    { text: "MODEL (name s.m,\n partitioned_by id); SELECT 1 AS id", line: 2, says: "VIEW has no table" },
    {
      text: "MODEL (name s.m, kind EMBEDDED,\n audits (not_null(columns := (id)))); SELECT 1 AS id",
      line: 2,
      says: "embedded model cannot have audits",
    },
    { text: "MODEL (name s.m,\n audits (nope)); SELECT 1 AS id", line: 2, says: "Audit 'nope' is undefined" },
    { text: "MODEL (name s.m,\n audits (not_null(id))); SELECT 1 AS id", line: 2, says: "has no name" },
    {
      text: "MODEL (name s.m,\n signals (my_signal())); SELECT 1 AS id",
      line: 2,
      says: "the signal my_signal does not exist",
    },
    {
      text: "MODEL (name s.m,\n blueprints ()); SELECT 1 AS id",
      line: 2,
      says: "blueprints are empty",
    },
    {
      text: "MODEL (name s.m, grain id,\n grains (id)); SELECT 1 AS id",
      line: 2,
      says: "grain and grains exclude each other",
    },
    { text: "MODEL (name s.m,\n cron '0 25 * * *'); SELECT 1 AS id", line: 2, says: "0 25 * * *" },
    { text: "MODEL (name s.m,\n cron '* * * * *'); SELECT 1 AS id", line: 2, says: "5 minutes" },
    {
      text: "MODEL (name s.m,\n cron_tz 'Mars/Base'); SELECT 1 AS id",
      line: 2,
      says: "there is no time zone Mars/Base",
    },
    {
      text: "MODEL (name s.m, cron '@daily',\n interval_unit month); SELECT 1 AS id",
      line: 2,
      says: "allow_partials",
    },
    {
      text: "MODEL (name s.m,\n interval_unit week); SELECT 1 AS id",
      line: 2,
      says: "interval_unit cannot be week",
    },
    {
      text: "MODEL (name s.m,\n start 'soonish'); SELECT 1 AS id",
      line: 2,
      says: "start 'soonish' is not a date",
    },
    { text: "MODEL (name s.m,\n end '2024-01-01'); SELECT 1 AS id", line: 2, says: "an end needs a start" },
    {
      text: "MODEL (name s.m, start '2024-02-01',\n end '2024-01-01'); SELECT 1 AS id",
      line: 2,
      says: "lies after the end",
    },
    {
      text: "MODEL (name s.m,\n gateway other); SELECT 1 AS id",
      line: 2,
      says: "there is no gateway called other",
    },
    { text: "MODEL (name s.m,\n owner @nope); SELECT 1 AS id", line: 2, says: '"nope" is undefined' },
    {
      text: "MODEL (name s.m, dialect klingon); SELECT 1 AS id",
      line: undefined,
      says: "the dialect klingon is not supported",
    },
    {
      text: "MODEL (name s.m, kind FULL);\nSELECT 1 AS a;\nSELECT 2 AS a",
      line: 3,
      says: "Only one SELECT query is allowed",
    },
    { text: "\nMODEL (name s.m, kind FULL);", line: 2, says: "A query is required" },
    {
      text: "MODEL (name s.m); SELECT 1 AS a;\nMODEL (name s.n); SELECT 1 AS a",
      line: 2,
      says: "a file holds one model",
    },
    { text: "MODEL (name s.m);\nSELECT 'open AS a", line: 2, says: "never closed" },
    {
      text: "MODEL (name s.m, kind FULL);\nJINJA_QUERY_BEGIN;\nSELECT\n{{ ref('x') }} AS a\nJINJA_END;",
      line: 4,
      says: "Unable to call `ref`",
    },
  ])("$says", async ({ text, line, says }) => {
    const error = await loadError({ "models/m.sql": text });
    expect(error.sentence).toContain(says);
    expect(error.place).toMatchObject({ file: "models/m.sql", ...(line === undefined ? {} : { line }) });
  });
});
