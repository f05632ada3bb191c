import { describe, expect, test } from "vitest";
import { guard } from "../../../../src/sql/analysis/guards.ts";

describe("the guard", () => {
  test.each([
    ["WITH x AS (SELECT 1 AS a) (SELECT a FROM x) LIMIT 1", "mysql", /WITH stands before/],
    ["WITH x AS NOT MATERIALIZED (SELECT 1 AS a) (SELECT a FROM x)", "duckdb", /WITH stands before/],
    ["SELECT COLUMNS('x.*') FROM t", "duckdb", /COLUMNS/],
    ["PIVOT t ON a USING SUM(b)", "duckdb", /PIVOT/],
    ["SELECT * FROM (UNPIVOT t ON a INTO NAME n VALUE v)", "duckdb", /UNPIVOT/],
    ["SELECT * FROM JSON_TABLE(j, '$' COLUMNS (a INT PATH '$.a')) AS k", "mysql", /JSON_TABLE/],
    ["SELECT a INTO @x FROM t", "mysql", /INTO/],
    ["SELECT d.a FROM (SELECT id FROM t) AS d (a)", "duckdb", /renames its columns/],
    ["SELECT a FROM (SELECT id FROM t) d(a)", "mysql", /renames its columns/],
    ["SELECT * REPLACE (id + 1 AS id) FROM t", "duckdb", /renames or replaces/],
    ["SELECT * EXCLUDE (a) REPLACE (1 AS b) FROM t", "duckdb", /renames or replaces/],
    ["SELECT * FROM (SELECT * EXCLUDE (a) FROM t)", "duckdb", /inside the query/],
  ] as const)("refuses %s", (sql, family, why) => {
    expect(guard(sql, family).why).toMatch(why);
  });

  test.each([
    ["WITH x AS (SELECT 1 AS a), y (b) AS (SELECT 2) SELECT a, b FROM x, y", "mysql"],
    ["SELECT (SELECT MAX(a) FROM t) IN (1, 2) AS b FROM t", "duckdb"],
    ["SELECT COUNT(*) FILTER (WHERE a > 0) AS n, SUM(a) OVER (PARTITION BY b) AS s FROM t", "duckdb"],
    ["SELECT t.columns, t.pivot FROM t", "duckdb"],
    ["SELECT a FROM t EXCEPT (SELECT a FROM u)", "duckdb"],
    ["SELECT a * (b) AS c FROM (SELECT 1 AS a, 2 AS b) AS d WHERE a IN (1)", "mysql"],
  ] as const)("lets %s pass", (sql, family) => {
    expect(guard(sql, family)).toEqual({ why: null, excluded: [] });
  });

  test.each([
    ["SELECT * EXCLUDE (a, B) FROM t", ["a", "B"]],
    ["SELECT * EXCLUDE a FROM t", ["a"]],
    ["WITH w AS (SELECT 1) SELECT t.* EXCEPT (a) FROM t", ["a"]],
  ])("reports what %s leaves out", (sql, excluded) => {
    expect(guard(sql, "duckdb").excluded).toEqual(excluded);
  });
});
