/**
 * Date-like text and numbers → UTC instants (spec project-format 10.1, 10.2).
 * The base of relative expressions is an argument: nothing here reads a clock.
 */
import { type ErrorCode, SluiceError, type SourcePlace } from "../errors.ts";

export interface Instant {
  /** UTC epoch milliseconds; finer fractions are cut. */
  readonly at: number;
  /** Written as a date without a time (`2024-01-31`, `20240131`): as an end it includes that day. */
  readonly dateOnly: boolean;
  /** Relative and counted from midnight: `yesterday`, `1 week ago`. */
  readonly categorical: boolean;
}

/** What an error should say about the text that could not be read. */
export interface InstantSubject {
  /** For example `the start of model "shop.orders"`; the default is `the date`. */
  readonly subject?: string;
  readonly code?: ErrorCode;
  readonly place?: SourcePlace;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Reads a date-like value; numbers (and text that is one) are `YYYYMMDD` or else epoch milliseconds.
 * `relativeTo` is the instant that `now` means. Throws `code` (PLAN_OPTION_INVALID by default) when it cannot be read.
 */
export function parseInstant(
  value: string | number,
  relativeTo: number,
  about: InstantSubject = {},
): Instant {
  const instant = readInstant(value, relativeTo);
  if (instant !== null) return instant;
  const shown = typeof value === "number" ? String(value) : `'${value}'`;
  throw new SluiceError(
    about.code ?? "PLAN_OPTION_INVALID",
    `Cannot read ${about.subject ?? "the date"}: ${shown} is not a date.`,
    {
      hint: "Write '2024-01-31', '2024-01-31 10:00:00' or an expression such as '1 week ago' or 'yesterday'.",
      ...(about.place === undefined ? {} : { place: about.place }),
    },
  );
}

/** As parseInstant, with null for what cannot be read. */
export function readInstant(value: string | number, relativeTo: number): Instant | null {
  const text = String(value).trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return readNumber(text);
  return readIso(text) ?? readMonthName(text) ?? readRelative(text.toLowerCase(), relativeTo);
}

/** The exclusive end that an `end` stands for: a date alone includes its day. */
export function exclusiveEnd(end: Instant): number {
  return end.dateOnly ? end.at + day : end.at;
}

/** SQLMesh's own "now" is cut to the minute; doors pass their clock through this. */
export function minuteFloor(at: number): number {
  return Math.floor(at / minute) * minute;
}

export interface InstantRange {
  readonly start: Instant;
  readonly end: Instant;
  /** Exclusive. */
  readonly until: number;
}

/** Reads both ends of a range; fails when the start lies after the end. */
export function parseRange(
  start: string | number,
  end: string | number,
  relativeTo: number,
  code: ErrorCode = "PLAN_OPTION_INVALID",
): InstantRange {
  const from = parseInstant(start, relativeTo, { subject: "the start", code });
  const to = parseInstant(end, relativeTo, { subject: "the end", code });
  if (from.at > to.at) {
    throw new SluiceError(code, `The start '${start}' lies after the end '${end}'.`, {
      hint: "Swap them, or choose a later end.",
    });
  }
  return { start: from, end: to, until: exclusiveEnd(to) };
}

function readNumber(text: string): Instant | null {
  const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const at = compact === null ? null : utcDate(Number(compact[1]), Number(compact[2]), Number(compact[3]));
  if (at !== null) return { at, dateOnly: true, categorical: false };
  const milliseconds = Math.floor(Number(text));
  return Math.abs(milliseconds) <= 8.64e15 ? absolute(milliseconds) : null;
}

const clock = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(z|utc|[+-]\d\d(?::?\d\d)?)?`;
const isoPattern = new RegExp(String.raw`^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:(?:t|\s+)${clock})?$`, "i");
const monthFirstPattern = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})(?:(?:t|\s+)${clock})?$`, "i");

/** Thousands of models begin on a few days. */
const known = new Map<string, Instant | null>();
const mostKnown = 1000;

function readIso(text: string): Instant | null {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= mostKnown) known.clear();
  const read = parseIso(text);
  known.set(text, read);
  return read;
}

function parseIso(text: string): Instant | null {
  const iso = isoPattern.exec(text);
  if (iso !== null) {
    const [, year, separator, month, dayOfMonth, ...time] = iso;
    return atTime(utcDate(Number(year), Number(month), Number(dayOfMonth)), time, separator === "-");
  }
  const monthFirst = monthFirstPattern.exec(text);
  if (monthFirst === null) return null;
  const [, month, dayOfMonth, year, ...time] = monthFirst;
  return atTime(utcDate(Number(year), Number(month), Number(dayOfMonth)), time, false);
}

/** Adds a time of day as the five groups of `clock`; without one, the date may be `dateOnly`. */
function atTime(
  midnight: number | null,
  time: readonly (string | undefined)[],
  dateOnly: boolean,
): Instant | null {
  if (midnight === null) return null;
  const [hours, minutes, seconds = "0", fraction = "", zone = "z"] = time;
  if (hours === undefined) return { at: midnight, dateOnly, categorical: false };
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const ofDay = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second + milliseconds;
  return absolute(midnight + ofDay - zoneOffset(zone));
}

