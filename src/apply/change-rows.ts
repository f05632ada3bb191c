/** One batch's change of a table's rows: in place where a transaction hides the moment between, else beside the table. */
import type { Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { columnList, insertSelected } from "./insert.ts";
import { scratchOf } from "./replace.ts";

export interface RowChange {
  /** A condition on the rows that go; null: none. */
  readonly removed: string | "all" | null;
  /** A SELECT of the rows that come, in the order of the columns it was asked for. */
  readonly added: string;
}

/** Number of rows that came. */
export async function changeInPlace(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  columns: readonly Column[],
  { removed, added }: RowChange,
): Promise<number> {
  if (removed !== null) {
    const where = removed === "all" ? "" : ` WHERE ${removed}`;
    await session.run(`DELETE FROM ${context.engine.name(table)}${where}`);
  }
  return insertSelected(context, session, table, columns, added);
}

/**
 * Builds the table as it will be under the name of {@link scratchOf}: what stays, and what comes. `present` are all its
 * columns, `columns` those that come. Nothing is deleted, which engines without transactions restrict each in its way.
 */
export async function changeBeside(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  { physicalProperties: properties }: Pick<Model, "physicalProperties">,
  present: readonly Column[],
  columns: readonly Column[],
  { removed, added }: RowChange,
): Promise<number> {
  const { engine } = context;
  const scratch = scratchOf(context, table);
  await session.run(engine.statements.drop(scratch, "table"));
  await session.run(engine.statements.createTable(scratch, present, { properties }));
  if (removed !== "all") {
    // A condition that is unknown removes nothing.
    const where = removed === null ? "" : ` WHERE CASE WHEN ${removed} THEN 1 ELSE 0 END = 0`;
    const stays = `SELECT ${columnList(context, present)} FROM ${engine.name(table)}${where}`;
    await insertSelected(context, session, scratch, present, stays);
  }
  return insertSelected(context, session, scratch, columns, added);
}
