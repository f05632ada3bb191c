/** What DuckDB's catalogs say of many objects at once. Names are compared without their case, as DuckDB does. */
import { groupBy } from "../../group-by.ts";
import type { Column, NameParts } from "../../sql/name-parts.ts";
import type { FoundObject, ObjectType, Row, Session } from "../engine.ts";
import { nameKey } from "../engine.ts";

/** Up to so many tables are picked by name: a whole schema is not told for a few. */
const few = 100;

export class Catalog {
  readonly #session: Session;
  readonly #defaultCatalog: string;

  constructor(session: Session, defaultCatalog: string) {
    this.#session = session;
    this.#defaultCatalog = defaultCatalog;
  }

  async objects(names: readonly NameParts[]): Promise<ReadonlyMap<string, ObjectType>> {
    if (names.length === 0) return new Map();
    const schemas = [...new Set(names.map((parts) => (parts.schema ?? "main").toLowerCase()))];
    const rows = await this.#session.query(
      `SELECT table_catalog AS c, table_schema AS s, table_name AS t, table_type AS kind
       FROM information_schema.tables WHERE lower(table_schema) IN (${marks(schemas)})`,
      schemas,
    );
    return this.#byName(names, rows, ([row]) => typeOf(row));
  }

  async columnsOfAll(tables: readonly NameParts[]): Promise<ReadonlyMap<string, readonly Column[]>> {
    if (tables.length === 0) return new Map();
    const schemas = [...new Set(tables.map((parts) => (parts.schema ?? "main").toLowerCase()))];
    const names = [...new Set(tables.map((parts) => parts.table.toLowerCase()))];
    const some = names.length > few ? [] : names;
    const named = some.length === 0 ? "" : ` AND lower(table_name) IN (${marks(some)})`;
    // A row for each table, since a row for each column takes several times as long to hand over.
    const rows = await this.#session.query(
      `SELECT database_name AS c, schema_name AS s, table_name AS t,
         string_agg(column_name || chr(30) || data_type, chr(31) ORDER BY column_index) AS columns
       FROM duckdb_columns() WHERE NOT internal AND lower(schema_name) IN (${marks(schemas)})${named} GROUP BY ALL`,
      [...schemas, ...some],
    );
    return this.#byName(tables, rows, ([row]) =>
      String(row?.["columns"])
        .split("\u001f")
        .map((column) => {
          const [name = "", type = ""] = column.split("\u001e");
          return { name, type };
        }),
    );
  }

  /** Of the list of columns with their constraints, which is longer than its digest; a row of this catalog costs a fifth of its columns' rows. */
  async tableTexts(tables: readonly NameParts[]): Promise<ReadonlyMap<string, string>> {
    if (tables.length === 0) return new Map();
    const rows = await this.#session.query(
      `SELECT database_name AS c, schema_name AS s, table_name AS t, md5(substr(sql, instr(sql, '('))) AS columns
       FROM duckdb_tables() WHERE NOT internal`,
    );
    return this.#byName(tables, rows, ([row]) => String(row?.["columns"]));
  }

  async viewTexts(names: readonly NameParts[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#session.query(
      "SELECT database_name AS c, schema_name AS s, view_name AS t, sql FROM duckdb_views() WHERE NOT internal",
    );
    // Its own name is no part of what it shows.
    return this.#byName(names, rows, ([row]) => String(row?.["sql"]).replace(/^CREATE VIEW .*? AS /s, ""));
  }

  async listObjects(schemas: readonly string[], prefix: string): Promise<readonly FoundObject[]> {
    if (schemas.length === 0) return [];
    const rows = await this.#session.query(
      `SELECT table_schema AS s, table_name AS t, table_type AS kind FROM information_schema.tables
       WHERE table_catalog = ? AND starts_with(table_name, ?) AND table_schema IN (${marks(schemas)})`,
      [this.#defaultCatalog, prefix, ...schemas],
    );
    return rows.map((row) => ({
      name: { schema: String(row["s"]), table: String(row["t"]) },
      type: typeOf(row),
    }));
  }

  /** What the rows of each name say, by the name as it was asked for; names without rows are left out. */
  #byName<T>(
    names: readonly NameParts[],
    rows: readonly Row[],
    read: (own: readonly Row[]) => T,
  ): ReadonlyMap<string, T> {
    const found = groupBy(rows, (row) =>
      nameKey({ catalog: String(row["c"]), schema: String(row["s"]), table: String(row["t"]) }).toLowerCase(),
    );
    return new Map(
      names.flatMap((parts) => {
        const { catalog = this.#defaultCatalog, schema = "main", table } = parts;
        const own = found.get(nameKey({ catalog, schema, table }).toLowerCase());
        return own === undefined ? [] : [[nameKey(parts), read(own)] as const];
      }),
    );
  }
}

function typeOf(row: Row | undefined): ObjectType {
  return row?.["kind"] === "VIEW" ? "view" : "table";
}

function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}
