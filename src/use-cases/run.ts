/** A cadence run: the intervals that have become due, by cron, with the code that is live (spec plan-and-apply 11.3). */
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { PlanOptions } from "../plan/options.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { type ApplyRequest, applyDocument } from "./apply.ts";
import { cleanWorkspace } from "./clean.ts";
import { makePlan } from "./plan.ts";
import type { Workspace } from "./workspace.ts";

export interface RunOptions
  extends Omit<ApplyRequest, "document" | "owner" | "replan" | "cadence" | "overrides"> {
  /** Everything up to now, whatever the cron says. */
  readonly ignoreCron?: boolean;
  /** Do not clean up before a run of prod. */
  readonly skipJanitor?: boolean;
  /** Told what is due before it is computed; not called when nothing is. */
  readonly onPlan?: (plan: PlanDocument) => void;
}

type RunRequest = RunOptions & { readonly environment: EnvironmentName; readonly owner: string };

/** An apply may move the environment between looking and locking; then what is due is looked up again, so many times. */
const attempts = 3;

/** Throws PLAN_REFUSED when the environment does not exist. */
export async function runEnvironment(workspace: Workspace, request: RunRequest): Promise<Outcome> {
  const { environment, ignoreCron, skipJanitor, onPlan, ...apply } = request;
  const warnings = environment === prod && !skipJanitor ? await cleanBefore(workspace, request) : [];
  const stored = await workspace.stored();
  if (!stored.environments.has(environment)) {
    throw new SluiceError("PLAN_REFUSED", `the environment ${environment} does not exist`, {
      hint: "Apply a plan to it first.",
    });
  }
  const options: PlanOptions = {
    run: true,
    ignoreCron: ignoreCron ?? false,
    skipTests: true,
    skipLinter: true,
  };
  for (let attempt = 1; ; attempt++) {
    const document = await makePlan(workspace, { environment, options, fromState: true });
    if (document.steps.length > 0) onPlan?.(document);
    const outcome = await applyDocument(workspace, { document, ...apply, cadence: true, replan: false });
    if (outcome.reason === "stale" && attempt < attempts) continue;
    return { ...outcome, warnings: [...warnings, ...outcome.warnings] };
  }
}

/** As SQLMesh does before each run of prod; it never keeps the run from running. */
async function cleanBefore(workspace: Workspace, { owner, signal }: RunRequest): Promise<readonly string[]> {
  try {
    const request = { owner, lockWait: 0, ...(signal === undefined ? {} : { signal }) };
    const { failures } = await cleanWorkspace(workspace, request);
    return failures.map(({ what, message }) => `The clean-up could not drop ${what}: ${message}`);
  } catch (error) {
    // Somebody applies: there will be another run.
    if (error instanceof SluiceError && (error.code === "LOCK_HELD" || error.code === "CANCELLED")) return [];
    return [`The clean-up failed: ${messageOf(error)}`];
  }
}
