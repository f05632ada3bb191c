/** Apply on merge: find, verify, plan again, ask the breaker, apply, tell (design 7). The check sits on the merge commit. */
import type { Context } from "../context.ts";
import { ApplyReport, untouched } from "./apply-report.ts";
import { waitForChecks } from "./breaker.ts";
import { CheckRun } from "./check-run.ts";
import { Deployment } from "./deployment.ts";
import { cancellable, type JobContext, type JobResult, ownRunUrl, takesOver } from "./job.ts";
import { type Merged, resolveMerged } from "./merged-pull.ts";
import { applyCheckName, ownerOf } from "./names.ts";
import { refreshOpenPulls } from "./open-pulls.ts";
import { commentOf } from "./plan-job.ts";
import { prepareApply } from "./prepare-apply.ts";
import { graceOf, openRequiredChecks } from "./promotion-checks.ts";
import { reportedPlan, runApply } from "./run-apply.ts";
import type { ApplyTrigger } from "./select-job.ts";

export async function applyJob(job: JobContext, trigger: ApplyTrigger): Promise<JobResult> {
  const merged = await resolveMerged(job, trigger);
  const check = job.guard(
    await CheckRun.open(job.repository, {
      name: applyCheckName(job.target),
      sha: merged.sha,
      detailsUrl: ownRunUrl(job),
      takesOver: takesOver(job),
      title: "Preparing",
      summary: "The plan is being verified.",
    }),
  );
  const comment = merged.pull === null || !job.inputs.comment ? null : commentOf(job, merged.pull.number);
  const report = new ApplyReport(job, merged, check, comment, deploymentOf(job, merged));
  try {
    await using context = job.openContext({ owner: ownerOf(ownRunUrl(job), merged.pull?.number ?? null) });
    return await applyWith(job, context, { trigger, merged, report });
  } catch (error) {
    return report.fail(error);
  }
}

interface Applying {
  readonly trigger: ApplyTrigger;
  readonly merged: Merged;
  readonly report: ApplyReport;
}

async function applyWith(
  job: JobContext,
  context: Context,
  { trigger, merged, report }: Applying,
): Promise<JobResult> {
  const prepared = await cancellable(job.signal, () => prepareApply(job, context, trigger, merged));
  if (prepared.plan !== null)
    report.about(
      await reportedPlan(job, context, prepared.plan, prepared.kind === "go" ? prepared.artifact : null),
    );
  if (prepared.kind === "end") {
    const { reason, sentence, because, next, plan, moved } = prepared;
    if (plan === null) return report.refuse(reason, sentence, { because, next });
    const state = reason === "stale" ? { state: moved ? ("stale" as const) : ("refused" as const) } : {};
    return report.end(untouched(plan, reason, sentence), { because, next, ...state });
  }
  const { plan } = prepared;
  await report.start();
  const checks = await openRequiredChecks(job, context, merged);
  if (checks !== null) {
    const grace = await graceOf(job, context);
    const { now, random, signal, log } = job;
    const red = await cancellable(signal, () =>
      waitForChecks(checks, { grace, now, random, signal, note: log.info }),
    );
    report.saw(checks.last);
    if (red !== null) return report.end(untouched(plan, "breaker-open", red));
  }
  const result = await runApply(job, context, { plan, report, checks });
  if (result.reason === "applied") await refreshOpenPulls(job, context);
  return result;
}

function deploymentOf(job: JobContext, merged: Merged): Deployment | null {
  const { deploymentEnvironment } = job.inputs;
  if (deploymentEnvironment === null) return null;
  return new Deployment(job.repository, job.log, {
    sha: merged.sha,
    environment: deploymentEnvironment,
    description: merged.pull === null ? "Sluice" : `Pull request ${merged.pull.number}`,
    logUrl: ownRunUrl(job),
  });
}
