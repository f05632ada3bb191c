/** The default catalog of a DuckDB file is what DuckDB itself calls it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { resolvePlace } from "../../../src/engine/duckdb/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  "shop.duckdb",
  "shop.duckdb.backup",
  "plain",
  ".hidden.db",
  "Shop.db",
  "main.db",
  "temp.db",
  "system.db",
])("%s", async (database) => {
  const place = resolvePlace({ type: "duckdb", database } as Parameters<typeof resolvePlace>[0], folder);
  const instance = await DuckDBInstance.create(place.path);
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll("SELECT lower(current_database()) AS name");
  connection.closeSync();
  instance.closeSync();
  expect(rows.getRowObjectsJson()).toEqual([{ name: place.defaultCatalog }]);
});
