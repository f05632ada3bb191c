/**
 * Forward-only change of a live table: its columns become those of the new definition (spec plan-and-apply 10.7), in two
 * steps around the switch. `widen` runs before anything is computed: old readers name their columns or follow the table,
 * so that more columns do them no harm. `narrow` runs after the switch, when nobody reads what it drops. Each looks at the
 * table first and does what is left to do: killed in the middle, it ends when it runs again.
 */
import type { Session } from "../engine/engine.ts";
import type { ColumnChange } from "../engine/statements.ts";
import { compareColumns } from "../plan/columns.ts";
import type { Step } from "../plan/step.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import { commit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { permittedChanges } from "./evolve-permission.ts";
import { runModelStatements } from "./model-statements.ts";
import { managedColumns } from "./scd.ts";
import { type StepTexts, stepTexts } from "./step-texts.ts";
import { createEmptyTable, createView, declaredColumns } from "./table-shape.ts";

export type EvolveStep = Extract<Step, { kind: "evolve-table" }>;

/** Throws PLAN_REFUSED with reason `destructive` for a change the model's policy does not allow. */
export async function evolveTable(context: ApplyContext, step: EvolveStep): Promise<void> {
  const { engine } = context;
  const texts = await stepTexts(context, step, "creating", null);
  await commit(context, {
    step,
    table: step.table,
    stage: async (session) => {
      const present = await engine.columnsOf(step.table, session);
      if (step.phase === "narrow") return narrow(context, session, step, texts, present);
      if (step.phase === "restore") return restore(context, session, step, present);
      await runModelStatements(session, texts, "pre");
      if (present.length === 0) await createEmptyTable(context, session, step.table, texts);
      else await widen(context, session, step, texts, present);
      await runModelStatements(session, texts, "post");
    },
  });
}

/** What is dropped later is looked at now as well: a refusal must come before anything is altered. */
async function widen(
  context: ApplyContext,
  session: Session,
  step: EvolveStep,
  texts: StepTexts,
  present: readonly Column[],
): Promise<void> {
  const wanted = await wantedColumns(context, session, step.table, texts);
  const { added, retyped } = permittedChanges(context, step, texts.model, compareColumns(wanted, present));
  const types = new Map(wanted.map(({ name, type }) => [name, type ?? "TEXT"]));
  await alter(context, session, step.table, [
    ...added.map((column) => ({ kind: "add", column, type: types.get(column) ?? "TEXT" }) as const),
    ...retyped.map(({ name, to }) => ({ kind: "retype", column: name, type: to }) as const),
  ]);
}

/** Types that are what they were again meanwhile stay as they are. */
async function restore(
  context: ApplyContext,
  session: Session,
  step: EvolveStep,
  present: readonly Column[],
): Promise<void> {
  const types = new Map(present.map(({ name, type }) => [name, type]));
  const wrong = (step.changes?.retyped ?? []).filter(
    ({ name, to }) => types.has(name) && types.get(name) !== to,
  );
  const changes = wrong.map(({ name, to }) => ({ kind: "retype", column: name, type: to }) as const);
  await alter(context, session, step.table, changes);
}

/** Where views keep the list of columns they were made with, they let go of a column before it is dropped. */
async function narrow(
  context: ApplyContext,
  session: Session,
  step: EvolveStep,
  texts: StepTexts,
  present: readonly Column[],
): Promise<void> {
  const { engine } = context;
  const wanted = await wantedColumns(context, session, step.table, texts);
  const { removed } = permittedChanges(context, step, texts.model, compareColumns(wanted, present));
  if (removed.length === 0) return;
  if (!engine.traits.transactionalDdl) {
    const kept = present.filter(({ name }) => !removed.includes(name));
    const list = kept.map(({ name }) => quoteIdentifier(name, engine.family)).join(", ");
    for (const view of step.shownBy)
      await createView(context, session, view, `SELECT ${list} FROM ${engine.name(step.table)}`);
  }
  const drops = removed.map((column) => ({ kind: "drop", column }) as const);
  await alter(context, session, step.table, drops);
}

/** The new definition's columns in the engine's own words for their types, with those Sluice keeps itself. */
async function wantedColumns(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  texts: StepTexts,
): Promise<readonly Column[]> {
  const { engine } = context;
  const { model } = texts;
  const declared = declaredColumns(model);
  const own =
    declared === null
      ? await engine.columnsOfQuery(texts.query(), session, table)
      : await engine.columnsAs(declared, session, table);
  if (!("validFrom" in model.kind)) return own;
  // Their types are as they were made; no change of the model's own touches them.
  const managed = managedColumns(model.kind, engine.family).map(({ name }) => ({ name, type: null }));
  return [...own.filter(({ name }) => !managed.some((column) => column.name === name)), ...managed];
}

async function alter(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  changes: readonly ColumnChange[],
): Promise<void> {
  const { engine } = context;
  for (const change of changes) {
    const text = engine.statements.alterTable(table, change);
    if (engine.traits.transactionalDdl) await session.run(text);
    else {
      await context.lock.assertHeld();
      await engine.politely((own) => guarded(own, context).run(text));
    }
  }
}
