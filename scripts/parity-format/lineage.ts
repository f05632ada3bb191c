/** What the analyser knows of the models' queries: columns behind a star, and where columns come from. */
import type { Model, ModelName } from "../../src/model/model.ts";
import { expandQuery } from "../../src/model/render.ts";
import { shownColumns } from "../../src/model/shown-columns.ts";
import type { Project } from "../../src/project/project.ts";
import { type Analyser, type AnalysisRequest, openAnalyser } from "../../src/sql/analysis/analyser.ts";
import type { Column } from "../../src/sql/name-parts.ts";
import { minuteFloor } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";
import { differences } from "./compare.ts";
import { withCatalog } from "./describe-model.ts";
import { namesByRecord } from "./project.ts";

export type KnownColumns = ReadonlyMap<ModelName, readonly Column[]>;

/** Columns of every model, parents first; those the project knows already are not asked for. */
export async function analyseColumns(stage: Stage, project: Project): Promise<KnownColumns> {
  const known = new Map<ModelName, readonly Column[]>();
  await using analyser = openAnalyser();
  for (const name of project.graph.order) {
    const facts = project.facts.get(name);
    if (facts === undefined) continue;
    const model = await project.model(name);
    const columns = facts.columns ?? (await askColumns(analyser, stage, model, known));
    const shown = shownColumns(facts, columns);
    if (shown !== null) known.set(name, shown);
  }
  return known;
}

async function askColumns(
  analyser: Analyser,
  stage: Stage,
  model: Model,
  known: KnownColumns,
): Promise<readonly Column[] | null> {
  if (!model.query) return null;
  return (await analyser.columns([requestOf(stage, model, known)])).get(model.name) ?? null;
}

export async function checkLineage(stage: Stage, project: Project): Promise<readonly string[]> {
  const expected = stage.expect["lineage"] as
    | Readonly<Record<string, Readonly<Record<string, unknown>>>>
    | undefined;
  if (expected === undefined) return [];
  const known = await analyseColumns(stage, project);
  const names = namesByRecord(project);
  const found: string[] = [];
  await using analyser = openAnalyser();
  for (const [recorded, wanted] of Object.entries(expected)) {
    const name = names.get(recorded);
    if (name === undefined) continue;
    const model = await project.model(name);
    const lineage = (await analyser.lineage([requestOf(stage, model, known)])).get(name);
    if (!lineage) {
      found.push(`lineage.${recorded}: ${analyser.warnings.map((warning) => warning.text).join(" ")}`);
      continue;
    }
    const actual = Object.fromEntries(
      lineage.map(({ column, sources }) => [column, bySource(sources, project)]),
    );
    found.push(...differences(`lineage.${recorded}`, sorted(wanted), sorted(actual)));
  }
  return found;
}

function bySource(
  sources: readonly { readonly table: string; readonly column: string }[],
  project: Project,
): Record<string, string[]> {
  const tables: Record<string, string[]> = {};
  for (const { table, column } of sources) {
    const name = withCatalog(table, project.settings.defaultCatalog);
    // The dialect of these names does not tell upper from lower case.
    const plain = project.settings.family === "duckdb" ? column.toLowerCase() : column;
    tables[name] = [...new Set([...(tables[name] ?? []), plain])].sort();
  }
  return tables;
}

function requestOf(stage: Stage, model: Model, known: KnownColumns): AnalysisRequest {
  const sql = expandQuery(model, {
    family: model.dialect === "duckdb" ? "duckdb" : "mysql",
    stage: "loading",
    executionTime: minuteFloor(stage.now),
    thisModel: model.name,
    resolve: () => null,
    gateway: "",
    columnsOf: (name) => known.get(name) ?? null,
  });
  return { id: model.name, sql, dialect: model.dialect, schema: Object.fromEntries(known) };
}

/** Keys and lists in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
