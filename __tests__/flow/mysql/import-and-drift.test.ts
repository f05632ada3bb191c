/** A production that SQLMesh built on a server of the MySQL protocol, taken over; then changed by hand, and set right. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, startMariadb, type TestServer } from "../../../scripts/mariadb/server.ts";
import { Context } from "../../../src/context.ts";
import { type MysqlProject, mysqlProject } from "../../support/mysql-project.ts";
import { physicalTable, type RecordedModel, sqlmeshState } from "../../support/sqlmesh-state.ts";

const now = Date.UTC(2024, 0, 4, 6);
const days = ["2024-01-01", "2024-01-03"] as const;

const ordersQuery =
  "SELECT o.id AS id, o.shop AS shop, o.amount AS amount, o.ds AS ds FROM raw.orders AS o WHERE o.ds BETWEEN @start_ds AND @end_ds";
const revenueQuery = "SELECT o.shop AS shop, SUM(o.amount) AS revenue FROM shop.orders AS o GROUP BY o.shop";
const topQuery = "SELECT r.shop AS shop FROM shop.revenue AS r WHERE r.revenue > 10";

const files = {
  "external_models.yaml":
    "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR(20), amount: DOUBLE, ds: DATE}\n",
  "models/orders.sql": `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), start '2024-01-01');\n\n${ordersQuery}\n`,
  "models/revenue.sql": `MODEL (name shop.revenue, kind FULL);\n\n${revenueQuery}\n`,
  "models/top.sql": `MODEL (name shop.top, kind VIEW);\n\n${topQuery}\n`,
};

const raw = [
  "CREATE DATABASE raw",
  "CREATE TABLE raw.orders (id INT, shop VARCHAR(20), amount DOUBLE, ds DATE)",
  "INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03')",
];

const orders: RecordedModel = {
  name: "shop.orders",
  version: "2695875565",
  node: {
    start: "2024-01-01",
    kind: { name: "INCREMENTAL_BY_TIME_RANGE", time_column: { column: "`ds`", format: "%Y-%m-%d" } },
    query: { sql: ordersQuery },
  },
  days,
};
const revenue: RecordedModel = {
  name: "shop.revenue",
  version: "1267397572",
  node: { kind: { name: "FULL" }, query: { sql: revenueQuery } },
  days,
};
const top: RecordedModel = {
  name: "shop.top",
  version: "3010914162",
  node: { kind: { name: "VIEW", materialized: false }, query: { sql: topQuery } },
  days,
};

const built = [
  "CREATE DATABASE sqlmesh__shop",
  "CREATE DATABASE shop",
  `CREATE TABLE ${physicalTable(orders)} AS SELECT id, shop, amount, ds FROM raw.orders`,
  `CREATE TABLE ${physicalTable(revenue)} AS SELECT shop, SUM(amount) AS revenue FROM ${physicalTable(orders)} GROUP BY shop`,
  `CREATE VIEW ${physicalTable(top)} AS SELECT r.shop AS shop FROM ${physicalTable(revenue)} AS r WHERE r.revenue > 10`,
  ...[orders, revenue, top].map(
    (model) => `CREATE VIEW ${model.name} AS SELECT * FROM ${physicalTable(model)}`,
  ),
];

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let project: MysqlProject;

  beforeAll(async () => {
    server = await startMariadb();
    const state = sqlmeshState({ dialect: "mysql", models: [orders, revenue, top] });
    project = await mysqlProject(server, files, [
      "DROP DATABASE IF EXISTS sqlmesh",
      "DROP DATABASE IF EXISTS sqlmesh__shop",
      ...raw,
      ...built,
      ...state,
    ]);
  });
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  async function open<T>(work: (context: Context) => Promise<T>): Promise<T> {
    await using context = new Context({ paths: [project.path], env: {}, now: () => now, owner: "test" });
    return await work(context);
  }

  test("taken over without a copy; a change builds one table and moves one view", async () => {
    const before = await server.sql(
      "CHECKSUM TABLE sqlmesh._snapshots, sqlmesh._intervals, sqlmesh._environments",
    );
    const report = await open((context) => context.importState({ apply: true }));
    expect(report.models.filter(({ adopted }) => !adopted)).toEqual([]);
    expect([report.result, report.environmentVersion]).toEqual(["imported", 1]);
    expect(
      await server.sql("CHECKSUM TABLE sqlmesh._snapshots, sqlmesh._intervals, sqlmesh._environments"),
    ).toEqual(before);
    await open(async (context) => {
      expect((await context.plan("prod")).toJSON().steps).toEqual([]);
      expect((await context.status()).drift).toEqual({ unchecked: null, findings: [] });
      expect((await context.importState({ apply: true })).result).toBe("unchanged");
    });
    await project.write({
      "models/revenue.sql": files["models/revenue.sql"].replace("SUM(o.amount)", "SUM(o.amount * 2)"),
    });
    await open(async (context) => {
      expect((await context.apply(await context.plan("prod"))).reason).toBe("applied");
    });
    await open(async (context) => {
      await context.inspect(async (engine) => {
        expect(await engine.query("SELECT * FROM shop.revenue ORDER BY 1")).toMatchObject([
          { shop: "a" },
          { shop: "b" },
        ]);
        const texts = await engine.viewTexts([{ schema: "shop", table: "orders" }]);
        expect([...texts.values()][0]).toContain("shop__orders__2695875565");
      });
      const back = await context.rollback("prod");
      expect((await context.apply(back)).reason).toBe("applied");
    });
  });

  test("changed by hand, named, and set right by one rename", async () => {
    await project.write(files);
    await open(async (context) => {
      expect((await context.plan("prod")).toJSON().steps).toEqual([]);
      expect((await context.status()).drift.findings).toEqual([]);
    });
    await server.sql(
      "CREATE OR REPLACE VIEW shop.revenue AS SELECT shop, revenue + 1 AS revenue FROM raw.orders CROSS JOIN (SELECT 1 AS revenue) AS r",
      `CREATE OR REPLACE VIEW shop.orders AS SELECT id, shop, ds FROM ${physicalTable(orders)}`,
      "DROP VIEW shop.top",
      `DROP TABLE ${physicalTable(revenue)}`,
    );
    await open(async (context) => {
      const { findings } = (await context.status()).drift;
      expect(findings.map(({ kind, text }) => [kind, text])).toEqual([
        ["view-changed", "its view shop.orders was changed by hand: it leaves out amount"],
        ["table-missing", `its table ${physicalTable(revenue)} is gone`],
        ["view-changed", "its view shop.revenue was changed by hand: it no longer shows one table as it is"],
        ["view-missing", "its view shop.top is not there"],
      ]);
      const plan = await context.plan("prod");
      expect(plan.toJSON().steps.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["backfill", "build-views", "switch", "finalise"]),
      );
      expect((await context.apply(plan)).reason).toBe("applied");
    });
    await open(async (context) => {
      expect((await context.status()).drift).toEqual({ unchecked: null, findings: [] });
      await context.inspect(async (engine) => {
        expect(await engine.query("SELECT shop, revenue FROM shop.revenue ORDER BY 1")).toEqual([
          { shop: "a", revenue: 15 },
          { shop: "b", revenue: 7 },
        ]);
        expect(await engine.query("SELECT * FROM shop.top")).toEqual([{ shop: "a" }]);
      });
    });
  });
});
