/** A fixture as a subquery: it stands where the model names its input, so nothing is created in the warehouse. */
import { SluiceError } from "../errors.ts";
import { type DialectFamily, quoteIdentifier, quoteString } from "../sql/dialect.ts";
import { castTo } from "../sql/macro/cast-type.ts";
import type { Column } from "../sql/name-parts.ts";
import { type DataRow, PlainDate, type TableData } from "./table-data.ts";

/**
 * The subquery in parentheses. Types are those of `known` columns, overridden by the fixture's own, else read off the rows.
 * Throws TEST_INVALID, without a place, for unknown columns and for columns whose type cannot be told.
 */
export function fixtureSql(
  name: string,
  data: TableData,
  known: readonly Column[] | null,
  family: DialectFamily,
): string {
  if (data.query !== null) return queryFixture(data.query, data.types, known, family);
  const rows = data.rows ?? [];
  const columns = fixtureColumns(name, rows, data.types, known, family);
  if (columns.length === 0) throw untold(name, "its columns");
  const cell = (value: unknown, { type }: Column): string => castTo(literalOf(value, family), type, family);
  const select = (row: DataRow): string =>
    `SELECT ${columns.map((column) => `${cell(row[column.name], column)} AS ${quoteIdentifier(column.name, family)}`).join(", ")}`;
  if (rows.length === 0) return `(${select({})}${family === "mysql" ? " FROM DUAL" : ""} WHERE 1 = 0)`;
  return `(${rows.map(select).join(" UNION ALL ")})`;
}

/**
 * Whether the rows do not tell a type that nobody gave: a text may stand for a date or a number, a NULL for anything. Also when
 * the columns themselves are not known.
 */
export function leavesTypesOpen({ rows, query, types }: TableData, known: readonly Column[] | null): boolean {
  if (query !== null || rows === null) return false;
  if (known === null) return types.size === 0;
  return known.some(({ name, type }) => {
    if (type !== null || types.has(name)) return false;
    const [first] = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    return first === undefined || typeof first === "string";
  });
}

/** Columns that are known but not selected are NULL. */
function queryFixture(
  query: string,
  types: ReadonlyMap<string, string>,
  known: readonly Column[] | null,
  family: DialectFamily,
): string {
  const sql = query.replace(/;\s*$/, "").trim();
  if (known === null && types.size === 0) return `(${sql})`;
  if (family !== "duckdb") return `(${sql})`;
  const all = new Map([...(known ?? []).map((column) => [column.name, column.type] as const), ...types]);
  const nulls = [...all].map(
    ([name, type]) => `${castTo("NULL", type, family)} AS ${quoteIdentifier(name, family)}`,
  );
  return `(SELECT * FROM (SELECT ${nulls.join(", ")} WHERE 1 = 0) AS known_columns UNION ALL BY NAME (${sql}))`;
}

function fixtureColumns(
  name: string,
  rows: readonly DataRow[],
  types: ReadonlyMap<string, string>,
  known: readonly Column[] | null,
  family: DialectFamily,
): Column[] {
  const columns = new Map<string, string | null>((known ?? []).map((column) => [column.name, column.type]));
  for (const [column, type] of types) columns.set(column, type);
  if (columns.size === 0) for (const column of Object.keys(rows[0] ?? {})) columns.set(column, null);
  const unknown = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (column) => !columns.has(column),
  );
  if (unknown.length > 0) {
    throw new SluiceError("TEST_INVALID", `The input ${name} has unknown columns: ${unknown.join(", ")}`, {
      hint: `Its columns are ${[...columns.keys()].join(", ")}.`,
    });
  }
  return [...columns].map(([column, type]) => ({
    name: column,
    type:
      type ??
      inferType(
        rows.map((row) => row[column]),
        family,
      ),
  }));
}

function untold(name: string, what: string): SluiceError {
  return new SluiceError("TEST_INVALID", `The input ${name} does not tell ${what}`, {
    hint: "Declare them with `columns: {name: type}` in the input, or in the model.",
  });
}

/** From the values; null leaves the engine to decide. */
function inferType(values: readonly unknown[], family: DialectFamily): string | null {
  const present = values.filter((value) => value !== null && value !== undefined);
  const [first] = present;
  if (typeof first === "number") {
    return present.every((value) => Number.isInteger(value)) ? "BIGINT" : "DOUBLE";
  }
  if (typeof first === "boolean") return family === "duckdb" ? "BOOLEAN" : null;
  if (first instanceof PlainDate)
    return first.text.length > 10 ? (family === "duckdb" ? "TIMESTAMP" : "DATETIME") : "DATE";
  if (typeof first === "string") return family === "duckdb" ? "VARCHAR" : "CHAR";
  return null;
}

/** A YAML value as a literal; lists and mappings as DuckDB's, for MySQL as JSON. */
function literalOf(value: unknown, family: DialectFamily): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof PlainDate) return quoteString(value.text, family);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "NULL";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "object" && family === "duckdb") {
    if (Array.isArray(value)) return `[${value.map((item) => literalOf(item, family)).join(", ")}]`;
    const members = Object.entries(value).map(
      ([key, item]) => `${quoteString(key, family)}: ${literalOf(item, family)}`,
    );
    return `{${members.join(", ")}}`;
  }
  return quoteString(typeof value === "object" ? JSON.stringify(value) : String(value), family);
}
