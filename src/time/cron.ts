/**
 * When a model is due: ticks of cron expressions, in a time zone (spec project-format 10.3).
 * The aliases in UTC are plain arithmetic, everything else is asked of cron-parser.
 */
import { type CronExpression, CronExpressionParser } from "cron-parser";
import { SluiceError } from "../errors.ts";
import { type IntervalUnit, intervalUnits, unitMilliseconds, unitNext, unitPrevious } from "./unit.ts";

/** Ticks strictly after and strictly before an instant. */
interface Ticks {
  next(at: number): number;
  previous(at: number): number;
}

const aliases: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

const gridExpressions: Readonly<Record<string, IntervalUnit>> = {
  "0 * * * *": "hour",
  "0 0 * * *": "day",
  "0 0 1 * *": "month",
  "0 0 1 1 *": "year",
};

const day = 86_400_000;
/** A Sunday. */
const firstWeek = Date.UTC(1970, 0, 4);

const weekly: Ticks = {
  next: (at) => firstWeek + (Math.floor((at - firstWeek) / (7 * day)) + 1) * 7 * day,
  previous: (at) => firstWeek + (Math.ceil((at - firstWeek) / (7 * day)) - 1) * 7 * day,
};

/** First tick after `at`. Throws MODEL_INVALID for an expression or zone that cannot be read. */
export function cronNext(cron: string, at: number, timeZone = "UTC"): number {
  return ticksOf(cron, timeZone).next(at);
}

/** Last tick before `at`. */
export function cronPrevious(cron: string, at: number, timeZone = "UTC"): number {
  return ticksOf(cron, timeZone).previous(at);
}

/** Last tick at or before `at`: up to there a model is due. */
export function cronFloor(cron: string, at: number, timeZone = "UTC"): number {
  return ticksOf(cron, timeZone).previous(at + 1);
}

/** Fails with the reason when an expression or its zone cannot be read. */
export function checkCron(cron: string, timeZone = "UTC"): void {
  ticksOf(cron, timeZone);
}

/**
 * The grid on which a model with this cron is cut: the largest unit not above the smallest gap between ticks.
 * Counted in UTC from a fixed day: neither the clock nor a change to summer time alters how a model's time is cut.
 */
export function intervalUnitOf(cron: string): IntervalUnit {
  const known = units.get(cron);
  if (known !== undefined) return known;
  const gap = smallestGap(ticksOf(cron.trim().split(/\s+/).slice(0, 6).join(" "), "UTC"));
  const unit = intervalUnits.find((candidate) => unitMilliseconds(candidate) <= gap);
  if (unit === undefined) {
    throw new SluiceError(
      "MODEL_INVALID",
      `Cron '${cron}' runs too often: it must run at a frequency of 5 minutes or slower.`,
      {
        hint: "Use '*/5 * * * *' or a slower cron.",
      },
    );
  }
  units.set(cron, unit);
  return unit;
}

/** Fails when a declared unit is coarser than the cron allows: such intervals would be due before they are complete. */
export function checkIntervalUnit(unit: IntervalUnit, cron: string, allowPartials: boolean): void {
  if (allowPartials || unitMilliseconds(unit) <= unitMilliseconds(intervalUnitOf(cron))) return;
  throw new SluiceError(
    "MODEL_INVALID",
    `Cron '${cron}' cannot be more frequent than interval_unit '${unit}'.`,
    {
      hint: "Choose a slower cron or a finer interval_unit, or set allow_partials to true.",
    },
  );
}

const units = new Map<string, IntervalUnit>();
const ticks = new Map<string, Ticks>();

function ticksOf(cron: string, timeZone: string): Ticks {
  const key = `${cron}\n${timeZone}`;
  let known = ticks.get(key);
  if (known === undefined) {
    known = buildTicks(cron, timeZone);
    ticks.set(key, known);
  }
  return known;
}

function buildTicks(cron: string, timeZone: string): Ticks {
  const fields = cron.trim().split(/\s+/);
  const expression = aliases[cron.trim().toLowerCase()] ?? fields.join(" ");
  if (timeZone.toUpperCase() === "UTC") {
    if (expression === "0 0 * * 0") return weekly;
    const unit = gridExpressions[expression];
    if (unit !== undefined) {
      return { next: (at) => unitNext(unit, at), previous: (at) => unitPrevious(unit, at) };
    }
  } else checkTimeZone(timeZone);
  return parsedTicks(cron, expression, timeZone);
}

