/** A step and all around it: the fuses before it, what is said of it, what a failure of it means. */
import { messageOf } from "../errors.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Step } from "../plan/step.ts";
import { isLostLock } from "../state/lost-lock.ts";
import type { ApplyContext, ApplyOptions } from "./context.ts";
import { askFuses } from "./fuses.ts";
import { showsPlan } from "./pointer.ts";
import { runStep } from "./run-step.ts";
import type { Schedule, Sharing } from "./run-steps.ts";
import { joinsOthers, runShared, sharesTransactions } from "./share.ts";

/** Milliseconds of work that share a transaction where the caller says nothing else. */
const defaultShare = 250;

/** What the outcome needs to know of the steps. */
export interface StepProgress {
  production: Outcome["production"];
  stepsDone: number;
}

/** How the steps of an apply are run, alone and together. */
export function stepRunner(
  context: ApplyContext,
  options: ApplyOptions,
  progress: StepProgress,
): Pick<Schedule, "run" | "sharing"> {
  const { emit, now, stop } = context;
  const announced = new Set<Step>();
  const before = async (step: Step): Promise<void> => {
    if (!isTidying(context, step)) await askFuses(options, stop, step.kind === "switch" ? "switch" : "step");
    // One that failed with others runs a second time, by itself.
    if (!announced.has(step)) emit({ kind: "step-started", at: now(), step });
    announced.add(step);
  };
  const after = (step: Step, seconds: number, rows: number | undefined): void => {
    if (step.kind === "switch") progress.production = "switched";
    progress.stepsDone++;
    const count = rows === undefined ? {} : { rows };
    emit({ kind: "step-finished", at: now(), step, seconds, already: false, ...count });
  };
  const run = async (step: Step): Promise<void> => {
    await before(step);
    const started = now();
    try {
      const rows = await stop.during(step, () => runStep(context, step));
      after(step, (now() - started) / 1000, rows);
    } catch (error) {
      noteLostLock(context, error);
      if (step.kind === "switch" && (await showsPlan(context, step.pointer)))
        progress.production = "switched";
      emit({ kind: "step-failed", at: now(), step, message: messageOf(error) });
      throw error;
    }
  };
  const budget = options.sharedCommits ?? defaultShare;
  if (budget <= 0 || !sharesTransactions(context)) return { run };
  const joins = (step: Step): boolean => joinsOthers(context, step);
  const together: Sharing["run"] = async (first, following) => {
    const failure = await runShared(context, first, following, { before, after, budget });
    if (failure === null) return true;
    const { error, at, committing } = failure;
    noteLostLock(context, error);
    // Each by itself, unless a commit got no answer: then the next apply finds out what became of it.
    if (stop.error === null && !committing) return false;
    if (announced.has(at)) emit({ kind: "step-failed", at: now(), step: at, message: messageOf(error) });
    throw error;
  };
  return { run, sharing: { joins, run: together } };
}

/** Once views have moved, finishing is the tidying up: no fuse may keep the environment half done. */
function isTidying(context: ApplyContext, step: Step): boolean {
  return (
    step.kind === "finalise" ||
    (step.kind === "switch" && context.moved) ||
    (step.kind === "evolve-table" && step.phase === "narrow")
  );
}

function noteLostLock({ stop }: ApplyContext, error: unknown): void {
  if (isLostLock(error)) stop.set(error);
}
