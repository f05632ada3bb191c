/** Which tables and views exist. */
import type { NameParts } from "../../sql/name-parts.ts";
import type { FoundObject, ObjectType, Session } from "../engine.ts";
import { nameKey } from "../engine.ts";

/** Up to so many names are looked up one by one within the query: a large schema is not listed for a few. */
const few = 20;

/** One query, whatever the number of names: schemas are asked one by one within it, so that no other is opened. */
export async function readObjects(
  session: Session,
  names: readonly NameParts[],
): Promise<ReadonlyMap<string, ObjectType>> {
  const wanted = names.filter((parts) => parts.schema !== undefined);
  if (wanted.length === 0) return new Map();
  const select =
    "SELECT table_schema AS s, table_name AS t, table_type AS kind, @@lower_case_table_names AS folded FROM information_schema.tables WHERE table_schema = ?";
  const schemas = [...new Set(wanted.map((parts) => parts.schema as string))];
  const asked =
    wanted.length <= few
      ? wanted.map((parts) => ({
          sql: `${select} AND table_name = ?`,
          values: [parts.schema as string, parts.table],
        }))
      : schemas.map((schema) => ({ sql: select, values: [schema] }));
  const rows = await session.query(
    asked.map(({ sql }) => sql).join(" UNION ALL "),
    asked.flatMap(({ values }) => values),
  );
  const folded = Number(rows[0]?.["folded"] ?? 0) > 0;
  const key = (parts: NameParts): string => (folded ? nameKey(parts).toLowerCase() : nameKey(parts));
  const found = new Map<string, ObjectType>(
    rows.map((row) => [
      key({ schema: String(row["s"]), table: String(row["t"]) }),
      row["kind"] === "VIEW" ? "view" : "table",
    ]),
  );
  return new Map(
    names.flatMap((parts) => {
      const type = found.get(key(parts));
      return type === undefined ? [] : [[nameKey(parts), type] as const];
    }),
  );
}

/** Tables and views of these schemas whose names begin with `prefix`. */
export async function listObjects(
  session: Session,
  schemas: readonly string[],
  prefix: string,
): Promise<readonly FoundObject[]> {
  if (schemas.length === 0) return [];
  const select =
    "SELECT table_schema AS s, table_name AS t, table_type AS kind FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, ?) = ?";
  const rows = await session.query(
    schemas.map(() => select).join(" UNION ALL "),
    schemas.flatMap((schema) => [schema, prefix.length, prefix]),
  );
  return rows.map((row) => ({
    name: { schema: String(row["s"]), table: String(row["t"]) },
    type: row["kind"] === "VIEW" ? "view" : "table",
  }));
}

/** The stored text of views, by name. */
export async function readViewTexts(
  session: Session,
  names: readonly NameParts[],
): Promise<ReadonlyMap<string, string>> {
  const schemas = [...new Set(names.flatMap((parts) => parts.schema ?? []))];
  if (schemas.length === 0) return new Map();
  const select =
    "SELECT table_schema AS s, table_name AS t, view_definition AS text FROM information_schema.views WHERE table_schema = ?";
  const rows = await session.query(schemas.map(() => select).join(" UNION ALL "), schemas);
  const found = new Map(
    rows.map((row) => [nameKey({ schema: String(row["s"]), table: String(row["t"]) }), row["text"]]),
  );
  return new Map(
    names.flatMap((parts) => {
      const text = found.get(nameKey(parts));
      // Empty for a user who may not look at it.
      return typeof text === "string" && text !== "" ? [[nameKey(parts), text] as const] : [];
    }),
  );
}
