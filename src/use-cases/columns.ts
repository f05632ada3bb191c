/**
 * Output columns of models whose own text does not tell them (a star, an unnamed expression): asked of the analyser, parents
 * first, and only for the models a plan needs. What the analyser cannot tell stays unknown.
 */
import type { Model, ModelFacts, ModelName } from "../model/model.ts";
import { shownColumns } from "../model/shown-columns.ts";
import type { Comparison } from "../plan/comparison.ts";
import type { Project } from "../project/project.ts";
import { type Analyser, openAnalyser } from "../sql/analysis/analyser.ts";
import { familyOf } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";
import { renderForComparison } from "./rendering.ts";

export interface ColumnFinder {
  /** Null = not known. */
  readonly of: (name: ModelName) => readonly Column[] | null;
}

/** Columns of every model that `comparison.needs.columnsOf` lists, and of those facts that know theirs. */
export async function findColumns(
  project: Project,
  comparison: Comparison,
  models: ReadonlyMap<ModelName, Model>,
): Promise<ColumnFinder> {
  const found = new Map<ModelName, readonly Column[] | null>();
  if (comparison.needs.columnsOf.length > 0) {
    await using analyser = openAnalyser();
    const search: Search = {
      analyser,
      found,
      facts: comparison.nodes,
      load: async (name) => models.get(name) ?? (project.facts.has(name) ? await project.model(name) : null),
    };
    for (const name of comparison.needs.columnsOf) await columnsOf(name, search, new Set());
  }
  return { of: (name) => found.get(name) ?? comparison.nodes.get(name)?.columns ?? null };
}

export interface TypedColumns extends AsyncDisposable {
  /** Null = not known. The analyser starts with the first question. */
  readonly of: (name: ModelName) => Promise<readonly Column[] | null>;
}

/** Columns as readers of a model see them, with the types that follow from the models above. */
export function openTypedColumns(project: Pick<Project, "facts" | "model">): TypedColumns {
  const analyser = openAnalyser();
  const { facts } = project;
  const search: Search = {
    analyser,
    facts,
    found: new Map(),
    typed: true,
    load: async (name) => (facts.has(name) ? await project.model(name) : null),
  };
  return {
    of: async (name) => {
      const own = facts.get(name);
      const columns = await columnsOf(name, search, new Set());
      return own ? shownColumns(own, columns) : columns;
    },
    [Symbol.asyncDispose]: () => analyser[Symbol.asyncDispose](),
  };
}

interface Search {
  readonly analyser: Analyser;
  readonly found: Map<ModelName, readonly Column[] | null>;
  readonly facts: ReadonlyMap<ModelName, ModelFacts>;
  readonly load: (name: ModelName) => Promise<Model | null>;
  /** Names alone are not enough. */
  readonly typed?: boolean;
}

async function columnsOf(
  name: ModelName,
  search: Search,
  above: ReadonlySet<ModelName>,
): Promise<readonly Column[] | null> {
  const told = search.facts.get(name)?.columns ?? null;
  const known = search.found.get(name) ?? told;
  if (search.found.has(name) || above.has(name)) return known;
  if (known !== null && !(search.typed && known.some(({ type }) => type === null))) return known;
  const columns = withTypes(told, await analyse(name, search, new Set([...above, name])));
  search.found.set(name, columns);
  return columns;
}

/** The text's own names and types count first. */
function withTypes(
  told: readonly Column[] | null,
  analysed: readonly Column[] | null,
): readonly Column[] | null {
  if (told === null || analysed === null) return told ?? analysed;
  const types = new Map(analysed.map(({ name, type }) => [name, type]));
  return told.map(({ name, type }) => ({ name, type: type ?? types.get(name) ?? null }));
}

async function analyse(
  name: ModelName,
  search: Search,
  above: ReadonlySet<ModelName>,
): Promise<readonly Column[] | null> {
  const model = await search.load(name);
  const sql = model ? renderForComparison(model, familyOf(model.dialect)) : null;
  if (!model || sql === null) return null;
  const schema: Record<string, readonly Column[]> = {};
  for (const parent of model.dependsOn) {
    const facts = search.facts.get(parent);
    const own = await columnsOf(parent, search, above);
    const columns = facts ? shownColumns(facts, own) : own;
    if (columns) schema[parent] = columns;
  }
  const answers = await search.analyser.columns([{ id: name, sql, dialect: model.dialect, schema }]);
  return answers.get(name) ?? null;
}
