/** Where a DuckDB connection points: its file and its default catalog (spec project-format 2.4). */
import { basename, resolve } from "node:path";
import { SluiceError } from "../../errors.ts";
import type { DuckdbCatalog, DuckdbConnection } from "../connection.ts";

export interface DuckdbPlace {
  /** Absolute path, or `:memory:`. */
  readonly path: string;
  /** With absolute paths. */
  readonly catalogs: readonly DuckdbCatalog[];
  readonly defaultCatalog: string;
}

/** Throws NOT_SUPPORTED for MotherDuck, CONFIG_INVALID when `database` and `catalogs` are both given. */
export function resolvePlace(connection: DuckdbConnection, directory: string): DuckdbPlace {
  const { database, catalogs = [] } = connection;
  if (database?.startsWith("md:")) {
    throw new SluiceError("NOT_SUPPORTED", "A MotherDuck database (`md:`) cannot be opened.", {
      hint: "Name a DuckDB file, or leave `database` out for a database in memory.",
    });
  }
  if (database && catalogs.length > 0) {
    throw new SluiceError(
      "CONFIG_INVALID",
      "A DuckDB connection has both `database` and `catalogs`; keep one of the two.",
    );
  }
  const path = database && !isMemory(database) ? resolve(directory, database) : ":memory:";
  return {
    path,
    catalogs: catalogs.map((catalog) => ({ ...catalog, path: attachPath(catalog, directory) })),
    defaultCatalog: catalogs[0]?.name ?? catalogOf(path),
  };
}

/** DuckDB names the catalog of a file after what stands before its first dot, and never like one of its own. */
function catalogOf(path: string): string {
  if (isMemory(path)) return "memory";
  const [stem = ""] = basename(path).replace(/^\.+/, "").split(".");
  return (reserved.has(stem) ? `${stem}_db` : stem).toLowerCase();
}

const reserved: ReadonlySet<string> = new Set(["main", "temp", "system"]);

function attachPath({ type, path }: DuckdbCatalog, directory: string): string {
  const isFile = (type === "duckdb" || type === "sqlite") && !isMemory(path);
  return isFile ? resolve(directory, path) : path;
}

function isMemory(path: string): boolean {
  return path === "" || path === ":memory:";
}
