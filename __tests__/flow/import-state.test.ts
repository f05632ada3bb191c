/** A production that SQLMesh built, taken over on DuckDB: what is proved, what is not and why, and what the next plan does. */
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";
import { physicalTable, type RecordedModel, sqlmeshState } from "../support/sqlmesh-state.ts";

const now = Date.UTC(2024, 0, 4, 6);

const queryOf = (text = ""): string => text.slice(text.indexOf(";") + 1).trim();

const orders: RecordedModel = {
  name: "shop.orders",
  version: "2695875565",
  node: {
    start: "2024-01-01",
    kind: {
      name: "INCREMENTAL_BY_TIME_RANGE",
      on_destructive_change: "ERROR",
      on_additive_change: "ALLOW",
      dialect: "duckdb",
      forward_only: false,
      disable_restatement: false,
      time_column: { column: '"ds"', format: "%Y-%m-%d" },
      partition_by_time_column: true,
    },
    audits: [["not_null", { columns: "(id)" }]],
    query: { sql: queryOf(shop["models/orders.sql"]) },
  },
  days: ["2024-01-01", "2024-01-03"],
};

const revenue: RecordedModel = {
  name: "shop.revenue",
  version: "1267397572",
  node: { kind: { name: "FULL" }, query: { sql: queryOf(shop["models/revenue.sql"]) } },
  days: ["2024-01-01", "2024-01-03"],
};

const top: RecordedModel = {
  name: "shop.top",
  version: "3010914162",
  node: {
    kind: { name: "VIEW", materialized: false },
    query: { sql: "SELECT shop FROM shop.revenue WHERE revenue > 10" },
  },
  days: ["2024-01-01", "2024-01-03"],
};

const topModel = "MODEL (name shop.top, kind VIEW);\n\nSELECT shop FROM shop.revenue WHERE revenue > 10\n";

/** The tables and views SQLMesh would have made of these three. */
const built = [
  "CREATE SCHEMA sqlmesh__shop",
  "CREATE SCHEMA shop",
  `CREATE TABLE ${physicalTable(orders)} AS SELECT id, shop, amount, ds FROM raw.orders`,
  `CREATE TABLE ${physicalTable(revenue)} AS SELECT shop, SUM(amount)::DOUBLE AS revenue FROM ${physicalTable(orders)} GROUP BY shop`,
  `CREATE VIEW ${physicalTable(top)} AS SELECT shop FROM ${physicalTable(revenue)} AS revenue WHERE revenue > 10`,
  ...[orders, revenue, top].map(
    (model) => `CREATE VIEW ${model.name} AS SELECT * FROM ${physicalTable(model)}`,
  ),
];

/** A project with a production of SQLMesh's; `models` replaces what its state says. */
async function builtBySqlmesh(
  models: readonly RecordedModel[] = [orders, revenue, top],
  more: readonly string[] = [],
): Promise<SmallProject> {
  const project = await smallProject({ ...shop, "models/top.sql": topModel });
  const state = sqlmeshState({ dialect: "duckdb", catalog: "warehouse", models });
  await project.sql([...built, ...state, ...more].join(";\n"));
  return project;
}

async function open<T>(project: SmallProject, work: (context: Context) => Promise<T>): Promise<T> {
  await using context = new Context({ paths: [project.path], env: {}, now: () => now, owner: "test" });
  return await work(context);
}

const refused = (report: Awaited<ReturnType<Context["importState"]>>) =>
  Object.fromEntries(
    report.models.filter(({ adopted }) => !adopted).map(({ name, reasons }) => [name, reasons]),
  );

const foreignState = (project: SmallProject) =>
  project.sql(
    "SELECT md5(string_agg(s::VARCHAR, '' ORDER BY s::VARCHAR)) AS sum FROM (SELECT s::VARCHAR AS s FROM sqlmesh._snapshots AS s UNION ALL SELECT i::VARCHAR FROM sqlmesh._intervals AS i UNION ALL SELECT e::VARCHAR FROM sqlmesh._environments AS e)",
  );

const viewTexts = (project: SmallProject) =>
  project.sql("SELECT view_name, sql FROM duckdb_views() WHERE schema_name = 'shop' ORDER BY 1");

