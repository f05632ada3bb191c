/** The flag that stops an apply: set once, by a fuse, by a cancel, or by a lost lock; looked at before every statement. */
import { SluiceError } from "../errors.ts";
import type { OutcomeReason } from "../plan/outcome.ts";
import type { Step } from "../plan/step.ts";

export interface Stop {
  /** Why no further statement is sent; null while all is well. */
  readonly error: SluiceError | null;
  /** Steps are running whose statements may be interrupted, and none that must end by itself. */
  readonly interruptible: boolean;
  /** The first reason stays. */
  set(error: SluiceError): void;
  /** Throws once stopped. */
  check(): void;
  /** Runs a step and knows of it meanwhile. */
  during<T>(step: Step, work: () => Promise<T>): Promise<T>;
}

export function createStop(): Stop {
  let error: SluiceError | null = null;
  const running = new Set<Step>();
  return {
    get error() {
      return error;
    },
    get interruptible() {
      return (
        running.size > 0 && ![...running].some((step) => step.kind === "switch" || step.kind === "finalise")
      );
    },
    set(reason) {
      error ??= reason;
    },
    check() {
      if (error !== null) throw error;
    },
    async during(step, work) {
      running.add(step);
      try {
        return await work();
      } finally {
        running.delete(step);
      }
    },
  };
}

export function breakerStop(reason: OutcomeReason, sentence: string): SluiceError {
  return new SluiceError("BREAKER_OPEN", sentence, { details: { reason } });
}

export function cancelStop(): SluiceError {
  return new SluiceError("CANCELLED", "The apply was cancelled.");
}
