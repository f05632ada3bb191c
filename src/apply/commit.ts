/** One step's work: rows in the warehouse and the record of them, committed together wherever that is possible. */
import type { Session } from "../engine/engine.ts";
import type { Step } from "../plan/step.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { IntervalChange } from "../state/state.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { writeDone } from "./journal.ts";

export interface Unit {
  readonly step: Step;
  /** Where `write` writes; another catalog than the state's may need a transaction of its own. */
  readonly table?: NameParts;
  /** Renders texts that will run, where there is time for it before. What it throws they throw as well. */
  readonly render?: () => void;
  /** What must not be in a transaction where DDL commits; elsewhere it runs inside, before `write`. */
  readonly stage?: (session: Session) => Promise<void>;
  /** Called again, like `stage`, when the transaction is tried again. */
  readonly write?: (session: Session) => Promise<void>;
  /** Intervals that state forgets, and those it gets then. */
  readonly forgotten?: readonly IntervalChange[];
  readonly computed?: readonly IntervalChange[];
  /** Once all of it is committed. Number of rows written, where that means something. */
  readonly finish?: () => Promise<number | undefined> | number | undefined;
}

/**
 * Runs a unit. When state and data cannot share a transaction the data goes first: a crash in between repeats work,
 * and never claims work that was not done.
 */
export async function commit(context: ApplyContext, unit: Unit): Promise<number | undefined> {
  const { engine } = context;
  const shared = canShare(context, unit.table);
  const inside = engine.traits.transactionalDdl;
  const before = inside || unit.stage === undefined ? undefined : unit.stage;
  const hasWork = unit.stage !== undefined || unit.write !== undefined;
  if (!shared && !hasWork) return void (await recordUnits(context, null, [unit]));
  await engine.transaction(
    async (session) => {
      const watched = guarded(session, context);
      if (inside) await unit.stage?.(watched);
      await unit.write?.(watched);
      if (shared) await recordUnits(context, watched, [unit]);
    },
    {
      single: !inside && isRecordedAlone(context, unit),
      ...(before === undefined ? {} : { before: (session) => before(guarded(session, context)) }),
    },
  );
  if (!shared) await recordUnits(context, null, [unit]);
  return unit.finish?.();
}

/** Beside its journal row, which is one statement there, nothing is written in the unit's transaction. */
function isRecordedAlone({ engine }: ApplyContext, { write, forgotten, computed }: Unit): boolean {
  const intervals = (forgotten?.length ?? 0) + (computed?.length ?? 0);
  return engine.traits.lockingInsert && write === undefined && intervals === 0;
}

/** Writes what units have done. `session`: their own, or null where there is none to share. */
export async function recordUnits(
  context: ApplyContext,
  session: Session | null,
  units: readonly Unit[],
): Promise<void> {
  const { state, lock } = context;
  // A unit forgets before the first batch of its model, so that all of it may go first.
  const forgotten = units.flatMap((unit) => unit.forgotten ?? []);
  if (forgotten.length > 0) await state.removeIntervals(session, lock, forgotten);
  const steps = units.map(({ step }) => step);
  const computed = units.flatMap((unit) => unit.computed ?? []);
  await writeDone(context, session, steps, computed);
}

/** Whether rows of this table and the record of them are written in one transaction. */
export function canShare(
  { engine, state }: Pick<ApplyContext, "engine" | "state">,
  table: NameParts | undefined,
): boolean {
  if (state.engine !== engine) return false;
  if (engine.traits.crossCatalogTransactions || table?.catalog === undefined) return true;
  return table.catalog === engine.defaultCatalog;
}
