/** Statement texts of the MySQL family. */
import { quoteIdentifier, quoteString } from "../../sql/dialect.ts";
import type { Column, NameParts } from "../../sql/name-parts.ts";
import type { ObjectType } from "../engine.ts";
import type { ColumnChange, ObjectComments, Rename, Statements } from "../statements.ts";
import { tableShape } from "./properties.ts";
import type { Flavour } from "./server.ts";

const quote = (name: string): string => quoteIdentifier(name, "mysql");

/** Characters the server keeps of a comment on a table, and on a column. */
const longestTableComment = 2048;
const longestColumnComment = 1024;

/** A temporary table that is dropped by who made it, as soon as its columns are read. */
export const probeName = "sluice__probe";

export function mysqlName(parts: NameParts): string {
  return [parts.schema, parts.table]
    .filter((part) => part !== undefined)
    .map(quote)
    .join(".");
}

/** `collation`: of text in new databases, one of utf8mb4; without it the server decides. */
export function mysqlStatements(flavour: Flavour, collation: string | null = null): Statements {
  const innodb = flavour === "mysql" || flavour === "mariadb";
  return {
    createSchema: ({ schema }) =>
      `CREATE DATABASE IF NOT EXISTS ${quote(schema ?? "")}${collation === null ? "" : ` CHARACTER SET utf8mb4 COLLATE ${collation}`}`,
    // It has no RESTRICT: whoever asks for it has looked inside just before.
    dropSchema: ({ schema }) => `DROP DATABASE IF EXISTS ${quote(schema ?? "")}`,
    listSchema: ({ schema }) => listText(flavour, schema ?? ""),
    createTable: (table, columns, options = {}) => {
      const exists = options.ifNotExists ? "IF NOT EXISTS " : "";
      const shape = tableShape(flavour, options.properties ?? {});
      const members = [...columns.map(columnText), ...shape.members];
      return [`CREATE TABLE ${exists}${mysqlName(table)} (${members.join(", ")})`, ...shape.endings].join(
        " ",
      );
    },
    createView: (view, query) =>
      `CREATE ${flavour === "singlestore" ? "" : "OR REPLACE "}VIEW ${mysqlName(view)} AS ${query}`,
    drop: (object, type) => `DROP ${word(type)} IF EXISTS ${mysqlName(object)}`,
    dropAll: (objects, type) => {
      if (objects.length === 0) return [];
      // The analytic servers drop one at a time.
      if (analytic(flavour))
        return objects.map((object) => `DROP ${word(type)} IF EXISTS ${mysqlName(object)}`);
      return [`DROP ${word(type)} IF EXISTS ${objects.map(mysqlName).join(", ")}`];
    },
    rename: (renames, type) => renameTexts(flavour, renames, type),
    exchange: (one, other) => exchangeText(flavour, one, other),
    alterTable: (table, change) => `ALTER TABLE ${mysqlName(table)} ${alteration(change)}`,
    comment: (object, type, comments) => (innodb ? commentTexts(object, type, comments) : []),
    currentMilliseconds: analytic(flavour)
      ? "(UNIX_TIMESTAMP() * 1000)"
      : "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
    textList: (texts) => texts.map((text) => quoteString(text, "mysql")).join(", "),
    sameValue: (left, right) => `${left} <=> ${right}`,
    lockRows: innodb ? " LOCK IN SHARE MODE" : analytic(flavour) ? "" : " FOR UPDATE",
  };
}

function listText(flavour: Flavour, schema: string): string {
  const text = quoteString(schema, "mysql");
  const tables = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${text}`;
  if (analytic(flavour)) return tables;
  return [
    tables,
    `SELECT routine_name FROM information_schema.routines WHERE routine_schema = ${text}`,
    `SELECT event_name FROM information_schema.events WHERE event_schema = ${text}`,
  ].join(" UNION ALL ");
}

function analytic(flavour: Flavour): boolean {
  return flavour === "starrocks" || flavour === "doris";
}

function word(type: ObjectType): string {
  return type === "view" ? "VIEW" : "TABLE";
}

/** Always nullable: what a query gives today says nothing about tomorrow's rows. */
function columnText({ name, type }: Column): string {
  return `${quote(name)} ${typeText(type)} NULL`;
}

/** SQLMesh's generic words that the server does not know, in its own; all else is the author's text. */
export function typeText(type: string | null): string {
  if (type === null || /^\s*(STRING|VARCHAR|NVARCHAR)\s*$/i.test(type)) return "LONGTEXT";
  return /^\s*TIMESTAMP(TZ|LTZ)\s*$/i.test(type) ? "TIMESTAMP" : type;
}

function renameTexts(flavour: Flavour, renames: readonly Rename[], type: ObjectType): readonly string[] {
  if (renames.length === 0) return [];
  if (flavour === "mysql" || flavour === "mariadb" || flavour === "tidb") {
    return [
      `RENAME TABLE ${renames.map(({ from, to }) => `${mysqlName(from)} TO ${mysqlName(to)}`).join(", ")}`,
    ];
  }
  const to = flavour === "singlestore" ? "RENAME TO" : "RENAME";
  return renames.map(
    (rename) => `ALTER ${word(type)} ${mysqlName(rename.from)} ${to} ${quote(rename.to.table)}`,
  );
}

function exchangeText(flavour: Flavour, one: NameParts, { table }: NameParts): string | null {
  if (flavour === "starrocks") return `ALTER TABLE ${mysqlName(one)} SWAP WITH ${quote(table)}`;
  if (flavour === "doris") return `ALTER TABLE ${mysqlName(one)} REPLACE WITH TABLE ${quote(table)}`;
  return null;
}

function alteration(change: ColumnChange): string {
  const column = quote(change.column);
  switch (change.kind) {
    case "add":
      return `ADD COLUMN ${column} ${typeText(change.type)} NULL`;
    case "drop":
      return `DROP COLUMN ${column}`;
    case "retype":
      return `MODIFY COLUMN ${column} ${typeText(change.type)} NULL`;
  }
}

/** Views have no comments here. A column's comment is part of its definition, so it takes the type to set one. */
function commentTexts(object: NameParts, type: ObjectType, comments: ObjectComments): readonly string[] {
  if (type === "view") return [];
  const text = (comment: string, longest: number): string =>
    quoteString([...comment].slice(0, longest).join(""), "mysql");
  const members = Object.entries(comments.columns).flatMap(([column, comment]) => {
    const known = comments.types?.[column];
    if (known === undefined) return [];
    return [`MODIFY COLUMN ${quote(column)} ${known} NULL COMMENT ${text(comment, longestColumnComment)}`];
  });
  if (comments.description !== undefined)
    members.push(`COMMENT = ${text(comments.description, longestTableComment)}`);
  return members.length === 0 ? [] : [`ALTER TABLE ${mysqlName(object)} ${members.join(", ")}`];
}
