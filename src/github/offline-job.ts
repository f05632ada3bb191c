/**
 * Pull requests of forks and of Dependabot: their runs have a read-only token and no secrets, so the project is parsed,
 * linted and tested, and every model is shown as new. Summary and log only; no check, no comment, no artifact.
 */
import { exitCodeOf } from "../plan/outcome.ts";
import { buildPlanView, renderSummary, renderText } from "../report/report.ts";
import { errorAnnotations, planAnnotations } from "./annotations.ts";
import { reasonOfError, renderNotice, sentenceOfError } from "./failure.ts";
import { cancellable, type JobContext, type JobResult, minuteOf, ownRunUrl, projectName } from "./job.ts";
import type { Job } from "./select-job.ts";

type OfflineTask = Extract<Job, { kind: "offline-plan" }>;

export async function offlineJob(job: JobContext, task: OfflineTask): Promise<JobResult> {
  try {
    return await cancellable(job.signal, () => planOffline(job, task));
  } catch (error) {
    return reportFailure(job, task, error);
  }
}

async function planOffline(job: JobContext, task: OfflineTask): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job), offline: true });
  const testable = await context.canTestOffline();
  const reviewed = await context.plan(job.inputs.environment, {
    ...job.inputs.planOptions,
    ...(testable ? {} : { skipTests: true }),
  });
  const plan = reviewed.toJSON();
  const settings = await context.sluiceSettings();
  const templates = await job.loadTemplates(settings.comment.template);
  const view = buildPlanView(plan, {
    project: projectName(job),
    headSha: task.pull.headSha,
    offline: labelOf(task),
    because: testable ? [] : ["Unit tests need the warehouse and were skipped."],
    links: { run: ownRunUrl(job) },
  });
  job.log.info(renderText(view, { color: false, width: 100, diffs: false, steps: false }));
  for (const annotation of planAnnotations(plan, job.inputs.project)) job.log.annotate(annotation);
  await job.writeSummary(renderSummary(view, templates, settings.comment));
  const sentence = `The project was read, linted and ${testable ? "tested" : "not tested"}; nothing was compared with ${job.inputs.environment}.`;
  return {
    reason: null,
    sentence,
    exitCode: 0,
    outputs: { environment: job.inputs.environment, offline: true, "pull-request": task.pull.number },
  };
}

function labelOf(task: OfflineTask): string {
  const whose = task.why === "fork" ? "a pull request of a fork" : "a pull request of Dependabot";
  return `This is ${whose}: its runs have no credentials, so nothing was compared with the warehouse and every model counts as new. The real plan is made when a maintainer takes the change over, or by dispatch after the merge.`;
}

async function reportFailure(job: JobContext, task: OfflineTask, error: unknown): Promise<JobResult> {
  const reason = reasonOfError(error);
  const sentence = sentenceOfError(error);
  const findings = errorAnnotations(error, job.inputs.project);
  for (const finding of findings) job.log.annotate(finding);
  job.log.error(sentence);
  await job.writeSummary(
    renderNotice({
      project: projectName(job),
      environment: job.inputs.environment,
      state: "failed",
      headSha: task.pull.headSha,
      sign: "🔴",
      title: "No offline plan",
      sentence,
      findings,
      production: labelOf(task),
      next: ["Correct what is listed, and push."],
      runUrl: ownRunUrl(job),
      at: minuteOf(job.now()),
    }),
  );
  return {
    reason,
    sentence,
    exitCode: Math.max(1, exitCodeOf(reason)),
    outputs: { environment: job.inputs.environment, offline: true },
  };
}
