import { describe, expect, test } from "vitest";
import {
  exclusiveEnd,
  minuteFloor,
  parseInstant,
  parseRange,
  readInstant,
} from "../../../src/time/instant.ts";

const base = Date.UTC(2024, 2, 31, 10, 20, 30);
const iso = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");

describe("instants", () => {
  test.each([
    { text: "2024-01-01", at: "2024-01-01T00:00:00Z", dateOnly: true },
    { text: "2024-1-5", at: "2024-01-05T00:00:00Z", dateOnly: true },
    { text: "20240229", at: "2024-02-29T00:00:00Z", dateOnly: true },
    { text: 20240229, at: "2024-02-29T00:00:00Z", dateOnly: true },
    { text: "2024-01-01 10:00", at: "2024-01-01T10:00:00Z" },
    { text: "2024-01-01T10:00:05Z", at: "2024-01-01T10:00:05Z" },
    { text: "2024-01-01 10:00:00+02:00", at: "2024-01-01T08:00:00Z" },
    { text: "2024-01-01 10:00:00 -0530", at: "2024-01-01T15:30:00Z" },
    { text: "2024-01-01T00:00:00", at: "2024-01-01T00:00:00Z" },
    { text: "2024-01-01 10:00:00.123456", at: "2024-01-01T10:00:00.123Z" },
    { text: "1704067200000", at: "2024-01-01T00:00:00Z" },
    { text: 1704067200, at: "1970-01-20T17:21:07.200Z" },
    { text: "20240230", at: "1970-01-01T05:37:20.230Z" },
    { text: "2024", at: "1970-01-01T00:00:02.024Z" },
    { text: "01/02/2024", at: "2024-01-02T00:00:00Z" },
    { text: "2024/02/29", at: "2024-02-29T00:00:00Z" },
    { text: "Jan 5 2024", at: "2024-01-05T00:00:00Z" },
    { text: "5 January, 2024 06:30", at: "2024-01-05T06:30:00Z" },
  ])("$text is $at", ({ text, at, dateOnly = false }) => {
    const instant = parseInstant(text, base);
    expect([iso(instant.at), instant.dateOnly, instant.categorical]).toEqual([at, dateOnly, false]);
  });

  test.each([
    { text: "today", at: "2024-03-31T00:00:00Z" },
    { text: "Yesterday", at: "2024-03-30T00:00:00Z" },
    { text: "tomorrow", at: "2024-04-01T00:00:00Z" },
    { text: "1 day", at: "2024-03-30T00:00:00Z" },
    { text: "2 days ago", at: "2024-03-29T00:00:00Z" },
    { text: "1 WEEK AGO", at: "2024-03-24T00:00:00Z" },
    { text: "1 month ago", at: "2024-02-29T00:00:00Z" },
    { text: "13 months ago", at: "2023-02-28T00:00:00Z" },
    { text: "2 years 3 months ago", at: "2021-12-31T00:00:00Z" },
    { text: "1 year, 1 week and 1 day ago", at: "2023-03-23T00:00:00Z" },
    { text: "in 1 month", at: "2024-04-30T00:00:00Z" },
    { text: "in 2 days", at: "2024-04-02T00:00:00Z" },
  ])("$text counts from midnight", ({ text, at }) => {
    const instant = parseInstant(text, base);
    expect([iso(instant.at), instant.dateOnly, instant.categorical]).toEqual([at, false, true]);
  });

  test.each([
    { text: "now", at: "2024-03-31T10:20:30Z" },
    { text: "3 hours ago", at: "2024-03-31T07:20:30Z" },
    { text: "1.5 hours ago", at: "2024-03-31T08:50:30Z" },
    { text: "90 seconds ago", at: "2024-03-31T10:19:00Z" },
    { text: "in 1 hour", at: "2024-03-31T11:20:30Z" },
    { text: "1 day 2 hours ago", at: "2024-03-30T08:20:30Z" },
    { text: "a week ago", at: "2024-03-24T10:20:30Z" },
    { text: "last week", at: "2024-03-24T10:20:30Z" },
    { text: "7d", at: "2024-03-24T10:20:30Z" },
  ])("$text keeps the time of day", ({ text, at }) => {
    const instant = parseInstant(text, base);
    expect([iso(instant.at), instant.categorical]).toEqual([at, false]);
  });

  test.each([
    "",
    "soon",
    "1 quarter ago",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-01-01 25:00",
    "2024-01-01 10:61",
    "not a date",
    "ago",
    "in",
    "1.5 months ago",
    "constructor",
    "1 constructor ago",
    "30/30/2024",
  ])("'%s' is refused", (text) => {
    expect(readInstant(text, base)).toBeNull();
    expect(() => parseInstant(text, base)).toThrow(/is not a date/);
  });

  test("an error says what was read and where", () => {
    const about = {
      subject: 'the start of model "a.b"',
      code: "MODEL_INVALID",
      place: { file: "models/b.sql", line: 3 },
    } as const;
    expect(() => parseInstant("soon", base, about)).toThrow(
      expect.objectContaining({
        code: "MODEL_INVALID",
        sentence: expect.stringMatching(
          /^models\/b\.sql:3: Cannot read the start of model "a\.b": 'soon' is not a date\. Write /,
        ),
      }),
    );
  });

  test("the clock is cut to the minute", () => {
    expect(iso(minuteFloor(base))).toBe("2024-03-31T10:20:00Z");
  });
});

describe("ranges", () => {
  test.each([
    { start: "2024-01-01", end: "2024-01-01", until: "2024-01-02T00:00:00Z" },
    { start: "2024-01-01", end: "2024-01-02 00:00:00", until: "2024-01-02T00:00:00Z" },
    { start: "2024-01-01", end: "2024-01-01 00:00:00", until: "2024-01-01T00:00:00Z" },
    { start: "20240101", end: "20240102", until: "2024-01-03T00:00:00Z" },
    { start: "1704067200000", end: "1704153600000", until: "2024-01-02T00:00:00Z" },
    { start: "1 week ago", end: "yesterday", until: "2024-03-30T00:00:00Z" },
  ])("$start to $end stops before $until", ({ start, end, until }) => {
    const range = parseRange(start, end, base);
    expect(iso(range.until)).toBe(until);
    expect(exclusiveEnd(range.end)).toBe(range.until);
  });

  test("a start after the end is refused", () => {
    expect(() => parseRange("2024-02-01", "2024-01-01", base)).toThrow(
      "The start '2024-02-01' lies after the end '2024-01-01'.",
    );
  });
});
