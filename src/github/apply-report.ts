/** How an apply is told: check on the merge commit, comment, deployment, summary, outputs — from one view (design 7). */
import type { ApplyEvent } from "../plan/events.ts";
import { exitCodeOf, type Outcome, type OutcomeReason } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { SluiceSettings } from "../project/sluice-settings.ts";
import {
  buildPlanView,
  checkTextBytes,
  foldEvents,
  type ReportContext,
  renderComment,
  renderSummary,
  type TemplateTexts,
} from "../report/report.ts";
import type { CheckRun } from "./check-run.ts";
import type { Comment } from "./comment.ts";
import type { Deployment } from "./deployment.ts";
import { reasonOfError, renderNotice, sentenceOfError } from "./failure.ts";
import { type JobContext, type JobResult, minuteOf, ownRunUrl, projectName } from "./job.ts";
import type { Merged } from "./merged-pull.ts";
import { outcomeOutputs } from "./outputs.ts";
import type { CheckVerdict } from "./required-checks.ts";
import { artifactUrl } from "./runner.ts";

export interface ReportedPlan {
  readonly plan: PlanDocument;
  /** Where the plan file is; null for a plan read from the ledger. */
  readonly artifact: { readonly runId: number; readonly id: number } | null;
  readonly settings: SluiceSettings;
  readonly templates: TemplateTexts;
}

export interface Ending {
  readonly because?: readonly string[];
  readonly state?: ReportContext["state"];
  readonly events?: readonly ApplyEvent[];
  readonly next?: readonly string[];
}

export class ApplyReport {
  readonly #job: JobContext;
  readonly #merged: Merged;
  readonly #check: CheckRun;
  readonly #comment: Comment | null;
  readonly #deployment: Deployment | null;
  #reported: ReportedPlan | null = null;
  #checks: readonly CheckVerdict[] = [];

  constructor(
    job: JobContext,
    merged: Merged,
    check: CheckRun,
    comment: Comment | null,
    deployment: Deployment | null,
  ) {
    this.#job = job;
    this.#merged = merged;
    this.#check = check;
    this.#comment = comment;
    this.#deployment = deployment;
  }

  about(reported: ReportedPlan): void {
    this.#reported = reported;
  }

  /** What the breaker saw last. */
  saw(checks: readonly CheckVerdict[]): void {
    this.#checks = checks;
  }

  async start(): Promise<void> {
    await this.#deployment?.report("in_progress", "Sluice applies the plan.");
  }

