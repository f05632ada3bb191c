import { expect, test } from "vitest";
import { viewDigest } from "../../../src/environment/object-shape.ts";

const same = (a: string, b: string) => viewDigest(a, "duckdb") === viewDigest(b, "duckdb");

test("DuckDB's two ways of writing down one cast are the same view", () => {
  expect(same('SELECT CAST(d AS "DATE") AS "d"', 'SELECT CAST(d AS DATE) AS "d"')).toBe(true);
  expect(
    same(
      "SELECT TRY_CAST((CAST((a AS_) AS TEXT) || ')') AS DECIMAL(10, 2)) AS x",
      "SELECT TRY_CAST((CAST((a AS_) AS VARCHAR) || ')') AS DECIMAL(10,2)) AS x",
    ),
  ).toBe(true);
});

test("everything beside the type counts", () => {
  expect(same("SELECT CAST(a AS INT) AS x", "SELECT CAST(b AS INT) AS x")).toBe(false);
  expect(same("SELECT CAST(a AS INT) AS x", "SELECT CAST(a AS INT) AS y")).toBe(false);
  expect(same("SELECT (a AS x) AS y", "SELECT (a AS z) AS y")).toBe(false);
  expect(viewDigest("SELECT CAST(a AS INT)", "mysql")).not.toBe(
    viewDigest("SELECT CAST(a AS CHAR)", "mysql"),
  );
});

test.each([
  "SELECT list_transform(l, x -> x + 1)",
  "SELECT list_transform(l, lambda x: x)",
  "FROM t UNPIVOT (v FOR k IN (n))",
])("of a text that DuckDB writes anew nothing is said: %s", (text) => {
  expect(viewDigest(text, "duckdb")).toBeNull();
});
