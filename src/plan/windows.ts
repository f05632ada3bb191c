/** When an environment may be changed: windows that open and close, freezes that hold (design 6). Pure: the time is given. */
import type { EnvironmentName } from "../environment/environment.ts";
import { parseEnvironmentName } from "../environment/naming.ts";
import { describeLocal, instantOf, localTime, zonedInstant } from "../time/zone.ts";

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Promotions happen between `from` and `to` (`HH:MM`), on these days; past midnight when `to` is not later. */
export interface WindowRule {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly days: readonly (typeof weekdays)[number][];
  readonly environments: readonly string[];
}

/** No promotion from `from` up to `to`; a date alone as `to` includes its day. */
export interface FreezeRule {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly reason?: string;
  readonly environments: readonly string[];
}

export interface CalendarRules {
  readonly windows: readonly WindowRule[];
  readonly freezes: readonly FreezeRule[];
}

export type CalendarVerdict =
  /** `sentence` is empty where there is no rule. */
  | { readonly open: true; readonly sentence: string }
  | {
      readonly open: false;
      readonly fuse: "window" | "freeze";
      readonly sentence: string;
      /** UTC epoch milliseconds; null = not in sight. */
      readonly opensAt: number | null;
    };

/** May the environment be changed at this moment (UTC epoch milliseconds)? A freeze wins over every window. */
export function judgeCalendar(
  { windows, freezes }: CalendarRules,
  environment: EnvironmentName,
  at: number,
): CalendarVerdict {
  const freeze = freezes.find((rule) => concerns(rule, environment) && freezesAt(rule, at));
  if (freeze !== undefined) return frozen(freeze, environment);
  const own = windows.filter((rule) => concerns(rule, environment));
  if (own.length === 0) return { open: true, sentence: "" };
  const rules = [...new Set(own.map(describeWindow))].join(", or ");
  if (own.some((rule) => isOpen(rule, at))) {
    return { open: true, sentence: `${environment} may be changed now: its windows are ${rules}.` };
  }
  const next = own.map((rule) => ({ rule, at: nextOpening(rule, at) })).sort((a, b) => a.at - b.at)[0];
  const opens =
    next === undefined ? "" : ` The next window opens ${momentText(next.at, next.rule.timezone)}.`;
  return {
    open: false,
    fuse: "window",
    sentence: `${environment} may be changed only ${rules}.${opens}`,
    opensAt: next?.at ?? null,
  };
}

function concerns(rule: { readonly environments: readonly string[] }, environment: EnvironmentName): boolean {
  return rule.environments.some((name) => parseEnvironmentName(name) === environment);
}

function frozen(rule: FreezeRule, environment: EnvironmentName): CalendarVerdict {
  const until = freezeEnd(rule);
  const why = rule.reason === undefined ? "" : `: ${rule.reason}`;
  const sentence = `${environment} is frozen until ${until === null ? rule.to : momentText(until, rule.timezone)}${why}`;
  return {
    open: false,
    fuse: "freeze",
    sentence: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
    opensAt: until,
  };
}

/** What cannot be read holds: a freeze that was mistyped must not let anything through. */
function freezesAt(rule: FreezeRule, at: number): boolean {
  const from = zonedInstant(rule.from, rule.timezone)?.at ?? Number.NEGATIVE_INFINITY;
  return from <= at && at < (freezeEnd(rule) ?? Number.POSITIVE_INFINITY);
}

function freezeEnd({ to, timezone }: FreezeRule): number | null {
  const end = zonedInstant(to, timezone);
  if (end === null || !end.dateOnly) return end?.at ?? null;
  return instantOf(localTime(end.at, timezone).date, minutesPerDay, timezone);
}

const minutesPerDay = 1440;

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

function isOpen({ from, to, timezone, days }: WindowRule, at: number): boolean {
  const { minutes, weekday } = localTime(at, timezone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const on = (day: number): boolean => days.includes(weekdays[(day + 7) % 7] ?? "mon");
  if (start < end) return on(weekday) && start <= minutes && minutes < end;
  return (on(weekday) && minutes >= start) || (on(weekday - 1) && minutes < end);
}

/** The first opening after `at`; there is one within eight days. */
function nextOpening({ from, timezone, days }: WindowRule, at: number): number {
  for (let ahead = 0; ahead <= 8; ahead++) {
    const noon = instantOf(localTime(at, timezone).date, ahead * minutesPerDay + minutesPerDay / 2, timezone);
    const { date, weekday } = localTime(noon, timezone);
    const opening = instantOf(date, minutesOf(from), timezone);
    if (opening > at && days.includes(weekdays[weekday] ?? "mon")) return opening;
  }
  return Number.POSITIVE_INFINITY;
}

/** `between 02:00 and 04:00 Europe/Berlin on mon, tue`. */
function describeWindow({ from, to, timezone, days }: WindowRule): string {
  const when = days.length === 7 ? "" : ` on ${days.join(", ")}`;
  return `between ${from} and ${to} ${timezone}${when}`;
}

function momentText(at: number, timezone: string): string {
  if (!Number.isFinite(at)) return "never";
  return `${describeLocal(at, timezone)} ${timezone}`;
}