  /** Where the apply stands now. */
  async progress(events: readonly ApplyEvent[]): Promise<void> {
    const reported = this.#reported;
    if (reported === null) return;
    const view = buildPlanView(reported.plan, { ...this.#context(reported), progress: foldEvents(events) });
    const { comment } = reported.settings;
    await this.#comment?.write(renderComment(view, reported.templates, comment));
    await this.#check.update(
      view.verdict.word,
      renderSummary(view, reported.templates, { ...comment, bytes: checkTextBytes }),
    );
  }

  /** The end of an apply, or why there was none. */
  async end(outcome: Outcome, ending: Ending = {}): Promise<JobResult> {
    const reported = this.#reported;
    if (reported === null) return this.refuse(outcome.reason, outcome.sentence, ending);
    const { because, state, events, next } = ending;
    const view = buildPlanView(reported.plan, {
      ...this.#context(reported),
      outcome,
      ...(events === undefined ? {} : { progress: foldEvents(events) }),
      ...(because === undefined ? {} : { because }),
      ...(next === undefined || next.length === 0 ? {} : { next }),
      ...(state === undefined ? {} : { state }),
    });
    const { comment } = reported.settings;
    const sentence = fullSentence(outcome);
    await this.#publish(outcome.reason, sentence, {
      title: titleOf(view.verdict.word, outcome),
      check: renderSummary(view, reported.templates, { ...comment, bytes: checkTextBytes }),
      comment: renderComment(view, reported.templates, comment),
      summary: renderSummary(view, reported.templates, comment),
    });
    return this.#result(outcome.reason, sentence, outcomeOutputs(outcome));
  }

  /** There is no plan to show. */
  async refuse(reason: OutcomeReason, sentence: string, ending: Ending = {}): Promise<JobResult> {
    const good = exitCodeOf(reason) === 0;
    const body = renderNotice({
      project: projectName(this.#job),
      environment: this.#job.inputs.environment,
      state: good ? "applied" : "refused",
      headSha: this.#merged.pull?.headSha ?? this.#merged.sha,
      sign: good ? "⚪" : "🔴",
      title: good ? "Nothing to do" : "Not applied",
      sentence: [sentence, ...(ending.because ?? [])].join(" "),
      production: good ? "" : `${this.#job.inputs.environment} is unchanged: no statement was sent.`,
      next: ending.next ?? [],
      runUrl: ownRunUrl(this.#job),
      at: minuteOf(this.#job.now()),
    });
    const title = good ? "Nothing to do" : `Not applied: ${reason.replaceAll("-", " ")}`;
    await this.#publish(reason, sentence, { title, check: body, comment: body, summary: body });
    return this.#result(reason, sentence, {
      environment: this.#job.inputs.environment,
      production: "unchanged",
    });
  }

  /** Something was thrown before the first statement. */
  fail(error: unknown): Promise<JobResult> {
    const reason = reasonOfError(error);
    const sentence = sentenceOfError(error);
    const next = [
      reason === "plan-untrusted"
        ? "Correct what is named, and run the job again."
        : "Run the apply job again when the cause is gone; nothing was changed.",
    ];
    if (this.#reported === null) return this.refuse(reason, sentence, { next });
    const { plan } = this.#reported;
    return this.end({ ...untouched(plan, reason, sentence), failure: { message: sentence } });
  }

  async #publish(
    reason: OutcomeReason,
    sentence: string,
    words: {
      readonly title: string;
      readonly check: string;
      readonly comment: string;
      readonly summary: string;
    },
  ): Promise<void> {
    const { log } = this.#job;
    const good = exitCodeOf(reason) === 0;
    if (!good) log.error(sentence);
    // Each by itself: what became of production must be told even when one place cannot be reached.
    const tell = (what: () => Promise<unknown>) =>
      what().catch((error: unknown) => log.warning(sentenceOfError(error)));
    await tell(() =>
      this.#check.conclude(good ? "success" : "failure", { title: words.title, summary: words.check }),
    );
    await tell(async () => this.#comment?.write(words.comment));
    await tell(() => this.#job.writeSummary(words.summary));
    if (this.#deployment?.started) await this.#deployment.report(good ? "success" : "failure", sentence);
  }

  #result(reason: OutcomeReason, sentence: string, outputs: JobResult["outputs"]): JobResult {
    return {
      reason,
      sentence,
      exitCode: exitCodeOf(reason),
      outputs: {
        ...outputs,
        "check-run-id": this.#check.id,
        ...(this.#merged.pull === null ? {} : { "pull-request": this.#merged.pull.number }),
      },
    };
  }

  #context({ artifact, plan }: ReportedPlan): ReportContext {
    const run = ownRunUrl(this.#job);
    const file = artifact === null ? null : artifactUrl(this.#job.runner, artifact.runId, artifact.id);
    return {
      project: projectName(this.#job),
      headSha: this.#merged.pull?.headSha ?? plan.source?.headSha ?? this.#merged.sha,
      apply: { by: "merge" },
      checks: this.#checks.map(({ name, state }) => ({ name, state })),
      links: { run, plan: run, ...(file === null ? {} : { artifact: file }) },
    };
  }
}

/** With the database's own words, where there are any the sentence lacks. */
function fullSentence({ sentence, failure }: Outcome): string {
  if (failure === undefined || sentence.includes(failure.message)) return sentence;
  return `${sentence} ${failure.message}`;
}

/** The outcome of an apply that sent nothing. */
export function untouched(plan: PlanDocument, reason: OutcomeReason, sentence: string): Outcome {
  return {
    reason,
    sentence,
    production: "unchanged",
    planId: plan.id,
    digest: plan.digest,
    environment: plan.environment.name,
    environmentVersion: null,
    stepsDone: 0,
    stepsTotal: plan.steps.length,
    warnings: [],
  };
}

function titleOf(word: string, outcome: Outcome): string {
  const production =
    outcome.production === "switched" ? "production shows the new version" : "production is unchanged";
  return exitCodeOf(outcome.reason) === 0
    ? word
    : `${word}: ${outcome.reason.replaceAll("-", " ")}; ${production}`;
}
