import { expect, test } from "vitest";
import {
  describeInterval,
  describeIntervals,
  describeRows,
  describeSeconds,
  describeWork,
} from "../../../src/report/interval-text.ts";
import { days } from "../../support/plan-samples.ts";

const hour = 3_600_000;

test.each([
  { interval: days(1, 8), text: "2023-01-01 to 2023-01-07 (7 days)" },
  { interval: days(1, 2), text: "2023-01-01" },
  {
    interval: [days(1, 2)[0], days(1, 2)[0] + 5 * hour] as const,
    text: "2023-01-01 00:00 to 2023-01-01 05:00 UTC",
  },
])("$text", ({ interval, text }) => expect(describeInterval(interval)).toBe(text));

test("past three ranges the rest is counted", () => {
  const many = [1, 3, 5, 7, 9].map((from) => days(from, from + 1));
  expect(describeIntervals(many)).toBe("2023-01-01, 2023-01-03, 2023-01-05 and 2 more ranges");
  expect(describeIntervals(many.slice(0, 4))).toBe("2023-01-01, 2023-01-03, 2023-01-05, 2023-01-07");
});

test.each([
  { kind: "VIEW", text: "recreate view" },
  { kind: "FULL", text: "full refresh" },
  { kind: "SEED", text: "load seed" },
  { kind: "INCREMENTAL_BY_TIME_RANGE", text: "2023-01-01 to 2023-01-07 (7 days)" },
] as const)("$kind is computed as: $text", ({ kind, text }) =>
  expect(describeWork(kind, [days(1, 8)], "new")).toBe(text),
);

test("nothing to compute says nothing, unless a table is reused", () => {
  expect(describeWork("FULL", [], "new")).toBe("");
  expect(describeWork("FULL", [], "tested-in-pr")).toBe("already built, reused");
});

test.each([
  [0.02, "20 ms"],
  [0, "1 ms"],
  [0.44, "0.4 s"],
  [3.2, "3 s"],
  [89, "89 s"],
  [200, "3 min"],
  [3600 * 2, "2 h"],
  [3600 * 2 + 600, "2 h 10 min"],
])("%d seconds are %s", (seconds, text) => expect(describeSeconds(seconds)).toBe(text));

test.each([
  [1, "1 row"],
  [9_999, "9,999 rows"],
  [48_000, "48 k rows"],
  [1_240_000, "1.2 M rows"],
  [3_000_000_000, "3 G rows"],
])("%d rows are %s", (rows, text) => expect(describeRows(rows)).toBe(text));
