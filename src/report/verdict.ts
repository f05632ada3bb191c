/** The first line and the last: how the plan stands, in one sentence, and what a person can do next. */
import { unchangedSentence } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Counts } from "./counts.ts";
import type { OutcomeView } from "./outcome-view.ts";
import { count, enumerate, name, type Phrase, phrase } from "./phrase.ts";
import type { ReportContext, ReportState } from "./view.ts";

export type Tone = "good" | "danger" | "attention" | "quiet" | "busy";

export interface Verdict {
  readonly tone: Tone;
  /** `Ready to apply`, `Applied`, `Stale`. */
  readonly word: string;
  /** What the plan does or did, one sentence. */
  readonly sentence: Phrase;
  /** Further sentences: why refused, what moved. */
  readonly because: readonly string[];
}

/** Title and first sentence. */
export function verdictOf(
  plan: PlanDocument,
  counts: Counts,
  state: ReportState,
  outcome: OutcomeView | null,
  context: ReportContext,
): Verdict {
  const environment = name(plan.environment.name);
  const because = context.because ?? [];
  if (context.offline !== undefined) {
    return {
      tone: "quiet",
      word: "Offline plan",
      sentence: phrase`${count(plan.models.length, "model")} read; nothing was compared with ${environment}.`,
      because: [context.offline, ...because],
    };
  }
  const say = (tone: Tone, word: string, sentence: Phrase): Verdict => ({ tone, word, sentence, because });
  switch (state) {
    case "planned":
      if (plan.tests.failed > 0) {
        return say(
          "danger",
          "Tests fail",
          phrase`${count(plan.tests.failed, "unit test")} of ${plan.tests.ran} failed; this plan cannot be applied.`,
        );
      }
      if (plan.rollback !== undefined)
        return say("attention", "Ready to roll back", rollbackSentence(plan, counts, plan.rollback.version));
      if (counts.destructive === 0) return say("good", "Ready to apply", changesSentence(plan, counts));
      return say(
        counts.dataLost > 0 ? "danger" : "attention",
        "Ready to apply, destructive",
        changesSentence(plan, counts),
      );
    case "nothing-to-do":
      return say("quiet", "Nothing to do", phrase`${environment} already is what the project describes.`);
    case "stale":
      return say(
        "attention",
        "Stale",
        phrase`${environment} moved since this plan was made. It cannot be applied as it is; nothing was changed.`,
      );
    case "refused":
      return say(
        "danger",
        "Refused",
        refusal(plan, outcome, phrase`This plan was not applied; nothing was changed.`),
      );
    case "applying":
      return say(
        "busy",
        outcome?.waitingFor ? "Waiting" : "Applying",
        applyingSentence(environment.name, outcome),
      );
    case "applied":
      return say(
        "good",
        outcome?.reason === "already-applied" ? "Already applied" : "Applied",
        appliedSentence(plan, counts, outcome),
      );
    case "failed":
      return say(
        "danger",
        outcome?.reason === "cancelled" ? "Cancelled" : "Failed",
        refusal(plan, outcome, phrase`The apply failed.`),
      );
    case "closed":
      return say(
        "quiet",
        "Closed",
        phrase`The pull request was closed without merging; this plan will not be applied.`,
      );
  }
}

function changesSentence(plan: PlanDocument, counts: Counts): Phrase {
  const environment = name(plan.environment.name);
  const changed =
    counts.changed > 0
      ? `${count(counts.changed, "model")} ${counts.changed === 1 ? "changes" : "change"}`
      : "No model changes";
  const effects: string[] = [];
  if (counts.computed > 0)
    effects.push(`${count(counts.computed, "model")} ${counts.computed === 1 ? "is" : "are"} computed`);
  if (counts.views > 0)
    effects.push(`${count(counts.views, "view")} ${counts.views === 1 ? "moves" : "move"}`);
  if (counts.removed > 0)
    effects.push(`${counts.removed} ${counts.removed === 1 ? "disappears" : "disappear"}`);
  const created = plan.environment.isNew
    ? plan.environment.createdFrom
      ? phrase` The environment is new, created from ${name(plan.environment.createdFrom)}.`
      : phrase` The environment is new.`
    : [];
  return effects.length === 0
    ? phrase`${changed} in ${environment}; nothing is computed.${created}`
    : phrase`${changed} in ${environment}: ${enumerate(effects)}.${created}`;
}

function rollbackSentence(plan: PlanDocument, counts: Counts, version: number): Phrase {
  const models = `${count(counts.changed, "model")} ${counts.changed === 1 ? "changes" : "change"}`;
  const moved = `${count(counts.views, "view")} ${counts.views === 1 ? "moves" : "move"} at once`;
  return phrase`${name(plan.environment.name)} goes back to what version ${version} showed: ${models}, ${moved}, nothing is computed.`;
}

