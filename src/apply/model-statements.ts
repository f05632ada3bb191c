/** Statements around a model's query, in the order they run. */
import type { Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import { renderStatements } from "../model/render.ts";
import type { RenderContext } from "../model/render-context.ts";

/** Runs the model's pre or post statements. */
export async function runModelStatements(
  session: Session,
  model: Model,
  role: "pre" | "post",
  render: RenderContext,
): Promise<void> {
  for (const statement of renderStatements(model, role, render)) await session.run(statement);
}
