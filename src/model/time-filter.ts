/** The rows of a time range: inclusive bounds, written in the type of the time column (spec project-format 4). */
import { type DialectFamily, quoteIdentifier, quoteString } from "../sql/dialect.ts";
import { formatDs, formatTs, formatTstz, inclusiveEnd, microsOf, strftime } from "../time/format.ts";

/**
 * `column BETWEEN low AND high` for `[start, end)` in UTC milliseconds. `column` is a bare name; `type` the column's type in the
 * engine's words, null when not known, which is taken for text; `format` is strftime, for text and number columns.
 */
export function timeFilter(
  column: string,
  type: string | null,
  format: string,
  start: number,
  end: number,
  family: DialectFamily,
): string {
  const low = timeLiteral(microsOf(start), type, format, family);
  const high = timeLiteral(inclusiveEnd(end), type, format, family);
  return `${quoteIdentifier(column, family)} BETWEEN ${low} AND ${high}`;
}

/** An instant in UTC microseconds as a literal that compares with a column of this type. */
export function timeLiteral(
  micros: number,
  type: string | null,
  format: string,
  family: DialectFamily,
): string {
  const word = (type ?? "").trim().toUpperCase();
  if (/^DATE(?:32)?$/.test(word)) return `CAST('${formatDs(micros)}' AS DATE)`;
  if (/^(?:TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE|TIMESTAMP_TZ)/.test(word)) {
    return family === "duckdb"
      ? `CAST('${formatTstz(micros)}' AS TIMESTAMPTZ)`
      : `CAST('${formatTs(micros)}' AS DATETIME(6))`;
  }
  if (/^(?:TIMESTAMP|DATETIME)/.test(word)) {
    return family === "duckdb"
      ? `CAST('${formatTs(micros)}' AS TIMESTAMP)`
      : `CAST('${formatTs(micros)}' AS DATETIME(6))`;
  }
  const text = strftime(micros, format);
  if (isNumber(word) && /^-?\d+(?:\.\d+)?$/.test(text)) return text;
  return quoteString(text, family);
}

function isNumber(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|MEDIUM|BIG|HUGE)?INT(?:EGER)?\d*|DECIMAL|NUMERIC|DOUBLE|FLOAT|REAL)\b/.test(
    type,
  );
}
