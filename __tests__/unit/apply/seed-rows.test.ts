import { describe, expect, test } from "vitest";
import { readSeedRows } from "../../../src/apply/seed-rows.ts";
import type { CsvSettings } from "../../../src/model/model.ts";
import { aModel } from "../../support/snapshot-samples.ts";

function seed(content: string, csv: CsvSettings = {}, columns?: readonly { name: string; type: string }[]) {
  return aModel({
    kind: { name: "SEED", path: "seeds/s.csv", batchSize: 1000, csv },
    seed: { content, digest: aModel().sourceDigest },
    ...(columns === undefined ? {} : { columns, columnsDeclared: true }),
  });
}

describe("types are inferred over the whole file", () => {
  test.each([
    { what: "integers", cells: ["1", "-2", "+3"], type: "BIGINT" },
    { what: "integers with a gap", cells: ["1", "", "3"], type: "DOUBLE" },
    { what: "numbers", cells: ["1", "2.5", "1e3"], type: "DOUBLE" },
    { what: "truth values", cells: ["true", "False"], type: "BOOLEAN" },
    { what: "truth values with a gap", cells: ["true", ""], type: "TEXT" },
    { what: "dates", cells: ["2023-01-01"], type: "TEXT" },
    { what: "numbers and a word", cells: ["1", "x"], type: "TEXT" },
    { what: "numbers beyond 64 bit", cells: ["123456789012345678901234"], type: "DOUBLE" },
    { what: "nothing at all", cells: ["", ""], type: "DOUBLE" },
  ])("$what: $type", ({ cells, type }) => {
    const { columns } = readSeedRows(seed(`a,b\n${cells.map((cell) => `${cell},1`).join("\n")}\n`), "duckdb");
    expect(columns[0]).toEqual({ name: "a", type });
  });
});

test.each<{ what: string; content: string; csv: CsvSettings; rows: unknown[][] }>([
  { what: "quotes", content: 'a,b\n"x, ""y""",1\n', csv: {}, rows: [['x, "y"', "1"]] },
  { what: "a byte order mark", content: "\uFEFFa,b\nx,1\n", csv: {}, rows: [["x", "1"]] },
  { what: "a delimiter", content: "a\tb\nx\t1\n", csv: { delimiter: "\t" }, rows: [["x", "1"]] },
  {
    what: "an escape character",
    content: 'a,b\n"x\\"y",1\n',
    csv: { escapechar: "\\", doublequote: false },
    rows: [['x"y', "1"]],
  },
  {
    what: "blanks after delimiters",
    content: "a, b\nx, y\n",
    csv: { skipinitialspace: true },
    rows: [["x", "y"]],
  },
  {
    what: "default null words",
    content: "a,b\nNA,x\nnan,y\n,z\n",
    csv: {},
    rows: [
      [null, "x"],
      [null, "y"],
      [null, "z"],
    ],
  },
  {
    what: "own null words",
    content: "a,b\n-,NA\n",
    csv: { naValues: ["-"], keepDefaultNa: false },
    rows: [[null, "NA"]],
  },
  {
    what: "null words of one column",
    content: "a,b\n-,-\n",
    csv: { naValues: { b: ["-"] } },
    rows: [["-", null]],
  },
  { what: "short rows", content: "a,b\nx\n", csv: {}, rows: [["x", null]] },
  { what: "line breaks within quotes", content: 'a,b\n"x\ny",1\n', csv: {}, rows: [["x\ny", "1"]] },
  { what: "windows line ends", content: "a,b\r\nx,1\r\n", csv: {}, rows: [["x", "1"]] },
])("reads $what", ({ content, csv, rows }) => {
  expect(readSeedRows(seed(content, csv), "duckdb").rows).toEqual(rows);
});

test("declared columns are loaded in their order, and no others", () => {
  const columns = [
    { name: "ok", type: "BOOLEAN" },
    { name: "code", type: "TEXT" },
  ];
  const { rows } = readSeedRows(seed("Code,x,OK\n003,1,yes\n007,2,0\n", {}, columns), "duckdb");
  expect(rows).toEqual([
    [true, "003"],
    [false, "007"],
  ]);
});

test.each([
  { what: "too many fields", content: "a,b\n1,2,3\n", words: /seeds\/s\.csv.*line 2/ },
  { what: "no header", content: "", words: /no header row/ },
])("refuses $what", ({ content, words }) => {
  expect(() => readSeedRows(seed(content), "duckdb")).toThrow(
    expect.objectContaining({ code: "SEED_INVALID", message: expect.stringMatching(words) }),
  );
});

test("a declared column that the file lacks is named, with those it has", () => {
  const model = seed("a,b\n1,2\n", {}, [{ name: "c", type: "INT" }]);
  expect(() => readSeedRows(model, "duckdb")).toThrow(
    expect.objectContaining({
      message: expect.stringContaining("no column c"),
      hint: "Its columns are a, b.",
    }),
  );
});
