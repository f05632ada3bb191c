/** Columns as the server tells them: of tables, and of queries that are not run. */

import { groupBy } from "../../group-by.ts";
import type { Column, NameParts } from "../../sql/name-parts.ts";
import type { Session } from "../engine.ts";
import { nameKey } from "../engine.ts";
import { failedFor } from "../name-fault.ts";
import { habits } from "./flavour-traits.ts";
import type { Flavour } from "./server.ts";
import { mysqlName, mysqlStatements, probeName } from "./statements.ts";

/** Empty when there is no such table or view. `collated`: types bear the collation of text. */
export async function readColumns(
  session: Session,
  table: NameParts,
  collated = true,
): Promise<readonly Column[]> {
  try {
    const rows = await session.query(`SHOW FULL COLUMNS FROM ${mysqlName(table)}`);
    return rows.map((row) => ({
      name: String(row["Field"]),
      type: fullType(row["Type"], collated ? row["Collation"] : null),
    }));
  } catch (error) {
    if (failedFor(error, "missing")) return [];
    throw error;
  }
}

/** Columns of many tables in one query, by name; tables that do not exist are left out. */
export async function readAllColumns(
  session: Session,
  tables: readonly NameParts[],
  collated = true,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const schemas = [...new Set(tables.flatMap(({ schema }) => schema ?? []))];
  if (schemas.length === 0) return new Map();
  const names = [...new Set(tables.map(({ table }) => table))];
  // One SELECT per schema: the server opens only the tables of schemas it is told by name.
  const select = `SELECT table_schema AS s, table_name AS t, column_name AS name, column_type AS type, collation_name AS collation,
    ordinal_position AS place, @@lower_case_table_names AS folded FROM information_schema.columns
    WHERE table_schema = ? AND table_name IN (${names.map(() => "?").join(", ")})`;
  const rows = await session.query(
    `${schemas.map(() => select).join(" UNION ALL ")} ORDER BY place`,
    schemas.flatMap((schema) => [schema, ...names]),
  );
  const folded = Number(rows[0]?.["folded"] ?? 0) > 0;
  const key = (parts: NameParts): string => (folded ? nameKey(parts).toLowerCase() : nameKey(parts));
  const found = groupBy(rows, (row) => key({ schema: String(row["s"]), table: String(row["t"]) }));
  return new Map(
    tables.flatMap((parts) => {
      const columns = found.get(key(parts));
      if (columns === undefined) return [];
      const list = columns.map((row) => ({
        name: String(row["name"]),
        type: fullType(row["type"], collated ? row["collation"] : null),
      }));
      return [[nameKey(parts), list] as const];
    }),
  );
}

/** Equal for equal columns only. */
export function columnsText(columns: readonly Column[]): string {
  return JSON.stringify(columns.map(({ name, type }) => [name, type]));
}

/** The collation belongs to the type: without it, columns of two tables could no longer be compared. */
function fullType(type: unknown, collation: unknown): string {
  return typeof collation === "string" && collation !== "" ? `${type} COLLATE ${collation}` : String(type);
}

/** Columns of a query, of an empty table made from it that only this connection sees. */
export function probeQuery(session: Session, schema: string, query: string): Promise<readonly Column[]> {
  const probe = { schema, table: probeName };
  // The query ends on a line of its own: it may end in a comment.
  const create = `CREATE TEMPORARY TABLE ${mysqlName(probe)} AS SELECT * FROM (${query}\n) AS sluice_rows LIMIT 0`;
  return readProbe(session, create, probe);
}

/** Declared columns in the server's own words for their types. */
export function probeColumns(
  session: Session,
  flavour: Flavour,
  schema: string,
  columns: readonly Column[],
): Promise<readonly Column[]> {
  const probe = { schema, table: probeName };
  const create = mysqlStatements(flavour).createTable(probe, columns).replace("TABLE", "TEMPORARY TABLE");
  return readProbe(session, create, probe);
}

async function readProbe(session: Session, create: string, probe: NameParts): Promise<readonly Column[]> {
  await session.run(create);
  try {
    return await readColumns(session, probe);
  } finally {
    await session.run(`DROP TEMPORARY TABLE ${mysqlName(probe)}`);
  }
}

/** As {@link probeQuery} where temporary tables are not made from queries: of a view that is dropped at once. */
export async function probeByView(
  session: Session,
  flavour: Flavour,
  view: NameParts,
  query: string,
): Promise<readonly Column[]> {
  const { createView, drop } = mysqlStatements(flavour);
  await session.run(createView(view, query));
  try {
    return await readColumns(session, view, habits[flavour].collations);
  } finally {
    await session.run(drop(view, "view"));
  }
}
