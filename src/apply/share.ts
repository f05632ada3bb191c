/**
 * Steps that take little time share a transaction, where one process has the warehouse to itself: each commit waits for the disk, which
 * for small models takes longer than their work. All that is said and recorded of them is said and recorded once it is committed.
 */
import type { Session } from "../engine/engine.ts";
import type { ApplyEvent } from "../plan/events.ts";
import type { Step } from "../plan/step.ts";
import type { Column } from "../sql/name-parts.ts";
import { canShare, recordUnits, type Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { asksColumns } from "./rendering.ts";
import { isUnitStep, type UnitStep, unitOf } from "./run-step.ts";
import type { Following } from "./run-steps.ts";

/** Whether steps of this apply may share transactions at all: DDL must roll back, and nobody else may wait for a step of them. */
export function sharesTransactions({ engine, state }: Pick<ApplyContext, "engine" | "state">): boolean {
  const { transactionalDdl, singleProcess, concurrency } = engine.traits;
  return transactionalDdl && singleProcess && concurrency === 1 && state.engine === engine;
}

/** Whether what the step writes and the record of it can be in one transaction with others'. */
export function joinsOthers(context: ApplyContext, step: Step): step is UnitStep {
  return isUnitStep(step) && canShare(context, "table" in step ? step.table : undefined);
}

export interface SharedRun {
  /** Called once for each step before it begins; throws where it must not. */
  readonly before: (step: Step) => Promise<void>;
  /** Called once the transaction is committed. `seconds` its own work took. */
  readonly after: (step: Step, seconds: number, rows: number | undefined) => void;
  /** Milliseconds after which no further step joins: what a crash costs at most, besides the step at hand. */
  readonly budget: number;
}

/** A transaction that failed. */
export interface SharedFailure {
  readonly error: unknown;
  /** The step at hand. */
  readonly at: Step;
  /** All was written: nobody knows what became of the commit. Else nothing of the steps was done. */
  readonly committing: boolean;
}

/** A step that is made and not yet run. */
interface Ready {
  readonly unit: Unit;
  /** Said while it is made and while it runs. */
  readonly events: readonly ApplyEvent[];
}

interface Done extends Ready {
  readonly seconds: number;
}

/** Runs `first` and what is `following` it in one transaction; null when all of it is committed. */
export async function runShared(
  context: ApplyContext,
  first: Step,
  following: Following,
  run: SharedRun,
): Promise<SharedFailure | null> {
  const taken: Step[] = [];
  let committing = false;
  const follow = (begun: number): Step | undefined => {
    if (taken.length === 0) return first;
    return performance.now() - begun >= run.budget ? undefined : following.take();
  };
  const work = async (session: Session): Promise<readonly Done[]> => {
    const done: Done[] = [];
    const fresh = new Map<string, readonly Column[]>();
    const inner: ApplyContext = { ...context, inside: session, fresh };
    const begun = performance.now();
    let ready: Ready | null = null;
    committing = false;
    for (;;) {
      // The same steps again when the transaction is tried again.
      const known = taken[done.length];
      const step = known ?? follow(begun);
      if (step === undefined || !isUnitStep(step)) break;
      if (known === undefined) {
        taken.push(step);
        await run.before(step);
      }
      const own: Ready = ready?.unit.step === step ? ready : await makeReady(inner, step);
      const [finished, next] = await Promise.all([
        runUnit(inner, session, own),
        lookAhead(inner, taken[done.length + 1] ?? following.peek()),
      ]);
      done.push(finished);
      ready = next;
    }
    const units = done.map(({ unit }) => unit);
    await recordUnits(context, guarded(session, context), units);
    committing = true;
    return done;
  };
  let all: readonly Done[];
  try {
    all = await context.engine.transaction(work);
  } catch (error) {
    return { error, at: taken.at(-1) ?? first, committing };
  }
  for (const { unit, events, seconds } of all) {
    const rows = await unit.finish?.();
    for (const event of events) context.emit(event);
    run.after(unit.step, seconds, rows);
  }
  return null;
}

async function makeReady(context: ApplyContext, step: UnitStep): Promise<Ready> {
  const events: ApplyEvent[] = [];
  const emit = (event: ApplyEvent): void => void events.push(event);
  return { unit: await unitOf({ ...context, emit }, step), events };
}

/** Renders the step that comes next while the warehouse is at work. What fails here fails again in its turn, and is told then. */
async function lookAhead(context: ApplyContext, step: Step | undefined): Promise<Ready | null> {
  // The statement at hand is on its way first; and nothing is asked on its connection before it has its answer.
  await new Promise(setImmediate);
  const rendered = step?.kind === "create-table" || step?.kind === "backfill";
  if (!rendered || asksColumns(context.definitions.model(step.snapshot))) return null;
  try {
    const ready = await makeReady(context, step);
    ready.unit.render?.();
    return ready;
  } catch {
    return null;
  }
}

async function runUnit(context: ApplyContext, session: Session, { unit, events }: Ready): Promise<Done> {
  const began = context.now();
  const watched = guarded(session, context);
  await context.stop.during(unit.step, async () => {
    await unit.stage?.(watched);
    await unit.write?.(watched);
  });
  return { unit, events, seconds: (context.now() - began) / 1000 };
}
