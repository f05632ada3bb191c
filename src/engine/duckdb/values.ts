/** DuckDB's values as JSON-like ones: whole numbers as numbers when they are safe, all else that is not plain as text. */
import { quoteString } from "../../sql/dialect.ts";
import type { Row, SqlValue } from "../engine.ts";
import type { DriverAppender, DriverResult } from "./driver.ts";

const wholeNumber = /^(BIGINT|HUGEINT|UBIGINT|UHUGEINT)$/;

/** Rows by column name; of two columns with one name the last wins, as in any mapping. */
export async function readRows(result: DriverResult): Promise<readonly Row[]> {
  const names = result.columnNames();
  const wide = result.columnTypes().map((type) => wholeNumber.test(type.toString()));
  const rows: Row[] = [];
  // A part at a time: the driver keeps every value of a part that it has handed out.
  for await (const part of result.yieldRowsJson()) {
    for (const values of part)
      rows.push(
        Object.fromEntries(names.map((name, at) => [name, wide[at] ? narrow(values[at]) : values[at]])),
      );
  }
  return rows;
}

/** Of {@link DriverResult.returnType}. */
const changedRows = 1;

/** Rows written: the driver counts them for INSERT, UPDATE and DELETE; CREATE TABLE AS tells in its one cell. */
export async function countRows(result: DriverResult): Promise<number> {
  if (result.returnType === changedRows) return result.rowsChanged;
  if (result.columnNames().join() !== "Count") return 0;
  const [row] = await result.getRowsJson();
  return Number(row?.[0] ?? 0);
}

/** Characters from which a text is bound: DuckDB's parser takes ten times as long over it as a literal. */
export const longText = 500;

/**
 * A statement with its short values written into the text, and those left to bind: a bound statement is prepared first, which
 * takes twice as long. Where a `?` may stand in a string or a name, all are bound.
 */
export function withValues(
  sql: string,
  values: readonly SqlValue[],
): { readonly sql: string; readonly bound: SqlValue[] } {
  const parts = sql.split("?");
  if (parts.length !== values.length + 1 || sql.includes("'")) return { sql, bound: [...values] };
  const bound: SqlValue[] = [];
  const written = values.map((value) => {
    if (isBrief(value)) return literalOf(value);
    bound.push(value);
    return "?";
  });
  return { sql: parts.map((part, at) => part + (written[at] ?? "")).join(""), bound };
}

export function literalOf(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? quoteString(value, "duckdb") : String(value).toUpperCase();
}

export function appendRow(appender: DriverAppender, values: readonly SqlValue[]): void {
  for (const value of values) {
    if (value === null) appender.appendNull();
    else if (typeof value === "string") appender.appendVarchar(value);
    else if (typeof value === "boolean") appender.appendBoolean(value);
    else if (Number.isSafeInteger(value)) appender.appendBigInt(BigInt(value));
    else appender.appendDouble(value);
  }
  appender.endRow();
}

/** A fraction is bound: as a literal it would be a DECIMAL. */
function isBrief(value: SqlValue): boolean {
  if (typeof value === "string") return value.length < longText;
  return typeof value !== "number" || Number.isSafeInteger(value);
}

function narrow(value: unknown): unknown {
  const number = Number(value);
  return typeof value === "string" && Number.isSafeInteger(number) ? number : value;
}
