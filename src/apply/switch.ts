/**
 * The moment views change. Where DDL is transactional: one transaction holds every view, the pointer, the
 * environment's record and the journal row, so that readers and state move together or not at all (design D6). Where
 * names can be exchanged at once: switch-by-rename.ts. Elsewhere view by view, the pointer last.
 */
import { runAll, type Session } from "../engine/engine.ts";
import { prod } from "../environment/naming.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { hasComments, writeComments } from "./comments.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { pointerQuery } from "./pointer.ts";
import type { SwitchStep } from "./record-switch.ts";
import { assertBase, recordSwitch, runVirtualStatements } from "./record-switch.ts";
import { switchByRename } from "./switch-by-rename.ts";

/** Throws LOCK_LOST or STALE when the environment moved while the plan was applied. */
export async function switchViews(context: ApplyContext, step: SwitchStep): Promise<void> {
  const { engine, state } = context;
  if (engine.traits.switch === "rename") return switchByRename(context, step);
  await context.lock.assertHeld();
  await assertBase(context);
  if (state.engine === engine) {
    await moveForeignViews(context, step);
    await engine.transaction(async (session) => {
      // From here on nothing asks whether to stop: a switch is whole or nothing, and short.
      await moveViews(context, session, step, isHome(context));
      await recordSwitch(context, session, step);
    });
    return;
  }
  await moveForeignViews(context, step);
  await engine.transaction((session) => moveViews(context, session, step, isHome(context)));
  await recordSwitch(context, null, step);
}

async function moveViews(
  context: ApplyContext,
  session: Session,
  step: SwitchStep,
  here: (name: NameParts) => boolean,
): Promise<void> {
  const { engine, definitions, plan } = context;
  const { createSchema, createView, drop } = engine.statements;
  const views = step.views.filter(({ view }) => here(view));
  const pointer = here(step.pointer) ? [step.pointer] : [];
  await runAll(session, schemasOf([...views.map(({ view }) => view), ...pointer]).map(createSchema));
  let plain: string[] = [];
  for (const moved of views) {
    plain.push(createView(moved.view, `SELECT * FROM ${engine.name(moved.table)}`));
    const model = definitions.model(moved.snapshot);
    const commented = plan.environment.name === prod && hasComments(context, model);
    if (!commented && model.onVirtualUpdate.length === 0) continue;
    await runAll(session, plain);
    plain = [];
    if (commented) await writeComments(context, session, moved.view, "view", model);
    await runVirtualStatements(context, session, moved);
  }
  const gone = step.drops.filter(here).map((view) => drop(view, "view"));
  const shown = pointer.map((name) => createView(name, pointerQuery(context)));
  await runAll(session, [...plain, ...gone, ...shown]);
}

/** Views in catalogs that this engine cannot change in the same transaction as its own go first. */
async function moveForeignViews(context: ApplyContext, step: SwitchStep): Promise<void> {
  const home = isHome(context);
  const foreign = [...step.views.map(({ view }) => view), ...step.drops].filter((name) => !home(name));
  for (const catalog of new Set(foreign.map((name) => name.catalog))) {
    await context.engine.transaction((session) =>
      moveViews(context, guarded(session, context), step, (name) => !home(name) && name.catalog === catalog),
    );
  }
}

function isHome({ engine }: ApplyContext): (name: NameParts) => boolean {
  if (engine.traits.crossCatalogTransactions) return () => true;
  return (name) => name.catalog === undefined || name.catalog === engine.defaultCatalog;
}

function schemasOf(names: readonly NameParts[]): readonly NameParts[] {
  return [...new Map(names.map((name) => [`${name.catalog ?? ""}.${name.schema ?? ""}`, name])).values()];
}
