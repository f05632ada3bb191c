/** The apply itself, shown while it runs and when it ends. */
import type { Context } from "../context.ts";
import { SluiceError } from "../errors.ts";
import type { Override } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { ApplyReport, ReportedPlan } from "./apply-report.ts";
import type { RequiredChecks } from "./breaker.ts";
import type { JobContext, JobResult } from "./job.ts";
import { LiveReport } from "./live-report.ts";
import { nextOf } from "./prepare-apply.ts";

/** Milliseconds between two updates of the comment: GitHub allows 80 writes a minute, and people read slower. */
const updateEvery = 10_000;

export interface Applying {
  readonly plan: PlanDocument;
  readonly report: ApplyReport;
  /** Asked before each step and before the switch; null = none are required. */
  readonly checks: RequiredChecks | null;
}

export async function runApply(
  job: JobContext,
  context: Context,
  { plan, report, checks }: Applying,
): Promise<JobResult> {
  const live = new LiveReport({
    every: updateEvery,
    now: job.now,
    log: job.log,
    show: (events) => report.progress(events),
  });
  const outcome = await context.apply(plan, {
    signal: job.signal,
    onEvent: live.add,
    lockWait: job.inputs.lockWait * 60_000,
    overrides: overridesOf(job),
    ...(checks === null ? {} : { fuses: [checks] }),
  });
  await live.end();
  if (checks !== null) report.saw(checks.last);
  return report.end(outcome, { events: live.events, next: nextOf(outcome.reason) });
}

/** A person takes it upon himself, by dispatch: what a merge brings along, the workflow file included, overrides nothing. */
function overridesOf({ inputs, runner }: JobContext): readonly Override[] {
  const { override, reason } = inputs;
  if (override.length > 0 && runner.eventName !== "workflow_dispatch") {
    throw new SluiceError("INPUT_INVALID", "the input override is for workflow_dispatch only", {
      hint: "Apply by dispatch, with pr, override and reason.",
    });
  }
  return override.map((fuse) => ({ fuse, reason, by: runner.triggeredBy }));
}

/** With everything that is needed to tell about it. */
export async function reportedPlan(
  job: JobContext,
  context: Context,
  plan: ReportedPlan["plan"],
  artifact: ReportedPlan["artifact"],
): Promise<ReportedPlan> {
  const settings = await context.sluiceSettings();
  return { plan, artifact, settings, templates: await job.loadTemplates(settings.comment.template) };
}
