/** `@start_*`, `@end_*`, `@execution_*` and `@latest_*` as SQL (spec project-format 5.4). */
import type { DialectFamily } from "../sql/dialect.ts";
import { type MacroText, textOfSql } from "../sql/macro/value.ts";
import {
  formatDs,
  formatEpoch,
  formatTs,
  formatTstz,
  hourOf,
  inclusiveEnd,
  microsOf,
  millisOf,
} from "../time/format.ts";
import type { ModelKind } from "./model.ts";

/** UTC epoch milliseconds; `end` is exclusive. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

const suffixes = ["ds", "date", "ts", "tstz", "dt", "dtntz", "epoch", "millis", "hour"] as const;

/** Queries and audits of these kinds run for no range of time. */
export function hasTimeRange(kind: ModelKind): boolean {
  return kind.name !== "FULL" && kind.name !== "VIEW";
}

let last: { readonly key: string; readonly variables: ReadonlyMap<string, MacroText> } | undefined;

/** All time variables by lower-case name; without a range only those of the execution. */
export function timeVariables(
  range: TimeRange | null,
  execution: number,
  family: DialectFamily,
): ReadonlyMap<string, MacroText> {
  // One model after the other is rendered for the same moment.
  const key = `${range?.start} ${range?.end} ${execution} ${family}`;
  if (last?.key !== key) last = { key, variables: makeTimeVariables(range, execution, family) };
  return last.variables;
}

function makeTimeVariables(
  range: TimeRange | null,
  execution: number,
  family: DialectFamily,
): ReadonlyMap<string, MacroText> {
  const variables = new Map<string, MacroText>();
  const add = (prefix: string, micros: number): void => {
    for (const suffix of suffixes)
      variables.set(`${prefix}_${suffix}`, textOfSql(timeAsSql(suffix, micros, family), family));
  };
  if (range) {
    add("start", microsOf(range.start));
    add("end", inclusiveEnd(range.end));
  }
  add("execution", microsOf(execution));
  add("latest", microsOf(execution));
  return variables;
}

/** Why a query of this kind has no `@start_ds` and the like, by variable. */
export function absentTimeVariables(kind: ModelKind): ReadonlyMap<string, string> {
  const names = ["start", "end"].flatMap((prefix) =>
    suffixes.map((suffix) => [`${prefix}_${suffix}`, suffix] as const),
  );
  return new Map(
    names.map(([name, suffix]) => [
      name,
      `The query of a ${kind.name} model has no time range: use @execution_${suffix}, or make it INCREMENTAL_BY_TIME_RANGE.`,
    ]),
  );
}

/** A timestamp without zone as SQL. */
function timestampAsSql(micros: number, family: DialectFamily): string {
  const text = formatTs(micros);
  if (family === "duckdb") return `CAST('${text}' AS TIMESTAMP)`;
  return `CAST('${text}' AS DATETIME${text.includes(".") ? "(6)" : ""})`;
}

function timeAsSql(suffix: (typeof suffixes)[number], micros: number, family: DialectFamily): string {
  switch (suffix) {
    case "ds":
      return `'${formatDs(micros)}'`;
    case "date":
      return `CAST('${formatDs(micros)}' AS DATE)`;
    case "ts":
      return `'${formatTs(micros)}'`;
    case "tstz":
      return `'${formatTstz(micros)}'`;
    case "dt":
      // MySQL has no type with a zone, and MariaDB no literal with one: sessions run in UTC.
      return family === "duckdb"
        ? `CAST('${formatTstz(micros)}' AS TIMESTAMPTZ)`
        : timestampAsSql(micros, family);
    case "dtntz":
      return timestampAsSql(micros, family);
    case "epoch":
      return formatEpoch(micros);
    case "millis":
      return String(millisOf(micros));
    case "hour":
      return String(hourOf(micros));
  }
}
