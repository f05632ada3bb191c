/** A warehouse of a recorded project: opened, set up, and read as text. */
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open.ts";
import type { Project } from "../../src/project/project.ts";
import type { Stage } from "./case.ts";
import { differences, sameType } from "./compare.ts";

export interface RecordedTable {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs the case's `setup` statements first. */
export async function openWarehouse(stage: Stage, project: Project): Promise<Engine> {
  const engine = await openEngine(project.settings.connection, { directory: stage.root });
  for (const statement of (stage.args["setup"] ?? []) as readonly string[]) await engine.run(statement);
  return engine;
}

/** Columns, types and rows of a query, every value as the warehouse writes it. */
export async function readTable(engine: Engine, sql: string): Promise<RecordedTable> {
  const columns = await engine.columnsOfQuery(sql);
  const names = columns.map((_, i) => `c${i}`);
  const list = names.map((name) => `${name}::VARCHAR AS ${name}`).join(", ");
  const rows = await engine.query(`SELECT ${list} FROM (${sql}) AS t(${names.join(", ")})`);
  return {
    columns: columns.map(({ name }) => name),
    types: columns.map(({ type }) => type ?? ""),
    rows: rows.map((row) => names.map((name) => (row[name] === null ? null : String(row[name])))),
  };
}

/** Rows are sorted by text unless their order was asked for. */
export function compareTable(
  path: string,
  expected: RecordedTable,
  actual: RecordedTable,
  ordered: boolean,
): readonly string[] {
  const sorted = (rows: RecordedTable["rows"]) =>
    ordered ? rows : [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const types = expected.types.flatMap((type, i) => {
    const own = actual.types[i] ?? "nothing";
    return sameType(type, own) ? [] : [`${path}.types.${expected.columns[i]}: expected ${type}, got ${own}`];
  });
  return [
    ...differences(`${path}.columns`, expected.columns, actual.columns),
    ...types,
    ...differences(`${path}.rows`, sorted(expected.rows), sorted(actual.rows)),
  ];
}
