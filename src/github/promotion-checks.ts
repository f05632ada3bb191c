/** Which checks stand between a merge and production: the input's, those of sluice.yaml, or what the branch requires. */
import type { Context } from "../context.ts";
import { fetchCommitChecks, RequiredChecks } from "./breaker.ts";
import { ConditionalReader } from "./conditional.ts";
import type { JobContext } from "./job.ts";
import type { Merged } from "./merged-pull.ts";
import { applyCheckName } from "./names.ts";
import type { CheckName } from "./required-checks.ts";

/** null: nothing is required. Names of inputs and of sluice.yaml, or what the branch requires. */
export async function openRequiredChecks(
  job: JobContext,
  context: Context,
  merged: Merged,
): Promise<RequiredChecks | null> {
  const required = await requiredNames(job, context);
  if (required.length === 0) return null;
  const head = merged.pull?.headSha ?? merged.sha;
  const shas = { head: [head], merge: [merged.sha], both: [...new Set([head, merged.sha])] }[
    job.inputs.requiredChecksOn
  ];
  const reader = new ConditionalReader(job.repository.client);
  return new RequiredChecks({
    required,
    shas,
    read: (sha) => fetchCommitChecks(reader, job.repository.at, sha),
  });
}

async function requiredNames(job: JobContext, context: Context): Promise<readonly CheckName[]> {
  const own = applyCheckName(job.target);
  const { requiredChecks: given } = job.inputs;
  const asked =
    given === "auto" ? await job.repository.fetchRequiredChecks(job.productionBranch, [own]) : given;
  const settings = await context.sluiceSettings();
  const all = [...asked, ...settings.requiredChecks].filter((check) => check.name !== own);
  return all.filter(
    (check, at) => all.findIndex((each) => each.name === check.name && each.appId === check.appId) === at,
  );
}

/** Milliseconds that missing and running checks are waited for. */
export async function graceOf(job: JobContext, context: Context): Promise<number> {
  const minutes =
    job.inputs.requiredChecksGrace ?? (await context.sluiceSettings()).requiredChecksGraceMinutes;
  return minutes * 60_000;
}
