/** The last word: the environment is finalized and the ledger says so. */
import type { Step } from "../plan/step.ts";
import type { ApplyContext } from "./context.ts";
import { writeDone } from "./journal.ts";
import { readShapes } from "./object-shapes.ts";

export async function finalise(
  context: ApplyContext,
  step: Extract<Step, { kind: "finalise" }>,
): Promise<void> {
  const { state, lock, after, now } = context;
  const shapes = await readShapes(context);
  const write = async (session: Parameters<typeof state.writeEnvironment>[0]): Promise<void> => {
    await state.writeEnvironment(session, lock, { ...after, finalizedAt: now(), previousFinalized: null });
    await state.writeShapes(session, lock, shapes);
    await writeDone(context, session, [step]);
  };
  if (state.engine === null) await write(null);
  else await state.engine.transaction(write);
}
