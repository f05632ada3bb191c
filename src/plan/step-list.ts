/** Collects steps in an order in which each comes after what it needs. */
import { SluiceError } from "../errors.ts";
import type { Step, StepId } from "./step.ts";

export class StepList {
  readonly #steps = new Map<StepId, Step>();
  /** Steps that nothing needs yet. */
  readonly #loose = new Set<StepId>();

  get steps(): readonly Step[] {
    return [...this.#steps.values()];
  }

  /** Ids that no other step waits for: waiting for them is waiting for everything so far. */
  get loose(): readonly StepId[] {
    return [...this.#loose];
  }

  /** Adds a step unless one with its id is there; returns the id. */
  add(step: Step): StepId {
    if (this.#steps.has(step.id)) return step.id;
    for (const id of step.needs) {
      if (!this.#steps.has(id))
        throw new SluiceError("INTERNAL", `step ${step.id} needs ${id}, which comes later`);
      this.#loose.delete(id);
    }
    this.#steps.set(step.id, step);
    this.#loose.add(step.id);
    return step.id;
  }
}

export function stepId(kind: string, ...about: readonly string[]): StepId {
  return [kind, ...about].join(":") as StepId;
}
