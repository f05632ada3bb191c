/**
 * How time is cut: the seven interval units, each a grid of UTC boundaries (spec plan-and-apply 5.1, project-format 10.3).
 * Every boundary has a whole number, counted from 1970, so that "n units later" is an addition even for months and years.
 */

export type IntervalUnit = "year" | "month" | "day" | "hour" | "half_hour" | "quarter_hour" | "five_minute";

const minute = 60_000;
const day = 1440 * minute;

const lengths: Readonly<Record<IntervalUnit, number>> = {
  year: 365 * day,
  month: 28 * day,
  day,
  hour: 60 * minute,
  half_hour: 30 * minute,
  quarter_hour: 15 * minute,
  five_minute: 5 * minute,
};

/** Coarsest first. */
export const intervalUnits = Object.keys(lengths) as readonly IntervalUnit[];

/** Nominal length for comparing units: a month counts 28 days, a year 365. */
export function unitMilliseconds(unit: IntervalUnit): number {
  return lengths[unit];
}

/** Number of the unit that contains `at`; 0 contains the epoch. */
export function unitIndex(unit: IntervalUnit, at: number): number {
  if (unit !== "year" && unit !== "month") return Math.floor(at / lengths[unit]);
  const date = new Date(at);
  const years = date.getUTCFullYear() - 1970;
  return unit === "year" ? years : years * 12 + date.getUTCMonth();
}

/** First instant of the unit with that number. */
export function unitStart(unit: IntervalUnit, index: number): number {
  if (unit === "year") return Date.UTC(1970 + index, 0, 1);
  if (unit === "month") return Date.UTC(1970, index, 1);
  return index * lengths[unit];
}

/** Last boundary at or before `at`. */
export function unitFloor(unit: IntervalUnit, at: number): number {
  return unitStart(unit, unitIndex(unit, at));
}

/** First boundary at or after `at`. */
export function unitCeil(unit: IntervalUnit, at: number): number {
  const floor = unitFloor(unit, at);
  return floor === at ? at : unitNext(unit, at);
}

/** First boundary after `at`. */
export function unitNext(unit: IntervalUnit, at: number): number {
  return unitStart(unit, unitIndex(unit, at) + 1);
}

/** Last boundary before `at`. */
export function unitPrevious(unit: IntervalUnit, at: number): number {
  const floor = unitFloor(unit, at);
  return floor < at ? floor : unitStart(unit, unitIndex(unit, at) - 1);
}
