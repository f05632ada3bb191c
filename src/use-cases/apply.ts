/**
 * Applies a plan: as it is when production has not moved; otherwise a fresh plan must say the same work (design 4.3).
 */
import { applyPlan } from "../apply/apply.ts";
import type { Fuse } from "../apply/context.ts";
import { SluiceError } from "../errors.ts";
import type { ApplyEvent } from "../plan/events.ts";
import type { PlanOptions } from "../plan/options.ts";
import type { Outcome, Override } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { Plan } from "../plan/reviewed-plan.ts";
import { describeDifference } from "../report/difference.ts";
import { settingsFuses } from "./fuses.ts";
import { makePlan } from "./plan.ts";
import { makeRollback } from "./rollback.ts";
import type { Workspace } from "./workspace.ts";

export interface ApplyRequest {
  readonly document: PlanDocument;
  /** Asked before every step and before the switch; false stops. An error or a time-out counts as false. */
  readonly circuitBreaker?: () => boolean | Promise<boolean>;
  /** Asked at the same moments, with a reason and a sentence of their own. */
  readonly fuses?: readonly Fuse[];
  /** Leave to go on although a fuse of sluice.yaml says stop; kept with the outcome. */
  readonly overrides?: readonly Override[];
  /** A cadence run promotes nothing: the fuses of sluice.yaml are not for it. */
  readonly cadence?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
  /** Who applies, for the lock: run address, host and process. */
  readonly owner: string;
  /** Milliseconds to wait for another apply. */
  readonly lockWait?: number;
  /** Milliseconds of work that may share one commit on DuckDB; 0 = each step has its own. */
  readonly sharedCommits?: number;
  /** Plan again from the working tree when production moved; false = refuse at once. */
  readonly replan?: boolean;
}

/** Throws PLAN_REFUSED for a plan with a change that nobody gave a category. */
export async function applyDocument(workspace: Workspace, request: ApplyRequest): Promise<Outcome> {
  new Plan(request.document).assertApplicable();
  if (request.document.steps.length === 0) return nothingToDo(request.document);
  const outcome = await run(workspace, request.document, request);
  workspace.forget();
  if (outcome.reason !== "stale" || request.replan === false) return outcome;
  const fresh = await planAgain(workspace, request.document);
  if (fresh === null || fresh.work !== request.document.work)
    return explainStale(outcome, request.document, fresh);
  const again = await run(
    workspace,
    { ...fresh, id: request.document.id, digest: request.document.digest },
    request,
  );
  workspace.forget();
  return again;
}

/** What is different now, and what to do. */
function explainStale(outcome: Outcome, reviewed: PlanDocument, fresh: PlanDocument | null): Outcome {
  const differences = fresh === null ? [] : describeDifference(reviewed, fresh).slice(0, 3);
  const sentence = [
    outcome.sentence,
    ...differences,
    "Make a new plan and have it reviewed; nothing was touched.",
  ].join(" ");
  return { ...outcome, sentence };
}

/** A plan without steps touches nothing: no lock, no ledger, no new version of the environment. */
function nothingToDo(document: PlanDocument): Outcome {
  return {
    reason: "nothing-to-do",
    sentence: `${document.environment.name} already is what the plan says.`,
    production: "unchanged",
    planId: document.id,
    digest: document.digest,
    environment: document.environment.name,
    environmentVersion: document.base.environmentVersion,
    stepsDone: 0,
    stepsTotal: 0,
    warnings: [],
  };
}

async function run(workspace: Workspace, document: PlanDocument, request: ApplyRequest): Promise<Outcome> {
  const { settings } = await workspace.config();
  const own = request.cadence ? null : await settingsFuses(workspace, document, request.overrides ?? []);
  return applyPlan(document, {
    engine: await workspace.engine(),
    state: await workspace.state(),
    gateway: settings.gateway,
    variables: settings.variables,
    now: workspace.options.now,
    owner: request.owner,
    emit: request.onEvent ?? (() => {}),
    ...(request.circuitBreaker ? { circuitBreaker: request.circuitBreaker } : {}),
    fuses: [...(own?.first ?? []), ...(request.fuses ?? []), ...(own?.last ?? [])],
    ...(own === null ? {} : { notes: own.notes }),
    ...(request.signal ? { signal: request.signal } : {}),
    ...(request.lockWait === undefined ? {} : { lockWait: request.lockWait }),
    ...(request.sharedCommits === undefined ? {} : { sharedCommits: request.sharedCommits }),
  });
}

/** The same options on the world as it is now; null when there is nothing left to plan, or no plan can be built. */
async function planAgain(workspace: Workspace, document: PlanDocument): Promise<PlanDocument | null> {
  const { rollback, source } = document;
  const environment = document.environment.name;
  try {
    if (rollback !== undefined)
      return await makeRollback(workspace, {
        environment,
        to: rollback.version,
        ...(source ? { source } : {}),
      });
    return await makePlan(workspace, {
      environment,
      options: { ...(document.options as PlanOptions), skipTests: true, skipLinter: true },
      ...(source ? { source } : {}),
    });
  } catch (error) {
    if (error instanceof SluiceError && error.code !== "INTERNAL") return null;
    throw error;
  }
}
