/** The pull request's own environment: built beside production while the change is reviewed, marked for removal when it closes. */
import type { Context } from "../context.ts";
import { SluiceError } from "../errors.ts";
import type { JobContext } from "./job.ts";

/** `pr_{pr}` → `pr_12`; null when none is configured, or there is no pull request. */
export function reviewEnvironmentName(pattern: string | null, pull: number | null): string | null {
  if (pattern === null || pull === null) return null;
  const name = pattern.replace("{pr}", String(pull)).toLowerCase();
  if (name === "prod") {
    throw new SluiceError("INPUT_INVALID", "the input review-environment names prod", {
      hint: "Write a pattern such as pr_{pr}.",
    });
  }
  return name;
}

/** Plans and applies it. Before the plan of production, which can then reuse the tables that were tested here. */
export async function buildReviewEnvironment(
  job: JobContext,
  context: Context,
  pull: number | null,
): Promise<string | null> {
  const name = reviewEnvironmentName(job.inputs.reviewEnvironment, pull);
  if (name === null) return null;
  try {
    const plan = await context.plan(name);
    const outcome = await context.apply(plan, { signal: job.signal, lockWait: job.inputs.lockWait * 60_000 });
    job.log.info(`${name}: ${outcome.sentence}`);
    if (
      outcome.reason === "applied" ||
      outcome.reason === "already-applied" ||
      outcome.reason === "nothing-to-do"
    )
      return name;
    throw new SluiceError(
      "ENGINE_FAILED",
      `the environment ${name} could not be built: ${outcome.failure?.message ?? outcome.sentence}`,
      {
        hint: "Production is not touched.",
        details: { reason: outcome.reason },
      },
    );
  } catch (error) {
    if (error instanceof SluiceError && error.code === "NO_CHANGES") return name;
    throw error;
  }
}

/** Its views and the tables only it used; nothing happens when it was never built. */
export async function removeReviewEnvironment(
  job: JobContext,
  context: Context,
  pull: number,
): Promise<string | null> {
  const name = reviewEnvironmentName(job.inputs.reviewEnvironment, pull);
  if (name === null) return null;
  const known = await context.environments();
  if (!known.some((environment) => environment.name === name)) return null;
  await context.invalidate(name, { sync: true });
  return name;
}
