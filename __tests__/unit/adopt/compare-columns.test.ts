import { expect, test } from "vitest";
import { compareTableColumns } from "../../../src/adopt/compare-columns.ts";

const column = (type: string | null) => [{ name: "a", type }];
const verdict = (given: string, table: string, declared = false) => {
  const { reasons, notes } = compareTableColumns(column(given), column(table), declared);
  return reasons.length > 0 ? "refused" : notes.length > 0 ? "noted" : "equal";
};

test.each([
  ["VARCHAR", "varchar", "equal"],
  ["HUGEINT", "BIGINT", "noted"],
  ["TEXT", "varchar(10)", "noted"],
  ["DECIMAL(18,2)", "DECIMAL(38, 4)", "noted"],
  ["DECIMAL(18,4)", "DECIMAL(38,2)", "refused"],
  ["FLOAT", "DOUBLE", "noted"],
  ["DOUBLE", "FLOAT", "refused"],
  ["DATE", "VARCHAR", "refused"],
  ["TIMESTAMP", "DATE", "refused"],
])("a query that gives %s and a table with %s: %s", (given, table, expected) => {
  expect(verdict(given, table)).toBe(expected);
});

test("declared types have to be the table's", () => {
  expect(verdict("HUGEINT", "BIGINT", true)).toBe("refused");
  expect(verdict("BIGINT", "bigint", true)).toBe("equal");
});

test("order and names count", () => {
  const two = [
    { name: "a", type: null },
    { name: "b", type: null },
  ];
  expect(compareTableColumns(two, two.toReversed(), false).reasons).toEqual([
    "its table has the columns b, a, the model gives a, b",
  ]);
});
