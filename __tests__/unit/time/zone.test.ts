import { expect, test } from "vitest";
import { describeLocal, instantOf, localTime, zonedInstant } from "../../../src/time/zone.ts";

const berlin = "Europe/Berlin";
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

test.each([
  ["2024-01-31T23:30:00Z", berlin, { date: "2024-02-01", minutes: 30, weekday: 3 }],
  ["2024-07-01T12:00:00Z", berlin, { date: "2024-07-01", minutes: 840, weekday: 0 }],
  ["2024-01-01T00:30:00Z", "America/New_York", { date: "2023-12-31", minutes: 1170, weekday: 6 }],
  ["2024-01-01T00:00:00Z", "Asia/Kolkata", { date: "2024-01-01", minutes: 330, weekday: 0 }],
])("%s in %s", (at, zone, expected) => {
  expect(localTime(Date.parse(at), zone)).toEqual(expected);
});

test.each([
  ["2024-01-31 02:00", "2024-01-31T01:00:00.000Z", false],
  ["2024-07-31", "2024-07-30T22:00:00.000Z", true],
  ["2024-01-31T02:00:00Z", "2024-01-31T02:00:00.000Z", false],
  ["2024-01-31T02:00:00+05:00", "2024-01-30T21:00:00.000Z", false],
  // The clocks go from 02:00 to 03:00, and in autumn from 03:00 back to 02:00.
  ["2024-03-31 02:30", "2024-03-31T01:30:00.000Z", false],
  ["2024-10-27 02:30", "2024-10-27T00:30:00.000Z", false],
  ["2024-10-27 03:30", "2024-10-27T02:30:00.000Z", false],
])("%s on a clock in Berlin", (text, expected, dateOnly) => {
  const found = zonedInstant(text, berlin);
  expect([iso(found?.at), found?.dateOnly]).toEqual([expected, dateOnly]);
});

test.each(["tomorrow", "in 1 week", "24.12.2024", "2024-13-01", ""])(
  "%j is no reading of a clock",
  (text) => {
    expect(zonedInstant(text, berlin)).toBeNull();
  },
);

test("a day of a change of the clocks still begins at midnight", () => {
  expect(iso(instantOf("2024-03-31", 1440, berlin))).toBe("2024-03-31T22:00:00.000Z");
  expect(describeLocal(instantOf("2024-03-31", 240, berlin), berlin)).toBe("2024-03-31 04:00");
});
