/** A cast to a declared column type, in words each family accepts. */
import type { DialectFamily } from "../dialect.ts";
import { mysqlCastType } from "../mysql-cast-type.ts";

/** `CAST(sql AS type)`; the bare text when the type is not known or cannot be cast to. */
export function castTo(sql: string, type: string | null, family: DialectFamily): string {
  if (type === null) return sql;
  const word = family === "duckdb" ? type : mysqlCastType(type);
  return word === null ? sql : `CAST(${sql} AS ${word})`;
}
