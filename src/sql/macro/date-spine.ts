/** @DATE_SPINE: a query of consecutive dates, both ends included. */
import type { Argument } from "./argument-list.ts";
import { asOperand, bind, callError, type Expansion, type MacroCall, one, plainOf, sqlOf } from "./call.ts";
import { textOfSql } from "./value.ts";

const parts = ["day", "week", "month", "quarter", "year"];

export function dateSpine(call: MacroCall): Expansion {
  const bound = bind(call, ["datepart", "start_date", "end_date"], 3);
  const part = plainOf(call, bound.get("datepart") as Argument).toLowerCase();
  if (!parts.includes(part))
    throw callError(call, `@DATE_SPINE cannot count by "${part}"`, `Use one of ${parts.join(", ")}.`);
  const start = dateOf(call, "start_date", bound.get("start_date") as Argument);
  const end = dateOf(call, "end_date", bound.get("end_date") as Argument);
  if (start.literal !== null && end.literal !== null && start.literal > end.literal) {
    throw callError(call, `The end of @DATE_SPINE, ${end.literal}, lies before its start, ${start.literal}`);
  }
  return one(
    call.scope.family === "duckdb"
      ? duckdbSpine(part, start.sql, end.sql)
      : mysqlSpine(part, start.sql, end.sql),
  );
}

function dateOf(
  call: MacroCall,
  name: string,
  argument: Argument,
): { readonly sql: string; readonly literal: string | null } {
  const sql = sqlOf(call, argument);
  const value = textOfSql(sql, call.scope.family);
  if (!value.literal)
    return { sql: /^CAST\(.* AS DATE\)$/i.test(sql) ? sql : `CAST(${sql} AS DATE)`, literal: null };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value.plain)) {
    throw callError(call, `"${value.plain}" is no ${name} of @DATE_SPINE`, "Write dates as 'YYYY-MM-DD'.");
  }
  return { sql: `CAST('${value.plain}' AS DATE)`, literal: value.plain };
}

function duckdbSpine(part: string, start: string, end: string): string {
  const series = `GENERATE_SERIES(${start}, ${end}, INTERVAL '1' ${part.toUpperCase()})`;
  return `SELECT date_${part} FROM UNNEST(CAST(${series} AS DATE[])) AS _exploded(date_${part})`;
}

/**
 * Days and weeks are counted by digits, since recursion ends after 1000 rows by default; longer steps recurse, so that a
 * 31st falls to the month's last day as it does elsewhere.
 */
function mysqlSpine(part: string, start: string, end: string): string {
  const column = `date_${part}`;
  if (part === "day" || part === "week") {
    const digit =
      "SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";
    const tables = ["a", "b", "c", "d", "e"].map((name) => `(${digit}) AS ${name}`).join(" CROSS JOIN ");
    const number = "a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n";
    const days = part === "week" ? `(${number}) * 7` : number;
    return `SELECT CAST(DATE_ADD(${asOperand(start)}, INTERVAL ${part === "week" ? days : `(${days})`} DAY) AS DATE) AS ${column} FROM ${tables} WHERE ${days} <= DATEDIFF(${end}, ${start})`;
  }
  const step = `DATE_ADD(${column}, INTERVAL 1 ${part.toUpperCase()})`;
  return `WITH RECURSIVE _dates AS (SELECT ${start} AS ${column} UNION ALL SELECT CAST(${step} AS DATE) FROM _dates WHERE ${step} <= ${end}) SELECT ${column} FROM _dates`;
}
