import { describe, expect, test } from "vitest";
import { canonicalTokens } from "../../../src/sql/canonical.ts";

type Family = "duckdb" | "mysql";
const canonical = (sql: string, family: Family): string => canonicalTokens(sql, family).join("\u0001");

describe("one query, written twice", () => {
  test.each([
    { family: "duckdb", a: "SELECT a, b FROM t -- c", b: "select /* x */ a,b\nfrom t;" },
    { family: "duckdb", a: 'SELECT "Amount" FROM Shop.Orders', b: "select amount from shop.orders" },
    { family: "mysql", a: "SELECT `amount` FROM `shop`.`orders` # c", b: "select amount from shop.orders" },
    { family: "mysql", a: "SELECT COUNT(*), Sum(x) FROM t", b: "SELECT count(*), SUM(x) FROM t" },
    { family: "duckdb", a: "SELECT a, FROM t", b: "SELECT a FROM t" },
    { family: "duckdb", a: "SELECT a FROM t WHERE x IN (1, 2,)", b: "SELECT a FROM t WHERE x IN (1, 2)" },
    { family: "mysql", a: "SELECT a <> b FROM t", b: "SELECT a != b FROM t" },
    { family: "mysql", a: "SELECT 1E5, 0X1f", b: "SELECT 1e5, 0x1F" },
    {
      family: "mysql",
      a: "SELECT CAST(a AS SIGNED), b::INT, DATE '2024-01-01', c + INTERVAL 1 DAY, EXTRACT(YEAR FROM d)",
      b: "SELECT cast(a as signed), b::int, date '2024-01-01', c + interval 1 day, extract(year from d)",
    },
    { family: "duckdb", a: "SELECT @Start_DS", b: "SELECT @start_ds" },
  ] as const)("$family: $a", ({ family, a, b }) => {
    expect(canonical(a, family)).toBe(canonical(b, family));
  });
});

/** Pairs a parser's syntax tree or generator is known to take for one; each is a difference in meaning. */
const different: readonly { family: Family; a: string; b: string }[] = [
  { family: "mysql", a: "SELECT LENGTH(a)", b: "SELECT CHAR_LENGTH(a)" },
  { family: "mysql", a: "SELECT a LIKE '10\\%'", b: "SELECT a LIKE '10%'" },
  { family: "mysql", a: "SELECT a LIKE '\\_x'", b: "SELECT a LIKE '_x'" },
  { family: "mysql", a: "SELECT a || b", b: "SELECT a OR b" },
  { family: "mysql", a: "SELECT LOG(a)", b: "SELECT LN(a)" },
  { family: "mysql", a: "SELECT +a", b: "SELECT a" },
  { family: "mysql", a: "WITH x AS (SELECT 1) (SELECT * FROM x) LIMIT 1", b: "(SELECT * FROM x) LIMIT 1" },
  { family: "mysql", a: "SELECT NTH_VALUE(a, 2) FROM LAST OVER w", b: "SELECT NTH_VALUE(a, 2) OVER w" },
  { family: "mysql", a: "SELECT a DIV b", b: "SELECT a / b" },
  { family: "mysql", a: "SELECT SQL_NO_CACHE DISTINCT a", b: "SELECT SQL_NO_CACHE a" },
  { family: "mysql", a: "SELECT /*+ BKA(t) */ a FROM t", b: "SELECT a FROM t" },
  { family: "mysql", a: "SELECT /*! STRAIGHT_JOIN */ a FROM t", b: "SELECT a FROM t" },
  { family: "mysql", a: "SELECT 1st", b: "SELECT 1 st" },
  { family: "mysql", a: "SELECT 5--1", b: "SELECT 5" },
  { family: "mysql", a: "SELECT * FROM Orders", b: "SELECT * FROM orders" },
  { family: "mysql", a: "SELECT 'a' 'b'", b: "SELECT 'ab'" },
  { family: "mysql", a: 'SELECT "a"', b: "SELECT a" },
  { family: "mysql", a: "SELECT 'a'", b: "SELECT `a`" },
  { family: "mysql", a: "SELECT `date` '2024-01-01'", b: "SELECT date '2024-01-01'" },
  { family: "mysql", a: "SELECT `now`()", b: "SELECT now()" },
  { family: "mysql", a: "SELECT `current_date` FROM t", b: "SELECT current_date FROM t" },
  { family: "mysql", a: "SELECT `dual`.a FROM `dual`", b: "SELECT dual.a FROM DUAL" },
  { family: "mysql", a: "SELECT INTERVAL 1 DAY + a", b: "SELECT INTERVAL 1 HOUR + a" },
  { family: "duckdb", a: "SELECT 'A'", b: "SELECT 'a'" },
  { family: "duckdb", a: "SELECT 'a'", b: 'SELECT "a"' },
  { family: "duckdb", a: 'SELECT "a b"', b: "SELECT a b" },
  { family: "duckdb", a: 'SELECT "a.b"', b: "SELECT a.b" },
  { family: "duckdb", a: 'SELECT a AS "select" FROM t', b: "SELECT a AS select FROM t" },
  { family: "duckdb", a: 'SELECT "true"', b: "SELECT true" },
  { family: "duckdb", a: 'SELECT * FROM t ORDER BY "all"', b: "SELECT * FROM t ORDER BY ALL" },
  { family: "duckdb", a: "SELECT 0x1F", b: "SELECT 0 AS x1F" },
  {
    family: "duckdb",
    a: "SELECT a FROM t TABLESAMPLE (10 ROWS)",
    b: "SELECT a FROM t TABLESAMPLE (10 PERCENT)",
  },
  { family: "duckdb", a: "SELECT a // b", b: "SELECT a / b" },
  { family: "duckdb", a: "SELECT @x", b: "SELECT ABS(x)" },
  { family: "duckdb", a: "SELECT pre_@x", b: "SELECT pre_ @x" },
  { family: "duckdb", a: "SELECT a AS @{x}_b", b: "SELECT a AS @{x} _b" },
  { family: "duckdb", a: "SELECT @'a  b'", b: "SELECT @'a b'" },
  { family: "duckdb", a: "SELECT a b", b: "SELECT a, b" },
  { family: "duckdb", a: "SELECT a - -b", b: "SELECT a b" },
  { family: "duckdb", a: "SELECT a UNION SELECT b", b: "SELECT a UNION ALL SELECT b" },
  { family: "duckdb", a: "SELECT e'a\\n'", b: "SELECT 'a\\n'" },
  { family: "duckdb", a: "SELECT $$a$$", b: "SELECT $x$a$x$" },
  { family: "duckdb", a: "SELECT (1, 2)", b: "SELECT 1, 2" },
];

describe("two queries never meet", () => {
  test.each(different)("$family: $a | $b", ({ family, a, b }) => {
    expect(canonical(a, family)).not.toBe(canonical(b, family));
  });
});

test("fast enough to hash thousands of models", () => {
  const model = `SELECT ${Array.from({ length: 40 }, (_, i) => `o.column_${i}::DECIMAL(18, 2) AS c${i} -- note\n`)} FROM shop.orders o`;
  const begin = performance.now();
  for (let i = 0; i < 1000; i++) canonicalTokens(model, "duckdb");
  // About 0.1 ms each on an idle core; the limit leaves room for a busy machine.
  expect(performance.now() - begin).toBeLessThan(3000);
});
