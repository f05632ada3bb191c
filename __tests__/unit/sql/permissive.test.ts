import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { toEngineSql } from "../../../src/sql/permissive.ts";

describe("mysql", () => {
  test.each([
    { sql: "SELECT a, b, FROM t", is: "SELECT a, b FROM t" },
    { sql: "SELECT a FROM t, WHERE x IN (1, 2,)", is: "SELECT a FROM t WHERE x IN (1, 2)" },
    { sql: "SELECT a,", is: "SELECT a" },
    { sql: "SELECT x::INT", is: "SELECT CAST(x AS SIGNED) AS `x`" },
    {
      sql: "SELECT a::BIGINT AS a, b::TIMESTAMP AS b, c::VARCHAR(9) AS c, d::TEXT AS d, e::BOOLEAN AS e, f::FLOAT AS f, g::INT UNSIGNED AS g",
      is: "SELECT CAST(a AS SIGNED) AS a, CAST(b AS DATETIME) AS b, CAST(c AS CHAR(9)) AS c, CAST(d AS CHAR) AS d, CAST(e AS SIGNED) AS e, CAST(f AS DOUBLE) AS f, CAST(g AS UNSIGNED) AS g",
    },
    { sql: "SELECT t.x::DECIMAL(18, 2) AS y", is: "SELECT CAST(t.x AS DECIMAL(18, 2)) AS y" },
    { sql: "SELECT x::INT::CHAR", is: "SELECT CAST(CAST(x AS SIGNED) AS CHAR) AS `x`" },
    { sql: "SELECT (a + b)::INT * 2", is: "SELECT CAST((a + b) AS SIGNED) * 2" },
    {
      sql: "SELECT SUM(a)::DOUBLE, s.f(x)::INT",
      is: "SELECT CAST(SUM(a) AS DOUBLE), CAST(s.f(x) AS SIGNED)",
    },
    {
      sql: "SELECT '2024-01-01'::DATE, 1.5::CHAR(5)",
      is: "SELECT CAST('2024-01-01' AS DATE), CAST(1.5 AS CHAR(5))",
    },
    {
      sql: "SELECT CASE WHEN a THEN CASE WHEN b THEN 1 END END::INT",
      is: "SELECT CAST(CASE WHEN a THEN CASE WHEN b THEN 1 END END AS SIGNED)",
    },
    { sql: "SELECT `a b`.`c`::INT", is: "SELECT CAST(`a b`.`c` AS SIGNED) AS `c`" },
    { sql: "SELECT a WHERE b IN (1)::INT", is: "SELECT a WHERE b IN CAST((1) AS SIGNED)" },
    {
      sql: "SELECT f(x::INT, g(y::CHAR)::DATE)::INT",
      is: "SELECT CAST(f(CAST(x AS SIGNED), CAST(g(CAST(y AS CHAR)) AS DATE)) AS SIGNED)",
    },
    {
      sql: "SELECT SUM(a) OVER (PARTITION BY b)::INT",
      is: "SELECT CAST(SUM(a) OVER (PARTITION BY b) AS SIGNED)",
    },
    { sql: "SELECT -a::INT, NOT b::INT", is: "SELECT -CAST(a AS SIGNED), NOT CAST(b AS SIGNED)" },
    { sql: "SELECT '::' AS a -- x::y\nFROM t", is: "SELECT '::' AS a -- x::y\nFROM t" },
    { sql: "SELECT * FROM (SELECT 1), (SELECT 2) x", is: "SELECT * FROM (SELECT 1) AS `_0`, (SELECT 2) x" },
    {
      sql: "SELECT * FROM (SELECT * FROM (SELECT 1)) WHERE a",
      is: "SELECT * FROM (SELECT * FROM (SELECT 1) AS `_1`) AS `_0` WHERE a",
    },
    {
      sql: "SELECT * FROM t JOIN (SELECT 1) USING (a), (TABLE u)",
      is: "SELECT * FROM t JOIN (SELECT 1) AS `_0` USING (a), (TABLE u) AS `_1`",
    },
    {
      sql: "SELECT * FROM ((SELECT 1) UNION (SELECT 2))",
      is: "SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS `_0`",
    },
    { sql: "SELECT * FROM ((SELECT 1) JOIN t)", is: "SELECT * FROM ((SELECT 1) AS `_0` JOIN t)" },
    { sql: "SELECT SUM(a) OVER w::INT", is: "SELECT CAST(SUM(a) OVER w AS SIGNED)" },
    {
      sql: "FROM (FROM u SELECT (FROM v)) SELECT (FROM w)",
      is: "SELECT (SELECT * FROM w) FROM (SELECT (SELECT * FROM v) FROM u) AS `_0`",
    },
    { sql: "SELECT 'a', x -> '$.k', 1 FROM t", is: "SELECT 'a' AS `a`, x -> '$.k' AS `k`, 1 FROM t" },
    { sql: "GRANT SELECT, INSERT ON t TO r", is: "GRANT SELECT, INSERT ON t TO r" },
    {
      sql: "SELECT (SELECT 1), a IN (SELECT 2), EXISTS (SELECT 3) FROM t",
      is: "SELECT (SELECT 1), a IN (SELECT 2), EXISTS (SELECT 3) FROM t",
    },
    { sql: "FROM t", is: "SELECT * FROM t" },
    { sql: "FROM t SELECT a, b, WHERE c", is: "SELECT a, b FROM t WHERE c" },
    {
      sql: "FROM t JOIN u USING (a) SELECT DISTINCT a ORDER BY a",
      is: "SELECT DISTINCT a FROM t JOIN u USING (a) ORDER BY a",
    },
    { sql: "FROM t SELECT x::INT", is: "SELECT CAST(x AS SIGNED) AS `x` FROM t" },
    {
      sql: "WITH x AS (FROM t) FROM x UNION ALL FROM y",
      is: "WITH x AS (SELECT * FROM t) SELECT * FROM x UNION ALL SELECT * FROM y",
    },
    { sql: "SELECT * FROM (FROM t SELECT a)", is: "SELECT * FROM (SELECT a FROM t) AS `_0`" },
    { sql: "SELECT a --note\nFROM t", is: "SELECT a -- note\nFROM t" },
    { sql: "SELECT a FROM t; -- end", is: "SELECT a FROM t" },
    { sql: "SELECT a FROM t -- end", is: "SELECT a FROM t" },
    {
      sql: "SELECT TRIM(FROM a), EXTRACT(YEAR FROM b) FROM t",
      is: "SELECT TRIM(FROM a), EXTRACT(YEAR FROM b) FROM t",
    },
    { sql: "DELETE FROM t WHERE a = 1", is: "DELETE FROM t WHERE a = 1" },
    { sql: "INSERT INTO t (a) VALUES (1), (2)", is: "INSERT INTO t (a) VALUES (1), (2)" },
  ])("$sql", ({ sql, is }) => {
    expect(toEngineSql(sql, "mysql").replace(/ +/g, " ").replace(" )", ")")).toBe(is);
  });
});

