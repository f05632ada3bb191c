import { describe, expect, test } from "vitest";
import { SluiceError } from "../../../src/errors.ts";
import type { AuditDefinition, ModelKind, ModelName } from "../../../src/model/model.ts";
import { renderQuery, renderStatements } from "../../../src/model/render.ts";
import { renderAudit } from "../../../src/model/render-audit.ts";
import type { RenderContext, Resolution } from "../../../src/model/render-context.ts";
import { prepareRendering } from "../../../src/model/render-jinja.ts";
import { aModel, type ModelSample } from "../../support/snapshot-samples.ts";

const hour = 3_600_000;
const ranged: ModelKind = {
  name: "INCREMENTAL_BY_TIME_RANGE",
  timeColumn: "ds",
  timeFormat: "%Y%m%d",
  partitionByTimeColumn: true,
  forwardOnly: false,
  disableRestatement: false,
  onDestructiveChange: "ERROR",
  onAdditiveChange: "ALLOW",
};
const base = aModel({
  name: "shop.base",
  kind: { name: "EMBEDDED" },
  sql: "SELECT id FROM raw.items WHERE d < @end_date",
});

const tables: Record<string, Resolution> = {
  "shop.orders": { kind: "table", sql: '"sluice__shop"."shop__orders__1"' },
  "shop.base": { kind: "embedded", model: base },
};

function context(more: Partial<RenderContext> = {}): RenderContext {
  return {
    family: "duckdb",
    stage: "evaluating",
    start: Date.UTC(2024, 0, 1),
    end: Date.UTC(2024, 0, 3),
    executionTime: Date.UTC(2024, 0, 5, 10, 20, 30),
    thisModel: '"db"."m"',
    resolve: (name: ModelName) => tables[name] ?? null,
    gateway: "local",
    defaultCatalog: "db",
    ...more,
  };
}

const query = (sql: string, sample: ModelSample = {}, more: Partial<RenderContext> = {}): string =>
  renderQuery(aModel({ name: "shop.m", sql, kind: ranged, ...sample }), context(more));

describe("queries", () => {
  test.each([
    [
      "SELECT orders.id FROM shop.orders",
      'SELECT orders.id FROM "sluice__shop"."shop__orders__1" AS "orders"',
    ],
    ["SELECT o.id FROM db.shop.orders AS o", 'SELECT o.id FROM "sluice__shop"."shop__orders__1" AS o'],
    [
      "SELECT id FROM shop.base b",
      "SELECT id FROM (SELECT id FROM raw.items WHERE d < CAST('2024-01-02' AS DATE)) b",
    ],
    ["SELECT a, FROM raw.t; ", "SELECT a FROM raw.t"],
    ["SELECT '@x' AS x -- @y\nFROM t", "SELECT '@x' AS x -- @y\nFROM t"],
  ])("%s", (sql, expected) => expect(query(sql)).toBe(expected));
});

