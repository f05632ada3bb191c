import { writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type AnalysisRequest, openAnalyser } from "../../src/sql/analysis/analyser.ts";
import type { Dialect } from "../../src/sql/dialect.ts";

const schema = {
  "shop.orders": [
    { name: "id", type: "BIGINT" },
    { name: "amount", type: "DECIMAL(10, 2)" },
    { name: "ds", type: "DATE" },
    { name: "note", type: null },
    { name: "st", type: "STRUCT(a INT)" },
  ],
  "shop.customers": [
    { name: "id", type: "INT UNSIGNED" },
    { name: "name", type: "VARCHAR(80)" },
  ],
};
const ask = (sql: string, dialect: Dialect = "duckdb"): AnalysisRequest => ({
  id: "m",
  sql,
  dialect,
  schema,
});

const analyser = openAnalyser();
afterAll(() => analyser[Symbol.asyncDispose]());

const columnsOf = async (sql: string, dialect: Dialect) => {
  const columns = (await analyser.columns([ask(sql, dialect)])).get("m");
  return columns?.map((column) => `${column.name}: ${column.type ?? "?"}`).join(", ") ?? null;
};

describe("columns", () => {
  test.each([
    [
      "duckdb",
      "SELECT * FROM shop.orders",
      "id: BIGINT, amount: DECIMAL(10, 2), ds: DATE, note: ?, st: STRUCT(a INT)",
    ],
    [
      "duckdb",
      "SELECT * EXCLUDE (note, ST) FROM shop.orders",
      "id: BIGINT, amount: DECIMAL(10, 2), ds: DATE",
    ],
    [
      "duckdb",
      "SELECT o.* EXCLUDE (ds) REPLACE (id::TEXT AS id, amount * 2 AS Amount) FROM shop.orders AS o",
      "id: TEXT, amount: ?, note: ?, st: STRUCT(a INT)",
    ],
    [
      "duckdb",
      'FROM shop.customers SELECT * RENAME (id AS key, NAME AS "Full Name"), 1 AS one',
      "key: INT UNSIGNED, full name: VARCHAR(80), one: INT",
    ],
    ["duckdb", "FROM shop.customers", "id: INT UNSIGNED, name: VARCHAR(80)"],
    ["duckdb", "SELECT * RENAME (nope AS key) FROM shop.customers", null],
    ["duckdb", "SELECT * FROM (SELECT * RENAME (id AS key) FROM shop.customers) AS c", null],
    [
      "mysql",
      "SELECT o.id, c.* FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.id",
      "id: BIGINT, id: INT UNSIGNED, name: VARCHAR(80)",
    ],
    [
      "mysql",
      "WITH a AS (SELECT * FROM shop.customers) SELECT * FROM a",
      "id: INT UNSIGNED, name: VARCHAR(80)",
    ],
    [
      "duckdb",
      "SELECT ID AS Key, COUNT(*) AS n, CAST(amount AS INT) AS i FROM shop.orders GROUP BY ALL",
      "key: BIGINT, n: BIGINT, i: INT",
    ],
    ["mysql", "SELECT CAST(amount AS SIGNED) AS Whole FROM shop.orders", "Whole: SIGNED"],
    // Division is where the library's DuckDB types are wrong; MySQL's functions are not trusted at all.
    [
      "duckdb",
      "WITH a AS (SELECT 1 / 2 AS half FROM shop.orders) SELECT half, SUM(id) AS s, half + 1 AS more FROM a, shop.orders GROUP BY ALL",
      "half: ?, s: INT128, more: ?",
    ],
    ["mysql", "SELECT ABS(id) AS a, id / 2 AS h FROM shop.orders", "a: ?, h: ?"],
    ["mysql", "SELECT id, o.ds FROM shop.orders AS o JOIN shop.customers AS c USING (id)", "id: ?, ds: DATE"],
    ["duckdb", "WITH orders AS (SELECT 1 / 2 AS id) SELECT * FROM orders", "id: ?"],
    ["duckdb", "SELECT id FROM shop.orders UNION ALL SELECT id FROM shop.orders", "id: BIGINT"],
    ["mysql", "SELECT id FROM shop.orders UNION ALL SELECT id FROM shop.customers", "id: ?"],
    [
      "duckdb",
      "SELECT shop.orders.id, warehouse.shop.orders.ds FROM warehouse.shop.orders",
      "id: BIGINT, ds: DATE",
    ],
    ["mysql", "SELECT SQL_NO_CACHE id, # first\n !id AS no FROM shop.orders", "id: BIGINT, no: ?"],
    ["duckdb", "SELECT id, ds, FROM shop.orders WHERE id IN (1, 2,)", "id: BIGINT, ds: DATE"],
    ["duckdb", "FROM shop.orders SELECT id", "id: BIGINT"],
    ["duckdb", "SELECT * FROM elsewhere.t", null],
    ["duckdb", "SELECT id, COUNT(*) FROM shop.orders GROUP BY 1", null],
    ["duckdb", "SELECT COLUMNS('a.*') FROM shop.orders", null],
    ["mysql", "this is no query", null],
  ] as const)("%s: %s", async (dialect, sql, expected) => {
    expect(await columnsOf(sql, dialect)).toBe(expected);
  });

  test("a question without an answer says why", () => {
    expect(analyser.warnings.map((warning) => warning.text)).toContain(
      "m could not be analysed: it uses COLUMNS(…).",
    );
  });
});

