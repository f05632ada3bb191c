import { expect, test } from "vitest";
import { loadDriver } from "../../../src/engine/duckdb/driver.ts";

test("a missing driver is named with its install line", async () => {
  const absent = loadDriver(() => Promise.reject(new Error("Cannot find package")));
  await expect(absent).rejects.toMatchObject({
    code: "ENGINE_MISSING",
    message: "The DuckDB driver @duckdb/node-api is not installed.",
    hint: "Run: npm install @duckdb/node-api",
  });
});