describe("time variables", () => {
  test.each([
    ["@start_ds", "'2024-01-01'", "'2024-01-01'"],
    ["@end_ds", "'2024-01-02'", "'2024-01-02'"],
    ["@end_ts", "'2024-01-02 23:59:59.999999'", "'2024-01-02 23:59:59.999999'"],
    ["@end_tstz", "'2024-01-02 23:59:59.999999+00:00'", "'2024-01-02 23:59:59.999999+00:00'"],
    ["@start_date", "CAST('2024-01-01' AS DATE)", "CAST('2024-01-01' AS DATE)"],
    [
      "@start_dt",
      "CAST('2024-01-01 00:00:00+00:00' AS TIMESTAMPTZ)",
      "CAST('2024-01-01 00:00:00' AS DATETIME)",
    ],
    [
      "@end_dtntz",
      "CAST('2024-01-02 23:59:59.999999' AS TIMESTAMP)",
      "CAST('2024-01-02 23:59:59.999999' AS DATETIME(6))",
    ],
    ["@start_epoch", "1704067200.0", "1704067200.0"],
    ["@end_epoch", "1704239999.999", "1704239999.999"],
    ["@end_millis", "1704239999999", "1704239999999"],
    ["@execution_hour", "10", "10"],
    ["@latest_ds", "'2024-01-05'", "'2024-01-05'"],
    ["@this_model", '"db"."m"', '"db"."m"'],
    ["@model_kind_name", "'INCREMENTAL_BY_TIME_RANGE'", "'INCREMENTAL_BY_TIME_RANGE'"],
    ["@gateway", "'local'", "'local'"],
  ])("%s", (name, duckdb, mysql) => {
    expect(query(`SELECT ${name} AS x`)).toBe(`SELECT ${duckdb} AS x`);
    if (name !== "@this_model") {
      expect(query(`SELECT ${name} AS x`, { dialect: "mysql" }, { family: "mysql" })).toBe(
        `SELECT ${mysql} AS x`,
      );
    }
  });

  test("a FULL model has none of its range, and is told what to use", () => {
    const refused = (): string => query("SELECT\n@start_ds", { kind: { name: "FULL" } });
    expect(refused).toThrow(SluiceError);
    try {
      refused();
    } catch (error) {
      expect((error as SluiceError).sentence).toMatch(
        /^models\/m\.sql:2: Macro variable "start_ds" is undefined.*@execution_ds/,
      );
    }
  });
});

describe("statements", () => {
  const model = aModel({
    name: "shop.m",
    kind: { name: "FULL" },
    sql: "SELECT @k + 2 AS a",
    preStatements: [
      { text: "@DEF(k, 40);", line: 2 },
      { text: "@IF(@runtime_stage = 'creating', INSERT INTO log VALUES (1, 'pre'));", line: 3 },
      { text: "DELETE FROM shop.orders WHERE d < @start_date;", line: 4 },
    ],
    postStatements: [{ text: "CREATE INDEX i ON @this_model (a)", line: 6 }],
  });

  test("definitions are seen everywhere and never run; what a macro removes is not run", () => {
    expect(renderQuery(model, context())).toBe("SELECT 40 + 2 AS a");
    expect(renderStatements(model, "pre", context())).toEqual([
      `DELETE FROM "sluice__shop"."shop__orders__1" WHERE d < CAST('2024-01-01' AS DATE)`,
    ]);
    expect(renderStatements(model, "pre", context({ stage: "creating" }))[0]).toBe(
      "INSERT INTO log VALUES (1, 'pre')",
    );
    expect(renderStatements(model, "post", context())).toEqual(['CREATE INDEX i ON "db"."m" (a)']);
    expect(renderStatements(model, "virtual", context())).toEqual([]);
  });
});

