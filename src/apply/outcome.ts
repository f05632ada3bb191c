/** How an apply ended, in one value (design D11). Pure. */
import type { ErrorCode } from "../errors.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { Outcome, OutcomeFailure, OutcomeReason } from "../plan/outcome.ts";
import { reasons, unchangedSentence } from "../plan/outcome.ts";
import { permissionsOf } from "../plan/permissions.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";

const longestStatement = 4000;

export interface Ending {
  readonly production: Outcome["production"];
  readonly environmentVersion: number | null;
  readonly stepsDone: number;
  readonly warnings: readonly string[];
}

export function outcomeOf(
  plan: PlanDocument,
  reason: OutcomeReason,
  sentence: string,
  ending: Ending,
): Outcome {
  return {
    reason,
    sentence,
    planId: plan.id,
    digest: plan.digest,
    environment: plan.environment.name,
    stepsTotal: plan.steps.length,
    production: ending.production,
    environmentVersion: ending.environmentVersion,
    stepsDone: ending.stepsDone,
    warnings: [...ending.warnings],
    ...permitted(plan),
  };
}

function permitted({ options }: PlanDocument): Pick<Outcome, "permissions"> {
  const permissions = permissionsOf(options);
  return permissions.length === 0 ? {} : { permissions };
}

/** Of an apply that something thrown ended; `step` is the one at hand, if any. */
export function failedOutcome(
  plan: PlanDocument,
  error: unknown,
  step: Step | null,
  ending: Ending,
): Outcome {
  const reason = reasonOf(error);
  const message = messageOf(error);
  const where = step === null ? "" : ` at: ${step.sentence.replace(/\.$/, "")}`;
  const state =
    ending.production === "switched"
      ? `${plan.environment.name} shows the new versions, what follows the switch is not done.`
      : unchangedSentence(plan);
  const told = reason === "locked" || reason === "stale";
  const stopped = error instanceof SluiceError && error.code === "BREAKER_OPEN";
  const sentence = told ? message : stopped ? `${message} ${state}` : `Stopped${where}; ${state}`;
  return { ...outcomeOf(plan, reason, sentence, ending), failure: failureOf(error, step) };
}

const reasonsByCode: Partial<Record<ErrorCode, OutcomeReason>> = {
  AUDIT_FAILED: "audit-failed",
  BREAKER_OPEN: "breaker-open",
  CANCELLED: "cancelled",
  ENGINE_FAILED: "engine-error",
  ENGINE_LOCKED: "engine-error",
  ENGINE_MISSING: "engine-error",
  LOCK_HELD: "locked",
  LOCK_LOST: "locked",
  STATE_INVALID: "config-error",
  STATE_NEWER: "config-error",
};

export function reasonOf(error: unknown): OutcomeReason {
  if (!(error instanceof SluiceError)) return "internal-error";
  const told = reasons.find((reason) => reason === error.details["reason"]);
  if (told !== undefined) return told;
  if (error.code === "INTERNAL") return "internal-error";
  return reasonsByCode[error.code] ?? "config-error";
}

function failureOf(error: unknown, step: Step | null): OutcomeFailure {
  const statement = error instanceof SluiceError ? error.details["statement"] : undefined;
  return {
    ...(step !== null && "model" in step ? { model: step.model } : {}),
    ...(step === null ? {} : { step: step.id }),
    ...(typeof statement === "string" ? { statement: cut(statement) } : {}),
    message: messageOf(error),
  };
}

function cut(statement: string): string {
  return statement.length <= longestStatement ? statement : `${statement.slice(0, longestStatement)} …`;
}
