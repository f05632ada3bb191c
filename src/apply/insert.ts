/** Moving a query's rows into a table that is there already. */
import type { Session } from "../engine/engine.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";

/**
 * The query's rows by the table's column names, whatever order the query gives them in; columns the table does not have
 * are left out. `where` filters them.
 */
export function selectRows(
  context: ApplyContext,
  columns: readonly Column[],
  query: string,
  where?: string,
): string {
  // The query ends on a line of its own: it may end in a comment.
  const rows = `SELECT ${columnList(context, columns)} FROM (${query}\n) AS sluice_rows`;
  return where === undefined ? rows : `${rows} WHERE ${where}`;
}

/** Inserts what {@link selectRows} tells; number of rows. */
export function insertQuery(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  columns: readonly Column[],
  query: string,
): Promise<number> {
  return insertSelected(context, session, table, columns, selectRows(context, columns, query));
}

/** Inserts the rows of a SELECT that gives them in the order of `columns`; number of rows. */
export function insertSelected(
  context: ApplyContext,
  session: Session,
  table: NameParts,
  columns: readonly Column[],
  select: string,
): Promise<number> {
  return session.run(`INSERT INTO ${context.engine.name(table)} (${columnList(context, columns)}) ${select}`);
}

export function columnList(context: ApplyContext, columns: readonly Column[]): string {
  return columns.map((column) => quoteIdentifier(column.name, context.engine.family)).join(", ");
}
