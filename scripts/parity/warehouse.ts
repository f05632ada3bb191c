/** Where stories are played. They are written for DuckDB; another engine says how they read there. */
import type { Engine } from "../../src/engine/engine.ts";

export interface ParityWarehouse extends AsyncDisposable {
  /** Empties it. */
  reset(): Promise<void>;
  /** A file of the project as this engine takes it. */
  ownFile(path: string, text: string): string;
  /** A statement of the story as this engine takes it. */
  ownWords(sql: string): string;
  /** Why a failure tells of the engine and not of us: it has no such SQL or no such feature; else null. */
  notHere(error: unknown): string | null;
  /** Views of the virtual layer. */
  listViews(engine: Engine): Promise<readonly ListedView[]>;
  /** Columns of a view, and its rows with every value as DuckDB writes it in text; throws when it cannot be read. */
  readView(engine: Engine, view: ListedView): Promise<ViewRows>;
}

export interface ListedView {
  /** As the record names it. */
  readonly label: string;
  /** Quoted, as SQL. */
  readonly name: string;
}

export interface ViewRows {
  readonly columns: readonly string[];
  /** Values joined by `|`. */
  readonly rows: readonly string[];
}

/** A physical view of a mapped schema ends in its version. */
export const physicalName = "__[a-z2-7]{13}(__dev)?$";

export function duckdbWarehouse(): ParityWarehouse {
  return {
    // The file lies in the story's own folder.
    reset: () => Promise.resolve(),
    ownFile: (_path, text) => text,
    ownWords: (sql) => sql,
    notHere: () => null,
    async listViews(engine) {
      const found = await engine.query(
        `SELECT database_name AS c, schema_name AS s, view_name AS v FROM duckdb_views() WHERE NOT internal
         AND schema_name <> 'sluice' AND NOT starts_with(schema_name, 'sluice__') AND view_name <> 'sluice__pointer'
         AND NOT regexp_matches(view_name, '${physicalName}') ORDER BY 1, 2, 3`,
      );
      return found.map(({ c, s, v }) => {
        const catalog = String(c) === engine.defaultCatalog ? "" : `${String(c)}.`;
        return {
          label: `${catalog}${String(s)}.${String(v)}`,
          name: `"${String(c)}"."${String(s)}"."${String(v)}"`,
        };
      });
    },
    async readView(engine, { name }) {
      const columns = (await engine.query(`DESCRIBE SELECT * FROM ${name}`)).map((row) =>
        String(row["column_name"]),
      );
      const list = columns
        .map((column) => `coalesce("${column.replaceAll('"', '""')}"::VARCHAR, '\\N')`)
        .join(" || '|' || ");
      const rows = await engine.query(`SELECT ${list || "''"} AS line FROM ${name}`);
      return { columns, rows: rows.map((row) => String(row["line"])) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
