/** Steps that only change what state says. */
import type { Step } from "../plan/step.ts";
import type { Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { writeDone } from "./journal.ts";

/** Intervals recorded without computing them (`empty_backfill`). */
export function recordIntervals(
  { definitions }: ApplyContext,
  step: Extract<Step, { kind: "record-intervals" }>,
): Unit {
  const { interval, dev } = step;
  return { step, computed: [{ snapshot: definitions.snapshot(step.snapshot), interval, dev }] };
}

/**
 * Restatement: other versions of the model forget the range, so that it is computed again where they are used. Of a table
 * that is gone everything is forgotten before the first batch: a crash in between must not hide what is missing.
 */
export async function clearIntervals(
  context: ApplyContext,
  step: Extract<Step, { kind: "clear-intervals" }>,
): Promise<void> {
  const snapshot = context.definitions.snapshot(step.snapshot);
  const change = { snapshot, interval: step.interval };
  const kinds = step.lost === undefined ? [false, true] : [step.lost === "dev-table"];
  await context.state.removeIntervals(
    null,
    context.lock,
    kinds.map((dev) => ({ ...change, dev })),
  );
  await writeDone(context, null, [step]);
}
