/**
 * A live table whose whole history is computed again in several batches: between two of them it would hold neither its
 * old rows nor its new ones. So it is built beside the live one, and takes its place after the last batch.
 */

import { isFullHistoryOnly } from "../snapshot/kind.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { mergeIntervals } from "../time/intervals.ts";
import type { Decided } from "./categorise.ts";
import type { OnSnapshot } from "./on-snapshot.ts";
import type { Step, StepId } from "./step.ts";
import { stepId } from "./step-list.ts";

/** One batch replaces all rows in one transaction, and a range of time is whole by itself. */
export function isRebuiltBeside(
  { snapshot }: Decided,
  { live }: OnSnapshot,
  batches: readonly Interval[],
): boolean {
  return live && batches.length > 1 && isFullHistoryOnly(snapshot.facts.kind);
}

/** What comes after the last batch. */
export function swapStep(
  on: OnSnapshot,
  title: string,
  batches: readonly Interval[],
  needs: readonly StepId[],
): Step {
  return {
    kind: "swap-table",
    id: stepId("swap", on.model),
    needs,
    sentence: `Put the rebuilt table of ${title} in the place of the live one, all at once`,
    done: { kind: "repeatable" },
    intervals: mergeIntervals(batches),
    ...on,
  };
}
