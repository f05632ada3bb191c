/** Statement texts of DuckDB. */
import { quoteIdentifier, quoteString } from "../../sql/dialect.ts";
import type { NameParts } from "../../sql/name-parts.ts";
import type { ObjectType } from "../engine.ts";
import type { ColumnChange, ObjectComments, Rename, Statements } from "../statements.ts";

const quote = (name: string): string => quoteIdentifier(name, "duckdb");

/**
 * Always in three parts: `"shop"."orders"` is ambiguous to DuckDB when the file itself is called shop, and a stored
 * view must mean the same whatever catalog its reader uses.
 */
export function duckdbName(parts: NameParts, defaultCatalog: string): string {
  return [parts.catalog ?? defaultCatalog, parts.schema ?? "main", parts.table].map(quote).join(".");
}

export function duckdbStatements(defaultCatalog: string): Statements {
  const name = (parts: NameParts): string => duckdbName(parts, defaultCatalog);
  return {
    createSchema: ({ catalog, schema }) =>
      `CREATE SCHEMA IF NOT EXISTS ${quote(catalog ?? defaultCatalog)}.${quote(schema ?? "main")}`,
    dropSchema: ({ catalog, schema }) =>
      `DROP SCHEMA IF EXISTS ${quote(catalog ?? defaultCatalog)}.${quote(schema ?? "main")} RESTRICT`,
    listSchema: ({ catalog, schema }) => listText(catalog ?? defaultCatalog, schema ?? "main"),
    createTable: (table, columns, options) => {
      const list = columns.map((column) => `${quote(column.name)} ${column.type ?? "TEXT"}`).join(", ");
      const replace = options?.replace ? "OR REPLACE " : "";
      return `CREATE ${replace}TABLE ${options?.ifNotExists ? "IF NOT EXISTS " : ""}${name(table)} (${list})`;
    },
    createView: (view, query) => `CREATE OR REPLACE VIEW ${name(view)} AS ${query}`,
    drop: (object, type) => `DROP ${word(type)} IF EXISTS ${name(object)}`,
    dropAll: (objects, type) => objects.map((object) => `DROP ${word(type)} IF EXISTS ${name(object)}`),
    rename: (renames, type) => renames.map((rename) => renameText(rename, type, name)),
    exchange: () => null,
    alterTable: (table, change) => `ALTER TABLE ${name(table)} ${alteration(change)}`,
    comment: (object, type, comments) => commentTexts(name(object), type, comments),
    // The start of the transaction: leases are taken in short ones.
    currentMilliseconds: "epoch_ms(get_current_timestamp())",
    textList,
    sameValue: (left, right) => `${left} IS NOT DISTINCT FROM ${right}`,
    lockRows: "",
  };
}

/** Separates texts that are told as one; a control character that no name has, and is looked for all the same. */
const separator = "\u001f";

/** One text to take apart again: DuckDB needs twice the time for a literal each. */
function textList(texts: readonly string[]): string {
  const one = texts.join(separator);
  if (texts.length < 100 || one.split(separator).length !== texts.length)
    return texts.map((text) => quoteString(text, "duckdb")).join(", ");
  return `SELECT unnest(string_split(${quoteString(one, "duckdb")}, '${separator}'))`;
}

/** Names ignore case here. */
function listText(catalog: string, schema: string): string {
  const text = (name: string): string => quoteString(name.toLowerCase(), "duckdb");
  const inside = `lower(database_name) = ${text(catalog)} AND lower(schema_name) = ${text(schema)}`;
  return [
    `SELECT table_name AS name FROM duckdb_tables() WHERE ${inside}`,
    `SELECT view_name FROM duckdb_views() WHERE ${inside}`,
    `SELECT sequence_name FROM duckdb_sequences() WHERE ${inside}`,
    `SELECT function_name FROM duckdb_functions() WHERE NOT internal AND ${inside}`,
    `SELECT type_name FROM duckdb_types() WHERE NOT internal AND ${inside}`,
  ].join(" UNION ALL ");
}

function word(type: ObjectType): string {
  return type === "view" ? "VIEW" : "TABLE";
}

function renameText(rename: Rename, type: ObjectType, name: (parts: NameParts) => string): string {
  return `ALTER ${word(type)} ${name(rename.from)} RENAME TO ${quote(rename.to.table)}`;
}

function alteration(change: ColumnChange): string {
  const column = quote(change.column);
  switch (change.kind) {
    case "add":
      return `ADD COLUMN ${column} ${change.type}`;
    case "drop":
      return `DROP COLUMN ${column}`;
    case "retype":
      return `ALTER COLUMN ${column} SET DATA TYPE ${change.type}`;
  }
}

function commentTexts(name: string, type: ObjectType, comments: ObjectComments): readonly string[] {
  const text = (comment: string): string => quoteString(comment, "duckdb");
  const columns = Object.entries(comments.columns).map(
    ([column, comment]) => `COMMENT ON COLUMN ${name}.${quote(column)} IS ${text(comment)}`,
  );
  if (comments.description === undefined) return columns;
  return [`COMMENT ON ${word(type)} ${name} IS ${text(comments.description)}`, ...columns];
}
