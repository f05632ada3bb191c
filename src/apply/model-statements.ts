/** Statements around a model's query, in the order they run. */
import type { Session } from "../engine/engine.ts";
import type { StepTexts } from "./step-texts.ts";

/** Runs the model's pre or post statements. */
export async function runModelStatements(
  session: Session,
  texts: StepTexts,
  role: "pre" | "post",
): Promise<void> {
  for (const statement of texts[role]()) await session.run(statement);
}
