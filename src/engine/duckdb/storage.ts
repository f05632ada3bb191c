/** Which storage format DuckDB files get that are made here (ADR 12). A file that is there keeps its own. */
import { existsSync } from "node:fs";
import type { DuckdbConnection } from "../connection.ts";

/** Read by DuckDB 1.2 and later. Catalogs load in a third of the time: the older ones keep 3 KB of statistics for each column. */
const ofNewFiles = "v1.2.0";

const key = "storage_compatibility_version";

/** The format for a file that does not exist yet, as the connection wishes it; null where nothing is to be made. */
export function storageFor(path: string, { connectorConfig, readOnly }: DuckdbConnection): string | null {
  if (path === ":memory:" || readOnly === true || existsSync(path)) return null;
  return String(connectorConfig?.[key] ?? ofNewFiles);
}