describe("duckdb takes these as they are, and gets them so", () => {
  test.each([
    "SELECT 1::INT::TEXT AS a, -(1 + 2)::INT AS b",
    "SELECT * FROM (SELECT 1 AS a)",
    "FROM (VALUES (1), (2)) t(a) SELECT a WHERE a > 1",
    "FROM range(3)",
    "SELECT a: 1 --x\n, b: 2",
  ])("%s", async (sql) => {
    expect(toEngineSql(sql, "duckdb")).toBe(sql);
    const connection = await (await DuckDBInstance.create()).connect();
    await expect(connection.run(sql)).resolves.toBeDefined();
  });
  test("trailing commas go everywhere", () => {
    expect(toEngineSql("SELECT a, FROM t, WHERE x IN (1,) ORDER BY a,", "duckdb")).toBe(
      "SELECT a FROM t WHERE x IN (1) ORDER BY a",
    );
  });
});

describe("columns named by words that DuckDB keeps", () => {
  const rows = `(SELECT 1 AS "at", 2 AS "left", 3 AS "verbose", 4 AS id) AS t`;
  test.each([
    { sql: "SELECT id, at FROM t", is: 'SELECT id, "at" FROM t' },
    { sql: "SELECT at, LEFT AS l FROM t", is: 'SELECT "at", "LEFT" AS l FROM t' },
    {
      sql: "SELECT id FROM t WHERE at > 0 AND 2 = left",
      is: 'SELECT id FROM t WHERE "at" > 0 AND 2 = "left"',
    },
    {
      sql: "SELECT MAX(at) FROM t GROUP BY left, verbose",
      is: 'SELECT MAX("at") FROM t GROUP BY "left", "verbose"',
    },
    { sql: "SELECT id FROM t ORDER BY at DESC", is: 'SELECT id FROM t ORDER BY "at" DESC' },
    {
      sql: "WITH u AS (SELECT at FROM t) SELECT u.at FROM u",
      is: 'WITH u AS (SELECT "at" FROM t) SELECT u.at FROM u',
    },
  ])("$sql", async ({ sql, is }) => {
    expect(toEngineSql(sql, "duckdb")).toBe(is);
    const connection = await (await DuckDBInstance.create()).connect();
    const run = (text: string) => connection.run(text.replace(/FROM t\b/, `FROM ${rows}`));
    await expect(run(sql)).rejects.toThrow("syntax error");
    await expect(run(is)).resolves.toBeDefined();
  });

  test.each([
    "SELECT a FROM t LEFT JOIN u USING (a) NATURAL FULL OUTER JOIN v CROSS JOIN w",
    "SELECT left('abc', 1) AS l, a ILIKE 'b' AS i, a IS NULL, a ISNULL AND b NOTNULL FROM t",
    "SELECT a FROM t WHERE a NOT LIKE 'x' AND a IS NOT NULL AND b GLOB 'c' OR a SIMILAR TO 'd'",
    "SELECT * LIKE 'a%', a::BINARY AS b, CAST(a AS BINARY) AS c FROM t TABLESAMPLE 10%",
    "SELECT a FROM t SEMI JOIN u ON t.a = u.a ANTI JOIN v USING (a) ASOF JOIN w USING (a, b)",
    "SELECT a FROM t POSITIONAL JOIN u GROUP BY a UNION ALL BY NAME SELECT b FROM v",
    "CREATE TABLE t (at INT, left INT)",
    "EXPLAIN (VERBOSE) SELECT 1",
  ])("a keyword stays one: %s", (sql) => {
    expect(toEngineSql(sql, "duckdb")).toBe(sql);
  });
});
