/**
 * Columns of the tables that forward-only changes keep, and what the new definitions would give, both asked of the engine:
 * only it knows its types. Reads nothing but catalogs. What it cannot tell before the plan has run stays unknown.
 */
import { type Engine, nameKey } from "../engine/engine.ts";
import { physicalName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { renderQuery } from "../model/render.ts";
import type { Resolution } from "../model/render-context.ts";
import { compareColumns } from "../plan/columns.ts";
import type { Comparison } from "../plan/comparison.ts";
import type { LiveColumns, LiveColumnsByModel } from "../plan/evolution.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";

export interface LiveColumnsInput {
  readonly engine: Engine;
  readonly comparison: Comparison;
  readonly now: number;
  /** The definition a node of the plan will have; null when it is not at hand. */
  readonly load: (name: ModelName) => Promise<Model | null>;
}

/** Parents first, since a child may take over a column or a type. Entries only for tables that exist and may change. */
export async function findLiveColumns(input: LiveColumnsInput): Promise<LiveColumnsByModel> {
  const { comparison, engine } = input;
  const { liveTables } = comparison.needs;
  if (liveTables.length === 0) return new Map();
  const present = await engine.columnsOfAll(liveTables.map(({ table }) => table));
  const found = new Map<ModelName, LiveColumns>();
  const moving = new Set<ModelName>();
  const tables = new Map(liveTables.map(({ name, table }) => [name, present.get(nameKey(table)) ?? []]));
  for (const name of comparison.lineage.order) {
    const columns = tables.get(name);
    const direct = comparison.candidates.get(name)?.change === "directly_modified";
    const above = (comparison.lineage.parents.get(name) ?? []).some((parent) => moving.has(parent));
    if (columns === undefined || columns.length === 0) {
      // A view in between shows what is above it.
      if (above) moving.add(name);
      continue;
    }
    if (!direct && !above) continue;
    const wanted = await wantedColumns(name, input, found);
    found.set(name, { present: columns, wanted });
    if (wanted === null || changes(wanted, columns)) moving.add(name);
  }
  return found;
}

function changes(wanted: readonly Column[], present: readonly Column[]): boolean {
  const { added, removed, retyped } = compareColumns(wanted, present);
  return added.length + removed.length + retyped.length > 0;
}

async function wantedColumns(
  name: ModelName,
  input: LiveColumnsInput,
  above: ReadonlyMap<ModelName, LiveColumns>,
): Promise<readonly Column[] | null> {
  const { engine } = input;
  const model = await input.load(name);
  if (model === null) return null;
  const declared = model.columnsDeclared ? model.columns : null;
  try {
    if (declared !== null && declared.length > 0 && declared.every(({ type }) => type !== null)) {
      return await engine.columnsAs(declared, undefined, input.comparison.candidates.get(name)?.facts.parts);
    }
    return await engine.columnsOfQuery(await queryOver(model, input, above));
  } catch (error) {
    // A parent that does not exist yet, a type the engine cannot cast to: names may be known, types are not.
    if (!(error instanceof SluiceError) || error.code === "INTERNAL") throw error;
    return model.columns?.map(({ name: column }) => ({ name: column, type: null })) ?? null;
  }
}

/** The query over the tables of production; a parent that changes with this plan is an empty relation of its new columns. */
async function queryOver(
  model: Model,
  input: LiveColumnsInput,
  above: ReadonlyMap<ModelName, LiveColumns>,
): Promise<string> {
  const { engine, comparison, now } = input;
  const embedded = new Map<ModelName, Model>();
  for (const name of model.dependsOn) {
    if (comparison.nodes.get(name)?.kind.name !== "EMBEDDED") continue;
    const one = await input.load(name);
    if (one !== null) embedded.set(name, one);
  }
  const resolve = (name: ModelName): Resolution | null => {
    const inlined = embedded.get(name);
    if (inlined !== undefined) return { kind: "embedded", model: inlined };
    const wanted = above.get(name)?.wanted;
    if (wanted && name !== model.name) return { kind: "table", sql: emptyRelation(wanted, engine) };
    const { before = null, facts } = comparison.candidates.get(name) ?? {};
    if (before !== null) return { kind: "table", sql: engine.name(physicalName(before, false)) };
    return facts?.kind.name === "EXTERNAL" ? { kind: "table", sql: engine.name(facts.parts) } : null;
  };
  return renderQuery(model, {
    family: engine.family,
    stage: "creating",
    executionTime: now,
    thisModel: model.displayName,
    resolve,
    gateway: model.gateway ?? "",
    defaultCatalog: engine.defaultCatalog,
  });
}

function emptyRelation(columns: readonly Column[], engine: Engine): string {
  const casts = columns.map(
    ({ name, type }) => `CAST(NULL AS ${type ?? "TEXT"}) AS ${quoteIdentifier(name, engine.family)}`,
  );
  return `(SELECT ${casts.join(", ")})`;
}
