/** Steps in the order of their needs, as many at once as the warehouse takes. Pure scheduling: `run` does the work. */
import type { Step, StepId } from "../plan/step.ts";
import { stepQueue } from "./step-queue.ts";

export interface StepFailure {
  readonly step: Step;
  readonly error: unknown;
}

export interface StepRun {
  /** Steps that finished, also earlier. */
  readonly done: number;
  /** In the order they happened; the first is the cause. */
  readonly failures: readonly StepFailure[];
}

export interface Schedule {
  readonly steps: readonly Step[];
  readonly done: ReadonlySet<StepId>;
  readonly concurrency: number;
  readonly run: (step: Step) => Promise<void>;
  /** Absent where each step is run by itself; only with a `concurrency` of one. */
  readonly sharing?: Sharing;
  /** Once true no further step starts; those that run are waited for. */
  readonly stopped: () => boolean;
}

/** How steps are run as one: what follows a step sees its work before anybody else does. */
export interface Sharing {
  readonly joins: (step: Step) => boolean;
  /**
   * Runs a step, and those that `following` gives after it: all of them are done, or none. False: none, and each is to be run by itself.
   * Where it throws, the last step it took has failed and nothing more is to be tried.
   */
  readonly run: (first: Step, following: Following) => Promise<boolean>;
}

/** What may run after the steps that were taken so far, one by one. */
export interface Following {
  readonly take: () => Step | undefined;
  /** What `take` would give. */
  readonly peek: () => Step | undefined;
}

/** A failed step keeps back those that need it; others go on, so that a later apply has less to do. */
export async function runSteps(schedule: Schedule): Promise<StepRun> {
  const { sharing, stopped } = schedule;
  const failures: StepFailure[] = [];
  const running = new Set<Promise<void>>();
  const queue = stepQueue(schedule.steps, schedule.done);
  let done = schedule.done.size;
  const runAlone = async (step: Step): Promise<void> => {
    try {
      await schedule.run(step);
      done++;
      queue.finish(step.id);
    } catch (error) {
      failures.push({ step, error });
      queue.fail(step.id);
    }
  };
  const runShared = async (first: Step, { joins, run }: Sharing): Promise<void> => {
    const taken: Step[] = [];
    // Those that need it see its work before it is committed.
    const note = (step: Step): Step => {
      taken.push(step);
      queue.finish(step.id);
      return step;
    };
    const take = (): Step | undefined => {
      const step = queue.next(joins);
      return step === undefined ? undefined : note(step);
    };
    try {
      if (await run(note(first), { take, peek: () => queue.peek(joins) })) {
        done += taken.length;
        return;
      }
    } catch (error) {
      failures.push({ step: taken.at(-1) ?? first, error });
      for (const { id } of taken) queue.fail(id);
      return;
    }
    // Which of them it was shows when each runs by itself.
    for (const step of taken) if (!stopped() && queue.mayRun(step)) await runAlone(step);
  };
  const start = (step: Step): void => {
    const work = (sharing?.joins(step) ? runShared(step, sharing) : runAlone(step)).finally(() =>
      running.delete(work),
    );
    running.add(work);
  };
  for (;;) {
    while (running.size < schedule.concurrency && !stopped()) {
      const step = queue.next();
      if (step === undefined) break;
      start(step);
    }
    if (running.size === 0) return { done, failures };
    await Promise.race(running);
  }
}
