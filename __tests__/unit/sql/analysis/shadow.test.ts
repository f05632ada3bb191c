import { describe, expect, test } from "vitest";
import { shadowOf } from "../../../../src/sql/analysis/shadow.ts";

const tables = new Set(["shop.orders"]);

describe("the shadow", () => {
  test.each([
    ["comments", "mysql", "SELECT a # x\n, b /* y */ FROM t", "SELECT a    \n, b         FROM t"],
    ["hints", "mysql", "SELECT /*+ MAX(1) */ a FROM t", "SELECT               a FROM t"],
    ["a negation mark", "mysql", "SELECT !a, b != 1 FROM t", "SELECT ~a, b != 1 FROM t"],
    [
      "select modifiers",
      "mysql",
      "SELECT SQL_NO_CACHE DISTINCT a FROM t",
      "SELECT              DISTINCT a FROM t",
    ],
    ["STRAIGHT_JOIN after SELECT", "mysql", "SELECT STRAIGHT_JOIN a FROM t", "SELECT               a FROM t"],
    ["STRAIGHT_JOIN of tables", "mysql", "FROM t STRAIGHT_JOIN u", "FROM t JOIN          u"],
    ["composite units", "mysql", "INTERVAL '1:30' HOUR_MINUTE", "INTERVAL '1:30' HOUR       "],
    [
      "a character set",
      "mysql",
      "CAST(a AS CHAR(9) CHARACTER SET utf8)",
      "CAST(a AS CHAR(9)                   )",
    ],
    [
      "DEFAULT ON EMPTY",
      "mysql",
      "JSON_VALUE(a, '$.b' DEFAULT 0 ON EMPTY)",
      "JSON_VALUE(a, '$.b'                   )",
    ],
    ["a join hint", "mysql", "t JOIN [BROADCAST] u", "t JOIN             u"],
    ["trailing commas", "duckdb", "SELECT a, FROM t WHERE a IN (1,)", "SELECT a  FROM t WHERE a IN (1 )"],
    ["whole division", "duckdb", "SELECT a // b FROM t", "SELECT a /  b FROM t"],
    ["hexadecimal numbers", "duckdb", "SELECT 0x1F FROM t", "SELECT 1111 FROM t"],
    ["a schema before a column", "duckdb", "SELECT shop.orders.id FROM t", "SELECT      orders.id FROM t"],
    [
      "a quoted schema before a star",
      "duckdb",
      'SELECT "Shop".orders.* FROM t',
      "SELECT        orders.* FROM t",
    ],
    ["a catalog before a table", "duckdb", "SELECT id FROM db.shop.orders", "SELECT id FROM    shop.orders"],
    [
      "a catalog before a column",
      "duckdb",
      "SELECT db.shop.orders.id FROM t",
      "SELECT         orders.id FROM t",
    ],
    ["a struct field", "duckdb", "SELECT o.st.a FROM t", "SELECT o.st.a FROM t"],
    ["case on MySQL", "mysql", "SELECT Shop.orders.id FROM t", "SELECT Shop.orders.id FROM t"],
  ] as const)("treats %s", (_what, family, sql, expected) => {
    expect(shadowOf(sql, family, tables)).toBe(expected);
  });

  test("has one unit per code point, so that the library's offsets are ours", () => {
    const shadow = shadowOf("SELECT '😀' AS a -- 😀\n, b FROM t", "duckdb", tables);
    expect([...shadow].length).toBe(shadow.length);
    expect(shadow.indexOf(", b")).toBe("SELECT '😀' AS a -- 😀\n, b FROM t".indexOf(", b"));
  });
});
