/** Keeps comment, check and deployment up to date while an apply runs: seldom, one after the other, never stopping it. */
import { messageOf } from "../errors.ts";
import type { ApplyEvent } from "../plan/events.ts";
import type { Log } from "./log.ts";

export interface LiveReportOptions {
  /** Milliseconds between two updates. */
  readonly every: number;
  readonly now: () => number;
  readonly log: Log;
  /** Shows where the apply stands. */
  readonly show: (events: readonly ApplyEvent[]) => Promise<void>;
}

export class LiveReport {
  readonly #options: LiveReportOptions;
  readonly #events: ApplyEvent[] = [];
  #showing: Promise<void> | null = null;
  #shownAt = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(options: LiveReportOptions) {
    this.#options = options;
  }

  get events(): readonly ApplyEvent[] {
    return this.#events;
  }

  readonly add = (event: ApplyEvent): void => {
    this.#events.push(event);
    const line = lineOf(event);
    if (line !== null) this.#options.log.info(line);
    if (event.kind !== "apply-finished") this.#maybeShow();
  };

  /** Nothing is shown after this; waits for what is on its way. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#showing;
  }

  #maybeShow(): void {
    const { now, every, show, log } = this.#options;
    if (this.#ended || this.#showing !== null || now() - this.#shownAt < every) return;
    this.#shownAt = now();
    this.#showing = show([...this.#events])
      .catch((error: unknown) => log.warning(`The progress could not be shown: ${messageOf(error)}`))
      .finally(() => {
        this.#showing = null;
      });
  }
}

function lineOf(event: ApplyEvent): string | null {
  switch (event.kind) {
    case "apply-started":
      return `${event.resumed ? "Continuing" : "Applying"} plan ${event.planId}: ${event.steps} steps.`;
    case "waiting-for-lock":
      return `Waiting for the lock held by ${event.owner}.`;
    case "step-started":
      return null;
    case "step-finished":
      return `${event.already ? "was done" : `done in ${event.seconds.toFixed(1)} s`}: ${event.step.sentence}${event.rows === undefined ? "" : ` (${event.rows} rows)`}`;
    case "audit-finished":
      return event.badRows === 0
        ? null
        : `audit ${event.audit}: ${event.badRows} bad rows${event.blocking ? "" : ", not blocking"}`;
    case "step-failed":
      return `failed: ${event.step.sentence} ${event.message}`;
    case "warning":
      return `warning: ${event.text}`;
    case "apply-finished":
      return event.outcome.sentence;
  }
}
