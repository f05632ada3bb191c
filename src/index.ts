/** Door 1: the library. Re-exports, nothing else. */
export {
  type ApplyOptions,
  type CleanReport,
  Context,
  type ContextOptions,
  type DriftReport,
  type ImportOptions,
  type ImportReport,
  type PlanOptions,
} from "./context.ts";
export { type ErrorCode, SluiceError } from "./errors.ts";
export type { ApplyEvent } from "./plan/events.ts";
export { exitCodeOf, type Outcome, type OutcomeReason, type Override } from "./plan/outcome.ts";
export type { PlanDocument, PlannedModel } from "./plan/plan.ts";
export { Plan } from "./plan/reviewed-plan.ts";
export type { Step } from "./plan/step.ts";
