import { describe, expect, test } from "vitest";
import { isOrdered, topLevelCtes } from "../../../src/testing/query-shape.ts";

test.each([
  ["SELECT a FROM t ORDER BY a", true],
  ["SELECT * FROM (SELECT a FROM t ORDER BY a) q", false],
  ["SELECT ROW_NUMBER() OVER (ORDER BY a) FROM t -- ORDER BY a", false],
  ["WITH x AS (SELECT 1 ORDER BY 1) SELECT * FROM x", false],
  ["(SELECT 1) UNION (SELECT 2) ORDER BY 1", true],
])("%s is ordered: %s", (sql, expected) => expect(isOrdered(sql, "duckdb")).toBe(expected));

describe("common table expressions", () => {
  test("each runs after those before it, in its own order", () => {
    const sql = "WITH A AS (SELECT 1 AS x), b AS MATERIALIZED (SELECT x FROM a ORDER BY x) SELECT * FROM b";
    const head = "WITH A AS (SELECT 1 AS x), b AS MATERIALIZED (SELECT x FROM a ORDER BY x)";
    expect(topLevelCtes(sql, "duckdb")).toEqual([
      { name: "a", sql: `${head} SELECT 1 AS x`, ordered: false },
      { name: "b", sql: `${head} SELECT x FROM a ORDER BY x`, ordered: true },
    ]);
  });

  test("a list of columns or a nested WITH is read by name", () => {
    const sql = "WITH RECURSIVE n(i) AS (SELECT 1), m AS (WITH z AS (SELECT 2) SELECT * FROM z) SELECT 1";
    expect(topLevelCtes(sql, "mysql").map((cte) => cte.sql.slice(-16))).toEqual([
      " SELECT * FROM n",
      " SELECT * FROM m",
    ]);
  });

  test("there may be none", () => expect(topLevelCtes("SELECT 1", "duckdb")).toEqual([]));
});
