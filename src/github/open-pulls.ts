/**
 * After an apply, and on a schedule: open pull requests whose plans touch or read what has moved since get a red check that
 * says who moved it, and are planned again (design 7).
 */
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { postCheck } from "./check-run.ts";
import { renderNotice } from "./failure.ts";
import { type JobContext, minuteOf, ownRunUrl, projectName } from "./job.ts";
import { readMoves, type Staleness, stalenessOf } from "./moves.ts";
import { planCheckName } from "./names.ts";
import { type PlanRecord, readRecord } from "./record.ts";
import type { MergedPull } from "./repository.ts";

const most = 50;
const mostNames = 5;

/** Never fails the work it comes after: what cannot be done is told in the log. */
export async function refreshOpenPulls(job: JobContext, context: Context): Promise<void> {
  if (job.inputs.openPullRequests === "ignore") return;
  try {
    const pulls = await job.repository.fetchPulls("open", job.productionBranch, most);
    const own = pulls.filter((pull) => pull.headRepositoryId === job.repositoryId);
    if (own.length === 0) return;
    const planned: Planned[] = [];
    for (const pull of own) {
      const record = await planOf(job, pull);
      if (record?.hasChanges) planned.push({ pull, record });
    }
    if (planned.length === 0) return;
    const oldest = Math.min(...planned.map(({ record }) => record.base));
    const moves = await readMoves(context, job.inputs.environment, oldest);
    for (const { pull, record } of planned) {
      const stale = stalenessOf(record, moves);
      if (stale !== null) await markStale(job, { pull, record }, stale);
    }
  } catch (error) {
    job.log.warning(`Open pull requests could not be marked as stale: ${messageOf(error)}`);
  }
}

interface Planned {
  readonly pull: MergedPull;
  readonly record: PlanRecord;
}

/** What the green check of its newest commit says; null when there is none, or when it is red already. */
async function planOf(job: JobContext, pull: MergedPull): Promise<PlanRecord | null> {
  const [newest] = await job.repository.fetchChecks(pull.headSha, planCheckName(job.target));
  return newest?.conclusion === "success" ? readRecord(newest.text) : null;
}

async function markStale(job: JobContext, { pull, record }: Planned, stale: Staleness): Promise<void> {
  const name = planCheckName(job.target);
  const body = renderNotice({
    project: projectName(job),
    environment: job.inputs.environment,
    state: "stale",
    headSha: pull.headSha,
    sign: "🟡",
    title: "Stale",
    sentence: sentenceOf(stale),
    next: ["The workflow plans again by itself where it may start runs; else run it again, or push."],
    runUrl: ownRunUrl(job),
    at: minuteOf(job.now()),
  });
  const title = `Stale: moved by ${stale.by}`;
  await postCheck(job.repository, { name, sha: pull.headSha, detailsUrl: ownRunUrl(job) }, "failure", {
    title,
    summary: body,
  });
  job.log.info(`Pull request ${pull.number}: its plan is stale now. ${sentenceOf(stale)}`);
  if (job.inputs.openPullRequests !== "replan") return;
  if (!(await job.repository.runAgain(record.runId))) {
    job.log.info("Its plan run cannot be started again from here: the job has no permission actions: write.");
  }
}

function sentenceOf({ by, models }: Staleness): string {
  const shown = models.slice(0, mostNames).join(", ");
  const more = models.length > mostNames ? ` and ${models.length - mostNames} more` : "";
  const what =
    models.length === 0
      ? "and may have touched the same models"
      : `and touched ${shown}${more}, which this plan touches or reads`;
  return `Stale: ${by} was applied since, ${what}. The plan must be made again.`;
}
