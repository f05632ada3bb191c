import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Engine } from "../../../src/engine/engine.ts";
import { openEngine } from "../../../src/engine/open.ts";
import { SluiceError } from "../../../src/errors.ts";
import type { Model, ModelKind } from "../../../src/model/model.ts";
import { parseTests, type TestProject, type UnitTestFile } from "../../../src/testing/parse.ts";
import { runUnitTests, selectTests, type TestResult } from "../../../src/testing/run.ts";
import { aModel } from "../../support/snapshot-samples.ts";

const ranged: ModelKind = {
  name: "INCREMENTAL_BY_TIME_RANGE",
  timeColumn: "ds",
  timeFormat: "%Y-%m-%d",
  partitionByTimeColumn: true,
  forwardOnly: false,
  disableRestatement: false,
  onDestructiveChange: "ERROR",
  onAdditiveChange: "ALLOW",
};

const models: Model[] = [
  aModel({
    name: "raw.x",
    kind: { name: "EXTERNAL" },
    columns: [
      { name: "id", type: "int" },
      { name: "v", type: "double" },
      { name: "ds", type: "date" },
    ],
  }),
  aModel({
    name: "t.sums",
    kind: { name: "FULL" },
    sql: "WITH kept AS (SELECT * FROM raw.x WHERE v > 0), tops AS (SELECT id, MAX(v) AS top FROM kept GROUP BY id ORDER BY top DESC) SELECT id, SUM(v) AS total FROM kept GROUP BY id",
    dependsOn: ["raw.x"],
  }),
  aModel({
    name: "t.sorted",
    kind: { name: "FULL" },
    sql: "SELECT x.id FROM raw.x ORDER BY raw.x.id DESC",
    dependsOn: ["raw.x"],
  }),
  aModel({
    name: "t.days",
    kind: ranged,
    sql: "SELECT id, CURRENT_DATE AS today, @factor AS f, @runtime_stage AS stage FROM raw.x WHERE ds BETWEEN @start_date AND @end_date",
    variables: { factor: 2 },
    dependsOn: ["raw.x"],
  }),
  aModel({
    name: "t.self",
    kind: ranged,
    sql: "SELECT p.id + COALESCE((SELECT MAX(m.id) FROM t.self AS m), 0) AS id, p.ds FROM raw.x AS p",
    dependsOn: ["raw.x"],
    selfReferencing: true,
    columns: [
      { name: "id", type: "INT" },
      { name: "ds", type: "DATE" },
    ],
  }),
  aModel({
    name: "t.nested",
    kind: { name: "FULL" },
    sql: "SELECT * FROM raw.anything",
    dependsOn: ["raw.anything"],
  }),
];
const byName = new Map(models.map((model) => [model.name, model]));

const project: TestProject = {
  facts: byName,
  family: "duckdb",
  defaultCatalog: "memory",
  readFile: (path) => {
    if (path === "tests/data/x.csv") return "id|v\n1|2\n1|3\n";
    throw new SluiceError("TEST_INVALID", `no file ${path}`);
  },
};

function file(text: string, path = "tests/test_t.yaml"): UnitTestFile {
  return { path, tests: parse(text) as Record<string, unknown>, lineOf: () => 1, isPlain: () => true };
}

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ type: "duckdb" }, { directory: process.cwd() });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

async function results(text: string, match: readonly string[] = []): Promise<TestResult[]> {
  const tests = selectTests(parseTests([file(text)], project), match);
  return runUnitTests(tests, {
    project,
    engine,
    gateway: "local",
    now: Date.UTC(2024, 0, 1),
    model: async (name) => byName.get(name) as Model,
  });
}

async function only(model: string, inputs: string, outputs: string, vars = "{}"): Promise<TestResult> {
  const [result] = await results(
    `test_one:\n  model: ${model}\n  vars: ${vars}\n  inputs: ${inputs}\n  outputs: ${outputs}\n`,
  );
  return result as TestResult;
}

