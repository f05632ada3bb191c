/** Formats of time columns: the dialect's own codes → strftime (spec project-format 4). */
import type { DialectFamily } from "../sql/dialect.ts";

/** MySQL codes that mean something else in strftime. */
const mysqlCodes: Readonly<Record<string, string>> = {
  i: "%M",
  s: "%S",
  S: "%S",
  M: "%B",
  W: "%A",
  c: "%-m",
  e: "%-d",
  k: "%-H",
  l: "%-I",
  h: "%I",
  T: "%H:%M:%S",
  r: "%I:%M:%S %p",
  u: "%W",
};

/** `%Y-%m-%d %H:%i:%s` of MySQL → `%Y-%m-%d %H:%M:%S`; DuckDB's codes are strftime already. */
export function toStrftime(format: string, family: DialectFamily): string {
  if (family !== "mysql") return format;
  return format.replace(/%(.)/g, (code, letter: string) => mysqlCodes[letter] ?? code);
}
