/**
 * Unit tests of models as their files say them (spec project-format 8.1). Pure: a file named by a fixture is read through
 * {@link TestProject.readFile}.
 */
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { toModelName } from "../model/name.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import { readTableData, type TableData } from "./table-data.ts";

/** One file of tests, Jinja rendered and YAML read. */
export interface UnitTestFile {
  readonly path: string;
  readonly tests: Readonly<Record<string, unknown>>;
  lineOf(path: readonly (string | number)[]): number | undefined;
  /** The scalar at the path is written without quotes: a date then is a date. */
  isPlain?(path: readonly (string | number)[]): boolean;
}

/** What tests need to know of their project. */
export interface TestProject {
  readonly facts: ReadonlyMap<ModelName, ModelFacts>;
  /** Of the project's default dialect: names of inputs and CTEs are read in it. */
  readonly family: DialectFamily;
  readonly defaultCatalog?: string | undefined;
  /** Text of a fixture file by its path from the project root. Throws TEST_INVALID. */
  readonly readFile: (path: string) => string;
}

/** A table or a result, given as rows or as a query. */
export interface Expectation {
  readonly data: TableData;
  /** Compare only columns that some row mentions. */
  readonly partial: boolean;
}

export interface UnitTest {
  readonly name: string;
  readonly place: SourcePlace;
  readonly model: ModelName;
  /** False: a warning, and the test is skipped. */
  readonly modelExists: boolean;
  readonly gateway: string | null;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly inputs: ReadonlyMap<ModelName, TableData>;
  readonly query: Expectation | null;
  readonly ctes: ReadonlyMap<string, Expectation>;
}

/** All tests of the files, in order. Throws TEST_INVALID with file and line for the first one that cannot be run. */
export function parseTests(files: readonly UnitTestFile[], project: TestProject): UnitTest[] {
  return files.flatMap((file) =>
    Object.entries(file.tests).map(([name, body]) => parseTest(name, body, file, project)),
  );
}

function parseTest(name: string, body: unknown, file: UnitTestFile, project: TestProject): UnitTest {
  const reader = new TestReader(name, file, project);
  if (!isMapping(body))
    throw reader.error([], `${name} must be a mapping`, "Give it model, inputs and outputs.");
  const written = body["model"];
  if (typeof written !== "string" || written === "") {
    throw reader.error([], `${name} names no model`, "Add `model: schema.table`.");
  }
  const model = reader.modelName(written);
  const facts = project.facts.get(model);
  if (facts && (facts.kind.name === "SEED" || facts.kind.name === "EXTERNAL")) {
    throw reader.error(
      ["model"],
      `${written} is ${facts.kind.name === "SEED" ? "a seed" : "an external model"}, which has no query to test`,
      "Test a model that reads it.",
    );
  }
  const inputs = reader.inputs(body["inputs"]);
  if (facts && inputs.size > 0) requireInputs(reader, facts, inputs);
  return {
    name,
    place: reader.place([]),
    model,
    modelExists: facts !== undefined,
    gateway: typeof body["gateway"] === "string" ? body["gateway"] : null,
    vars: isMapping(body["vars"]) ? body["vars"] : {},
    inputs,
    ...reader.outputs(body["outputs"]),
  };
}

function requireInputs(
  reader: TestReader,
  facts: ModelFacts,
  inputs: ReadonlyMap<ModelName, TableData>,
): void {
  const missing = facts.dependsOn.find((name) => !inputs.has(name));
  if (missing === undefined) return;
  throw reader.error(
    ["inputs"],
    `${reader.name} gives no input for ${missing}, which ${facts.displayName} reads`,
    "Add it to `inputs`; `[]` makes it empty.",
  );
}

class TestReader {
  readonly name: string;
  private readonly file: UnitTestFile;
  private readonly project: TestProject;

  constructor(name: string, file: UnitTestFile, project: TestProject) {
    this.name = name;
    this.file = file;
    this.project = project;
  }

  place(path: readonly (string | number)[]): SourcePlace {
    const line = this.file.lineOf([this.name, ...path]);
    return { file: this.file.path, ...(line === undefined ? {} : { line }) };
  }

  error(path: readonly (string | number)[], message: string, hint: string): SluiceError {
    return new SluiceError("TEST_INVALID", message, { place: this.place(path), hint });
  }

  modelName(written: string): ModelName {
    const { family, defaultCatalog } = this.project;
    return toModelName(parseName(written, family), family, defaultCatalog);
  }

  inputs(value: unknown): ReadonlyMap<ModelName, TableData> {
    if (value === undefined || value === null) return new Map();
    if (!isMapping(value))
      throw this.error(["inputs"], "inputs must be a mapping", "Write `table: [rows]` below it.");
    return new Map(
      Object.entries(value).map(
        ([table, data]) => [this.modelName(table), this.data(data, ["inputs", table])] as const,
      ),
    );
  }

  outputs(value: unknown): Pick<UnitTest, "query" | "ctes"> {
    if (!isMapping(value))
      throw this.error([], `${this.name} has no outputs`, "Add `outputs` with `query` or `ctes`.");
    const ctes = value["ctes"];
    if (value["query"] === undefined && !isMapping(ctes)) {
      throw this.error(
        ["outputs"],
        `the outputs of ${this.name} have neither query nor ctes`,
        "Say what rows are expected; `[]` means none.",
      );
    }
    const partial = value["partial"] === true;
    const named = Object.entries(isMapping(ctes) ? ctes : {}).map(([cte, data]) => {
      const key = this.project.family === "duckdb" ? cte.toLowerCase() : cte;
      return [key, this.expectation(data, ["outputs", "ctes", cte], partial)] as const;
    });
    return {
      query:
        value["query"] === undefined ? null : this.expectation(value["query"], ["outputs", "query"], partial),
      ctes: new Map(named),
    };
  }

  private expectation(value: unknown, path: readonly string[], partial: boolean): Expectation {
    const own = isMapping(value) && value["partial"] === true;
    const data = this.data(value, path);
    return { data, partial: own || (partial && data.query === null) };
  }

  private data(value: unknown, path: readonly string[]): TableData {
    return readTableData(value, {
      family: this.project.family,
      readFile: this.project.readFile,
      isPlain: (rest) => this.file.isPlain?.([this.name, ...path, ...rest]) ?? false,
      fail: (message, hint) => {
        throw this.error(path, `${path.join(".")} of ${this.name}: ${message}`, hint);
      },
    });
  }
}

/** A YAML mapping. */
function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
