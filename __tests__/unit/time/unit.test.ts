import { expect, test } from "vitest";
import {
  intervalUnits,
  unitCeil,
  unitFloor,
  unitIndex,
  unitMilliseconds,
  unitNext,
  unitPrevious,
  unitStart,
} from "../../../src/time/unit.ts";

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16);

test.each([
  { unit: "year", floor: "2024-01-01T00:00", next: "2025-01-01T00:00", previousOfFloor: "2023-01-01T00:00" },
  { unit: "month", floor: "2024-02-01T00:00", next: "2024-03-01T00:00", previousOfFloor: "2024-01-01T00:00" },
  { unit: "day", floor: "2024-02-29T00:00", next: "2024-03-01T00:00", previousOfFloor: "2024-02-28T00:00" },
  { unit: "hour", floor: "2024-02-29T22:00", next: "2024-02-29T23:00", previousOfFloor: "2024-02-29T21:00" },
  {
    unit: "half_hour",
    floor: "2024-02-29T22:30",
    next: "2024-02-29T23:00",
    previousOfFloor: "2024-02-29T22:00",
  },
  {
    unit: "quarter_hour",
    floor: "2024-02-29T22:45",
    next: "2024-02-29T23:00",
    previousOfFloor: "2024-02-29T22:30",
  },
  {
    unit: "five_minute",
    floor: "2024-02-29T22:45",
    next: "2024-02-29T22:50",
    previousOfFloor: "2024-02-29T22:40",
  },
] as const)("$unit around 22:47:15", ({ unit, floor, next, previousOfFloor }) => {
  const instant = at("2024-02-29T22:47:15Z");
  const start = unitFloor(unit, instant);
  expect([iso(start), iso(unitNext(unit, instant)), iso(unitPrevious(unit, instant))]).toEqual([
    floor,
    next,
    floor,
  ]);
  expect(iso(unitPrevious(unit, start))).toBe(previousOfFloor);
  expect([unitCeil(unit, instant), unitCeil(unit, start)]).toEqual([unitNext(unit, instant), start]);
  expect(unitStart(unit, unitIndex(unit, instant))).toBe(start);
});

test.each(intervalUnits)("%s is numbered without gaps across the epoch and leap years", (unit) => {
  for (const year of [1968, 1970, 1999, 2023, 2024]) {
    const index = unitIndex(unit, Date.UTC(year, 1, 28));
    for (let i = index; i < index + 4; i++) {
      expect(unitIndex(unit, unitStart(unit, i))).toBe(i);
      expect(unitIndex(unit, unitStart(unit, i + 1) - 1)).toBe(i);
      expect(unitStart(unit, i + 1) - unitStart(unit, i)).toBeGreaterThanOrEqual(unitMilliseconds(unit));
    }
  }
});
