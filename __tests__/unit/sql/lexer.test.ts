import { describe, expect, test } from "vitest";
import type { SluiceError } from "../../../src/errors.ts";
import { tokenize } from "../../../src/sql/lexer.ts";

const kinds = (sql: string, family: "duckdb" | "mysql"): string =>
  tokenize(sql, family)
    .map((token) => `${token.kind}:${token.text}`)
    .join(" ");

describe("tokens", () => {
  test.each([
    {
      family: "mysql",
      sql: "'it''s' \"it\\\"s\" `a``b`",
      is: "string:'it''s' string:\"it\\\"s\" quoted:`a``b`",
    },
    {
      family: "duckdb",
      sql: `'a\\' "b" $$c'd$$ $t1$e$t1$`,
      is: `string:'a\\' quoted:"b" string:$$c'd$$ string:$t1$e$t1$`,
    },
    { family: "duckdb", sql: "e'a\\'b' x'00'", is: "string:e'a\\'b' string:x'00'" },
    { family: "mysql", sql: "5--1", is: "number:5 symbol:- symbol:- number:1" },
    { family: "mysql", sql: "a --note", is: "word:a comment:--note" },
    { family: "mysql", sql: "-- c\n# d\n/* e */ a", is: "comment:-- c comment:# d comment:/* e */ word:a" },
    { family: "duckdb", sql: "5--1\n#1", is: "number:5 comment:--1 symbol:# number:1" },
    { family: "duckdb", sql: "/* a /* b */ c */ x", is: "comment:/* a /* b */ c */ word:x" },
    { family: "mysql", sql: "/* a /* b */ x", is: "comment:/* a /* b */ word:x" },
    { family: "mysql", sql: "/*+ h */ /*! s */ /*M! t */", is: "hint:/*+ h */ hint:/*! s */ hint:/*M! t */" },
    {
      family: "mysql",
      sql: "1st 1e5 0x1F 1.5 t.1 .5",
      is: "word:1st number:1e5 number:0x1F number:1.5 word:t symbol:. number:1 number:.5",
    },
    {
      family: "duckdb",
      sql: "1_000 a->>'$.k' b::INT c!~~d",
      is: "number:1_000 word:a symbol:->> string:'$.k' word:b symbol::: word:INT word:c symbol:!~~ word:d",
    },
    {
      family: "duckdb",
      sql: "@x @{y}_z @'t @x' @@v a@b",
      is: "macro:@x macro-braced:@{y} word:_z macro-string:@'t @x' system-variable:@@v word:a macro:@b",
    },
    { family: "mysql", sql: "größe\u00a0表 a😀", is: "word:größe word:表 word:a😀" },
  ] as const)("$family: $sql", ({ family, sql, is }) => {
    expect(kinds(sql, family)).toBe(is);
  });

  test.each(["a 'b", 'a "b', "a /* b", "a @{b", "a `b"])("never closed: %s", (sql) => {
    let place: unknown;
    try {
      tokenize(`\n${sql}`, "mysql", "m.sql");
    } catch (error) {
      place = (error as SluiceError).place;
    }
    expect(place).toEqual({ file: "m.sql", line: 2 });
  });

  test("offsets and lines are the text's own", () => {
    const sql = "SELECT '😀\n',\r\n  b /* x\ny */ c";
    const tokens = tokenize(sql, "mysql");
    expect(tokens.map((token) => sql.slice(token.start, token.end))).toEqual(
      tokens.map((token) => token.text),
    );
    expect(tokens.map((token) => token.line)).toEqual([1, 1, 2, 3, 3, 4]);
  });
});
