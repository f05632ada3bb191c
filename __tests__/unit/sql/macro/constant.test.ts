import { describe, expect, test } from "vitest";
import { evaluateConstant } from "../../../../src/sql/macro/constant.ts";
import { NotConstant } from "../../../../src/sql/macro/constant-value.ts";

describe("values", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3 - -1", 10],
    ["5 / 2", 2.5],
    ["7 // 2", 3],
    ["7 % 4", 3],
    ["0.1 + 0.2", 0.3],
    ["1 / 0", null],
    ["NULL + 1", null],
    ["'a' = 'A'", false],
    ["'1' = 1", false],
    ["NULL = 1", null],
    ["NOT (NULL = 1)", true],
    ["3 BETWEEN 1 AND 3", true],
    ["'x' IN ('y', 'z')", false],
    ["'x' NOT IN ('y')", true],
    ["'cat' LIKE 'c%' AND 'cat' NOT LIKE '_x%'", true],
    ["'a.b' LIKE 'axb'", false],
    ["NULL IS NULL OR FALSE", true],
    ["1 IS NOT NULL", true],
    ["a = 1", false],
    ["a = a", true],
    ["CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"],
    ["CASE 3 WHEN 3 THEN 'three' END", "three"],
    ["CAST('4' AS INT) + 1", 5],
    ["'2024-01-02'::DATE < '2024-01-10'::DATE", true],
    ["DATE '2024-01-02' = '2024-01-02'", true],
    ["ROUND(2.567, 1)", 2.6],
    ["COALESCE(NULL, 8)", 8],
    ["UPPER(CONCAT('a', 'b'))", "AB"],
    ["SUBSTRING('hello', 2, 3)", "ell"],
    ["STRPOS('hello', 'l')", 3],
    ["YEAR('2024-05-06'::DATE) + EXTRACT(MONTH FROM '2024-05-06'::DATE)", 2029],
    ["DATEDIFF('2024-01-03', '2024-01-01')", 2],
    ["MAX([1, 5, 2])", 5],
    ["IF(1 = 1, 'y', 'n')", "y"],
    ["CURRENT_DATE = '2024-03-05'", true],
  ])("%s", (sql, expected) =>
    expect(evaluateConstant(sql, "duckdb", "2024-03-05 10:00:00")).toEqual(expected),
  );

  test("a column is true by itself", () => expect(evaluateConstant("a AND b.c", "duckdb")).toBe(true));
  test("MySQL strings may stand in double quotes", () =>
    expect(evaluateConstant("\"a\" = 'a' && TRUE", "mysql")).toBe(true));
});

test.each(["'a' || 'b'", "LENGTH('a')", "(SELECT 1)", "1 +", "a ~ 'x'", "'a' + 1"])(
  "%s is refused",
  (sql) => {
    expect(() => evaluateConstant(sql, "duckdb")).toThrow(NotConstant);
  },
);
