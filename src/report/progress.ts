/** The events of an apply, folded into where it stands: the same fold serves comment, terminal and JSON. */
import type { ApplyEvent } from "../plan/events.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { StepId } from "../plan/step.ts";

export interface StepResult {
  readonly seconds: number;
  readonly rows?: number;
  /** Found done by an earlier run. */
  readonly already: boolean;
}

export interface FailedAudit {
  readonly audit: string;
  readonly model: string | null;
  readonly badRows: number;
  readonly blocking: boolean;
}

export interface ApplyProgress {
  /** Milliseconds since the epoch; null before the first event. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly resumed: boolean;
  readonly waitingFor: string | null;
  readonly done: ReadonlyMap<StepId, StepResult>;
  readonly running: ReadonlySet<StepId>;
  readonly failed: { readonly step: StepId; readonly message: string } | null;
  readonly auditsPassed: number;
  readonly auditsFailed: readonly FailedAudit[];
  readonly warnings: readonly string[];
  readonly outcome: Outcome | null;
}

/** Where an apply stands after these events. */
export function foldEvents(events: Iterable<ApplyEvent>): ApplyProgress {
  let startedAt: number | null = null;
  let finishedAt: number | null = null;
  let resumed = false;
  let waitingFor: string | null = null;
  let failed: ApplyProgress["failed"] = null;
  let auditsPassed = 0;
  let outcome: Outcome | null = null;
  const done = new Map<StepId, StepResult>();
  const running = new Set<StepId>();
  const auditsFailed: FailedAudit[] = [];
  const warnings: string[] = [];

  for (const event of events) {
    switch (event.kind) {
      case "apply-started":
        startedAt = event.at;
        resumed = event.resumed;
        waitingFor = null;
        break;
      case "waiting-for-lock":
        startedAt ??= event.at;
        waitingFor = event.owner;
        break;
      case "step-started":
        waitingFor = null;
        running.add(event.step.id);
        break;
      case "step-finished":
        running.delete(event.step.id);
        done.set(event.step.id, {
          seconds: event.seconds,
          already: event.already,
          ...(event.rows === undefined ? {} : { rows: event.rows }),
        });
        break;
      case "audit-finished":
        if (event.badRows === 0) auditsPassed += 1;
        else {
          const model = "model" in event.step ? event.step.model : null;
          auditsFailed.push({ audit: event.audit, model, badRows: event.badRows, blocking: event.blocking });
        }
        break;
      case "step-failed":
        running.delete(event.step.id);
        failed = { step: event.step.id, message: event.message };
        break;
      case "warning":
        warnings.push(event.text);
        break;
      case "apply-finished":
        finishedAt = event.at;
        outcome = event.outcome;
        break;
    }
  }
  return {
    startedAt,
    finishedAt,
    resumed,
    waitingFor,
    done,
    running,
    failed,
    auditsPassed,
    auditsFailed,
    warnings,
    outcome,
  };
}