function zoneOffset(zone: string): number {
  if (/^(z|utc)$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const offset = Number(digits.slice(0, 2)) * hour + Number(digits.slice(2)) * minute;
  return zone.startsWith("-") ? -offset : offset;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const monthName = String.raw`(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`;
const nameFirstPattern = new RegExp(
  String.raw`^${monthName}\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+${clock})?$`,
  "i",
);
const dayFirstPattern = new RegExp(
  String.raw`^(\d{1,2})(?:st|nd|rd|th)?\s+${monthName},?\s+(\d{4})(?:,?\s+${clock})?$`,
  "i",
);

function readMonthName(text: string): Instant | null {
  const nameFirst = nameFirstPattern.exec(text);
  const match = nameFirst ?? dayFirstPattern.exec(text);
  if (match === null) return null;
  const [, first = "", other = "", year, ...time] = match;
  const [name, dayOfMonth] = nameFirst === null ? [other, first] : [first, other];
  const month = monthNames.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  return atTime(utcDate(Number(year), month, Number(dayOfMonth)), time, false);
}

const unitWords: Readonly<Record<string, "second" | "minute" | "hour" | "day" | "week" | "month" | "year">> =
  {
    second: "second",
    sec: "second",
    s: "second",
    minute: "minute",
    min: "minute",
    hour: "hour",
    hr: "hour",
    h: "hour",
    day: "day",
    d: "day",
    week: "week",
    w: "week",
    month: "month",
    year: "year",
    y: "year",
  };
const fixedLengths = { second, minute, hour, day, week: 7 * day } as const;

/** `2 years 3 months ago`, `in 1 week`, `1 day` (the past is meant), `a week ago`, `last month`, `7d`, `yesterday`, `now`. */
function readRelative(text: string, relativeTo: number): Instant | null {
  const midnight = Math.floor(relativeTo / day) * day;
  if (text === "now") return absolute(relativeTo);
  if (text === "today") return categorical(midnight);
  if (text === "yesterday") return categorical(midnight - day);
  if (text === "tomorrow") return categorical(midnight + day);
  const neighbour = /^(last|next)\s+(second|minute|hour|day|week|month|year)$/.exec(text);
  if (neighbour !== null)
    return readAmounts(`1${neighbour[2]}`, neighbour[1] === "last" ? -1 : 1, relativeTo, true);
  const forward = /^in\s+(.*)$/.exec(text);
  const amounts = (forward?.[1] ?? text.replace(/\s+ago$/, "")).trim();
  return readAmounts(amounts, forward === null ? -1 : 1, relativeTo, false);
}

/**
 * Sums `2 years 3 months`. Numbers spelt out with full words for days and longer count from midnight;
 * `a week`, `7d` and everything with hours keep the time of day.
 */
function readAmounts(text: string, sign: 1 | -1, relativeTo: number, keepsTime: boolean): Instant | null {
  const pattern = /(\d+(?:\.\d+)?|an?(?=\s))\s*([a-z]+)(?:\s*,\s*|\s+and\s+|\s+|$)/y;
  let months = 0;
  let fixed = 0;
  let fromMidnight = !keepsTime;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const [, number = "", word = ""] = match;
    const singular = word.length > 3 ? word.replace(/s$/, "") : word;
    const unit = Object.hasOwn(unitWords, singular) ? unitWords[singular] : undefined;
    if (unit === undefined) return null;
    const amount = number.startsWith("a") ? 1 : Number(number);
    if (unit === "month" || unit === "year") months += unit === "year" ? amount * 12 : amount;
    else fixed += amount * fixedLengths[unit];
    const isLong = unit === "day" || unit === "week" || unit === "month" || unit === "year";
    if (!isLong || number.startsWith("a") || singular !== unit) fromMidnight = false;
  }
  if (text === "" || !Number.isInteger(months)) return null;
  const base = fromMidnight ? Math.floor(relativeTo / day) * day : relativeTo;
  const at = addMonths(base, sign * months) + sign * Math.round(fixed);
  if (Math.abs(at) > 8.64e15 || Number.isNaN(at)) return null;
  return fromMidnight ? categorical(at) : absolute(at);
}

/** The same day of another month, or that month's last. */
function addMonths(at: number, months: number): number {
  if (months === 0) return at;
  const date = new Date(at);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const target = new Date(first);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(date.getUTCDate(), lastDay) - 1) * day + (((at % day) + day) % day);
}

/** Midnight of a date that exists; null for 30 February. */
function utcDate(year: number, month: number, dayOfMonth: number): number | null {
  const date = new Date(Date.UTC(2000, month - 1, dayOfMonth));
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  return exists && year > 0 ? date.getTime() : null;
}

function absolute(at: number): Instant {
  return { at, dateOnly: false, categorical: false };
}

function categorical(at: number): Instant {
  return { at, dateOnly: false, categorical: true };
}
