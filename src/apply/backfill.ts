/** One batch of a model: its rows, the audits that may refuse them, and the record of both, in one unit (design 5). */
import { nameKey, type Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Step } from "../plan/step.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { AuditResult } from "./audit.ts";
import { report, runAudits } from "./audit.ts";
import { changeBeside, changeInPlace } from "./change-rows.ts";
import { writeComments } from "./comments.ts";
import type { Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { runModelStatements } from "./model-statements.ts";
import { everything, rebuiltName } from "./rebuild.ts";
import { buildScratch, replaceTable, scratchOf, swapScratch } from "./replace.ts";
import { stageOf } from "./runtime-stage.ts";
import { renderAll, type StepTexts, stepTexts } from "./step-texts.ts";
import { createEmptyTable, createView, declaredColumns } from "./table-shape.ts";
import { type Writer, writerOf } from "./writers.ts";

export type BackfillStep = Extract<Step, { kind: "backfill" }>;

interface Written {
  readonly rows: number;
  readonly audits: readonly AuditResult[];
}

interface Write extends Pick<Unit, "render" | "stage"> {
  readonly write: (session: Session) => Promise<Written>;
  /** Drops what the stage built, after the commit: what is left by a crash is dropped by the next holder of the lock. */
  readonly tidy?: () => Promise<void>;
}

export async function backfill(context: ApplyContext, step: BackfillStep): Promise<Unit> {
  const { definitions } = context;
  const { dev, interval } = step;
  const model = definitions.model(step.snapshot);
  const snapshot = definitions.snapshot(step.snapshot);
  const { render, stage, write, tidy } = await writeOf(context, step, model.kind);
  let written: Written = { rows: 0, audits: [] };
  return {
    step,
    table: step.table,
    ...(render === undefined ? {} : { render }),
    ...(stage === undefined ? {} : { stage }),
    write: async (session) => {
      written = await write(session);
    },
    forgotten: losesRows(step, model) ? [{ snapshot, interval: everything, dev }] : [],
    // What stands beside the live table counts once it has taken its place.
    computed: step.beside ? [] : [{ snapshot, interval, dev }],
    finish: async () => {
      await tidy?.();
      report(context, step, written.audits);
      return written.rows;
    },
  };
}

/**
 * The first of several batches replaces all rows: until the others have run, what is recorded for them is no longer true,
 * and a crash in between must not hide it.
 */
function losesRows({ first, batches, beside }: BackfillStep, { kind }: Model): boolean {
  return first && batches > 1 && !beside && kind.name !== "INCREMENTAL_BY_TIME_RANGE";
}

async function writeOf(context: ApplyContext, step: BackfillStep, { name }: Model["kind"]): Promise<Write> {
  switch (name) {
    case "EXTERNAL":
    case "EMBEDDED":
      return auditOnly(context, step);
    case "VIEW":
      return replaceView(context, step);
    case "FULL":
      return context.engine.traits.transactionalDdl
        ? replaceInTransaction(context, step)
        : replaceBySwap(context, step);
    default:
      return writeRows(context, step);
  }
}

async function auditOnly(context: ApplyContext, step: BackfillStep): Promise<Write> {
  const texts = await stepTexts(context, step, "evaluating", step.interval);
  return {
    write: async (session) => ({ rows: 0, audits: await runAudits(context, session, step, texts) }),
  };
}

async function replaceView(context: ApplyContext, step: BackfillStep): Promise<Write> {
  const texts = await stepTexts(context, step, stageOf(context, step), step.interval);
  const create = async (session: Session): Promise<void> => {
    await runModelStatements(session, texts, "pre");
    await createView(context, session, step.table, texts.query());
    await runModelStatements(session, texts, "post");
    if (!step.dev) await writeComments(context, session, step.table, "view", texts.model);
  };
  return {
    render: () => renderAll(texts),
    stage: create,
    write: async (session) => ({ rows: 0, audits: await runAudits(context, session, step, texts) }),
  };
}

/** DDL rolls back: the table is replaced first, so that statements and audits see it under its own name. */
async function replaceInTransaction(context: ApplyContext, step: BackfillStep): Promise<Write> {
  const texts = await stepTexts(context, step, stageOf(context, step), step.interval);
  return {
    render: () => renderAll(texts),
    write: async (session) => {
      await runModelStatements(session, texts, "pre");
      await createForSelfReference(context, session, step, texts.model);
      const rows = await replaceTable(context, session, step.table, texts);
      await runModelStatements(session, texts, "post");
      if (!step.dev) await writeComments(context, session, step.table, "table", texts.model);
      return { rows, audits: await runAudits(context, session, step, texts) };
    },
  };
}

/** DDL commits: the new table is complete and audited before one rename makes it visible. */
async function replaceBySwap(context: ApplyContext, step: BackfillStep): Promise<Write> {
  const stage = stageOf(context, step);
  const texts = await stepTexts(context, step, stage, step.interval);
  const beside = await stepTexts(context, step, stage, step.interval, scratchOf(context, step.table));
  let written: Written = { rows: 0, audits: [] };
  return {
    stage: async (session) => {
      await runModelStatements(session, texts, "pre");
      await createForSelfReference(context, session, step, texts.model);
      const rows = await buildScratch(context, session, step.table, texts);
      await runModelStatements(session, beside, "post");
      if (!step.dev)
        await writeComments(context, session, scratchOf(context, step.table), "table", texts.model);
      written = { rows, audits: await runAudits(context, session, step, beside) };
      await swapScratch(context, session, step.table);
    },
    write: async () => written,
  };
}

async function writeRows(context: ApplyContext, step: BackfillStep): Promise<Write> {
  const { engine } = context;
  const { interval, first, table: named } = step;
  const table = step.beside ? rebuiltName(context, named) : named;
  const texts = await stepTexts(context, step, stageOf(context, step), interval, table);
  const writer = writerOf(context, { texts, table, named, interval, first });
  let isEmpty = false;
  const prepare = async (session: Session): Promise<readonly Column[]> => {
    await runModelStatements(session, texts, "pre");
    if (step.beside && first) await createBeside(context, session, step, texts);
    const known = takeFresh(context, table);
    isEmpty = known !== undefined;
    let present = known ?? (await engine.columnsOf(table, session));
    if (present.length === 0) {
      await createEmptyTable(context, session, table, texts);
      present = await engine.columnsOf(table, session);
    }
    await writer.stage?.(session);
    return present;
  };
  const tidy = async () => writer.tidy?.(engine);
  if (!engine.traits.transactions) return writeBeside(context, step, { table, writer, texts, prepare, tidy });
  let present: readonly Column[] = [];
  return {
    render: () => renderAll(texts),
    stage: async (session) => {
      present = await prepare(session);
    },
    write: async (session) => {
      const columns = await writtenColumns(context, session, present, step, texts);
      const change = writer.change(columns);
      const removed = isEmpty ? null : change.removed;
      const rows = await changeInPlace(context, session, table, columns, { ...change, removed });
      await runModelStatements(session, texts, "post");
      const audits = await runAudits(context, session, step, texts);
      if (engine.traits.transactionalDdl) await writer.tidy?.(session);
      return { rows, audits };
    },
    ...(engine.traits.transactionalDdl ? {} : { tidy }),
  };
}

/** Columns of a table that was made in this transaction and is about to be written to for the first time. */
function takeFresh({ fresh }: ApplyContext, table: NameParts): readonly Column[] | undefined {
  const columns = fresh?.get(nameKey(table));
  fresh?.delete(nameKey(table));
  return columns;
}

interface Batched {
  readonly table: NameParts;
  readonly writer: Writer;
  readonly texts: StepTexts;
  /** Runs what comes before the rows; the columns of the table. */
  readonly prepare: (session: Session) => Promise<readonly Column[]>;
  readonly tidy: () => Promise<void>;
}

/** No transaction hides rows from readers until they are audited: the whole table is built anew beside itself (design 5). */
async function writeBeside(context: ApplyContext, step: BackfillStep, batch: Batched): Promise<Write> {
  const { table, writer, texts, prepare, tidy } = batch;
  const scratch = scratchOf(context, table);
  const beside = await stepTexts(context, step, stageOf(context, step), step.interval, scratch);
  let written: Written = { rows: 0, audits: [] };
  return {
    stage: async (session) => {
      const present = await prepare(session);
      const columns = await writtenColumns(context, session, present, step, texts);
      const change = writer.change(columns);
      const rows = await changeBeside(context, session, table, texts.model, present, columns, change);
      await runModelStatements(session, beside, "post");
      written = { rows, audits: await runAudits(context, session, step, beside) };
      await swapScratch(context, session, table);
    },
    write: async () => written,
    tidy,
  };
}

/** With the columns of the live table: its readers know them, also where the definition no longer gives them. */
async function createBeside(
  context: ApplyContext,
  session: Session,
  step: BackfillStep,
  texts: StepTexts,
): Promise<void> {
  const { engine } = context;
  const { model } = texts;
  const table = rebuiltName(context, step.table);
  await session.run(engine.statements.drop(table, "table"));
  const live = await engine.columnsOf(step.table, session);
  if (live.length === 0) await createEmptyTable(context, session, table, texts);
  else
    await session.run(engine.statements.createTable(table, live, { properties: model.physicalProperties }));
  await writeComments(context, session, table, "table", model);
}

/**
 * Those of the table's `present` columns that the query gives. It may give fewer: a live table keeps a column until readers have moved, or for
 * good where the policy ignores the loss. Only then is the query asked, since its text usually tells.
 */
async function writtenColumns(
  { engine }: ApplyContext,
  session: Session,
  present: readonly Column[],
  { table }: BackfillStep,
  { model, query }: StepTexts,
): Promise<readonly Column[]> {
  if ("validFrom" in model.kind) return present;
  const given = (columns: readonly Column[]) => {
    const names = new Set(columns.map(({ name }) => name.toLowerCase()));
    return present.filter(({ name }) => names.has(name.toLowerCase()));
  };
  if (model.columns !== null && given(model.columns).length === present.length) return present;
  return given(await engine.columnsOfQuery(query(), session, table));
}

/** A model that reads itself finds an empty table the first time, when its columns are declared. */
async function createForSelfReference(
  context: ApplyContext,
  session: Session,
  step: BackfillStep,
  model: Model,
): Promise<void> {
  const columns = declaredColumns(model);
  if (!model.selfReferencing || columns === null) return;
  await session.run(
    context.engine.statements.createTable(step.table, columns, {
      ifNotExists: true,
      properties: model.physicalProperties,
    }),
  );
}
