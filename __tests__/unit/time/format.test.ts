import { describe, expect, test } from "vitest";
import {
  formatDs,
  formatEpoch,
  formatTs,
  formatTstz,
  hourOf,
  inclusiveEnd,
  microsOf,
  millisOf,
  strftime,
} from "../../../src/time/format.ts";

const start = microsOf(Date.UTC(2024, 0, 1));
const end = inclusiveEnd(Date.UTC(2024, 0, 3));
const execution = microsOf(Date.UTC(2024, 0, 5, 10, 20, 30));

test.each([
  { of: "ds", write: formatDs, texts: ["2024-01-01", "2024-01-02", "2024-01-05"] },
  {
    of: "ts",
    write: formatTs,
    texts: ["2024-01-01 00:00:00", "2024-01-02 23:59:59.999999", "2024-01-05 10:20:30"],
  },
  {
    of: "tstz",
    write: formatTstz,
    texts: ["2024-01-01 00:00:00+00:00", "2024-01-02 23:59:59.999999+00:00", "2024-01-05 10:20:30+00:00"],
  },
  { of: "epoch", write: formatEpoch, texts: ["1704067200.0", "1704239999.999", "1704450030.0"] },
  { of: "millis", write: millisOf, texts: [1704067200000, 1704239999999, 1704450030000] },
  { of: "hour", write: hourOf, texts: [0, 23, 10] },
])("$of of an inclusive range", ({ write, texts }) => {
  expect([start, end, execution].map((micros): string | number => write(micros))).toEqual(texts);
});

describe("strftime", () => {
  test.each([
    { format: "%Y-%m-%d %H:%M:%S", text: "2024-03-07 05:04:09" },
    { format: "%Y%m%d", text: "20240307" },
    { format: "%-d/%-m/%y %I%p", text: "7/3/24 05AM" },
    { format: "%S.%f", text: "09.123456" },
    { format: "%a %A %b %B", text: "Thu Thursday Mar March" },
    { format: "%j %U %W %G-W%V %u %w", text: "067 09 10 2024-W10 4 4" },
    { format: "%F %T %D", text: "2024-03-07 05:04:09 03/07/24" },
    { format: "100%% %q", text: "100% %q" },
    { format: "%z %Z", text: "+0000 UTC" },
  ])("$format", ({ format, text }) => {
    expect(strftime(microsOf(Date.UTC(2024, 2, 7, 5, 4, 9)) + 123456, format)).toBe(text);
  });

  test.each([
    { date: [2021, 0, 3], text: "2020-53 01 00" },
    { date: [2018, 11, 31], text: "2019-01 52 53" },
    { date: [2023, 0, 1], text: "2022-52 01 00" },
  ] as const)("weeks at the turn of the year: $date", ({ date, text }) => {
    expect(strftime(microsOf(Date.UTC(date[0], date[1], date[2])), "%G-%V %U %W")).toBe(text);
  });
});
