/** Closed without merging: the pull request's environment goes, the comment says that nothing will be applied. */
import type { PullFacts } from "./event.ts";
import { renderNotice } from "./failure.ts";
import { type JobContext, type JobResult, minuteOf, ownRunUrl, projectName } from "./job.ts";
import { ownerOf } from "./names.ts";
import { commentOf } from "./plan-job.ts";
import { removeReviewEnvironment } from "./review-environment.ts";

export async function closedJob(job: JobContext, pull: PullFacts): Promise<JobResult> {
  const removed = await removeEnvironment(job, pull.number);
  if (job.inputs.comment) {
    const comment = commentOf(job, pull.number);
    // A pull request that was never planned gets no comment now.
    if ((await comment.read()) !== null) await comment.write(closedNotice(job, pull, removed));
  }
  const sentence =
    removed === null
      ? "Closed without merging; nothing was built for it."
      : `Closed without merging; ${removed} is gone.`;
  return {
    reason: "nothing-to-do",
    sentence,
    exitCode: 0,
    outputs: { environment: job.inputs.environment, "pull-request": pull.number },
  };
}

async function removeEnvironment(job: JobContext, pull: number): Promise<string | null> {
  if (job.inputs.reviewEnvironment === null) return null;
  await using context = job.openContext({ owner: ownerOf(ownRunUrl(job), pull) });
  return await removeReviewEnvironment(job, context, pull);
}

function closedNotice(job: JobContext, pull: PullFacts, removed: string | null): string {
  const environment = removed === null ? "" : ` Its environment ${removed} is gone.`;
  return renderNotice({
    project: projectName(job),
    environment: job.inputs.environment,
    state: "closed",
    headSha: pull.headSha,
    sign: "⚪",
    title: "Closed",
    sentence: `The pull request was closed without merging; its plan will not be applied.${environment}`,
    next: ["Reopening it makes a new plan."],
    runUrl: ownRunUrl(job),
    at: minuteOf(job.now()),
  });
}
