/** Outputs of the Action: documented in action.yml, small values for later steps. Pure. */
import type { Outcome } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { PlanView } from "../report/report.ts";
import type { Outputs } from "./job.ts";
import { hasWork } from "./record.ts";

export function planOutputs(plan: PlanDocument, view: PlanView): Outputs {
  const { counts } = view;
  return {
    environment: plan.environment.name,
    "plan-id": plan.id,
    "plan-digest": plan.digest,
    "has-changes": hasWork(plan),
    "base-version": plan.base.environmentVersion,
    added: counts.added,
    removed: counts.removed,
    breaking: counts.breaking,
    "non-breaking": counts.nonBreaking,
    indirect: counts.indirect,
    destructive: counts.destructive,
    computed: counts.computed,
    "backfill-intervals": plan.models.reduce((sum, model) => sum + model.intervals.length, 0),
  };
}

export function outcomeOutputs(outcome: Outcome): Outputs {
  return {
    environment: outcome.environment,
    "plan-id": outcome.planId,
    "plan-digest": outcome.digest,
    production: outcome.production,
    ...(outcome.environmentVersion === null ? {} : { "environment-version": outcome.environmentVersion }),
    "steps-done": outcome.stepsDone,
    "steps-total": outcome.stepsTotal,
    ...(outcome.failure?.model === undefined ? {} : { "failed-model": outcome.failure.model }),
  };
}