describe("audits", () => {
  const over: AuditDefinition = {
    name: "over_limit",
    path: "audits/a.sql",
    dialect: "duckdb",
    skip: false,
    blocking: false,
    defaults: { lim: "3", col: "id" },
    statements: [{ text: "@DEF(twice, @lim * 2)", line: 2 }],
    query: {
      text: "SELECT * FROM @this_model AS m JOIN shop.orders USING (id) WHERE @col > @lim AND id < @twice",
      line: 3,
    },
  };
  const audit = (
    name: string,
    args: Record<string, string>,
    sample: ModelSample = {},
    more: Partial<RenderContext> = {},
  ) =>
    renderAudit(
      aModel({ name: "shop.m", kind: ranged, auditDefinitions: [over], ...sample }),
      { name, args },
      context(more),
    );

  test("arguments are expressions, defaults fill in, models are resolved", () => {
    const { sql, blocking } = audit("Over_Limit", { LIM: "1 + @execution_hour" }, { kind: { name: "FULL" } });
    expect({ sql, blocking }).toEqual({
      sql: 'SELECT * FROM "db"."m" AS m JOIN "sluice__shop"."shop__orders__1" AS "orders" USING (id) WHERE id > 1 + 10 AND id < 1 + 10 * 2',
      blocking: false,
    });
  });

  test.each([
    [null, "'20240101' AND '20240102'"],
    ["VARCHAR", "'20240101' AND '20240102'"],
    ["INT", "20240101 AND 20240102"],
    ["DATE", "CAST('2024-01-01' AS DATE) AND CAST('2024-01-02' AS DATE)"],
    [
      "timestamp",
      "CAST('2024-01-01 00:00:00' AS TIMESTAMP) AND CAST('2024-01-02 23:59:59.999999' AS TIMESTAMP)",
    ],
    [
      "TIMESTAMP WITH TIME ZONE",
      "CAST('2024-01-01 00:00:00+00:00' AS TIMESTAMPTZ) AND CAST('2024-01-02 23:59:59.999999+00:00' AS TIMESTAMPTZ)",
    ],
  ])("a time range is filtered by a %s column", (type, bounds) => {
    const { sql } = audit("not_null", { columns: "id" }, { columns: [{ name: "ds", type }] });
    expect(sql).toContain(`FROM (SELECT * FROM "db"."m" WHERE "ds" BETWEEN ${bounds}) AS audited`);
  });

  test("an hour ends before the next one", () => {
    const start = Date.UTC(2024, 0, 1, 5);
    const { sql } = audit(
      "not_null",
      { columns: "id" },
      { columns: [{ name: "ds", type: "TIMESTAMP" }] },
      { start, end: start + hour },
    );
    expect(sql).toContain("CAST('2024-01-01 05:59:59.999999' AS TIMESTAMP)");
  });

  test.each([
    ["not_nul", {}, "Audit 'not_nul' is undefined", "not_null"],
    [
      "not_null",
      { column: "id" },
      '"columns" is undefined',
      "The audit not_null needs the argument columns; given: column.",
    ],
    ["over_limit", { lim: "@gone" }, '"gone" is undefined', ""],
  ])("%s %j is refused", (name, args, message, hint) => {
    try {
      audit(name, args);
      expect.unreachable();
    } catch (error) {
      expect((error as SluiceError).sentence).toContain(message);
      expect((error as SluiceError).sentence).toContain(hint);
    }
  });

  test("a skipped audit is not rendered", () => {
    expect(
      audit(
        "over_limit",
        {},
        { auditDefinitions: [{ ...over, skip: true, query: { text: "@gone", line: 1 } }] },
      ),
    ).toMatchObject({ skip: true, sql: "" });
  });
});

test("Jinja is rendered first, macros after it", async () => {
  const model = {
    ...aModel({
      name: "shop.m",
      kind: ranged,
      variables: { n: 5 },
      jinjaMacros: { twice: "{% macro twice(x) %}{{ x }} * 2{% endmacro %}" },
    }),
    query: {
      text: "SELECT {{ twice('a') }} AS a, '{{ start_ds }}' AS ds, {{ var('n') }} AS n, @n AS m, {{ start_hour + 1 }} AS h\nFROM {{ resolve_table('shop.orders') }}",
      line: 3,
      jinja: true,
    },
    preStatements: [
      { text: "{% for i in [1, 2] %}INSERT INTO log VALUES ({{ i }});\n{% endfor %}", line: 1, jinja: true },
    ],
  };
  await prepareRendering([model]);
  expect(renderQuery(model, context())).toBe(
    'SELECT a * 2 AS a, \'2024-01-01\' AS ds, 5 AS n, 5 AS m, 1 AS h\nFROM "sluice__shop"."shop__orders__1"',
  );
  expect(renderStatements(model, "pre", context())).toEqual([
    "INSERT INTO log VALUES (1)",
    "INSERT INTO log VALUES (2)",
  ]);
  const broken = { ...model, query: { text: "SELECT\n{{ ref('x') }}", line: 3, jinja: true } };
  expect(() => renderQuery(broken, context())).toThrow(/ref/);
});
