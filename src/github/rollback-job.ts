/**
 * Rollback by dispatch (design 10): the plan of the way back, applied at once through the same lock, kill switch and switch.
 * Required checks are not asked: whoever goes back does so because what is merged is not good.
 */
import { ApplyReport } from "./apply-report.ts";
import { CheckRun } from "./check-run.ts";
import { cancellable, type JobContext, type JobResult, ownRunUrl, takesOver } from "./job.ts";
import { applyCheckName, ownerOf } from "./names.ts";
import { refreshOpenPulls } from "./open-pulls.ts";
import { reportedPlan, runApply } from "./run-apply.ts";

export async function rollbackJob(job: JobContext): Promise<JobResult> {
  const { sha } = job.runner;
  const check = job.guard(
    await CheckRun.open(job.repository, {
      name: applyCheckName(job.target),
      sha,
      detailsUrl: ownRunUrl(job),
      takesOver: takesOver(job),
      title: "Rolling back",
      summary: "The way back is being planned.",
    }),
  );
  const report = new ApplyReport(job, { pull: null, sha }, check, null, null);
  try {
    await using context = job.openContext({ owner: ownerOf(ownRunUrl(job), null) });
    const { rollbackTo } = job.inputs;
    const plan = await cancellable(job.signal, () =>
      context.rollback(job.inputs.environment, rollbackTo === null ? {} : { to: rollbackTo }),
    );
    const document = plan.toJSON();
    report.about(await reportedPlan(job, context, document, null));
    const result = await runApply(job, context, { plan: document, report, checks: null });
    if (result.reason === "applied") {
      job.log.warning(afterwards(job));
      await refreshOpenPulls(job, context);
    }
    return result;
  } catch (error) {
    return report.fail(error);
  }
}

function afterwards(job: JobContext): string {
  return `${job.inputs.environment} shows a former version now, ${job.productionBranch} still describes the newer one: revert the change there, else the next apply brings it back.`;
}
