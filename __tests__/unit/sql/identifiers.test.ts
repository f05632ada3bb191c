import { describe, expect, test } from "vitest";
import { parseName, stringValue } from "../../../src/sql/identifiers.ts";

describe("parseName", () => {
  test.each([
    { text: "shop.orders", is: ["shop", "orders"] },
    { text: 'memory."Shop"."Order Items"', is: ["memory", "Shop", "Order Items"] },
    { text: "`a.b`.`c``d`", is: ["a.b", "c`d"] },
    { text: ' shop /* x */ . "a""b" ', is: ["shop", 'a"b'] },
    { text: "shop.2024_orders", is: ["shop", "2024_orders"] },
    { text: "größe", is: ["größe"] },
  ])("$text", ({ text, is }) => {
    expect(parseName(text, "duckdb")).toEqual(is);
    expect(parseName(text, "mysql")).toEqual(is);
  });
  test.each(["", " ", "a.b.", ".a", "a b", "a..b", "'a'", "a.b.c.d", "a(1)", '""', "@x.y"])(
    "refuses '%s'",
    (text) => {
      expect(() => parseName(text, "duckdb", { place: { file: "m.sql", line: 3 } })).toThrow(
        expect.objectContaining({ code: "MODEL_INVALID", place: { file: "m.sql", line: 3 } }) as Error,
      );
    },
  );
});

describe("stringValue", () => {
  test.each([
    { literal: "'it''s'", family: "duckdb", is: "it's" },
    { literal: "'a\\nb'", family: "duckdb", is: "a\\nb" },
    { literal: "'a\\nb\\'c\\%'", family: "mysql", is: "a\nb'c\\%" },
    { literal: '"say ""x"""', family: "mysql", is: 'say "x"' },
    { literal: "e'a\\tb'", family: "duckdb", is: "a\tb" },
    { literal: "$q$it's$q$", family: "duckdb", is: "it's" },
  ] as const)("$family $literal", ({ literal, family, is }) => {
    expect(stringValue(literal, family)).toBe(is);
  });
});