/** cron-parser wants seconds first; SQLMesh's crons have them sixth, and may name years in a seventh field. */
function parsedTicks(cron: string, expression: string, timeZone: string): Ticks {
  const fields = expression.split(" ");
  if (expression.startsWith("@"))
    throw invalidCron(cron, `the aliases are ${Object.keys(aliases).join(", ")}`);
  if (expression === "") throw invalidCron(cron, "it is empty");
  if (fields.length < 5 || fields.length > 7) {
    throw invalidCron(cron, `it has ${fields.length} ${fields.length === 1 ? "field" : "fields"}, not 5`);
  }
  if (/[hw](?![a-z])/i.test(fields.join(" ").replace(/[a-z]{3}/gi, "")))
    throw invalidCron(cron, "H and W are not supported");
  const [minutes, hours, days, months, weekdays, seconds = "0", years = "*"] = fields;
  const text = [seconds, minutes, hours, days, months, weekdays].join(" ");
  try {
    const parsed = CronExpressionParser.parse(text, { tz: timeZone });
    const every: Ticks = {
      next: (at) => step(parsed, at, "next"),
      previous: (at) => step(parsed, at, "prev"),
    };
    return years === "*" ? every : inYears(every, readYears(years));
  } catch (cause) {
    throw invalidCron(cron, cause instanceof Error ? lowerFirst(cause.message) : String(cause), cause);
  }
}

function step(parsed: CronExpression, at: number, direction: "next" | "prev"): number {
  parsed.reset(new Date(at));
  return parsed[direction]().getTime();
}

/** Ticks in other years are jumped over; a year is one of UTC. */
function inYears(every: Ticks, years: readonly number[]): Ticks {
  const yearOf = (tick: number): number => new Date(tick).getUTCFullYear();
  const endOf = (year: number): number => Date.UTC(year + 1, 0, 1);
  return {
    next: (at) => {
      const tick = every.next(at);
      const year = years.find((candidate) => candidate >= yearOf(tick)) ?? noYear(years);
      return year === yearOf(tick) ? tick : every.next(endOf(year - 1) - 1);
    },
    previous: (at) => {
      const tick = every.previous(at);
      const year = years.findLast((candidate) => candidate <= yearOf(tick)) ?? noYear(years);
      return year === yearOf(tick) ? tick : every.previous(endOf(year));
    },
  };
}

function noYear(years: readonly number[]): never {
  throw new SluiceError(
    "MODEL_INVALID",
    `The cron has no tick outside the years ${years[0]} to ${years.at(-1)}.`,
  );
}

/** `2024`, `2024-2026`, `2024-2030/2`, and lists of them, between 1970 and 2099; sorted. */
function readYears(field: string): readonly number[] {
  const years = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\d{4})(?:-(\d{4}))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) throw new Error(`year '${part}' cannot be read`);
    const from = match[1] === undefined ? 1970 : Number(match[1]);
    const to =
      match[2] !== undefined
        ? Number(match[2])
        : match[1] === undefined || match[3] !== undefined
          ? 2099
          : from;
    if (from < 1970 || to > 2099 || from > to) throw new Error(`year '${part}' is out of range`);
    for (let year = from; year <= to; year += Number(match[3] ?? 1) || 1) years.add(year);
  }
  return [...years].sort((a, b) => a - b);
}

/** If the next five gaps agree, that gap; else the smallest of the next four. */
function smallestGap(every: Ticks): number {
  const gaps: number[] = [];
  let tick = every.next(Date.UTC(2023, 0, 1) - 1);
  for (let i = 0; i < 5; i++) {
    const next = every.next(tick);
    gaps.push(next - tick);
    tick = next;
  }
  return new Set(gaps).size === 1 ? (gaps[0] as number) : Math.min(...gaps.slice(0, 4));
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new SluiceError("MODEL_INVALID", `Time zone '${timeZone}' is not known.`, {
      hint: "Use a name such as 'UTC' or 'Europe/Vienna'.",
      cause,
    });
  }
}

function invalidCron(cron: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError("MODEL_INVALID", `Invalid cron expression '${cron}': ${why}.`, {
    hint: "Write five fields, for example '0 6 * * *', or an alias such as '@daily'.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
