import { describe, expect, test } from "vitest";
import { outputColumns } from "../../../src/sql/projections.ts";

const names = (sql: string, family: "duckdb" | "mysql" = "duckdb"): string | null =>
  outputColumns(sql, family)
    ?.map(({ name, star }) => (star ? "*" : (name ?? "?")))
    .join(" ") ?? null;

describe("names", () => {
  test.each([
    { sql: "SELECT x.a, b::INT, (c), CAST(d AS DATE) AS e, 1, 'txt' FROM raw.x", is: "a b c e 1 txt" },
    {
      sql: "SELECT a, COUNT(*), a + 1, SUM(x)::INT, NULL, TRUE, (SELECT 1), CASE WHEN a THEN 1 END FROM t",
      is: "a ? ? ? ? ? ? ?",
    },
    {
      sql: "SELECT a b, a + 1 c, f(x) d, (SELECT 1) e, CASE WHEN a THEN 1 END g, NULL h, 'x' i, DATE '2024-01-01' j FROM t",
      is: "b c d e g h i j",
    },
    { sql: "SELECT DATE '2024-01-01', INTERVAL 1 DAY, a -> '$.k', a ->> '$.x.y' FROM t", is: "? ? k y" },
    { sql: "SELECT s.t.c, c.s.t.d::INT::TEXT, CAST(CAST(e AS INT) AS TEXT) FROM s.t", is: "c d e" },
    { sql: "SELECT *, t.*, a.b.*, * EXCLUDE (x), COLUMNS('a.*') FROM t", is: "* * * * *" },
    { sql: "SELECT DISTINCT ON (a) a, b FROM t", is: "a b" },
    { sql: "SELECT ALL a AS \"A b\", [1, 2] AS l, {'k': 1} AS s FROM t", is: "A b l s" },
    { sql: "SELECT x: 1, y: a + b FROM t", is: "x y" },
    { sql: "WITH w AS (SELECT 1 AS no) SELECT a FROM w UNION ALL SELECT b FROM w", is: "a" },
    { sql: "((SELECT a FROM t) UNION (SELECT b FROM t)) ORDER BY 1", is: "a" },
    { sql: "FROM t SELECT a, b WHERE a > 1", is: "a b" },
    { sql: "FROM t WHERE a > 1", is: "*" },
    { sql: "TABLE t", is: "*" },
    { sql: "SELECT a, b, FROM t", is: "a b" },
    {
      sql: "SELECT EXTRACT(year FROM d) AS y, a IS DISTINCT FROM b AS z, trim(FROM x) q FROM t",
      is: "y z q",
    },
    {
      sql: "SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS r, sum(x) FILTER (WHERE y) s FROM t",
      is: "r s",
    },
    { sql: "SELECT a EXCEPT SELECT b", is: "a" },
    { sql: "SELECT 1 AS a LIMIT 1", is: "a" },
  ])("$sql", ({ sql, is }) => {
    expect(names(sql)).toBe(is);
  });
  test.each([
    { sql: "SELECT a AS 'x y', b \"z\", `c` FROM t", is: "x y z c" },
    { sql: "SELECT SQL_NO_CACHE DISTINCT a, STRAIGHT_JOIN.b FROM t", is: "a b" },
    { sql: "SELECT * EXCEPT (a), b FROM t", is: "* b" },
    { sql: "SELECT 'a' 'b', _utf8 'c' FROM t", is: "? ?" },
    { sql: "SELECT NTH_VALUE(a, 2) FROM LAST OVER w AS n, b FROM t", is: "n b" },
  ])("mysql: $sql", ({ sql, is }) => {
    expect(names(sql, "mysql")).toBe(is);
  });
  test.each(["VALUES (1)", "@my_macro()", "INSERT INTO t SELECT 1"])("no list: %s", (sql) => {
    expect(outputColumns(sql, "duckdb")).toBeNull();
  });
});

describe("types of outer casts", () => {
  test("as written", () => {
    const sql =
      "SELECT a::INT, SUM(b)::DECIMAL(18, 2) AS s, CAST(c AS STRUCT(x INT, y TEXT)) AS t, d::INT::TEXT u, e + f::INT g, h::INT[] FROM t";
    expect(outputColumns(sql, "duckdb")?.map((column) => column.type)).toEqual([
      "INT",
      "DECIMAL(18, 2)",
      "STRUCT(x INT, y TEXT)",
      "TEXT",
      null,
      "INT[]",
    ]);
  });
});

describe("comments", () => {
  test("above, inline, after the comma, last one wins, none from inside", () => {
    const sql = `-- of the query
SELECT
  -- above
  1 AS a,
  2 AS b, -- after the comma
  3 AS c /* inline */,
  /* first */ 4 AS d, /* last */
  (SELECT 5 /* inner */) AS e,
  6 AS f -- end
  -- of FROM
FROM t -- of t`;
    const comments = outputColumns(sql, "duckdb")?.map(({ name, comment }) => `${name}: ${comment}`);
    expect(comments).toEqual([
      "a: above",
      "b: after the comma",
      "c: inline",
      "d: last",
      "e: undefined",
      "f: end",
    ]);
  });
});
