/**
 * The one view model: everything comment, summary, terminal and JSON say about a plan and what became of it.
 * Decides, sorts and words; knows nothing of Markdown. Names are raw here and escaped where they are printed.
 */
import type { Outcome } from "../plan/outcome.ts";
import { type Permission, permissionsOf } from "../plan/permissions.ts";
import type { PlanDocument, PlannedModel, PlanWarning } from "../plan/plan.ts";
import { type ActionGroup, groupSteps } from "./actions.ts";
import { type Counts, countChanges, totalEstimate } from "./counts.ts";
import { type DestructiveChange, destructiveChanges } from "./destructive.ts";
import { fuseLines } from "./fuse-lines.ts";
import { buildLineage, type Lineage } from "./lineage.ts";
import { bySeverity, compareText, isDirect, type ModelRow, modelRow } from "./model-row.ts";
import { type OutcomeView, outcomeView } from "./outcome-view.ts";
import { asSentence, type Phrase } from "./phrase.ts";
import type { ApplyProgress } from "./progress.ts";
import { type RestatementView, restatementView } from "./restatement.ts";
import { nextSteps, type Verdict, verdictOf } from "./verdict.ts";

/** Where a plan stands in its life. */
export type ReportState =
  | "planned"
  | "nothing-to-do"
  | "stale"
  | "refused"
  | "applying"
  | "applied"
  | "failed"
  | "closed";

/** A check the breaker asks for, and how it stands. */
export interface RequiredCheck {
  readonly name: string;
  readonly state: "success" | "pending" | "failure" | "missing";
}

/** What the plan document cannot know: where it is shown, and what happened since. */
export interface ReportContext {
  /** Name of the project in the repository; part of the hidden marker. */
  readonly project: string;
  /** Absent: derived from the plan, the progress and the outcome. */
  readonly state?: ReportState;
  readonly outcome?: Outcome;
  readonly progress?: ApplyProgress;
  /** For `stale` and `refused`: what moved, who moved it, one sentence each. */
  readonly because?: readonly string[];
  /** What to do now, where the door knows it better than the state tells. */
  readonly next?: readonly string[];
  readonly checks?: readonly RequiredCheck[];
  /** Further fuses in one sentence each, for example the promotion window. */
  readonly fuses?: readonly string[];
  readonly links?: { readonly run?: string; readonly artifact?: string; readonly plan?: string };
  readonly headSha?: string;
  /** How this plan gets applied: `merge` in a pull request, `command` in a terminal with the plan file's path. */
  readonly apply?: { readonly by: "merge" } | { readonly by: "command"; readonly file?: string };
  /** Nothing was compared with the warehouse, and why: a sentence. Such a plan is never applied. */
  readonly offline?: string;
  /** The pull request's own environment, when one was built. */
  readonly reviewEnvironment?: string;
}

export interface DiffView {
  readonly name: string;
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly text: string;
}

export interface PlanView {
  readonly project: string;
  readonly environment: string;
  readonly isNewEnvironment: boolean;
  readonly createdFrom: string | null;
  readonly isDev: boolean;
  readonly state: ReportState;
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly destructive: readonly DestructiveChange[];
  /** Leave to change live tables against their models' policies, and who gave it. */
  readonly permissions: readonly Permission[];
  /** Models someone changed, most serious first. */
  readonly direct: readonly ModelRow[];
  /** Models that change, or are computed, because of others. */
  readonly indirect: readonly ModelRow[];
  readonly restatements: RestatementView["models"];
  readonly forgetting: RestatementView["forgetting"];
  readonly restateRequests: RestatementView["requests"];
  readonly actions: readonly ActionGroup[];
  readonly lineage: Lineage;
  readonly diffs: readonly DiffView[];
  readonly checks: readonly RequiredCheck[];
  readonly fuses: readonly string[];
  readonly tests: PlanDocument["tests"];
  readonly warnings: readonly PlanWarning[];
  readonly next: readonly Phrase[];
  readonly estimate: string;
  readonly outcome: OutcomeView | null;
  readonly facts: PlanFacts;
  readonly links: NonNullable<ReportContext["links"]>;
}