/** The sentence of an outcome tells of production too, for logs and outputs, where it stands alone: here it is told once. */
function refusal(plan: PlanDocument, outcome: OutcomeView | null, otherwise: Phrase): Phrase {
  if (!outcome?.sentence) return otherwise;
  const { sentence, production } = outcome;
  const unchanged = unchangedSentence(plan);
  if (sentence.includes(`${plan.environment.name} shows the new versions`)) return phrase`${sentence}`;
  const own = sentence.endsWith(unchanged)
    ? sentence.slice(0, -unchanged.length).replace(/[;.] $/, ".")
    : sentence;
  return phrase`${own} ${production}`;
}

function applyingSentence(environment: string, outcome: OutcomeView | null): Phrase {
  if (outcome?.waitingFor)
    return phrase`Waiting for the lock of ${name(environment)}, held by ${name(outcome.waitingFor)}.`;
  return phrase`${outcome?.stepsDone ?? 0} of ${count(outcome?.stepsTotal ?? 0, "step")} done. ${outcome?.production ?? []}`;
}

function appliedSentence(plan: PlanDocument, counts: Counts, outcome: OutcomeView | null): Phrase {
  if (outcome?.reason === "already-applied") return outcome.production;
  const took = outcome?.duration ? ` in ${outcome.duration}` : "";
  const effects = [
    ...(counts.computed > 0 ? [`${count(counts.computed, "model")} computed`] : []),
    ...(counts.views > 0 ? [`${count(counts.views, "view")} moved`] : []),
  ];
  const what = effects.length === 0 ? "nothing was computed" : enumerate(effects);
  const version = outcome?.version ?? plan.environment.to;
  return phrase`${name(plan.environment.name)} is at version ${version}: ${what}${took}.`;
}

/** What to do now, at most three sentences. */
export function nextSteps(
  plan: PlanDocument,
  state: ReportState,
  outcome: OutcomeView | null,
  context: ReportContext,
): readonly Phrase[] {
  if (context.next !== undefined) return context.next.map((sentence) => [sentence]);
  if (context.offline !== undefined) return [];
  const environment = name(plan.environment.name);
  const merge = (context.apply?.by ?? "merge") === "merge";
  const file = context.apply?.by === "command" ? context.apply.file : undefined;
  switch (state) {
    case "planned":
      if (plan.tests.failed > 0) return [phrase`Fix the failing tests and plan again.`];
      return merge
        ? [
            phrase`Merging this pull request applies exactly this plan. If ${environment} moves first in a way that changes it, apply refuses and nothing is touched.`,
            phrase`To plan again, push a commit or re-run the workflow.`,
          ]
        : file !== undefined
          ? [phrase`Apply exactly this plan with ${name(`sluice apply ${file}`)}.`]
          : plan.rollback !== undefined
            ? [phrase`Go back with ${name(`sluice rollback ${plan.environment.name} --yes`)}.`]
            : [
                phrase`Save this plan with ${name("--out plan.json")} and apply it with ${name("sluice apply plan.json")}, or plan with ${name("--auto-apply")}.`,
              ];
    case "stale":
      return [
        merge
          ? phrase`Plan again: re-run the workflow, or push a commit. Then review what changed in the plan.`
          : phrase`Plan again with ${name(`sluice plan ${plan.environment.name}`)}.`,
      ];
    case "refused":
      return refusedNext(outcome, merge);
    case "failed":
      return failedNext(outcome, merge);
    case "closed":
    case "nothing-to-do":
    case "applying":
    case "applied":
      return [];
  }
}

function refusedNext(outcome: OutcomeView | null, merge: boolean): readonly Phrase[] {
  switch (outcome?.reason) {
    case "locked":
      return [phrase`Try again when the other apply has ended; its owner is named above.`];
    case "breaker-open":
    case "window-closed":
      return [
        phrase`Nothing was sent after the breaker opened. When it closes, ${merge ? "re-run the apply job" : "apply again"}: what is done stays done.`,
      ];
    case "destructive":
      return [
        phrase`If the loss is intended, allow it by name with ${name("--allow-destructive-model")} and plan again.`,
      ];
    default:
      return [phrase`Plan again, review, and apply the new plan.`];
  }
}

function failedNext(outcome: OutcomeView | null, merge: boolean): readonly Phrase[] {
  const again = merge ? "re-run the apply job" : "run the same apply again";
  switch (outcome?.reason) {
    case "audit-failed":
      return [
        phrase`Look at the rows the audit found, correct data or model, and plan again. If the data was corrected at its source, ${again}: finished steps are not repeated.`,
      ];
    case "tests-failed":
    case "lint-failed":
      return [phrase`Correct what is listed and plan again.`];
    case "impact":
      return [
        phrase`Correct the change, raise the limit of ${name("sluice.yaml")} in a reviewed change, or override it with a reason: ${merge ? phrase`by dispatch, with ${name("override: impact")} and ${name("reason")}` : [name("--override impact --reason …")]}. What is built stays built.`,
      ];
    default:
      return [
        phrase`When the cause is gone, ${again}: it continues where it stopped, finished steps are not repeated.`,
      ];
  }
}
