/** The physical object of a snapshot before it has rows: an empty table, or a view's definition. */
import { nameKey, type Session } from "../engine/engine.ts";
import { isSymbolic, type Model } from "../model/model.ts";
import { renderQuery } from "../model/render.ts";
import type { RenderContext } from "../model/render-context.ts";
import type { Step } from "../plan/step.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { writeComments } from "./comments.ts";
import type { Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { runModelStatements } from "./model-statements.ts";
import { buildContext } from "./rendering.ts";
import { createEmptyTable, createView } from "./table-shape.ts";

export async function createTable(
  context: ApplyContext,
  step: Extract<Step, { kind: "create-table" }>,
): Promise<Unit> {
  const { definitions } = context;
  const model = definitions.model(step.snapshot);
  const render = await buildContext(context, step, "creating", null);
  const isView = model.kind.name === "VIEW";
  const create = async (session: Session): Promise<void> => {
    if (isSymbolic(model.kind)) return;
    await runModelStatements(session, model, "pre", render);
    if (isView) await createView(context, session, step.table, renderQuery(model, render));
    else await createTableOfOwn(context, session, model, step.table, render);
    if (!step.dev) await writeComments(context, session, step.table, isView ? "view" : "table", model);
  };
  const ending = isSymbolic(model.kind) ? [] : model.postStatements;
  return {
    step,
    table: step.table,
    stage: create,
    // With the journal row, so that what they write is there once.
    ...(ending.length === 0
      ? {}
      : { write: (session) => runModelStatements(session, model, "post", render) }),
  };
}

/** Where it was not there when the apply began nobody else may have made it since, or what is known of it would not be true. */
async function createTableOfOwn(
  context: ApplyContext,
  session: Session,
  model: Model,
  table: NameParts,
  render: RenderContext,
): Promise<void> {
  const key = nameKey(table);
  const isNew = context.fresh !== undefined && !context.found.has(key);
  const columns = await createEmptyTable(context, session, model, table, render, isNew);
  const more = model.preStatements.length + model.postStatements.length;
  if (isNew && columns !== null && more === 0) context.fresh.set(key, columns);
}