describe("what passes and what fails", () => {
  test.each([
    [
      "t.sums",
      "{raw.x: [{id: 1, v: 2}, {id: 1, v: 0.5}, {id: 2, v: -1}]}",
      "{query: [{id: 1, total: 2.5}]}",
      "pass",
    ],
    ["T.SUMS", "{MEMORY.RAW.X: [{ID: 1, V: 2}]}", "{query: [{Id: 1, TOTAL: '2'}]}", "pass"],
    ["t.sums", "{raw.x: []}", "{query: []}", "pass"],
    ["t.sums", "{raw.x: [{id: 1, v: 2}]}", "{query: []}", "fail"],
    ["t.sums", "{raw.x: [{id: 1, v: 2}]}", "{query: [{id: 1}]}", "fail"],
    ["t.sums", "{raw.x: [{id: 1, v: 2}]}", "{partial: true, query: [{id: 1}]}", "pass"],
    ["t.sums", "{raw.x: [{id: 1, v: 2.0000001}]}", "{query: [{id: 1, total: 2}]}", "pass"],
    [
      "t.sums",
      "{raw.x: {format: csv, path: tests/data/x.csv, csv_settings: {sep: '|'}}}",
      "{query: [{id: 1, total: 5}]}",
      "pass",
    ],
    [
      "t.sums",
      "{raw.x: {query: 'SELECT 7 AS v, 1 AS id'}}",
      "{query: {query: 'SELECT 7.0 AS total, 1 AS id'}}",
      "pass",
    ],
    [
      "t.sums",
      '{raw.x: {format: csv, rows: "id,v\\n1,4\\n"}}',
      '{query: {format: csv, rows: "total,id\\n4,1\\n"}}',
      "pass",
    ],
    [
      "t.sums",
      "{raw.x: [{id: 1, v: 2}, {id: 2, v: 3}]}",
      "{ctes: {KEPT: [{id: 2, v: 3}, {id: 1, v: 2}], tops: [{id: 2, top: 3}, {id: 1, top: 2}]}}",
      "pass",
    ],
    [
      "t.sums",
      "{raw.x: [{id: 1, v: 2}, {id: 2, v: 3}]}",
      "{ctes: {tops: [{id: 1, top: 2}, {id: 2, top: 3}]}}",
      "fail",
    ],
    ["t.sorted", "{raw.x: [{id: 1}, {id: 3}, {id: 2}]}", "{query: [{id: 3}, {id: 2}, {id: 1}]}", "pass"],
    ["t.sorted", "{raw.x: [{id: 1}, {id: 2}]}", "{query: [{id: 1}, {id: 2}]}", "fail"],
    ["t.self", "{raw.x: [{id: 1, ds: 2024-01-01}]}", "{query: [{id: 1, ds: 2024-01-01}]}", "pass"],
    ["t.self", "{raw.x: [{id: 1}], t.self: [{id: 10}]}", "{query: [{id: 11}]}", "pass"],
    [
      "t.nested",
      "{raw.anything: [{a: [1, 2], b: {c: x}, d: null, e: true}]}",
      "{query: [{a: [1, 2], b: {c: x}, e: true}]}",
      "pass",
    ],
    ["t.nested", "{raw.anything: [{a: [1, 2], b: {c: x}}]}", "{query: [{a: [2, 1], b: {c: x}}]}", "fail"],
    [
      "t.nested",
      "{raw.anything: {columns: {n: 'decimal(10,2)'}, rows: [{n: '1.25'}]}}",
      "{query: [{n: 1.25}]}",
      "pass",
    ],
    ["t.sums", "{raw.x: [{id: 1, w: 2}]}", "{query: []}", "error"],
    ["t.sums", "{raw.x: [{id: 1}]}", "{query: [{nope: 1}]}", "error"],
    ["t.sums", "{raw.x: [{id: 1}]}", "{ctes: {gone: []}}", "error"],
    ["t.sums", "{}", "{query: []}", "error"],
    ["t.gone", "{raw.x: []}", "{query: []}", "skipped"],
  ])("%s with %s expects %s: %s", async (model, inputs, outputs, status) => {
    const result = await only(model, inputs, outputs);
    expect({ status: result.status, message: result.message }).toEqual({
      status,
      message: status === "pass" ? null : expect.any(String),
    });
  });
});

test("the clock stops at execution_time, and vars set range and variables", async () => {
  const vars = "{start: 2024-01-02, end: 2024-01-03, execution_time: '2024-01-05 01:00:00+02:00', factor: 9}";
  const rows =
    "{raw.x: [{id: 1, ds: 2024-01-01}, {id: 2, ds: 2024-01-02}, {id: 3, ds: 2024-01-03}, {id: 4, ds: 2024-01-04}]}";
  const expected =
    "{query: [{id: 2, today: 2024-01-04, f: 9, stage: testing}, {id: 3, today: '2024-01-04', f: 9, stage: testing}]}";
  expect(await only("t.days", rows, expected, vars)).toMatchObject({ status: "pass", message: null });
});

test("differences are rows when their number differs, else cells", async () => {
  const rows = await only(
    "t.sums",
    "{raw.x: [{id: 1, v: 2}, {id: 2, v: 3}]}",
    "{query: [{id: 1, total: 2}, {id: 3, total: 3}, {id: 4, total: 4}]}",
  );
  expect(rows.message).toBe(
    "query: missing rows\n  id: 3, total: 3\n  id: 4, total: 4\nquery: unexpected rows\n  id: 2, total: 3",
  );
  const cells = await only(
    "t.sums",
    "{raw.x: [{id: 1, v: 2}]}",
    "{query: [{id: 1, total: null}], ctes: {kept: [{id: 1, v: 2, ds: 2024-01-01}]}}",
  );
  expect(cells.message).toBe(
    "CTE kept: cells differ\n  row 1, ds: expected '2024-01-01 00:00:00', got NULL\nquery: cells differ\n  row 1, total: expected NULL, got 2",
  );
});

