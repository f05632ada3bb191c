/** Compare-and-swap on the environment (design D8): is it still what the plan was made against? Pure. */
import type { Environment } from "../environment/environment.ts";
import type { PlanDocument } from "../plan/plan.ts";

export type BaseVerdict =
  | { readonly kind: "as-planned" }
  /** This very plan is live; `finalized` tells whether all of it is done. */
  | { readonly kind: "live"; readonly finalized: boolean }
  | { readonly kind: "moved"; readonly sentence: string };

/** `accepted`: another base version on which a fresh plan was found to do the same work. */
export function checkBase(plan: PlanDocument, now: Environment | null, accepted?: number): BaseVerdict {
  if (now?.planId === plan.id) return { kind: "live", finalized: now.finalizedAt !== null };
  const version = now?.version ?? 0;
  if (accepted !== undefined && version === accepted) return { kind: "as-planned" };
  const { environmentVersion, planId, digest } = plan.base;
  const same = now === null || (now.planId === planId && now.planDigest === digest);
  if (version === environmentVersion && same) return { kind: "as-planned" };
  const by = now === null ? "it is gone" : `plan ${now.planId} made it version ${version}`;
  return {
    kind: "moved",
    sentence: `The environment ${plan.environment.name} moved since this plan was made against version ${environmentVersion}: ${by}.`,
  };
}
