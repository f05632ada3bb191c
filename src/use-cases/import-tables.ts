/** What stands in the warehouse under the names SQLMesh gave: read in a fixed number of queries, columns asked model by model. */
import { type AdoptedModel, foreignTable } from "../adopt/adoption.ts";
import { type ColumnVerdict, compareTableColumns } from "../adopt/compare-columns.ts";
import type { ForeignSnapshot } from "../adopt/foreign-production.ts";
import { type Engine, nameKey, type ObjectType } from "../engine/engine.ts";
import {
  describeName,
  physicalName,
  prod,
  showsByView,
  viewName,
  viewNamingOf,
} from "../environment/naming.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { renderQuery } from "../model/render.ts";
import type { Resolution } from "../model/render-context.ts";
import { seedColumns } from "../model/seed-columns.ts";
import { shownColumns } from "../model/shown-columns.ts";
import type { PlanningSettings } from "../plan/settings.ts";
import type { Project } from "../project/project.ts";
import { hasPhysicalObject, isPlainView } from "../snapshot/kind.ts";
import type { Lineage } from "../snapshot/lineage.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";

export interface ImportObjects {
  readonly types: ReadonlyMap<string, ObjectType>;
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  /** Texts of production's views and of physical views. */
  readonly texts: ReadonlyMap<string, string>;
  readonly viewOf: (snapshot: Snapshot) => NameParts;
}

export async function readImportObjects(
  engine: Engine,
  snapshots: readonly Snapshot[],
  settings: PlanningSettings,
): Promise<ImportObjects> {
  const naming = viewNamingOf(prod, settings);
  const viewOf = ({ facts }: Snapshot): NameParts => viewName(facts.parts, prod, naming);
  const built = snapshots.filter(({ facts }) => hasPhysicalObject(facts));
  const tables = built.map((snapshot) => physicalName(snapshot, false));
  const views = built.filter(({ facts }) => showsByView(facts, prod)).map(viewOf);
  return {
    types: await engine.objects(tables),
    columns: await engine.columnsOfAll(tables),
    texts: await engine.viewTexts([...tables, ...views]),
    viewOf,
  };
}

export interface TableQuestion {
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly foreign: ForeignSnapshot;
  readonly engine: Engine;
  readonly project: Project;
  readonly lineage: Lineage;
  readonly objects: ImportObjects;
  readonly now: number;
  readonly taken: ReadonlyMap<ModelName, AdoptedModel>;
}

/** Why the table is not what the model says, in sentences; none when it is. */
export async function tableReasons(question: TableQuestion): Promise<ColumnVerdict> {
  const { snapshot, foreign, objects } = question;
  const table = foreignTable(snapshot, foreign);
  const refuse = (reason: string): ColumnVerdict => ({ reasons: [reason], notes: [] });
  if (table === null) return refuse("SQLMesh named its table in a way Sluice does not");
  const wanted = isPlainView(snapshot.facts) ? "view" : "table";
  const type = objects.types.get(nameKey(table));
  if (type === undefined) return refuse(`its ${wanted} ${describeName(table)} is not there`);
  if (type !== wanted) return refuse(`${describeName(table)} is a ${type}, not a ${wanted}`);
  const shown = viewReasons(question, table);
  if (shown.length > 0) return { reasons: shown, notes: [] };
  const columns = await wantedColumns(question);
  if (typeof columns === "string") return refuse(columns);
  return compareTableColumns(
    columns,
    objects.columns.get(nameKey(table)) ?? [],
    hasDeclaredTypes(snapshot.facts),
  );
}

/** Production's view has to show the table, and a physical view has to read those of its parents. */
function viewReasons(question: TableQuestion, table: NameParts): readonly string[] {
  const { snapshot, objects, lineage, taken } = question;
  const reasons: string[] = [];
  if (showsByView(snapshot.facts, prod)) {
    const view = objects.viewOf(snapshot);
    const text = objects.texts.get(nameKey(view));
    if (text === undefined) reasons.push(`production has no view ${describeName(view)}`);
    else if (!names(text, table))
      reasons.push(`the view ${describeName(view)} does not show ${describeName(table)}`);
  }
  if (!isPlainView(snapshot.facts)) return reasons;
  const text = objects.texts.get(nameKey(table)) ?? "";
  for (const parent of lineage.parents.get(snapshot.name) ?? []) {
    const read = taken.get(parent)?.snapshot;
    if (read === undefined || !hasPhysicalObject(read.facts) || names(text, physicalName(read, false)))
      continue;
    reasons.push(`its view reads another table than that of ${parent}`);
  }
  return reasons;
}

/** As a whole word: one version may begin with another. */
function names(text: string, { table }: NameParts): boolean {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_$]+/u)
    .includes(table.toLowerCase());
}

function hasDeclaredTypes({ columnsDeclared, columns }: Snapshot["facts"]): boolean {
  return columnsDeclared && (columns ?? []).length > 0 && !columns?.some(({ type }) => type === null);
}

/** In the engine's own types as far as it can tell them; a sentence when it cannot. */
async function wantedColumns(question: TableQuestion): Promise<readonly Column[] | string> {
  const { engine, model, snapshot } = question;
  const { facts } = snapshot;
  // Its schema is there: the table was found in it.
  const near = physicalName(snapshot, false);
  try {
    if (hasDeclaredTypes(facts)) {
      const own = await engine.columnsAs(facts.columns ?? [], undefined, near);
      return shownColumns(facts, own) ?? own;
    }
    if (model.seed !== undefined && model.kind.name === "SEED") {
      const named = seedColumns(model.seed.content, model.kind.csv, { file: model.path });
      return named.map(({ name }) => ({ name, type: null }));
    }
    const own = await engine.columnsOfQuery(queryOver(question), undefined, near);
    return withoutKeptTypes(facts, shownColumns(facts, own) ?? own);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === "INTERNAL") throw error;
    return `the warehouse cannot tell the columns of its query: ${messageOf(error)}`;
  }
}

/** The columns that a kind keeps beside the query's have the type their table was made with. */
function withoutKeptTypes(facts: Snapshot["facts"], columns: readonly Column[]): readonly Column[] {
  const { kind } = facts;
  if (!("validFrom" in kind)) return columns;
  const kept = new Set([kind.validFrom, kind.validTo]);
  return columns.map((column) => (kept.has(column.name) ? { name: column.name, type: null } : column));
}

/** The query over the tables that are adopted. */
function queryOver({ model, engine, taken, snapshot, now }: TableQuestion): string {
  const resolve = (name: ModelName): Resolution | null => {
    const known = name === snapshot.name ? snapshot : taken.get(name)?.snapshot;
    if (known === undefined) return null;
    const { kind } = known.facts;
    const inlined = taken.get(name)?.model;
    if (kind.name === "EMBEDDED" && inlined !== undefined) return { kind: "embedded", model: inlined };
    return { kind: "table", sql: engine.name(physicalName(known, false)) };
  };
  return renderQuery(model, {
    family: engine.family,
    stage: "creating",
    executionTime: now,
    thisModel: engine.name(physicalName(snapshot, false)),
    resolve,
    gateway: model.gateway ?? "",
    defaultCatalog: engine.defaultCatalog,
  });
}
