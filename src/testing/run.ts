/** Runs unit tests on an engine. A test is one SELECT: its fixtures stand in the text, nothing is created or dropped. */
import type { Engine } from "../engine/engine.ts";
import { messageOf, SluiceError, type SourcePlace } from "../errors.ts";
import type { MacroValue, Model, ModelName } from "../model/model.ts";
import { renderQuery } from "../model/render.ts";
import type { RenderContext, Resolution } from "../model/render-context.ts";
import { shownColumns } from "../model/shown-columns.ts";
import { normaliseIdentifier } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";
import { exclusiveEnd, parseInstant } from "../time/instant.ts";
import { compareRows, type RowDifference } from "./compare-rows.ts";
import { describeDifferences } from "./describe-differences.ts";
import { fixtureSql, leavesTypesOpen } from "./fixture.ts";
import { freezeTime } from "./frozen-time.ts";
import type { Expectation, TestProject, UnitTest } from "./parse.ts";
import { isOrdered, topLevelCtes } from "./query-shape.ts";
import type { DataRow, TableData } from "./table-data.ts";

export interface TestDifference extends RowDifference {
  /** Null for the query itself. */
  readonly cte: string | null;
}

export interface TestResult {
  readonly name: string;
  readonly place: SourcePlace;
  readonly model: string;
  readonly status: "pass" | "fail" | "error" | "skipped";
  /** Why it could not run, or what differs, in lines for people; null for `pass`. */
  readonly message: string | null;
  readonly differences: readonly TestDifference[];
}

export interface TestRun {
  readonly project: TestProject;
  readonly model: (name: ModelName) => Promise<Model>;
  readonly engine: Engine;
  /** For tests that name a gateway; absent = all run on `engine`. */
  readonly engineOf?: (gateway: string) => Promise<Engine>;
  readonly gateway: string;
  /** UTC milliseconds: relative dates in `vars` are read against it. */
  readonly now: number;
  readonly pythonMacros?: ReadonlyMap<string, SourcePlace>;
  /** Columns with the types that follow from the models above; asked only where a fixture leaves types open. Null = not known. */
  readonly typedColumns?: (name: ModelName) => Promise<readonly Column[] | null>;
}

/** Results in the order of the tests; a test that cannot run is a result, not an error. */
export async function runUnitTests(tests: readonly UnitTest[], run: TestRun): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) results.push(await runTest(test, run));
  return results;
}

/**
 * The tests that any pattern selects: `path::name` exactly, a pattern with `*` as a glob over `path::name`, else a part of it.
 * No patterns select all.
 */
export function selectTests(tests: readonly UnitTest[], patterns: readonly string[]): readonly UnitTest[] {
  if (patterns.length === 0) return tests;
  return tests.filter((test) => {
    const name = `${test.place.file}::${test.name}`;
    return patterns.some((pattern) => {
      if (pattern.includes("*")) return globOf(pattern).test(name);
      return pattern.includes("::") ? name === pattern : name.includes(pattern);
    });
  });
}

