/** Plan → check run → artifact → comment → summary (design 7). The check is opened first and always concluded. */
import type { Context } from "../context.ts";
import { SluiceError } from "../errors.ts";
import { exitCodeOf } from "../plan/outcome.ts";
import type { PlanDocument, PlanSource } from "../plan/plan.ts";
import { writePlanText } from "../plan/plan-file.ts";
import type { SluiceSettings } from "../project/sluice-settings.ts";
import { name, type Phrase, phrase } from "../report/phrase.ts";
import {
  buildPlanView,
  checkTextBytes,
  markerPrefix,
  type PlanView,
  type ReportContext,
  renderComment,
  renderSummary,
  renderText,
  type TemplateTexts,
} from "../report/report.ts";
import { errorAnnotations, planAnnotations, type Refused } from "./annotations.ts";
import { type UploadedArtifact, uploadPlan } from "./artifact.ts";
import { CheckRun } from "./check-run.ts";
import { Comment } from "./comment.ts";
import { reasonOfError, renderNotice, sentenceOfError } from "./failure.ts";
import {
  cancellable,
  type JobContext,
  type JobResult,
  minuteOf,
  ownRunUrl,
  projectName,
  takesOver,
  withAnnotations,
} from "./job.ts";
import { artifactName, ownerOf, planCheckName } from "./names.ts";
import { planOutputs } from "./outputs.ts";
import { permissionLines } from "./permission-trailer.ts";
import { hasWork, planRecord, writeRecord } from "./record.ts";
import { optionsOf } from "./requested-options.ts";
import { buildReviewEnvironment } from "./review-environment.ts";
import { artifactUrl } from "./runner.ts";
import type { Job } from "./select-job.ts";

type PlanTask = Extract<Job, { kind: "plan" }>;

export async function planJob(job: JobContext, task: PlanTask): Promise<JobResult> {
  const check = job.guard(
    await CheckRun.open(job.repository, {
      name: planCheckName(job.target),
      sha: task.sha,
      detailsUrl: ownRunUrl(job),
      takesOver: takesOver(job),
      title: "Planning",
      summary: "The plan is being made.",
    }),
  );
  try {
    // Only the making is left behind by a cancelled run: what is published comes in order, or not at all.
    const made = await cancellable(job.signal, () => makePlan(job, task));
    return await publish(job, task, { check, ...made });
  } catch (error) {
    return reportFailure(job, task, check, error);
  }
}

interface Made {
  readonly plan: PlanDocument;
  /** Changes without a category. */
  readonly open: number;
  readonly artifact: UploadedArtifact;
  readonly view: PlanView;
  readonly templates: TemplateTexts;
  readonly settings: SluiceSettings;
}

async function makePlan(job: JobContext, task: PlanTask): Promise<Made> {
  await using context = job.openContext({ owner: ownerOf(ownRunUrl(job), task.pull?.number ?? null) });
  const review = await buildReviewEnvironment(job, context, task.pull?.number ?? null);
  const reviewed = await context.plan(job.inputs.environment, {
    ...(await optionsOf(job, task.pull?.number ?? task.merged ?? null)),
    source: await sourceOf(job, task, context),
  });
  const plan = reviewed.toJSON();
  const text = writePlanText(plan);
  const artifact = await uploadPlan(job.runner, artifactName(job.target, job.runner.runAttempt), text);
  const settings = await context.sluiceSettings();
  const templates = await job.loadTemplates(settings.comment.template);
  const made = reportContext(job, task, artifact, review);
  const report = { ...made, fuses: [...(made.fuses ?? []), ...(await context.fuses(reviewed))] };
  const view = buildPlanView(plan, report);
  return { plan, open: reviewed.uncategorized.length, artifact, view, templates, settings };
}

async function publish(
  job: JobContext,
  task: PlanTask,
  { check, plan, open, artifact, view, templates, settings }: Made & { readonly check: CheckRun },
): Promise<JobResult> {
  job.log.info(renderText(view, { color: false, width: 100, diffs: false, steps: false }));
  const commentId = await writeComment(job, task, renderComment(view, templates, settings.comment));
  await job.writeSummary(renderSummary(view, templates, settings.comment));
  job.signal.throwIfAborted();
  await check.conclude(
    open === 0 ? "success" : "failure",
    withAnnotations(
      {
        title: open === 0 ? titleOf(view, plan) : openChanges(open),
        summary: renderSummary(view, templates, { ...settings.comment, bytes: checkTextBytes }),
        text: writeRecord(
          planRecord(plan, {
            runId: job.runner.runId,
            attempt: job.runner.runAttempt,
            artifactId: artifact.id,
            fileDigest: artifact.digest,
          }),
        ),
      },
      planAnnotations(plan, job.inputs.project),
    ),
  );
  return {
    ...endOf(plan, open),
    outputs: {
      ...planOutputs(plan, view),
      "plan-file": artifact.path,
      "artifact-id": artifact.id,
      "artifact-digest": artifact.digest,
      "check-run-id": check.id,
      ...(commentId === null ? {} : { "comment-id": commentId }),
    },
  };
}

