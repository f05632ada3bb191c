import { describe, expect, test } from "vitest";
import { toEngineSql } from "../../../src/sql/permissive.ts";

describe("columns that SQLMesh names and engines do not", () => {
  test.each([
    { sql: "SELECT a::INT FROM t", expected: 'SELECT a::INT AS "a" FROM t' },
    { sql: "SELECT t.a::INT::TEXT, b FROM t", expected: 'SELECT t.a::INT::TEXT AS "a", b FROM t' },
    { sql: "SELECT CAST(a AS INT), 'x' FROM t", expected: `SELECT CAST(a AS INT) AS "a", 'x' AS "x" FROM t` },
    {
      sql: "WITH c AS (SELECT a::INT FROM t) SELECT a FROM c",
      expected: 'WITH c AS (SELECT a::INT AS "a" FROM t) SELECT a FROM c',
    },
    {
      sql: "SELECT a::INT AS b, c::INT d, 1, SUM(a)::INT FROM t",
      expected: "SELECT a::INT AS b, c::INT d, 1, SUM(a)::INT FROM t",
    },
  ])("$sql", ({ sql, expected }) => {
    expect(toEngineSql(sql, "duckdb")).toBe(expected);
  });
});