test("what is proved is production without a copy, and the next plan has nothing to do", async () => {
  await using project = await builtBySqlmesh();
  const before = [await foreignState(project), await viewTexts(project)];

  const shown = await open(project, (context) => context.importState());
  expect(shown.result).toBe("shown");
  expect(shown.models.map(({ name, adopted, table }) => [name, adopted, table])).toEqual([
    ["raw.orders", true, null],
    ["shop.orders", true, "sqlmesh__shop.shop__orders__2695875565"],
    ["shop.revenue", true, "sqlmesh__shop.shop__revenue__1267397572"],
    ["shop.top", true, "sqlmesh__shop.shop__top__3010914162"],
  ]);
  expect(await project.sql("SELECT 1 FROM information_schema.schemata WHERE schema_name = 'sluice'")).toEqual(
    [],
  );

  const done = await open(project, (context) => context.importState({ apply: true }));
  expect([done.result, done.environmentVersion]).toEqual(["imported", 1]);
  await open(project, async (context) => {
    expect((await context.plan("prod")).toJSON()).toMatchObject({ hasChanges: false, models: [], steps: [] });
    const { environment, ledger } = await context.status();
    expect(environment).toMatchObject({ version: 1, models: 4, finalizedAt: new Date(now).toISOString() });
    expect(ledger).toMatchObject([{ status: "applied", owner: "test" }]);
  });
  expect([await foreignState(project), await viewTexts(project)]).toEqual(before);

  const again = await open(project, (context) => context.importState({ apply: true }));
  expect([again.result, again.environmentVersion]).toEqual(["unchanged", 1]);
});

test("nothing is recorded beside an apply or behind an open breaker; a pointer view that is missing is made", async () => {
  await using project = await builtBySqlmesh();
  await open(project, async (context) => {
    await context.setBreaker(true, "closing time");
    await expect(context.importState({ apply: true })).rejects.toMatchObject({ code: "BREAKER_OPEN" });
    await context.setBreaker(false, "morning");
    await context.inspect(async (_, state) => {
      await using _lock = await state.lock("prod" as never, "somebody", { wait: 0 });
      await expect(context.importState({ apply: true, lockWait: 0 })).rejects.toMatchObject({
        code: "LOCK_HELD",
      });
    });
    expect((await context.environments()).length).toBe(0);
    expect((await context.importState({ apply: true })).result).toBe("imported");
  });
  await project.sql("DROP VIEW sluice.sluice__pointer");
  await open(project, async (context) => {
    expect((await context.status()).drift.findings.map(({ kind }) => kind)).toEqual(["pointer-missing"]);
    expect((await context.importState({ apply: true })).result).toBe("unchanged");
    expect((await context.status()).drift.findings).toEqual([]);
  });
});

test("a definition that Sluice built before is not taken for SQLMesh's table", async () => {
  await using project = await builtBySqlmesh();
  await open(project, async (context) => {
    expect((await context.apply(await context.plan("dev", { skipTests: true }))).reason).toBe("applied");
  });
  await open(project, async (context) => {
    const report = await context.importState();
    expect(refused(report)["shop.orders"]).toEqual([
      expect.stringMatching(/^Sluice has a table of its own for it, built for a development environment/),
    ]);
    expect(report.models.filter(({ adopted }) => adopted).map(({ name }) => name)).toEqual(["raw.orders"]);
    await expect(context.importState({ apply: true })).rejects.toMatchObject({
      code: "PLAN_REFUSED",
      message: "no model can be adopted",
    });
    await context.invalidate("dev", { sync: true });
    await context.clean({ ignoreTtl: true });
    expect((await context.importState({ apply: true })).result).toBe("imported");
  });
});

test("what is not proved is built, with all that reads it, and switched at once", async () => {
  const other = {
    ...revenue,
    node: {
      ...revenue.node,
      query: { sql: "SELECT shop, COUNT(*) AS revenue FROM shop.orders GROUP BY shop" },
    },
  };
  await using project = await builtBySqlmesh([orders, other, top]);
  const report = await open(project, (context) => context.importState({ apply: true }));
  expect(refused(report)).toEqual({
    "shop.revenue": ["the query cannot be proved equal to the one SQLMesh ran"],
    "shop.top": ["it reads shop.revenue, which is not adopted"],
  });
  await open(project, async (context) => {
    const plan = await context.plan("prod");
    const document = plan.toJSON();
    expect(document.models.map(({ name, change }) => [name, change])).toEqual([
      ["shop.revenue", "added"],
      ["shop.top", "added"],
    ]);
    expect((await context.apply(plan)).reason).toBe("applied");
  });
  expect(await project.sql("SELECT * FROM shop.revenue ORDER BY 1")).toEqual([
    { shop: "a", revenue: 15 },
    { shop: "b", revenue: 7 },
  ]);
  const orderView = await project.sql(
    "SELECT sql FROM duckdb_views() WHERE schema_name = 'shop' AND view_name = 'orders'",
  );
  expect(String(orderView[0]?.["sql"])).toContain("shop__orders__2695875565");
  await open(project, async (context) => {
    await expect(context.importState({ apply: true })).rejects.toMatchObject({ code: "PLAN_REFUSED" });
    const back = await context.rollback("prod").catch((error: unknown) => error);
    expect(back).toMatchObject({ code: "PLAN_REFUSED" });
  });
});

