/** The physical object of a snapshot before it has rows: an empty table, or a view's definition. */
import { nameKey, type Session } from "../engine/engine.ts";
import { isSymbolic } from "../model/model.ts";
import type { Step } from "../plan/step.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { writeComments } from "./comments.ts";
import type { Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { runModelStatements } from "./model-statements.ts";
import { type StepTexts, stepTexts } from "./step-texts.ts";
import { createEmptyTable, createView, declaredColumns } from "./table-shape.ts";

export async function createTable(
  context: ApplyContext,
  step: Extract<Step, { kind: "create-table" }>,
): Promise<Unit> {
  const texts = await stepTexts(context, step, "creating", null);
  const { model } = texts;
  const isView = model.kind.name === "VIEW";
  const create = async (session: Session): Promise<void> => {
    if (isSymbolic(model.kind)) return;
    await runModelStatements(session, texts, "pre");
    if (isView) await createView(context, session, step.table, texts.query());
    else await createTableOfOwn(context, session, step.table, texts);
    if (!step.dev) await writeComments(context, session, step.table, isView ? "view" : "table", model);
  };
  const ending = isSymbolic(model.kind) ? [] : model.postStatements;
  const asksQuery = !isSymbolic(model.kind) && (isView || declaredColumns(model) === null);
  return {
    step,
    table: step.table,
    ...(asksQuery ? { render: () => void texts.query() } : {}),
    stage: create,
    // With the journal row, so that what they write is there once.
    ...(ending.length === 0 ? {} : { write: (session) => runModelStatements(session, texts, "post") }),
  };
}

/** Where it was not there when the apply began nobody else may have made it since, or what is known of it would not be true. */
async function createTableOfOwn(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  texts: StepTexts,
): Promise<void> {
  const key = nameKey(table);
  const isNew = context.fresh !== undefined && !context.found.has(key);
  const columns = await createEmptyTable(context, session, table, texts, isNew);
  const { preStatements, postStatements } = texts.model;
  const more = preStatements.length + postStatements.length;
  if (isNew && columns !== null && more === 0) context.fresh.set(key, columns);
}
