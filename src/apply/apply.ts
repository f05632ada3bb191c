/**
 * Runs the steps of a plan (design 5): lock, ledger, base, fuses, steps in the order of their needs, switch, finalise.
 * Says everything it does as events and ends in one outcome; expected refusals are outcomes, never exceptions.
 */
import { messageOf, SluiceError } from "../errors.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import { lockForWork } from "../state/clean-lock.ts";
import { causeOf, isLostLock } from "../state/lost-lock.ts";
import type { LedgerEntry, StateLock } from "../state/state.ts";
import { checkBase } from "./base.ts";
import { watchSignal } from "./cancel.ts";
import type { ApplyContext, ApplyOptions } from "./context.ts";
import { loadDefinitions } from "./definitions.ts";
import { environmentChange, liveChange } from "./environment-record.ts";
import { askFuses } from "./fuses.ts";
import { findDoneSteps, findObjects, isEndOpen, tablesAhead, writeStarted } from "./journal.ts";
import { ledgerEntry, writeEnd } from "./ledger.ts";
import { tidyTemporary } from "./leftovers.ts";
import { forgetShapes } from "./object-shapes.ts";
import { failedOutcome, outcomeOf } from "./outcome.ts";
import { runSteps } from "./run-steps.ts";
import { dropOwnScratch, temporaryTargets } from "./scratch.ts";
import { settleViews } from "./settle.ts";
import { stepRunner } from "./step-runner.ts";
import type { Stop } from "./stop.ts";
import { createStop } from "./stop.ts";

export type { ApplyOptions } from "./context.ts";

const defaultLockWait = 600_000;

/** What is known while an apply runs, for the outcome it ends in. */
interface Progress {
  production: Outcome["production"];
  environmentVersion: number | null;
  stepsDone: number;
  step: Step | null;
  readonly warnings: string[];
}

/** Applies a plan that was verified before. Never throws for what an {@link Outcome} can say. */
export async function applyPlan(plan: PlanDocument, given: ApplyOptions): Promise<Outcome> {
  const progress: Progress = {
    production: "unchanged",
    environmentVersion: null,
    stepsDone: 0,
    step: null,
    warnings: [],
  };
  const options = { ...given, emit: collecting(given.emit, progress.warnings) };
  const stop = createStop();
  const unwatch = watchSignal(options.signal, options.engine, stop);
  let outcome: Outcome;
  try {
    await options.state.migrate();
    stop.check();
    const lock = await lockEnvironment(plan, options);
    try {
      outcome = await applyLocked(plan, options, lock, stop, progress).catch(async (error: unknown) => {
        throw await causeOf(error, lock);
      });
    } finally {
      await release(lock, options);
    }
  } catch (error) {
    outcome = failedOutcome(plan, stop.error ?? error, progress.step, progress);
  } finally {
    unwatch();
  }
  // Closing the ledger and the lock may have added to what is to be warned of.
  outcome = { ...outcome, warnings: [...progress.warnings] };
  options.emit({ kind: "apply-finished", at: options.now(), outcome });
  return outcome;
}

/** Passes events on and keeps what the outcome has to warn of. */
function collecting(emit: ApplyOptions["emit"], warnings: string[]): ApplyOptions["emit"] {
  return (event) => {
    if (event.kind === "warning") warnings.push(event.text);
    if (event.kind === "audit-finished" && event.badRows > 0 && !event.blocking) {
      warnings.push(`Audit ${event.audit} found ${event.badRows} bad rows; it does not block.`);
    }
    emit(event);
  };
}

