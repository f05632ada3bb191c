/**
 * Before anything else where views are renamed: no former holder of the lock can switch any more, and a plan that was
 * switched but not recorded, because its apply was killed right between, is completed.
 */
import { pointerName } from "../environment/naming.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { LedgerEntry, StateLock } from "../state/state.ts";
import type { ApplyOptions } from "./context.ts";
import { fencePointer } from "./pointer.ts";

/** Id of the plan the environment's views show; null where only the record tells. */
export async function settleViews(
  plan: PlanDocument,
  options: ApplyOptions,
  lock: StateLock,
  finish: (other: PlanDocument, entry: LedgerEntry) => Promise<void>,
): Promise<string | null> {
  const { engine, state } = options;
  if (engine.traits.switch !== "rename") return null;
  const { name, naming } = plan.environment;
  const shown = await fencePointer({ engine, lock, plan }, pointerName(name, naming));
  if (shown === null || shown === plan.id) return shown;
  const recorded = (await state.readEnvironments()).get(name);
  if (recorded?.planId === shown) return shown;
  const [other, entry] = await Promise.all([state.readPlan(shown), state.readLedger(shown)]);
  // Of a plan this state never heard of, nothing can be completed.
  if (other !== null && entry !== null && other.environment.name === name) await finish(other, entry);
  return shown;
}