test("days that become due are computed into the adopted table", async () => {
  const short = { ...orders, days: ["2024-01-01", "2024-01-02"] as const };
  await using project = await builtBySqlmesh(
    [short, revenue, top],
    [`DELETE FROM ${physicalTable(orders)} WHERE ds = '2024-01-03'`],
  );
  await open(project, (context) => context.importState({ apply: true }));
  await open(project, async (context) => {
    expect((await context.run("prod")).reason).toBe("applied");
  });
  expect(await project.sql(`SELECT COUNT(*)::INT AS n FROM ${physicalTable(orders)}`)).toEqual([{ n: 3 }]);
});

test.each<{
  what: string;
  models?: readonly RecordedModel[];
  sql?: readonly string[];
  reasons: Record<string, readonly string[]>;
}>([
  {
    what: "a table that is gone",
    sql: ["DROP VIEW shop.top", `DROP VIEW ${physicalTable(top)}`],
    reasons: { "shop.top": ["its view sqlmesh__shop.shop__top__3010914162 is not there"] },
  },
  {
    what: "a table with another column",
    sql: [`ALTER TABLE ${physicalTable(revenue)} ADD COLUMN note VARCHAR`],
    reasons: {
      "shop.revenue": ["its table has the columns shop, revenue, note, the model gives shop, revenue"],
      "shop.top": ["it reads shop.revenue, which is not adopted"],
    },
  },
  {
    what: "a view of production that shows something else",
    sql: ["CREATE OR REPLACE VIEW shop.top AS SELECT 'x' AS shop"],
    reasons: { "shop.top": ["the view shop.top does not show sqlmesh__shop.shop__top__3010914162"] },
  },
  {
    what: "a view over the table of a former version",
    sql: [
      `CREATE TABLE sqlmesh__shop.shop__revenue__1 AS FROM ${physicalTable(revenue)}`,
      `CREATE OR REPLACE VIEW ${physicalTable(top)} AS SELECT shop FROM sqlmesh__shop.shop__revenue__1`,
    ],
    reasons: { "shop.top": ["its view reads another table than that of shop.revenue"] },
  },
  {
    what: "an audit that blocks and never ran",
    models: [{ ...orders, node: { ...orders.node, audits: [] } }, revenue, top],
    reasons: {
      "shop.orders": [
        "the audit not_null blocks, and the rows there are not known to have passed it as it is now",
      ],
      "shop.revenue": ["it reads shop.orders, which is not adopted"],
      "shop.top": ["it reads shop.revenue, which is not adopted"],
    },
  },
  {
    what: "another kind, a Python macro and a model that is not there",
    models: [
      orders,
      {
        ...revenue,
        node: {
          ...revenue.node,
          kind: { name: "VIEW", materialized: false },
          python_env: {
            twice: { payload: "def twice(evaluator, x): return x", kind: "definition", name: "twice" },
          },
        },
      },
    ],
    reasons: {
      "shop.revenue": [
        "kind (VIEW there) differs from SQLMesh's definition",
        "SQLMesh ran the Python macro twice for it",
      ],
      "shop.top": ["SQLMesh's production has no such model, or its definition is not on record"],
    },
  },
])("$what is not adopted", async ({ models, sql, reasons }) => {
  await using project = await builtBySqlmesh(models, sql);
  expect(refused(await open(project, (context) => context.importState()))).toEqual(reasons);
});

test("a query as an older SQLMesh printed it is recognised", async () => {
  const printed =
    "SELECT o.shop AS shop, CAST(SUM(o.amount) AS DOUBLE) AS revenue FROM shop.orders AS o GROUP BY o.shop";
  await using project = await builtBySqlmesh([
    orders,
    { ...revenue, node: { ...revenue.node, query: printed } },
    top,
  ]);
  expect(refused(await open(project, (context) => context.importState()))).toEqual({});
});

