import { describe, expect, test } from "vitest";
import type { HeaderSource } from "../../../src/sql/header.ts";
import {
  readBoolean,
  readCall,
  readColumns,
  readKind,
  readList,
  readPairs,
  readPositiveInteger,
  readText,
  readTexts,
} from "../../../src/sql/header-values.ts";

const source: HeaderSource = { family: "duckdb", file: "m.sql" };
const mysql: HeaderSource = { family: "mysql", file: "m.sql" };
const value = (text: string) => ({ text, line: 7 });

describe("readers", () => {
  test.each([
    { text: "'x y'", is: "x y" },
    { text: '"x y"', is: "x y" },
    { text: "jen", is: "jen" },
    { text: "20230115", is: "20230115" },
    { text: "'it''s'", is: "it's" },
    { text: "pre_eu.x", is: "pre_eu.x" },
  ])("text $text", ({ text, is }) => {
    expect(readText(value(text), source)).toBe(is);
    expect(readText(value(text), mysql)).toBe(is);
  });
  test("text refuses lists, with the line", () => {
    expect(() => readText(value("\n(a, b)"), source)).toThrow(
      expect.objectContaining({ place: { file: "m.sql", line: 7 } }) as Error,
    );
  });

  test.each(["true", "TRUE", "1", "'Yes'", '"on"', "t", "Y"])("%s is true", (text) => {
    expect(readBoolean(value(text), source)).toBe(true);
  });
  test.each(["false", "0", "'no'", "maybe", "NULL", "(true)"])("%s is false", (text) => {
    expect(readBoolean(value(text), source)).toBe(false);
  });

  test.each(["0", "-1", "'many'", "1.5", "(1)"])("%s is no positive whole number", (text) => {
    expect(() => readPositiveInteger(value(text), "lookback", source)).toThrow(
      /lookback must be a positive whole number/,
    );
  });

  test.each([
    { text: "(a, 'b c', \"d\",)", is: ["a", "b c", "d"] },
    { text: "[a, b]", is: ["a", "b"] },
    { text: "a", is: ["a"] },
    { text: "()", is: [] },
    { text: "[]", is: [] },
  ])("list $text", ({ text, is }) => {
    expect(readTexts(value(text), source)).toEqual(is);
  });
  test("list items may be calls and lists", () => {
    expect(readList(value("(MONTH(ds), (k, r), k AS kk)"), source).map((item) => item.text)).toEqual([
      "MONTH(ds)",
      "(k, r)",
      "k AS kk",
    ]);
    expect(readList(value("MONTH(ds)"), source).map((item) => item.text)).toEqual(["MONTH(ds)"]);
  });

  test("call", () => {
    const call = readCall(
      value("Accepted(columns := (id, x), \"Values\" = ['a', 'b'], id > 0, blocking => false)"),
      source,
    );
    expect(call.name).toBe("Accepted");
    expect(call.args.map(({ name, text }) => [name, text])).toEqual([
      ["columns", "(id, x)"],
      ["values", "['a', 'b']"],
      [null, "id > 0"],
      ["blocking", "false"],
    ]);
    expect(readCall(value("mine"), source)).toMatchObject({ name: "mine", args: [] });
    expect(() => readCall(value("mine other"), source)).toThrow(/without a comma/);
  });

  test("pairs", () => {
    expect(
      [...readPairs(value("(a = 1, 'b' = x > 2, \"C\" := [1])"), source)].map(([key, { text }]) => [
        key,
        text,
      ]),
    ).toEqual([
      ["a", "1"],
      ["b", "x > 2"],
      ["C", "[1]"],
    ]);
    expect(() => readPairs(value("(a 1)"), source)).toThrow(/a 1 is not a pair/);
  });

  test("columns", () => {
    const text =
      "(A INT, b VARCHAR(10) NOT NULL, c INT[], d STRUCT(x INT, y TEXT), e ARRAY<STRUCT<a: INT, b: INT>>, \"f g\" DECIMAL(18, 2) COMMENT 'x')";
    expect(readColumns(value(text), source).map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "A: INT",
      "b: VARCHAR(10)",
      "c: INT[]",
      "d: STRUCT(x INT, y TEXT)",
      "e: ARRAY<STRUCT<a: INT, b: INT>>",
      "f g: DECIMAL(18, 2)",
    ]);
    expect(() => readColumns(value("(a)"), source)).toThrow(/column a has no type/);
    expect(() => readColumns(value("[a INT]"), source)).toThrow(/in parentheses/);
  });

  test("kind", () => {
    expect(readKind(value("full"), source)).toEqual({ name: "FULL", properties: [] });
    expect(readKind(value("'FULL'"), source).name).toBe("FULL");
    const kind = readKind(
      value("INCREMENTAL_BY_TIME_RANGE (\n time_column (ds, '%Y'),\n lookback 1)"),
      source,
    );
    expect(kind.properties.map(({ key, text, line }) => [key, text, line])).toEqual([
      ["time_column", "(ds, '%Y')", 8],
      ["lookback", "1", 9],
    ]);
    expect(() => readKind(value("FULL x"), source)).toThrow(/not a model kind/);
  });
});
