/** The physical object of a snapshot before it has rows: an empty table, or a view's definition. */
import type { Session } from "../engine/engine.ts";
import { isSymbolic } from "../model/model.ts";
import { renderQuery } from "../model/render.ts";
import type { Step } from "../plan/step.ts";
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
    else await createEmptyTable(context, session, model, step.table, render);
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
