/** Unit tests: their status, and the rows or cells that differ. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openEngine } from "../../src/engine/open.ts";
import { SluiceError } from "../../src/errors.ts";
import { familyOf } from "../../src/sql/dialect.ts";
import { parseTests, type TestProject } from "../../src/testing/parse.ts";
import { runUnitTests, selectTests, type TestDifference, type TestResult } from "../../src/testing/run.ts";
import { minuteFloor } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";
import { differences, setDifferences } from "./compare.ts";
import { openProject } from "./project.ts";

interface ExpectedTest {
  readonly status: TestResult["status"];
  readonly diffs?: readonly ExpectedDifference[];
}

interface ExpectedDifference {
  readonly cte?: string;
  readonly cells?: readonly {
    readonly row: number;
    readonly column: string;
    readonly expected: unknown;
    readonly actual: unknown;
  }[];
  readonly missing_rows?: readonly Readonly<Record<string, unknown>>[];
  readonly unexpected_rows?: readonly Readonly<Record<string, unknown>>[];
}

export async function checkTest(stage: Stage): Promise<readonly string[]> {
  const results = await runAll(stage);
  const expected = (stage.expect["tests"] ?? {}) as Readonly<Record<string, ExpectedTest>>;
  const ours = new Map(results.map((result) => [result.name, result]));
  const found = setDifferences("tests", Object.keys(expected), [...ours.keys()]);
  for (const [name, wanted] of Object.entries(expected)) {
    const own = ours.get(name);
    if (own !== undefined) found.push(...compareTest(name, wanted, own));
  }
  return found;
}

async function runAll(stage: Stage): Promise<readonly TestResult[]> {
  const project = await openProject(stage);
  const { settings } = project;
  const tested: TestProject = {
    facts: project.facts,
    family: familyOf(settings.modelDefaults.dialect),
    defaultCatalog: settings.defaultCatalog,
    readFile: (path) => readFixture(stage.root, path),
  };
  const tests = selectTests(
    parseTests(project.tests, tested),
    (stage.args["patterns"] ?? []) as readonly string[],
  );
  await using engine = await openEngine(settings.testConnection, { directory: stage.root });
  return await runUnitTests(tests, {
    project: tested,
    model: project.model,
    engine,
    gateway: settings.gateway,
    now: minuteFloor(stage.now),
  });
}

function readFixture(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (cause) {
    throw new SluiceError("TEST_INVALID", `The fixture ${path} cannot be read`, { cause });
  }
}

function compareTest(name: string, expected: ExpectedTest, actual: TestResult): readonly string[] {
  if (expected.status !== actual.status) {
    const why = actual.message ?? JSON.stringify(actual.differences);
    return [`${name}: expected ${expected.status}, got ${actual.status} (${why})`];
  }
  if (expected.diffs === undefined) return [];
  const byCte = new Map(actual.differences.map((one) => [one.cte ?? "", one]));
  const ctes = setDifferences(
    `${name} differing`,
    expected.diffs.map((one) => one.cte ?? ""),
    [...byCte.keys()],
  );
  return [
    ...ctes,
    ...expected.diffs.flatMap((wanted) => {
      const own = byCte.get(wanted.cte ?? "");
      return own === undefined ? [] : differences(name, describeExpected(wanted), describeActual(own));
    }),
  ];
}

function describeExpected(one: ExpectedDifference): unknown {
  return {
    cells: (one.cells ?? []).map(describeCell).sort(),
    missing: (one.missing_rows ?? []).map(describeRow).sort(),
    unexpected: (one.unexpected_rows ?? []).map(describeRow).sort(),
  };
}

function describeActual(one: TestDifference): unknown {
  return {
    cells: one.cells.map(describeCell).sort(),
    missing: one.missing.map(describeRow).sort(),
    unexpected: one.unexpected.map(describeRow).sort(),
  };
}

function describeCell(cell: {
  readonly row: number;
  readonly column: string;
  readonly expected: unknown;
  readonly actual: unknown;
}): string {
  return `${cell.row} ${cell.column}: ${plain(cell.expected)} / ${plain(cell.actual)}`;
}

function describeRow(row: Readonly<Record<string, unknown>>): string {
  return Object.keys(row)
    .sort()
    .map((key) => `${key}=${plain(row[key])}`)
    .join(" ");
}

/** `2.0`, `2` and `"2"` are one number; of lists and structs only that they are such. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "object") return "nested";
  const text = String(value).replace(/ 00:00:00$/, "");
  return text !== "" && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}