export interface PlanFacts {
  readonly planId: string;
  readonly digest: string;
  readonly work: string;
  readonly from: number;
  readonly to: number;
  readonly basePlanId: string | null;
  readonly headSha: string;
  readonly createdAt: string;
  readonly tool: string;
  readonly engine: string;
}

/** The view of a plan in its context. Pure: equal input, equal view. */
export function buildPlanView(plan: PlanDocument, context: ReportContext): PlanView {
  const destructive = destructiveChanges(plan);
  const counts = countChanges(plan, destructive);
  const state = context.state ?? stateOf(plan, context);
  const rows = plan.models.map((model) => modelRow(model, plan));
  const actions = groupSteps(plan);
  const outcome = outcomeView(plan, actions, context);
  const restated = restatementView(plan);
  return {
    project: context.project,
    environment: plan.environment.name,
    isNewEnvironment: plan.environment.isNew,
    createdFrom: plan.environment.createdFrom,
    isDev: plan.environment.isDev,
    state,
    verdict: verdictOf(plan, counts, state, outcome, context),
    counts,
    destructive,
    permissions: permissionsOf(plan.options).map((each) => ({
      ...each,
      models: each.models.map((key) => plan.models.find(({ name }) => name === key)?.displayName ?? key),
    })),
    direct: rows.filter((row) => isDirect(row.change)).sort(bySeverity),
    indirect: rows.filter((row) => !isDirect(row.change)).sort(bySeverity),
    restatements: restated.models,
    forgetting: restated.forgetting,
    restateRequests: restated.requests,
    actions: state === "closed" || context.offline !== undefined ? [] : actions,
    lineage: buildLineage(plan),
    diffs: plan.models
      .filter((model) => model.diff !== "")
      .map(diffView)
      .sort((a, b) => compareText(a.name, b.name)),
    checks: context.checks ?? [],
    fuses: [
      ...(context.fuses ?? []),
      ...fuseLines(context.outcome ?? context.progress?.outcome ?? undefined),
    ],
    tests: plan.tests,
    warnings: plan.warnings.map((warning) => ({ ...warning, text: asSentence(warning.text) })),
    next: nextSteps(plan, state, outcome, context),
    estimate: totalEstimate(plan),
    outcome,
    facts: {
      planId: plan.id,
      digest: plan.digest,
      work: plan.work,
      from: plan.environment.from,
      to: state === "nothing-to-do" ? plan.environment.from : plan.environment.to,
      basePlanId: plan.base.planId,
      headSha: context.headSha ?? plan.source?.headSha ?? "",
      createdAt: plan.createdAt,
      tool: `${plan.tool.name} ${plan.tool.version}`,
      engine: `${plan.engine.flavour} ${plan.engine.version}`.trim(),
    },
    links: context.links ?? {},
  };
}

function stateOf(plan: PlanDocument, context: ReportContext): ReportState {
  const outcome = context.outcome ?? context.progress?.outcome;
  if (outcome) {
    switch (outcome.reason) {
      case "applied":
      case "already-applied":
        return "applied";
      case "nothing-to-do":
        return "nothing-to-do";
      case "stale":
        return "stale";
      case "locked":
      case "destructive":
      case "plan-missing":
      case "plan-expired":
      case "plan-untrusted":
      case "breaker-open":
      case "window-closed":
        return "refused";
      default:
        return "failed";
    }
  }
  if (context.progress) return "applying";
  return plan.hasChanges || plan.requiresBackfill || plan.restatements.length > 0
    ? "planned"
    : "nothing-to-do";
}

function diffView(model: PlannedModel): DiffView {
  const lines = model.diff.split("\n");
  const starting = (sign: string, header: string) =>
    lines.filter((line) => line.startsWith(sign) && !line.startsWith(header)).length;
  return {
    name: model.displayName,
    path: model.path,
    added: starting("+", "+++"),
    removed: starting("-", "---"),
    text: model.diff,
  };
}
