/** The columns a model's table gets, and the table itself, empty (spec plan-and-apply 10.3). */
import type { Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { managedColumns } from "./scd.ts";
import type { StepTexts } from "./step-texts.ts";

/**
 * Columns whose types the author gave, all of them; null = the query decides. A model that reads itself cannot be asked before
 * its table is there, so there the casts of its projections count as well.
 */
export function declaredColumns(model: Model): readonly Column[] | null {
  if (!(model.columnsDeclared || model.selfReferencing)) return null;
  if (model.columns === null || model.columns.length === 0) return null;
  return model.columns.every((column) => column.type !== null) ? model.columns : null;
}

/**
 * Creates the table without rows: from declared columns, else from what the query would give; those that the engine then has told.
 * `isNew`: it must not be there.
 */
export async function createEmptyTable(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  texts: StepTexts,
  isNew = false,
): Promise<readonly Column[] | null> {
  const { engine } = context;
  const { model } = texts;
  const declared = declaredColumns(model);
  const managed = "validFrom" in model.kind ? managedColumns(model.kind, engine.family) : [];
  // Another environment may build the same table at this moment.
  const options = { ifNotExists: !isNew, properties: model.physicalProperties };
  const query = declared === null ? texts.query() : "";
  if (declared === null && managed.length === 0)
    return engine.createTableLike(session, table, query, options);
  const columns = declared ?? (await engine.columnsOfQuery(query, session, table));
  const own = columns.filter(({ name }) => !managed.some((column) => column.name === name));
  await session.run(engine.statements.createTable(table, [...own, ...managed], options));
  return null;
}

/** Defines a view, or defines it anew under its readers. */
export async function createView(
  context: ApplyContext,
  session: Session,
  view: NameParts,
  query: string,
): Promise<void> {
  const { engine } = context;
  const text = engine.statements.createView(view, query);
  if (engine.traits.transactionalDdl) return void (await session.run(text));
  await engine.politely((own) => guarded(own, context).run(text));
}