/** A change without a category can be looked at, not merged. */
function endOf(plan: PlanDocument, open: number): Pick<JobResult, "reason" | "sentence" | "exitCode"> {
  if (open > 0) {
    const sentence = `${openChanges(open)}: choose one for each in plan-options, under choices.`;
    return { reason: "config-error", sentence, exitCode: exitCodeOf("config-error") };
  }
  if (!hasWork(plan)) return { reason: "nothing-to-do", sentence: "There is nothing to do.", exitCode: 0 };
  return { reason: null, sentence: "The plan is made.", exitCode: 0 };
}

function openChanges(open: number): string {
  return open === 1 ? "1 change has no category yet" : `${open} changes have no category yet`;
}

/** Which code the plan was made from: what apply holds it against. */
async function sourceOf(job: JobContext, task: PlanTask, context: Context): Promise<PlanSource> {
  return {
    repositoryId: job.repositoryId,
    headSha: task.sha,
    projectDigest: await context.projectDigest(),
    ...(task.pull === null ? {} : { pullRequest: task.pull.number }),
    ...(task.baseSha === null ? {} : { baseSha: task.baseSha }),
  };
}

function reportContext(
  job: JobContext,
  task: PlanTask,
  artifact: UploadedArtifact,
  review: string | null,
): ReportContext {
  const url = artifactUrl(job.runner, job.runner.runId, artifact.id);
  return {
    project: projectName(job),
    headSha: task.sha,
    apply: { by: "merge" },
    fuses: fuseSentences(job),
    links: { run: ownRunUrl(job), artifact: url, plan: ownRunUrl(job) },
    ...(review === null ? {} : { reviewEnvironment: review }),
  };
}

function fuseSentences(job: JobContext): readonly string[] {
  const { requiredChecks, requiredChecksOn } = job.inputs;
  if (requiredChecks !== "auto" && requiredChecks.length === 0) return [];
  const where = {
    head: "the merged commit",
    merge: "the merge commit",
    both: "both the merged and the merge commit",
  }[requiredChecksOn];
  const what =
    requiredChecks === "auto"
      ? "the checks the branch requires"
      : requiredChecks.map((check) => check.name).join(", ");
  return [`Green on ${where}, before each step and before the switch: ${what}`];
}

async function writeComment(job: JobContext, task: PlanTask, body: string): Promise<number | null> {
  if (task.pull === null || !job.inputs.comment) return null;
  return commentOf(job, task.pull.number).write(body);
}

export function commentOf(job: JobContext, pull: number): Comment {
  const marker = markerPrefix(projectName(job), job.inputs.environment);
  return new Comment(job.repository, pull, marker, job.inputs.commentAuthor);
}

function titleOf(view: PlanView, plan: PlanDocument): string {
  const { counts } = view;
  if (!hasWork(plan)) return "Nothing to do";
  const parts = [
    [counts.breaking, "breaking"],
    [counts.nonBreaking, "non-breaking"],
    [counts.added, "added"],
    [counts.removed, "removed"],
    [counts.indirect, "downstream"],
    [counts.destructive, "destructive"],
  ] as const;
  const words = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`);
  return words.length === 0 ? view.verdict.word : words.join(", ");
}

/** Everything a failed plan leaves: a red check with the findings, the comment, the summary. */
async function reportFailure(
  job: JobContext,
  task: PlanTask,
  check: CheckRun,
  error: unknown,
): Promise<JobResult> {
  const reason = reasonOfError(error);
  const sentence = sentenceOfError(error);
  const findings = errorAnnotations(error, job.inputs.project);
  const body = renderNotice({
    project: projectName(job),
    environment: job.inputs.environment,
    state: "failed",
    headSha: task.sha,
    sign: "🔴",
    title: reason === "cancelled" ? "Planning was cancelled" : "No plan",
    sentence,
    findings,
    next: nextOfFailure(error, task),
    runUrl: ownRunUrl(job),
    at: minuteOf(job.now()),
  });
  job.log.error(sentence);
  // Each by itself: where one place cannot be reached, the others must still tell.
  const tell = (what: () => Promise<unknown>) =>
    what().catch((fault: unknown) => job.log.warning(sentenceOfError(fault)));
  await tell(() =>
    check.conclude("failure", withAnnotations({ title: titleOfFailure(reason), summary: body }, findings)),
  );
  await tell(() => job.writeSummary(body));
  await tell(() => writeComment(job, task, body));
  return {
    reason,
    sentence,
    exitCode: Math.max(1, exitCodeOf(reason)),
    outputs: { environment: job.inputs.environment, "check-run-id": check.id },
  };
}

function nextOfFailure(error: unknown, task: PlanTask): readonly (string | Phrase)[] {
  if (reasonOfError(error) === "cancelled") return ["Run the job again."];
  const correct = "Correct what is listed, and push: the plan is made again. Nothing was changed.";
  const details = error instanceof SluiceError ? error.details : {};
  const lines = task.pull === null ? [] : permissionLines((details["refused"] ?? []) as readonly Refused[]);
  return [
    correct,
    ...lines.map(
      (line) =>
        phrase`Or allow it for this plan alone: add the line ${name(line)} to the description of the pull request, and run the job again.`,
    ),
  ];
}

function titleOfFailure(reason: string): string {
  return `No plan: ${reason.replaceAll("-", " ")}`;
}
