/** A table whose rows are all replaced: built beside the old one, which readers see in full until both change places. */

import type { Engine, Session } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import { failedFor } from "../engine/name-fault.ts";
import type { Rename } from "../engine/statements.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { insertQuery } from "./insert.ts";
import { dropQuietly, scratchName } from "./scratch.ts";
import type { StepTexts } from "./step-texts.ts";
import { declaredColumns } from "./table-shape.ts";

/** Name of the table that is built before it takes `table`'s place. */
export function scratchOf(context: ApplyContext, table: NameParts): NameParts {
  return scratchName(context, table, "build");
}

/**
 * Replaces the whole table where DDL is transactional: nobody sees the moment without it. A query that reads the table
 * itself is built beside it. Number of rows.
 */
export async function replaceTable(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  texts: StepTexts,
): Promise<number> {
  if (!texts.model.selfReferencing) return buildAnew(context, session, table, texts);
  const rows = await buildScratch(context, session, table, texts);
  await swapScratch(context, session, table);
  return rows;
}

/** Builds the scratch table, with declared columns when there are any. Number of rows. */
export async function buildScratch(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  texts: StepTexts,
): Promise<number> {
  return buildAnew(context, session, scratchOf(context, table), texts);
}

async function buildAnew(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  { model, query }: StepTexts,
): Promise<number> {
  const { engine } = context;
  const columns = declaredColumns(model);
  const options = { properties: model.physicalProperties, replace: engine.traits.transactionalDdl };
  return overLeftover(engine, session, table, async () => {
    if (columns === null) return engine.createTableAs(session, table, query(), options);
    await session.run(engine.statements.createTable(table, columns, options));
    return insertQuery(context, session, table, columns, query());
  });
}

/** Builds a table of our own, once more over what an earlier try of the same step may have left of it. */
async function overLeftover(
  engine: Engine,
  session: Session,
  table: NameParts,
  build: () => Promise<number>,
): Promise<number> {
  const drop = () => session.run(engine.statements.drop(table, "table"));
  // Servers without transactions are known from their documents only: none is waited for to say so.
  if (!engine.traits.transactions) await drop();
  try {
    return await build();
  } catch (error) {
    if (engine.traits.transactionalDdl || !failedFor(error, "exists")) throw error;
    await drop();
    return build();
  }
}

/** Puts the scratch table in the place of `table`, which may not exist. */
export async function swapScratch(context: ApplyContext, session: Session, table: NameParts): Promise<void> {
  const old = scratchName(context, table, "old");
  const replaced = await exchangeTables(context, session, {
    from: scratchOf(context, table),
    to: table,
    aside: old,
  });
  if (replaced && !context.engine.traits.transactionalDdl) await dropQuietly(context, [old], "table");
}

/**
 * `from` takes the place of `to`, which goes `aside`; where DDL is transactional it is dropped, and nobody sees the moment
 * without it. Elsewhere the lock is looked at right before: whoever takes it over drops or renames `from` first, so that
 * afterwards nothing can take the table's place. Whether there was something to replace.
 */
export async function exchangeTables(
  context: ApplyContext,
  session: Session,
  { from, to, aside }: { readonly from: NameParts; readonly to: NameParts; readonly aside: NameParts },
): Promise<boolean> {
  const { engine } = context;
  if (engine.traits.transactionalDdl) {
    await session.run(engine.statements.drop(to, "table"));
    for (const text of rename(engine, { from, to })) await session.run(text);
    return true;
  }
  const exchange = async (own: Session, exists: boolean): Promise<boolean> => {
    await context.lock.assertHeld();
    for (const text of exists ? replacing(engine, from, to, aside) : rename(engine, { from, to }))
      await guarded(own, context).run(text);
    return exists;
  };
  return await engine.politely(async (own) => {
    try {
      // One statement, which fails as a whole when this is not so.
      if (engine.traits.switch === "rename") return await exchange(own, context.ahead.has(nameKey(to)));
    } catch (error) {
      if (!failedFor(error, "exists") && !failedFor(error, "missing")) throw error;
    }
    await own.run(engine.statements.drop(aside, "table"));
    return exchange(own, (await engine.objects([to])).has(nameKey(to)));
  });
}

/** Statements that put `from` into the place of `to`: one, or one that readers notice and one that they do not. */
function replacing(engine: Engine, from: NameParts, to: NameParts, aside: NameParts): readonly string[] {
  const exchange = engine.statements.exchange(to, from);
  if (exchange !== null) return [exchange, ...rename(engine, { from, to: aside })];
  return rename(engine, { from: to, to: aside }, { from, to });
}

function rename(engine: Engine, ...renames: readonly Rename[]): readonly string[] {
  return engine.statements.rename(renames, "table");
}