test("seeds, embedded models, keys, variables and audits of one's own are proved as well", async () => {
  const query = "SELECT n.id::INT AS id, n.name::VARCHAR AS name FROM shop.picked AS n WHERE n.id < @limit";
  await using project = await smallProject({
    "seeds/names.csv": "id,name\n1,café/bar\n2,\n3,z\n",
    "audits/short.sql": "AUDIT (name short);\n\nSELECT * FROM @this_model WHERE LENGTH(name) > @most\n",
    "models/names.sql": "MODEL (name shop.names, kind SEED (path '../seeds/names.csv'));\n",
    "models/picked.sql":
      "MODEL (name shop.picked, kind EMBEDDED);\n\nSELECT id, name FROM shop.names WHERE id > 0\n",
    "models/known.sql": `MODEL (name shop.known, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id), audits (short(most := 99)));\n\n${query}\n`,
  });
  const config = await project.read("config.yaml");
  await project.write({ "config.yaml": `${config}variables: {limit: 3}\n` });
  const model = (name: string, version: string, node: RecordedModel["node"]): RecordedModel => ({
    name,
    version,
    node,
    days: ["2024-01-01", "2024-01-03"],
  });
  const names = model("shop.names", "11", {
    source_type: "seed",
    kind: { name: "SEED", path: "../seeds/names.csv", batch_size: 1000 },
    seed: { content: "" },
    is_hydrated: false,
    column_hashes: {
      id: String(crc32('{"0":1,"1":2,"2":3}')),
      name: String(crc32('{"0":"caf\\u00e9\\/bar","1":null,"2":"z"}')),
    },
  });
  const picked = model("shop.picked", "12", {
    kind: { name: "EMBEDDED" },
    query: { sql: "SELECT id, name FROM shop.names WHERE id > 0" },
  });
  const known = model("shop.known", "13", {
    kind: { name: "INCREMENTAL_BY_UNIQUE_KEY", unique_key: ['"id"'], batch_concurrency: 1 },
    query: { sql: query },
    python_env: { __sqlmesh__vars__: { payload: "{'limit': 3}", kind: "value" } },
    audits: [["short", { most: "99" }]],
    audit_definitions: {
      short: {
        name: "short",
        dialect: "duckdb",
        skip: false,
        blocking: true,
        query: { sql: "SELECT * FROM @this_model WHERE LENGTH(name) > @most" },
      },
    },
  });
  const state = sqlmeshState({ dialect: "duckdb", catalog: "warehouse", models: [names, picked, known] });
  await project.sql(
    [
      "CREATE SCHEMA sqlmesh__shop",
      "CREATE SCHEMA shop",
      `CREATE TABLE ${physicalTable(names)} AS SELECT 1::BIGINT AS id, 'x' AS name`,
      `CREATE TABLE ${physicalTable(known)} AS SELECT 1::INT AS id, 'x' AS name`,
      `CREATE VIEW shop.names AS SELECT * FROM warehouse.${physicalTable(names)}`,
      `CREATE VIEW shop.known AS SELECT * FROM "warehouse".${physicalTable(known)}`,
      ...state,
    ].join(";\n"),
  );
  const report = await open(project, (context) => context.importState({ apply: true }));
  expect(refused(report)).toEqual({});
  await open(project, async (context) => {
    expect((await context.plan("prod")).toJSON()).toMatchObject({ hasChanges: false, models: [], steps: [] });
    expect((await context.status()).drift.findings).toEqual([]);
  });
});

test("SQLMesh's schema is not taken for one of Sluice's", async () => {
  await using project = await builtBySqlmesh();
  await project.write({
    "config.yaml": (await project.read("config.yaml")).replace(
      "    connection:",
      "    state_schema: sqlmesh\n    connection:",
    ),
  });
  await open(project, async (context) => {
    await expect(context.plan("prod")).rejects.toMatchObject({
      code: "STATE_INVALID",
      hint: expect.stringContaining("import-state"),
    });
  });
});

test("no state, and a promotion that is not complete, are said", async () => {
  await using empty = await smallProject();
  await open(empty, async (context) => {
    await expect(context.importState()).rejects.toMatchObject({
      code: "STATE_INVALID",
      hint: expect.stringContaining("--from"),
    });
  });
  await using half = await smallProject();
  await half.sql(
    sqlmeshState({ dialect: "duckdb", catalog: "warehouse", models: [], finalized: false }).join(";\n"),
  );
  await open(half, async (context) => {
    await expect(context.importState()).rejects.toMatchObject({ code: "PLAN_REFUSED" });
  });
});
