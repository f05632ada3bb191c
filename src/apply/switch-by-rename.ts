/**
 * The switch where one statement exchanges names (design D6): all new views are built under temporary names, then one
 * `RENAME TABLE` moves the old ones aside, the new ones in, removed ones aside, and the pointer view with them. Readers
 * see all of it or nothing, and so does a crash.
 */
import { nameKey } from "../engine/engine.ts";
import type { Rename } from "../engine/statements.ts";
import type { EnvironmentView } from "../environment/environment.ts";
import { describeName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Step } from "../plan/step.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { writeDone } from "./journal.ts";
import { pointerQuery, readPointer } from "./pointer.ts";
import type { SwitchStep } from "./record-switch.ts";
import { assertBase, recordSwitch, runVirtualStatements } from "./record-switch.ts";
import { dropQuietly, scratchName } from "./scratch.ts";

/** Builds the new views beside the old ones; repeatable. */
export async function buildViews(
  context: ApplyContext,
  step: Extract<Step, { kind: "build-views" }>,
): Promise<void> {
  await refuseTables(context, step.views);
  await inParallel(context, step.views, (view) => buildView(context, view));
  await writeDone(context, null, [step]);
}

/** Throws LOCK_LOST or PLAN_REFUSED when the environment moved while the plan was applied. */
export async function switchByRename(context: ApplyContext, step: SwitchStep): Promise<void> {
  const { engine, plan } = context;
  if ((await readPointer(engine, step.pointer)) !== plan.id) {
    await engine.run(engine.statements.createView(next(context, step.pointer), pointerQuery(context)));
    // In this order: whoever takes the lock over afterwards finds our pointer view and drops it.
    const renames = await renamesOf(context, step);
    await context.lock.assertHeld();
    await assertBase(context);
    await moveNames(context, step, renames);
  }
  for (const view of step.views) await runVirtualStatements(context, engine, view);
  await recordInOne(context, step);
  const left = touched(step).flatMap((name) => [scratchName(context, name, "aside"), next(context, name)]);
  await dropQuietly(context, left, "view");
}

async function buildView(context: ApplyContext, { view, table }: EnvironmentView): Promise<void> {
  const { engine } = context;
  await guarded(engine, context).run(
    engine.statements.createView(next(context, view), `SELECT * FROM ${engine.name(table)}`),
  );
}

function next(context: ApplyContext, view: NameParts): NameParts {
  return scratchName(context, view, "next");
}

/** A table under a view's name is somebody's data: moving it aside and dropping it is not ours to decide. */
async function refuseTables(context: ApplyContext, views: readonly EnvironmentView[]): Promise<void> {
  const present = await context.engine.objects(views.map(({ view }) => view));
  const table = views.find(({ view }) => present.get(nameKey(view)) === "table");
  if (table === undefined) return;
  throw new SluiceError(
    "PLAN_REFUSED",
    `${describeName(table.view)} is a table in the warehouse, and the view of ${table.model} needs its name.`,
    { hint: "Rename or drop the table, then apply again." },
  );
}

/** One statement. When its answer is lost, the pointer view tells whether it was done. */
async function moveNames(context: ApplyContext, step: SwitchStep, renames: readonly Rename[]): Promise<void> {
  const { engine, plan } = context;
  const texts = engine.statements.rename(renames, "view");
  try {
    await engine.politely(
      async (session) => {
        for (const text of texts) await guarded(session, context).run(text);
      },
      { manyNames: true },
    );
  } catch (error) {
    if ((await readPointer(engine, step.pointer)) !== plan.id) throw error;
  }
}

/**
 * Old names go aside, new ones come in. A view that would show what it shows now stays where it is: readers wait for every
 * name that moves.
 */
async function renamesOf(context: ApplyContext, step: SwitchStep): Promise<readonly Rename[]> {
  const { engine } = context;
  const views = step.views.map(({ view }) => view);
  const texts = await engine.viewTexts(views.flatMap((view) => [view, next(context, view)]));
  const moving = views.filter((view) => {
    const text = texts.get(nameKey(view));
    return text === undefined || text !== texts.get(nameKey(next(context, view)));
  });
  const leaving = [...moving, ...step.drops, step.pointer];
  const present = await engine.objects(leaving);
  const aside = leaving
    .filter((name) => present.has(nameKey(name)))
    .map((name) => ({ from: name, to: scratchName(context, name, "aside") }));
  const arriving = [...moving, step.pointer].map((name) => ({ from: next(context, name), to: name }));
  return [...aside, ...arriving];
}

function touched(step: SwitchStep): readonly NameParts[] {
  return [...step.views.map(({ view }) => view), ...step.drops, step.pointer];
}

async function recordInOne(context: ApplyContext, step: SwitchStep): Promise<void> {
  const { engine } = context.state;
  if (engine === null) await recordSwitch(context, null, step);
  else await engine.transaction((session) => recordSwitch(context, session, step));
}

/** As many at once as the warehouse takes. Once one has failed no other begins, and when it throws none is under way. */
async function inParallel<T>(
  { engine }: ApplyContext,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      for (let item = rest.pop(); item !== undefined && failures.length === 0; item = rest.pop())
        await work(item);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: Math.min(engine.traits.concurrency, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
