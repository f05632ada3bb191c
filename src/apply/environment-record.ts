/** The environment's record before and after a plan (spec plan-and-apply 1.8, 7.2). Pure. */

import type { Environment, EnvironmentMember, EnvironmentName } from "../environment/environment.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { unitFloor, unitMilliseconds } from "../time/unit.ts";

export interface EnvironmentChange {
  /** The record that is there now, expired or not; null when there is none. */
  readonly before: Environment | null;
  /** The record this plan writes when views move; not yet finalized. */
  readonly after: Environment;
}

/** `now` is the time of the switch, UTC epoch milliseconds. */
export function environmentChange(
  plan: PlanDocument,
  environments: ReadonlyMap<EnvironmentName, Environment>,
  now: number,
): EnvironmentChange {
  const { name, naming, isNew, createdFrom, ttl, statements } = plan.environment;
  const before = environments.get(name) ?? null;
  const baseline = isNew ? (createdFrom === null ? null : (environments.get(createdFrom) ?? null)) : before;
  const after: Environment = {
    name,
    version: (before?.version ?? 0) + 1,
    naming,
    members: membersAfter(plan, baseline?.members ?? []),
    planId: plan.id,
    planDigest: plan.digest,
    previousPlanId: before?.planId ?? null,
    startAt: plan.start,
    endAt: plan.options.end === undefined ? null : plan.end,
    finalizedAt: null,
    expiresAt: ttl === null ? null : ttl === "kept" ? (before?.expiresAt ?? null) : expiryOf(now, ttl),
    previousFinalized:
      isNew || before === null
        ? null
        : before.finalizedAt === null
          ? before.previousFinalized
          : before.members,
    statements,
    ...restatedAfter(plan, before),
  };
  return { before, after };
}

function restatedAfter(plan: PlanDocument, before: Environment | null): Pick<Environment, "restated"> {
  const ids = new Set([
    ...(before?.restated ?? []),
    ...(plan.options.restateRequests ?? []).map(({ id }) => id),
  ]);
  return ids.size === 0 ? {} : { restated: [...ids] };
}

/** All nodes the environment knows: the baseline's, with what the plan adds, changes and removes. */
function membersAfter(
  plan: PlanDocument,
  baseline: readonly EnvironmentMember[],
): readonly EnvironmentMember[] {
  const members = new Map(baseline.map(({ name, identifier }) => [name, { name, identifier }]));
  for (const model of plan.models) {
    if (model.snapshot === null) members.delete(model.name);
    else members.set(model.name, model.snapshot);
  }
  // A view says exactly what it shows, even where the baseline it was copied from has moved since.
  for (const view of plan.steps.flatMap((step) => (step.kind === "switch" ? step.views : []))) {
    members.set(view.model, view.snapshot);
  }
  const { promoted } = plan.environment;
  const shown = promoted === null ? null : new Set(promoted);
  return [...members.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, identifier }) => ({ name, identifier, promoted: shown === null || shown.has(name) }));
}

/** After the views have moved the record is there already: what is left is to finalize it. */
export function liveChange(record: Environment): EnvironmentChange {
  return { before: record, after: record };
}

/** Whole days end at a midnight, as in SQLMesh (spec plan-and-apply 1.8); shorter times count from the moment. */
function expiryOf(now: number, ttl: number): number {
  return (ttl % unitMilliseconds("day") === 0 ? unitFloor("day", now) : now) + ttl;
}
