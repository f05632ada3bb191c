import { describe, expect, test } from "vitest";
import {
  checkCron,
  checkIntervalUnit,
  cronFloor,
  cronNext,
  cronPrevious,
  intervalUnitOf,
} from "../../../src/time/cron.ts";

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16);

describe("ticks", () => {
  // At the tick itself: the next and the one before are strict, the floor is the tick.
  test.each([
    { cron: "@hourly", tick: "2024-02-29T00:00Z", before: "2024-02-28T23:00", after: "2024-02-29T01:00" },
    { cron: "@DAILY", tick: "2024-02-29T00:00Z", before: "2024-02-28T00:00", after: "2024-03-01T00:00" },
    { cron: "@midnight", tick: "2024-02-29T00:00Z", before: "2024-02-28T00:00", after: "2024-03-01T00:00" },
    { cron: "@weekly", tick: "2024-03-03T00:00Z", before: "2024-02-25T00:00", after: "2024-03-10T00:00" },
    { cron: "@monthly", tick: "2024-03-01T00:00Z", before: "2024-02-01T00:00", after: "2024-04-01T00:00" },
    { cron: "@yearly", tick: "2024-01-01T00:00Z", before: "2023-01-01T00:00", after: "2025-01-01T00:00" },
    { cron: "30 7 * * *", tick: "2024-02-29T07:30Z", before: "2024-02-28T07:30", after: "2024-03-01T07:30" },
    {
      cron: "0 12 * * 1-5",
      tick: "2024-03-01T12:00Z",
      before: "2024-02-29T12:00",
      after: "2024-03-04T12:00",
    },
    { cron: "0 0 * * 7", tick: "2024-03-03T00:00Z", before: "2024-02-25T00:00", after: "2024-03-10T00:00" },
    { cron: "0 0 L * *", tick: "2024-02-29T00:00Z", before: "2024-01-31T00:00", after: "2024-03-31T00:00" },
    { cron: "0 0 * * 5#1", tick: "2024-03-01T00:00Z", before: "2024-02-02T00:00", after: "2024-04-05T00:00" },
    { cron: "0 0 13 * 5", tick: "2024-03-13T00:00Z", before: "2024-03-08T00:00", after: "2024-03-15T00:00" },
    {
      cron: "0 0 ? * MON,thu",
      tick: "2024-02-29T00:00Z",
      before: "2024-02-26T00:00",
      after: "2024-03-04T00:00",
    },
    {
      cron: "0 3 1 JAN,JUL *",
      tick: "2024-01-01T03:00Z",
      before: "2023-07-01T03:00",
      after: "2024-07-01T03:00",
    },
    {
      cron: "0 9-17/4 * * *",
      tick: "2024-02-29T09:00Z",
      before: "2024-02-28T17:00",
      after: "2024-02-29T13:00",
    },
    { cron: "0 6 * * * 0", tick: "2024-02-29T06:00Z", before: "2024-02-28T06:00", after: "2024-03-01T06:00" },
    {
      cron: "0 0 1 1 * 0 2020-2030/5",
      tick: "2025-01-01T00:00Z",
      before: "2020-01-01T00:00",
      after: "2030-01-01T00:00",
    },
  ])("$cron around $tick", ({ cron, tick, before, after }) => {
    expect([iso(cronPrevious(cron, at(tick))), iso(cronNext(cron, at(tick)))]).toEqual([before, after]);
    expect(cronFloor(cron, at(tick))).toBe(at(tick));
    expect(cronFloor(cron, at(tick) - 1)).toBe(cronPrevious(cron, at(tick)));
    expect(cronFloor(cron, at(tick) + 1)).toBe(at(tick));
    expect(cronNext(cron, at(tick) - 1)).toBe(at(tick));
  });

  test.each([
    {
      cron: "@daily",
      zone: "Europe/Vienna",
      from: "2024-03-30T12:00Z",
      ticks: ["2024-03-30T23:00", "2024-03-31T22:00"],
    },
    {
      cron: "0 8 * * *",
      zone: "America/New_York",
      from: "2024-03-09T20:00Z",
      ticks: ["2024-03-10T12:00", "2024-03-11T12:00"],
    },
    {
      cron: "@hourly",
      zone: "Asia/Kolkata",
      from: "2024-01-01T10:15Z",
      ticks: ["2024-01-01T10:30", "2024-01-01T11:30"],
    },
    {
      cron: "@weekly",
      zone: "Australia/Sydney",
      from: "2024-04-05T12:00Z",
      ticks: ["2024-04-06T13:00", "2024-04-13T14:00"],
    },
    {
      cron: "@daily",
      zone: "utc",
      from: "2024-03-30T12:00Z",
      ticks: ["2024-03-31T00:00", "2024-04-01T00:00"],
    },
  ])("$cron in $zone", ({ cron, zone, from, ticks }) => {
    const first = cronNext(cron, at(from), zone);
    expect([iso(first), iso(cronNext(cron, first, zone))]).toEqual(ticks);
    expect(cronFloor(cron, first, zone)).toBe(first);
  });

  test("an hour repeated at the end of summer time ticks once", () => {
    const first = cronNext("30 2 * * *", at("2024-10-26T12:00Z"), "Europe/Vienna");
    expect(iso(cronNext("30 2 * * *", first, "Europe/Vienna"))).toBe("2024-10-28T01:30");
  });

  test.each([
    { cron: "", why: "it is empty" },
    { cron: "daily", why: "it has 1 field, not 5" },
    { cron: "0 0 * *", why: "it has 4 fields, not 5" },
    { cron: "@reboot", why: "the aliases are @hourly" },
    { cron: "0 24 * * *", why: "expected range 0-23" },
    { cron: "0 0 0 * *", why: "expected range 1-31" },
    { cron: "0 0 * * XYZ", why: "xyz" },
    { cron: "0 0 15W * *", why: "H and W are not supported" },
    { cron: "H 0 * * *", why: "H and W are not supported" },
    { cron: "0 0 * * * 0 1900", why: "out of range" },
  ])("'$cron' is refused: $why", ({ cron, why }) => {
    expect(() => checkCron(cron)).toThrow(
      expect.objectContaining({ code: "MODEL_INVALID", message: expect.stringContaining(why) }),
    );
  });

  test("names with an H or a W are names", () => {
    expect(iso(cronNext("0 0 * MAR THU,WED", at("2024-02-01T00:00Z")))).toBe("2024-03-06T00:00");
  });

  test("an unknown zone is refused", () => {
    expect(() => cronNext("@daily", 0, "Mars/Olympus")).toThrow("Time zone 'Mars/Olympus' is not known.");
  });
});

