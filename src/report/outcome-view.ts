/** What became of a plan: how far it got, what production shows now, what failed and why. */
import type { OutcomeReason } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { ActionGroup } from "./actions.ts";
import { describeInstant, describeSeconds } from "./interval-text.ts";
import { count, name, type Phrase, phrase } from "./phrase.ts";
import type { ApplyProgress } from "./progress.ts";
import type { ReportContext } from "./view.ts";

export type GroupState = "done" | "running" | "failed" | "waiting" | "skipped";

export interface ProgressLine {
  readonly state: GroupState;
  readonly text: Phrase;
  readonly done: number;
  readonly total: number;
  /** `40 s`, empty when nothing was measured. */
  readonly seconds: string;
}

export interface FailureView {
  readonly model: string;
  readonly step: string;
  readonly statement: string;
  readonly message: string;
}

export interface OutcomeView {
  /** null while the apply is under way. */
  readonly reason: OutcomeReason | null;
  readonly sentence: string;
  readonly production: Phrase;
  readonly switched: boolean;
  /** The version this apply made live, which another in between makes larger than the plan's; null for any other ending. */
  readonly version: number | null;
  readonly stepsDone: number;
  readonly stepsTotal: number;
  readonly resumed: boolean;
  readonly waitingFor: string;
  readonly lines: readonly ProgressLine[];
  readonly audits: readonly string[];
  readonly failure: FailureView | null;
  readonly warnings: readonly string[];
  readonly extraIntervals: readonly string[];
  readonly finishedAt: string;
  readonly duration: string;
  /** 40-character bar is the printer's business; this is the share, 0 to 1. */
  readonly share: number;
}

/** null when nothing has been tried yet. */
export function outcomeView(
  plan: PlanDocument,
  actions: readonly ActionGroup[],
  context: ReportContext,
): OutcomeView | null {
  const progress = context.progress;
  const outcome = context.outcome ?? progress?.outcome ?? null;
  if (!outcome && !progress) return null;

  const stepsTotal = outcome?.stepsTotal ?? plan.steps.length;
  const stepsDone = outcome?.stepsDone ?? progress?.done.size ?? 0;
  const over = outcome !== null;
  const switched = outcome ? outcome.production === "switched" : false;
  const version = outcome?.reason === "applied" ? outcome.environmentVersion : null;
  const failedModel = outcome?.failure?.model;
  return {
    reason: outcome?.reason ?? null,
    sentence: outcome?.sentence ?? "",
    production: productionSentence(plan, outcome?.reason ?? null, switched),
    switched,
    version,
    stepsDone,
    stepsTotal,
    resumed: progress?.resumed ?? false,
    waitingFor: over ? "" : (progress?.waitingFor ?? ""),
    lines:
      progress && !(over && untouched(progress))
        ? actions.map((group) => progressLine(live(plan, group, version), progress, over))
        : [],
    audits: (progress?.auditsFailed ?? []).map(
      (audit) =>
        `${audit.audit}${audit.model ? ` on ${audit.model}` : ""}: ${count(audit.badRows, "bad row")}${audit.blocking ? "" : " (not blocking)"}`,
    ),
    failure: outcome?.failure
      ? {
          model:
            failedModel === undefined
              ? ""
              : (plan.models.find((each) => each.name === failedModel)?.displayName ?? failedModel),
          step:
            plan.steps.find((step) => step.id === outcome.failure?.step)?.sentence ??
            outcome.failure.step ??
            "",
          statement: outcome.failure.statement ?? "",
          message: outcome.failure.message,
        }
      : null,
    warnings: [...new Set([...(outcome?.warnings ?? []), ...(progress?.warnings ?? [])])],
    extraIntervals: outcome?.extraIntervals ?? [],
    finishedAt: progress?.finishedAt ? describeInstant(progress.finishedAt) : "",
    duration:
      progress?.startedAt != null && progress.finishedAt != null
        ? describeSeconds((progress.finishedAt - progress.startedAt) / 1000)
        : "",
    share: stepsTotal === 0 ? 1 : Math.min(1, stepsDone / stepsTotal),
  };
}

/** The last step with the version it really recorded. */
function live(plan: PlanDocument, group: ActionGroup, version: number | null): ActionGroup {
  if (version === null || version === plan.environment.to) return group;
  const last = plan.steps.find(({ kind }) => kind === "finalise");
  if (last === undefined || !group.steps.includes(last.id)) return group;
  return { ...group, title: phrase`Record ${name(plan.environment.name)} version ${version} as live.` };
}

/** Refused or found done before the first step: there is no progress to show. */
function untouched(progress: ApplyProgress): boolean {
  return progress.done.size === 0 && progress.running.size === 0 && progress.failed === null;
}

function productionSentence(plan: PlanDocument, reason: OutcomeReason | null, switched: boolean): Phrase {
  const environment = name(plan.environment.name);
  if (reason === "already-applied") return phrase`${environment} already shows this plan; nothing was sent.`;
  if (switched) return phrase`${environment} shows the new version.`;
  if (reason === null) return phrase`${environment} still shows the old version until the switch.`;
  if (reason === "nothing-to-do") return phrase`${environment} was not touched.`;
  return plan.environment.isNew
    ? phrase`${environment} does not exist yet: nothing was switched.`
    : phrase`${environment} is unchanged: it still shows the old version in full.`;
}

function progressLine(group: ActionGroup, progress: ApplyProgress, over: boolean): ProgressLine {
  const done = group.steps.filter((id) => progress.done.has(id)).length;
  const seconds = group.steps.reduce((sum, id) => sum + (progress.done.get(id)?.seconds ?? 0), 0);
  return {
    state: groupState(group.steps, done, progress, over),
    text: group.title,
    done,
    total: group.steps.length,
    seconds: done > 0 && seconds > 0 ? describeSeconds(seconds) : "",
  };
}

function groupState(
  steps: readonly StepId[],
  done: number,
  progress: ApplyProgress,
  over: boolean,
): GroupState {
  if (progress.failed && steps.includes(progress.failed.step)) return "failed";
  if (done === steps.length) return "done";
  if (over) return "skipped";
  return done > 0 || steps.some((id) => progress.running.has(id)) ? "running" : "waiting";
}