function lockEnvironment(plan: PlanDocument, options: ApplyOptions): Promise<StateLock> {
  const { state, owner, lockWait, emit, now, signal } = options;
  return lockForWork(state, plan.environment.name, owner, {
    wait: lockWait ?? defaultLockWait,
    onWait: (lease) => emit({ kind: "waiting-for-lock", at: now(), owner: lease.owner }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What is done is done, also when the lease cannot be given back: it dies by itself. */
async function release(lock: StateLock, options: ApplyOptions): Promise<void> {
  try {
    await lock[Symbol.asyncDispose]();
  } catch (error) {
    options.emit({
      kind: "warning",
      at: options.now(),
      text: `The lock could not be released: ${messageOf(error)}`,
    });
  }
}

async function applyLocked(
  plan: PlanDocument,
  options: ApplyOptions,
  lock: StateLock,
  stop: Stop,
  progress: Progress,
): Promise<Outcome> {
  const { state } = options;
  const shown = await settleViews(plan, options, lock, (other, entry) =>
    finishOther(other, options, lock, stop, entry),
  );
  const [environments, ledger] = await Promise.all([state.readEnvironments(), state.readLedger(plan.id)]);
  const present = environments.get(plan.environment.name) ?? null;
  progress.environmentVersion = present?.version ?? null;
  const base = checkBase(plan, present, options.acceptBase?.environmentVersion);
  const isWhole = base.kind === "live" && base.finalized && !(await isEndOpen(plan, state, ledger));
  if (ledger?.status === "applied" || isWhole) {
    const outcome = alreadyApplied(plan, progress);
    // Its apply ended after the last step and before it could say so.
    if (ledger !== null && ledger.status !== "applied") await writeEnd(options, lock, ledger, outcome);
    return outcome;
  }
  if (base.kind === "moved") return outcomeOf(plan, "stale", base.sentence, progress);
  const entry = ledgerEntry(plan, options, ledger);
  await state.writeLedger(null, lock, entry, plan);
  const moved = shown === plan.id && present?.planId !== plan.id;
  const ended = await applyRecorded(plan, options, lock, stop, progress, entry, moved).catch(
    async (error: unknown) =>
      failedOutcome(plan, stop.error ?? (await causeOf(error, lock)), progress.step, progress),
  );
  const outcome = { ...ended, ...options.notes?.() };
  await writeEnd(options, lock, entry, outcome);
  return outcome;
}

/** Completes another plan whose views are live: its apply ended before it could record that. */
async function finishOther(
  other: PlanDocument,
  options: ApplyOptions,
  lock: StateLock,
  stop: Stop,
  entry: LedgerEntry,
): Promise<void> {
  const text = `Plan ${other.id} was switched and not recorded; it is completed first.`;
  options.emit({ kind: "warning", at: options.now(), text });
  const progress: Progress = {
    production: "switched",
    environmentVersion: null,
    stepsDone: 0,
    step: null,
    warnings: [],
  };
  const quiet = { ...options, emit: () => {} };
  const outcome = await applyRecorded(other, quiet, lock, stop, progress, entry, true);
  await writeEnd(options, lock, entry, outcome);
  if (outcome.reason !== "applied") throw unfinished(other, outcome);
}

function unfinished(other: PlanDocument, outcome: Outcome): SluiceError {
  return new SluiceError(
    "STATE_INVALID",
    `Plan ${other.id} is live and could not be completed: ${outcome.failure?.message ?? outcome.sentence}`,
    { hint: "Apply that plan again first." },
  );
}

async function applyRecorded(
  plan: PlanDocument,
  options: ApplyOptions,
  lock: StateLock,
  stop: Stop,
  progress: Progress,
  entry: LedgerEntry,
  moved: boolean,
): Promise<Outcome> {
  const { engine, state, now, gateway = "", variables = {}, emit } = options;
  const environments = await state.readEnvironments();
  const present = environments.get(plan.environment.name);
  const live = present?.planId === plan.id;
  const change = live ? liveChange(present) : environmentChange(plan, environments, now());
  const [objects] = await Promise.all([
    findObjects(plan, engine),
    state.writeSnapshots(null, lock, storedNow(plan, now())),
  ]);
  const definitions = await loadDefinitions(state, plan, change.after.members);
  const { executionTime } = entry;
  const holder = { plan, engine, state, lock, now, emit, stop };
  const targets = temporaryTargets({ plan, ...change, definitions });
  const context: ApplyContext = {
    ...holder,
    gateway,
    variables,
    executionTime,
    ...change,
    moved,
    definitions,
    found: objects,
    ahead: tablesAhead(plan, objects),
    rebuilds: await tidyTemporary(holder, targets),
  };
  const done = await findDoneSteps(context, objects);
  // Once finalized the environment has what was noted of it.
  if (!plan.steps.some((step) => step.kind === "finalise" && done.has(step.id))) await forgetShapes(context);
  if (live || moved) progress.production = "switched";
  emit({
    kind: "apply-started",
    at: now(),
    planId: plan.id,
    steps: plan.steps.length,
    resumed: done.size > 0,
  });
  for (const step of plan.steps.filter(({ id }) => done.has(id))) {
    emit({ kind: "step-finished", at: now(), step, seconds: 0, already: true });
  }
  // Once views have moved, finishing is the tidying up.
  if (progress.production === "unchanged") await askFuses(options, stop, "start");
  await writeStarted(context, done);
  const run = await runSteps({
    steps: plan.steps,
    done,
    concurrency: engine.traits.concurrency,
    stopped: () => stop.error !== null,
    ...stepRunner(context, options, progress),
  });
  progress.stepsDone = run.done;
  const [first] = run.failures;
  if (first !== undefined) {
    const cause = stop.error ?? (await causeOf(first.error, lock));
    if (isLostLock(cause)) await dropOwnScratch(holder, targets).catch(() => {});
    return failedOutcome(plan, cause, first.step, progress);
  }
  stop.check();
  progress.environmentVersion = context.after.version;
  return outcomeOf(plan, "applied", appliedSentence(plan, context), progress);
}

/** A plan knows no clock: its snapshots come into being when they are stored, and their time to live begins. */
function storedNow(plan: PlanDocument, at: number): PlanDocument["snapshots"] {
  return plan.snapshots.map(({ snapshot, model }) => ({
    snapshot: { ...snapshot, createdAt: at, updatedAt: at },
    model,
  }));
}

function alreadyApplied(plan: PlanDocument, progress: Progress): Outcome {
  progress.production = "switched";
  progress.stepsDone = plan.steps.length;
  const sentence = `This plan was applied to ${plan.environment.name} before; nothing was done.`;
  return outcomeOf(plan, "already-applied", sentence, progress);
}

function appliedSentence(plan: PlanDocument, { after }: ApplyContext): string {
  return `${plan.environment.name} is at version ${after.version}.`;
}
