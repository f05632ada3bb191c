/** Runs the project's unit tests on the test connection, when that speaks the dialect of the models. */
import { readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open.ts";
import { SluiceError } from "../errors.ts";
import { familyOf } from "../sql/dialect.ts";
import { parseTests } from "../testing/parse.ts";
import { runUnitTests, selectTests, type TestResult } from "../testing/run.ts";
import { openTypedColumns } from "./columns.ts";
import type { Workspace } from "./workspace.ts";

export interface TestOptions {
  /** `path::name`, a part of it, or `*` as wildcard; all when left out. */
  readonly match?: readonly string[];
}

export interface TestReport {
  readonly results: readonly TestResult[];
  readonly passed: number;
  /** Failed or could not run. */
  readonly failed: number;
}

/** A result per test, in the order of the files; a failing test is a result, not an error. Throws TEST_INVALID. */
export async function runTests(workspace: Workspace, options: TestOptions): Promise<TestReport> {
  const { directory, paths, now, offline } = workspace.options;
  const { settings, facts, tests: files, model } = await workspace.project();
  const project = {
    facts,
    family: settings.family,
    defaultCatalog: settings.defaultCatalog,
    readFile: (path: string) => readFixture(resolve(directory, paths[0] ?? "."), path),
  };
  const tests = selectTests(parseTests(files, project), options.match ?? []);
  if (tests.length === 0) return reportOf([]);
  await using columns = openTypedColumns({ facts, model });
  const run = async (engine: Engine): Promise<TestReport> =>
    reportOf(
      await runUnitTests(tests, {
        project,
        model,
        engine,
        gateway: settings.gateway,
        now: now(),
        typedColumns: columns.of,
      }),
    );
  // Models are not translated. The project's own warehouse can run them all: a test only reads, and only its fixtures.
  if (familyOf(settings.testConnection.type) !== settings.family || offline)
    return run(await workspace.engine());
  await using engine = await openEngine(settings.testConnection, workspace.openOptions);
  return await run(engine);
}

function reportOf(results: readonly TestResult[]): TestReport {
  const of = (...statuses: readonly TestResult["status"][]): number =>
    results.filter((result) => statuses.includes(result.status)).length;
  return { results, passed: of("pass"), failed: of("fail", "error") };
}

function readFixture(root: string, path: string): string {
  try {
    return readFileSync(isAbsolute(path) ? path : join(root, path), "utf8");
  } catch (cause) {
    throw new SluiceError("TEST_INVALID", `The fixture file ${path} cannot be read`, {
      hint: "Paths of fixtures start at the project's root.",
      cause,
    });
  }
}
