/** Which step of a plan comes next. Each step is looked at once per need, however many there are. */
import type { Step, StepId } from "../plan/step.ts";

export interface StepQueue {
  /** Takes the first step, in the plan's order, whose needs are all done, provided that it is `wanted`. */
  next(wanted?: (step: Step) => boolean): Step | undefined;
  /** What `next` would give. */
  peek(wanted?: (step: Step) => boolean): Step | undefined;
  /** Said again, it means nothing new. */
  finish(id: StepId): void;
  /** Keeps back what needs the step, also where it had been told to be finished. */
  fail(id: StepId): void;
  /** Whether a step that was taken may run: false when one that it needs has failed since. */
  mayRun(step: Step): boolean;
}

export function stepQueue(steps: readonly Step[], done: ReadonlySet<StepId>): StepQueue {
  const ready: number[] = [];
  const open = new Map<number, number>();
  const waiting = new Map<StepId, number[]>();
  const finished = new Set<StepId>();
  const keptBack = new Set<StepId>();
  for (const [at, step] of steps.entries()) {
    if (done.has(step.id)) continue;
    const needs = new Set(step.needs.filter((id) => !done.has(id)));
    open.set(at, needs.size);
    if (needs.size === 0) ready.push(at);
    for (const id of needs) waiting.set(id, [...(waiting.get(id) ?? []), at]);
  }
  const mayRun = (step: Step): boolean => {
    if (!step.needs.some((id) => keptBack.has(id))) return true;
    keptBack.add(step.id);
    return false;
  };
  const first = (): Step | undefined => {
    for (;;) {
      const at = ready[0];
      const step = at === undefined ? undefined : steps[at];
      if (step === undefined || mayRun(step)) return step;
      ready.shift();
    }
  };
  const peek: StepQueue["peek"] = (wanted) => {
    const step = first();
    return step === undefined || wanted?.(step) === false ? undefined : step;
  };
  return {
    peek,
    next: (wanted) => {
      const step = peek(wanted);
      if (step !== undefined) ready.shift();
      return step;
    },
    finish: (id) => {
      if (finished.has(id)) return;
      finished.add(id);
      for (const at of waiting.get(id) ?? []) {
        const left = (open.get(at) ?? 0) - 1;
        open.set(at, left);
        if (left > 0) continue;
        const behind = ready.findIndex((other) => other > at);
        ready.splice(behind < 0 ? ready.length : behind, 0, at);
      }
    },
    fail: (id) => void keptBack.add(id),
    mayRun,
  };
}
