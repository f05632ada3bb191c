/** What of a plan is done already: journal rows, and post-conditions where those were lost or another plan did the work. */

import type { Engine, ObjectType, Session } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Step, StepId } from "../plan/step.ts";
import type { SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { IntervalChange, JournalEntry, LedgerEntry, State } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";
import { coversInterval } from "../time/intervals.ts";
import type { ApplyContext } from "./context.ts";
import type { Rebuilds } from "./rebuild.ts";

/** What the warehouse holds of all that the plan's steps make, by `nameKey`: asked once, whatever the number of steps. */
export function findObjects(plan: PlanDocument, engine: Engine): Promise<ReadonlyMap<string, ObjectType>> {
  return engine.objects(tablesOf(plan));
}

/** Tables of {@link ApplyContext.ahead}. */
export function tablesAhead(
  plan: PlanDocument,
  objects: ReadonlyMap<string, ObjectType>,
): ReadonlySet<string> {
  const made = plan.steps.flatMap((step) => (step.kind === "create-table" ? [nameKey(step.table)] : []));
  return new Set([...objects.keys(), ...made]);
}

/** Ids of the steps that need not run. */
export async function findDoneSteps(
  context: ApplyContext,
  objects: ReadonlyMap<string, ObjectType>,
): Promise<ReadonlySet<StepId>> {
  const { plan, state, definitions, rebuilds } = context;
  const [journal, intervals] = await Promise.all([
    state.readJournal(plan.id),
    state.readIntervals(intervalSteps(plan).map((done) => definitions.snapshot(done.snapshot))),
  ]);
  const exists = (table: NameParts): boolean => objects.has(nameKey(table));
  const live = context.before?.planId === plan.id;
  const behind = live || context.moved ? stepsBehindSwitch(plan.steps, live) : new Set<StepId>();
  const swapped = new Set(
    plan.steps.flatMap((step) =>
      step.kind === "swap-table" && exists(step.table) && isSwapped(step, journal, rebuilds)
        ? [step.model]
        : [],
    ),
  );
  const isDone = (step: Step): boolean => {
    // The views show this plan: whatever had to come before is done, and readers depend on it.
    if (behind.has(step.id)) return true;
    // Another plan may have built its own under the same names since; it costs little to build them again.
    if (step.kind === "build-views" || step.kind === "switch") return false;
    if (step.kind === "backfill" && step.beside)
      return (
        swapped.has(step.model) ||
        (rebuilds.begun.has(nameKey(step.table)) && journal.get(step.id)?.status === "done")
      );
    // A table someone dropped is built again, whatever the journal says.
    if ("table" in step && step.kind !== "audit" && hasTable(step) && !exists(step.table)) return false;
    const status = journal.get(step.id)?.status;
    // Begun and not ended: the table may be there without what follows its creation.
    if (status === "started" && step.kind === "create-table") return false;
    return status === "done" || isFulfilled(step, exists, intervals);
  };
  return new Set(plan.steps.filter(isDone).map((step) => step.id));
}

/** EXTERNAL models have steps for their audits only, and no table of ours. */
function hasTable(step: Step): boolean {
  return (
    step.done.kind === "table-exists" ||
    step.kind === "load-seed" ||
    step.kind === "backfill" ||
    step.kind === "swap-table"
  );
}

/** The live table holds what the batches built, whether that was recorded or not. */
function isSwapped(
  step: Extract<Step, { kind: "swap-table" }>,
  journal: ReadonlyMap<StepId, JournalEntry>,
  rebuilds: Rebuilds,
): boolean {
  return journal.get(step.id)?.status === "done" || rebuilds.swapped.has(nameKey(step.table));
}

function isFulfilled(
  step: Step,
  exists: (table: NameParts) => boolean,
  intervals: ReadonlyMap<string, SnapshotIntervals>,
): boolean {
  const { done } = step;
  switch (done.kind) {
    case "table-exists":
      return exists(done.table);
    case "intervals-recorded": {
      const recorded = intervals.get(snapshotKey(done.snapshot));
      const list = done.dev ? recorded?.devIntervals : recorded?.intervals;
      return coversInterval(list ?? [], done.interval);
    }
    default:
      // Schemas are cheap to ensure; pointer and finalization are looked at where they are written.
      return false;
  }
}

/**
 * Whether `after_all` of a plan that began is still to do: an environment says that it is finalized before it runs (spec
 * plan-and-apply 7.2).
 */
export async function isEndOpen(
  plan: PlanDocument,
  state: State,
  ledger: LedgerEntry | null,
): Promise<boolean> {
  const ends = plan.steps.filter((step) => step.kind === "run-statements" && step.when === "after_all");
  if (ledger === null || ends.length === 0) return false;
  const journal = await state.readJournal(plan.id);
  return ends.some(({ id }) => journal.get(id)?.status !== "done");
}

/** Everything the switch waits for, and itself once it is `recorded`. */
function stepsBehindSwitch(steps: readonly Step[], recorded: boolean): ReadonlySet<StepId> {
  const behind = new Set<StepId>();
  // Needs come before the steps that have them, so one pass from the end finds all.
  for (const step of steps.toReversed()) {
    if (step.kind !== "switch" && !behind.has(step.id)) continue;
    if (step.kind !== "switch" || recorded) behind.add(step.id);
    for (const id of step.needs) behind.add(id);
  }
  return behind;
}

function tablesOf(plan: PlanDocument): readonly NameParts[] {
  return plan.steps.flatMap((step) => [
    ...("table" in step ? [step.table] : []),
    ...(step.done.kind === "table-exists" ? [step.done.table] : []),
  ]);
}

function intervalSteps(plan: PlanDocument) {
  return plan.steps.flatMap(({ done }) => (done.kind === "intervals-recorded" ? [done] : []));
}

/**
 * Writes that steps are begun, where what they leave half way could be taken for all of it: a table is there as soon as
 * its first statement has committed. Every other step shows by its journal or its intervals whether it is done. Once for
 * all of them, before the first: that one was not begun after all costs a look at the table that is there.
 */
export async function writeStarted(context: ApplyContext, done: ReadonlySet<StepId>): Promise<void> {
  const { engine, state, lock, plan, now } = context;
  if (engine.traits.transactionalDdl) return;
  const begun = plan.steps.filter((step) => step.kind === "create-table" && !done.has(step.id));
  if (begun.length === 0) return;
  const at = now();
  const entries = begun.map(({ id }) => ({ planId: plan.id, step: id, status: "started", at }) as const);
  await state.writeJournal(null, lock, entries);
}

/** Writes that steps are done, and what they computed, in the session their data is written with. */
export function writeDone(
  context: ApplyContext,
  session: Session | null,
  steps: readonly Step[],
  computed: readonly IntervalChange[] = [],
): Promise<void> {
  const { state, lock, plan, now } = context;
  const at = now();
  const entries = steps.map(({ id }) => ({ planId: plan.id, step: id, status: "done", at }) as const);
  return state.writeProgress(session, lock, computed, entries);
}