describe("interval unit", () => {
  test.each([
    ["@daily", "day"],
    ["30 7 * * *", "day"],
    ["0 12 * * 1-5", "day"],
    ["@weekly", "day"],
    ["0 0 13 * 5", "day"],
    ["@monthly", "month"],
    ["0 0 L * *", "month"],
    ["0 3 1 JAN,JUL *", "month"],
    ["@yearly", "year"],
    ["0 0 29 2 *", "year"],
    ["@hourly", "hour"],
    ["0 */6 * * *", "hour"],
    ["*/30 * * * *", "half_hour"],
    ["10,40 * * * *", "half_hour"],
    ["*/43 * * * *", "quarter_hour"],
    ["*/15 * * * *", "quarter_hour"],
    ["*/5 * * * *", "five_minute"],
    ["0 0 * * * 0 2020", "day"],
  ])("%s is cut by %s", (cron, unit) => {
    expect(intervalUnitOf(cron)).toBe(unit);
  });

  test.each(["* * * * *", "*/4 * * * *", "0 * * * * */10"])("%s is too frequent", (cron) => {
    expect(() => intervalUnitOf(cron)).toThrow("5 minutes or slower");
  });

  test("may be finer than the cron, coarser only with partial intervals", () => {
    expect(() => checkIntervalUnit("hour", "@daily", false)).not.toThrow();
    expect(() => checkIntervalUnit("day", "@weekly", false)).not.toThrow();
    expect(() => checkIntervalUnit("day", "@hourly", true)).not.toThrow();
    expect(() => checkIntervalUnit("day", "@hourly", false)).toThrow(
      "cannot be more frequent than interval_unit 'day'",
    );
  });
});