describe("unknown columns", () => {
  const check = async (sql: string, dialect: Dialect) => {
    const found = (await analyser.unknownColumns([ask(sql, dialect)])).get("m");
    return found?.map((column) => `${column.line}: ${column.sentence}`) ?? null;
  };
  test.each([
    ["duckdb", "SELECT id,\n  nope FROM shop.orders", ["2: there is no column nope in shop.orders"]],
    [
      "mysql",
      "SELECT 1 AS a FROM shop.orders AS o\nWHERE EXISTS (SELECT 1 FROM shop.customers WHERE bad = 1)",
      ["2: there is no column bad in shop.customers"],
    ],
    ["duckdb", "SELECT x.id FROM shop.orders AS o", ["1: there is no table or alias x in the query"]],
    ["duckdb", "SELECT shop.orders.gone FROM shop.orders", ["1: there is no column gone in shop.orders"]],
  ] as const)("%s: finds it in %s", async (dialect, sql, expected) => {
    expect(await check(sql, dialect)).toEqual(expected);
  });
  test.each([
    ["mysql", "SELECT ID, Amount FROM shop.orders"],
    ["mysql", "SELECT @running AS r FROM shop.orders"],
    ["duckdb", "SELECT rowid, st.a FROM shop.orders"],
    [
      "duckdb",
      "SELECT id + 1 AS b, b * 2 AS c FROM shop.orders WHERE b > 1 QUALIFY ROW_NUMBER() OVER (ORDER BY c) = 1",
    ],
    ["duckdb", "SELECT r.range, i FROM range(10) AS r, range(3) AS s(i)"],
    ["duckdb", "SELECT list_transform([id], x -> x + 1) AS l FROM shop.orders"],
    [
      "mysql",
      "SELECT c.id FROM shop.customers AS c WHERE c.id = (SELECT MAX(o.id) FROM shop.orders AS o WHERE o.id = c.id)",
    ],
  ] as const)("%s: is quiet about %s", async (dialect, sql) => {
    expect((await check(sql, dialect)) ?? []).toEqual([]);
  });
  test("cannot tell when a table is not known", async () => {
    expect(await check("SELECT a FROM elsewhere.t", "duckdb")).toBeNull();
  });
});

test("lineage leaves out what EXCLUDE leaves out", async () => {
  const lineage = (await analyser.lineage([ask("SELECT * EXCLUDE (amount, note, st) FROM shop.orders")])).get(
    "m",
  );
  expect(lineage).toEqual(
    ["id", "ds"].map((column) => ({ column, sources: [{ table: "shop.orders", column }] })),
  );
});

test("lineage leads to the columns of tables", async () => {
  const sql =
    "WITH a AS (SELECT id, amount * 2 AS twice FROM shop.orders) SELECT c.name, SUM(twice) AS s FROM a JOIN shop.customers AS c ON c.id = a.id GROUP BY 1";
  expect((await analyser.lineage([ask(sql)])).get("m")).toEqual([
    { column: "name", sources: [{ table: "shop.customers", column: "name" }] },
    { column: "s", sources: [{ table: "shop.orders", column: "amount" }] },
  ]);
});

describe("the watchdog", () => {
  const worker = async (text: string) => {
    const file = join(await mkdtemp(join(tmpdir(), "sluice-worker-")), "worker.mjs");
    writeFileSync(file, `import { parentPort } from "node:worker_threads";\n${text}`);
    return pathToFileURL(file);
  };
  const ready = 'parentPort.postMessage({ kind: "ready" });';

  test("ends a thread that hangs and starts another for the next question", async () => {
    const hangs = `parentPort.on("message", (m) => { if (m.request.id === "slow") for (;;); parentPort.postMessage({ kind: "answer", answer: { value: [] } }); });`;
    await using watched = openAnalyser({ timeout: 300, worker: await worker(hangs + ready) });
    const found = await watched.columns([
      { ...ask("x"), id: "slow" },
      { ...ask("y"), id: "quick" },
    ]);
    expect([...found]).toEqual([
      ["slow", null],
      ["quick", []],
    ]);
    expect(watched.warnings.map((w) => w.text)).toEqual([
      "slow could not be analysed: the analyser took longer than 0.3 s.",
    ]);
  });

  test("survives a thread that breaks", async () => {
    const breaks = `parentPort.on("message", (m) => { if (m.request.id === "bad") throw new Error("boom"); parentPort.postMessage({ kind: "answer", answer: { value: [] } }); });`;
    await using watched = openAnalyser({ worker: await worker(breaks + ready) });
    const found = await watched.columns([
      { ...ask("x"), id: "bad" },
      { ...ask("y"), id: "good" },
    ]);
    expect([...found]).toEqual([
      ["bad", null],
      ["good", []],
    ]);
    expect(watched.warnings[0]?.text).toBe("bad could not be analysed: the analyser broke: boom.");
  });

  test("gives up on a thread that never starts", async () => {
    const failing = 'parentPort.postMessage({ kind: "failed", message: "no wasm" });';
    await using watched = openAnalyser({ worker: await worker(failing) });
    const found = await watched.columns(["a", "b", "c", "d", "e"].map((id) => ({ ...ask("x"), id })));
    expect([...found.values()]).toEqual([null, null, null, null, null]);
    expect(watched.warnings[4]?.text).toBe("e could not be analysed: the analyser did not start: no wasm.");
  });

  test("is not needed by an analyser that is never asked", async () => {
    await using unused = openAnalyser({ worker: new URL("file:///nowhere/worker.js") });
    expect(unused.warnings).toEqual([]);
  });
});
