/** How a plan or an apply ended: one of a closed list of reasons, the same in exit code, output, JSON, check and comment (design 7, D11). */

import type { ImpactFinding } from "./impact.ts";
import type { Permission } from "./permissions.ts";
import type { PlanDocument } from "./plan.ts";

export const reasons = [
  "applied",
  "nothing-to-do",
  "already-applied",
  "stale",
  "locked",
  "breaker-open",
  "window-closed",
  "impact",
  "audit-failed",
  "tests-failed",
  "lint-failed",
  "destructive",
  "plan-missing",
  "plan-expired",
  "plan-untrusted",
  "engine-error",
  "github-error",
  "config-error",
  "cancelled",
  "internal-error",
] as const;

export type OutcomeReason = (typeof reasons)[number];

export interface OutcomeFailure {
  readonly model?: string;
  readonly step?: string;
  /** The statement at hand, cut to a sensible length. */
  readonly statement?: string;
  /** The database's own words. */
  readonly message: string;
}

/** Fuses of `sluice.yaml` that may be overridden; the kill switch, required checks and audits may not. */
export const overridable = ["window", "freeze", "impact"] as const;

/** Leave to go on although a fuse says stop. */
export interface Override {
  readonly fuse: (typeof overridable)[number];
  readonly reason: string;
  /** Who takes it upon himself. */
  readonly by: string;
}

export interface Outcome {
  readonly reason: OutcomeReason;
  /** One sentence for people. */
  readonly sentence: string;
  readonly production: "unchanged" | "switched";
  readonly planId: string;
  readonly digest: string;
  readonly environment: string;
  readonly environmentVersion: number | null;
  readonly stepsDone: number;
  readonly stepsTotal: number;
  readonly failure?: OutcomeFailure;
  readonly warnings: readonly string[];
  /** What the impact fuse measured, within its limits or not. */
  readonly impact?: readonly ImpactFinding[];
  /** Overrides that were needed. */
  readonly overrides?: readonly Override[];
  /** Leave the plan had to change live tables against policies, with who gave it. */
  readonly permissions?: readonly Permission[];
  /** Intervals computed beyond the plan's reading. */
  readonly extraIntervals?: readonly string[];
}

/** Exit codes of the CLI and the Action (design 7). */
export function exitCodeOf(reason: OutcomeReason): number {
  switch (reason) {
    case "applied":
    case "nothing-to-do":
    case "already-applied":
      return 0;
    case "config-error":
      return 2;
    case "stale":
    case "locked":
    case "destructive":
    case "plan-missing":
    case "plan-expired":
    case "plan-untrusted":
      return 3;
    case "breaker-open":
    case "window-closed":
    case "impact":
      return 4;
    case "cancelled":
      return 130;
    default:
      return 1;
  }
}

/** What readers of the environment see after an apply that moved no view. */
export function unchangedSentence({ environment }: Pick<PlanDocument, "environment">): string {
  return environment.isNew
    ? `${environment.name} does not exist yet.`
    : `${environment.name} still shows the former versions.`;
}