function globOf(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[\\s\\S]*")
      .replaceAll("?", ".")}$`,
  );
}

async function runTest(test: UnitTest, run: TestRun): Promise<TestResult> {
  const base = { name: test.name, place: test.place, model: test.model as string, differences: [] };
  if (!test.modelExists) {
    return { ...base, status: "skipped", message: `the model ${test.model} does not exist` };
  }
  try {
    const model = await run.model(test.model);
    const engine = test.gateway !== null && run.engineOf ? await run.engineOf(test.gateway) : run.engine;
    const differences = await compareOutputs(test, await testSql(test, model, engine, run), engine);
    if (differences.length === 0) return { ...base, status: "pass", message: null };
    return { ...base, status: "fail", message: describeDifferences(differences).join("\n"), differences };
  } catch (error) {
    return { ...base, status: "error", message: messageOf(error) };
  }
}

async function testSql(test: UnitTest, model: Model, engine: Engine, run: TestRun): Promise<string> {
  const { family } = engine;
  const fixtures = new Map<ModelName, string>();
  const add = async (name: ModelName, data: TableData): Promise<void> => {
    fixtures.set(name, fixtureSql(name, data, await columnsFor(name, data, run), family));
  };
  for (const [name, data] of test.inputs) await add(name, data);
  if (model.selfReferencing && !fixtures.has(model.name) && test.inputs.size > 0) {
    await add(model.name, { rows: [], query: null, types: new Map() });
  }
  const resolve = (name: ModelName): Resolution | null => {
    const sql = fixtures.get(name);
    return sql === undefined ? null : { kind: "table", sql };
  };
  const { executionTime, ...time } = timeOf(test, run.now);
  const context: RenderContext = {
    family,
    stage: "testing",
    ...time,
    executionTime: executionTime ?? 0,
    thisModel: engine.name(model.parts),
    resolve,
    gateway: test.gateway ?? run.gateway,
    defaultCatalog: run.project.defaultCatalog,
    variables: ownVariables(test),
    columnsOf: (name) => shownOf(name, run),
    ...(run.pythonMacros ? { pythonMacros: run.pythonMacros } : {}),
  };
  const sql = renderQuery(model, context);
  return executionTime === undefined ? sql : freezeTime(sql, executionTime, family);
}

/** Columns of an input as the project knows them; the models above are asked only for types that matter here. */
async function columnsFor(name: ModelName, data: TableData, run: TestRun): Promise<readonly Column[] | null> {
  const shown = shownOf(name, run);
  if (!run.typedColumns || !leavesTypesOpen(data, shown)) return shown;
  return (await run.typedColumns(name)) ?? shown;
}

function shownOf(name: ModelName, run: TestRun): readonly Column[] | null {
  const facts = run.project.facts.get(name);
  return facts ? shownColumns(facts) : null;
}

const timeName = /^(start|end|execution|latest)(?:_(?:ds|date|ts|tstz|dt|dtntz|epoch|millis|hour|time))?$/;

/** Variables of the project that the test overrides. Names are written in lower case: others are not found. */
function ownVariables(test: UnitTest): Record<string, MacroValue> {
  const own = Object.entries(test.vars).filter(
    ([name]) => !timeName.test(name) && name === name.toLowerCase(),
  );
  return Object.fromEntries(own) as Record<string, MacroValue>;
}

function timeOf(
  test: UnitTest,
  now: number,
): { readonly start?: number; readonly end?: number; readonly executionTime?: number } {
  const times: { start?: number; end?: number; executionTime?: number } = {};
  for (const [name, value] of Object.entries(test.vars)) {
    const word = timeName.exec(name)?.[1];
    if (word === undefined || (typeof value !== "string" && typeof value !== "number")) continue;
    const instant = parseInstant(value, now, {
      code: "TEST_INVALID",
      subject: `vars.${name}`,
      place: test.place,
    });
    if (word === "start") times.start = instant.at;
    else if (word === "end") times.end = exclusiveEnd(instant);
    else times.executionTime = instant.at;
  }
  return times;
}

async function compareOutputs(test: UnitTest, sql: string, engine: Engine): Promise<TestDifference[]> {
  const differences: TestDifference[] = [];
  const compare = async (
    query: string,
    expected: Expectation,
    ordered: boolean,
    cte: string | null,
  ): Promise<void> => {
    const found = await compareOutput(query, expected, ordered, engine, cte);
    if (found) differences.push({ ...found, cte });
  };
  const ctes = test.ctes.size === 0 ? [] : topLevelCtes(sql, engine.family);
  for (const [name, expected] of test.ctes) {
    const cte = ctes.find((candidate) => candidate.name === name);
    if (!cte) {
      throw new SluiceError("TEST_INVALID", `The query has no CTE ${name}`, {
        place: test.place,
        hint:
          ctes.length === 0
            ? "It has none."
            : `Its CTEs are ${ctes.map((candidate) => candidate.name).join(", ")}.`,
      });
    }
    await compare(cte.sql, expected, cte.ordered, name);
  }
  if (test.query) await compare(sql, test.query, isOrdered(sql, engine.family), null);
  return differences;
}

async function compareOutput(
  sql: string,
  { data, partial }: Expectation,
  ordered: boolean,
  engine: Engine,
  cte: string | null,
): Promise<RowDifference | null> {
  const columns = (await engine.columnsOfQuery(sql)).map((column) => normalised(column, engine));
  const actual = await rowsOf(sql, engine);
  const expected = data.query === null ? (data.rows ?? []) : await rowsOf(data.query, engine);
  const mentioned = new Set(expected.flatMap((row) => Object.keys(row)));
  const unknown = [...mentioned].filter((name) => !columns.some((column) => column.name === name));
  if (unknown.length > 0) {
    throw new SluiceError(
      "TEST_INVALID",
      `${cte === null ? "The query" : `The CTE ${cte}`} has no column ${unknown.join(", ")}`,
      {
        hint: `Its columns are ${columns.map((column) => column.name).join(", ")}.`,
      },
    );
  }
  const compared = partial ? columns.filter((column) => mentioned.has(column.name)) : columns;
  return compareRows(expected, actual, compared, ordered);
}

async function rowsOf(sql: string, engine: Engine): Promise<DataRow[]> {
  const rows = await engine.query(sql);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [normaliseIdentifier(name, engine.family), value]),
    ),
  );
}

function normalised(column: Column, engine: Engine): Column {
  return { ...column, name: normaliseIdentifier(column.name, engine.family) };
}
