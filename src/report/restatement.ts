/** History that is computed again: what, who asked for it, and which other versions lose theirs. */
import type { PlanDocument } from "../plan/plan.ts";
import type { RestateRequest } from "../plan/restate-requests.ts";
import { describeInterval } from "./interval-text.ts";

export interface RestatementView {
  /** Per model, in the plan's order. */
  readonly models: readonly { readonly name: string; readonly interval: string }[];
  /** Versions that readers of production do not see and that were filled from the old rows. */
  readonly forgetting: readonly {
    readonly name: string;
    readonly interval: string;
    /** `dev, pr_12`, or that no environment shows it. */
    readonly where: string;
  }[];
  /** Those that ride with the plan. */
  readonly requests: readonly { readonly askedBy: string; readonly what: string }[];
}

export function restatementView(plan: PlanDocument): RestatementView {
  const names = new Map(plan.models.map((model) => [model.name as string, model.displayName]));
  const named = (key: string): string => names.get(key) ?? key;
  return {
    models: plan.restatements.map(({ name, interval }) => ({
      name: named(name),
      interval: describeInterval(interval),
    })),
    forgetting: plan.steps.flatMap((step) =>
      step.kind === "clear-intervals" && step.lost === undefined
        ? [
            {
              name: named(step.snapshot.name),
              interval: describeInterval(step.interval),
              where: step.environments.length > 0 ? step.environments.join(", ") : "in no environment",
            },
          ]
        : [],
    ),
    requests: (plan.options.restateRequests ?? []).map((request) => ({
      askedBy: request.askedBy,
      what: `${request.models.join(", ")}, ${daysOf(request)}`,
    })),
  };
}

function daysOf({ start, end }: RestateRequest): string {
  if (start === undefined && end === undefined) return "all of its history";
  if (start === undefined) return `up to ${end}`;
  return end === undefined ? `from ${start} on` : `${start} to ${end}`;
}