test("patterns select by path and name", () => {
  const tests = parseTests(
    [
      file(
        "test_alpha: {model: t.sums, outputs: {query: []}}\ntest_beta: {model: t.sums, outputs: {query: []}}",
      ),
      file("test_alphabet: {model: t.sums, outputs: {query: []}}", "tests/test_b.yaml"),
    ],
    project,
  );
  const names = (...patterns: string[]): string[] => selectTests(tests, patterns).map((found) => found.name);
  expect(names()).toEqual(["test_alpha", "test_beta", "test_alphabet"]);
  expect(names("*::test_alpha*")).toEqual(["test_alpha", "test_alphabet"]);
  expect(names("tests/test_t.yaml::test_alpha")).toEqual(["test_alpha"]);
  expect(names("beta", "test_b.yaml")).toEqual(["test_beta", "test_alphabet"]);
});

describe("tests that cannot be read name what is wrong", () => {
  test.each([
    ["{outputs: {query: []}}", "names no model", "model: schema.table"],
    ["{model: raw.x, outputs: {query: []}}", "an external model, which has no query", ""],
    ["{model: t.sums, inputs: {raw.x: []}}", "has no outputs", "query"],
    ["{model: t.sums, outputs: {partial: true}}", "neither query nor ctes", ""],
    ["{model: t.sums, inputs: {raw.y: []}, outputs: {query: []}}", "no input for raw.x", "`[]`"],
    [
      "{model: t.sums, inputs: {raw.x: {columns: [id], rows: []}}, outputs: {query: []}}",
      "columns must map names to types",
      "",
    ],
    [
      "{model: t.sums, inputs: {raw.x: {format: xml, rows: []}}, outputs: {query: []}}",
      "format xml is not known",
      "yaml or csv",
    ],
    [
      "{model: t.sums, inputs: {raw.x: {rows: [], query: SELECT 1}}, outputs: {query: []}}",
      "rows and query exclude each other",
      "",
    ],
    ["{model: t.sums, inputs: {raw.x: {}}, outputs: {query: []}}", "there are no rows", ""],
    ["{model: t.sums, inputs: {raw.x: [1]}, outputs: {query: []}}", "row 1 is no mapping", ""],
  ])("%s", (body, message, hint) => {
    try {
      parseTests([file(`test_one: ${body}`)], project);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SluiceError);
      expect((error as SluiceError).code).toBe("TEST_INVALID");
      expect((error as SluiceError).place).toEqual({ file: "tests/test_t.yaml", line: 1 });
      expect((error as SluiceError).sentence).toContain(message);
      expect((error as SluiceError).sentence).toContain(hint);
    }
  });
});

describe("types from the models above", () => {
  const asked: string[] = [];
  const run = async (rows: string): Promise<TestResult> => {
    asked.length = 0;
    const text = `test_one:\n  model: t.late\n  inputs: {t.mid: ${rows}}\n  outputs: {query: [{n: 1}]}\n`;
    const mid = aModel({
      name: "t.mid",
      kind: { name: "FULL" },
      columns: [
        { name: "id", type: null },
        { name: "ds", type: null },
      ],
    });
    const late = aModel({
      name: "t.late",
      kind: { name: "FULL" },
      sql: "SELECT COUNT(*) AS n FROM t.mid WHERE ds + INTERVAL 1 DAY > id * INTERVAL 1 DAY + DATE '2024-01-01'",
      dependsOn: ["t.mid"],
    });
    const facts = new Map([mid, late].map((model) => [model.name, model]));
    const own: TestProject = { ...project, facts };
    const [result] = await runUnitTests(parseTests([file(text)], own), {
      project: own,
      engine,
      gateway: "local",
      now: 0,
      model: async (name) => facts.get(name) as Model,
      typedColumns: async (name) => {
        asked.push(name);
        return [
          { name: "id", type: "INT" },
          { name: "ds", type: "DATE" },
        ];
      },
    });
    return result as TestResult;
  };

  test.each([
    { rows: "[{id: '1', ds: 2024-01-02}]", asks: ["t.mid"] },
    { rows: "[{id: 1}, {id: 1, ds: 2024-01-02}]", asks: [] },
    { rows: "[{id: 1, ds: 2024-01-02}]", asks: [] },
    { rows: "{columns: {ds: date}, rows: [{id: 1, ds: '2024-01-02'}]}", asks: [] },
    { rows: "[{ds: 2024-01-02}, {id: 1, ds: 2024-01-02}]", asks: [] },
  ])("$rows", async ({ rows, asks }) => {
    const result = await run(rows);
    expect([result.status, result.message]).toEqual(["pass", null]);
    expect(asked).toEqual(asks);
  });
});
