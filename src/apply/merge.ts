/** Replacing the rows of a table that share a key with new ones (spec plan-and-apply 10.8), NULL keys included. */

import type { Session } from "../engine/engine.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { RowChange } from "./change-rows.ts";
import type { ApplyContext } from "./context.ts";
import { columnList } from "./insert.ts";
import { scratchName } from "./scratch.ts";

export interface KeyedRows {
  readonly table: NameParts;
  /** The batch's rows with {@link stageKeyed}'s key columns beside them. */
  readonly scratch: NameParts;
  /** SQL expressions over the table's columns. */
  readonly keys: readonly string[];
  /** One row per key is inserted; else all of them. */
  readonly distinct: boolean;
}

const keyColumn = (at: number): string => `sluice_key_${at}`;

export function keyedScratch(context: ApplyContext, table: NameParts): NameParts {
  return scratchName(context, table, "batch");
}

/** Puts the batch's rows into a scratch table, with the value of each key expression. */
export async function stageKeyed(
  context: ApplyContext,
  session: Session,
  rows: KeyedRows,
  query: string,
): Promise<void> {
  const { engine } = context;
  const keys = rows.keys.map((key, at) => `${key} AS ${keyColumn(at)}`);
  await session.run(engine.statements.drop(rows.scratch, "table"));
  await engine.createTableAs(
    session,
    rows.scratch,
    `SELECT sluice_rows.*, ${keys.join(", ")} FROM (${query}\n) AS sluice_rows`,
  );
}

/** Rows whose key is among the staged ones go, and those come. */
export function mergeKeyed(context: ApplyContext, rows: KeyedRows, columns: readonly Column[]): RowChange {
  const { engine } = context;
  const { sameValue } = engine.statements;
  const scratch = engine.name(rows.scratch);
  const keyNames = rows.keys.map((_, at) => keyColumn(at));
  const same = rows.keys.map((key, at) => sameValue(`sluice_keys.${keyColumn(at)}`, key));
  const list = columnList(context, columns);
  const number = quoteIdentifier("sluice_number", engine.family);
  const source = rows.distinct
    ? `(SELECT *, ROW_NUMBER() OVER (PARTITION BY ${keyNames.join(", ")} ORDER BY ${keyNames.join(", ")}) AS ${number} FROM ${scratch}) AS sluice_rows WHERE ${number} = 1`
    : `${scratch} AS sluice_rows`;
  return {
    // The inner table has nothing but key columns, so the expressions' own names can only mean the outer table's.
    removed: `EXISTS (SELECT 1 FROM (SELECT DISTINCT ${keyNames.join(", ")} FROM ${scratch}) AS sluice_keys
     WHERE ${same.join(" AND ")})`,
    added: `SELECT ${list} FROM ${source}`,
  };
}

export async function dropScratch(
  context: ApplyContext,
  session: Session,
  scratch: NameParts,
): Promise<void> {
  await session.run(context.engine.statements.drop(scratch, "table"));
}
