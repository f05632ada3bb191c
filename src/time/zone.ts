/** Clocks on walls: what an instant reads in a time zone, and which instant such a reading means. */
import { readInstant } from "./instant.ts";

export interface LocalTime {
  /** `2024-01-31`. */
  readonly date: string;
  /** Since midnight. */
  readonly minutes: number;
  /** 0 = Monday. */
  readonly weekday: number;
}

const day = 86_400_000;

/** `at`: UTC epoch milliseconds; `timeZone`: an IANA name. */
export function localTime(at: number, timeZone: string): LocalTime {
  const shifted = new Date(at + offsetAt(at, timeZone));
  return {
    date: shifted.toISOString().slice(0, 10),
    minutes: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(),
    weekday: (shifted.getUTCDay() + 6) % 7,
  };
}

/**
 * An ISO date or instant without an offset as the wall clock of a zone; with one, as it says. A reading that a change of
 * the clocks leaves out means the moment after it, one that comes twice means the first.
 */
export function zonedInstant(
  text: string,
  timeZone: string,
): { readonly at: number; readonly dateOnly: boolean } | null {
  const written = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}/.test(written)) return null;
  const instant = readInstant(written, 0);
  if (instant === null) return null;
  if (/([zZ]|[+-]\d{2}:?\d{2})$/.test(written.slice(10))) return { at: instant.at, dateOnly: false };
  return { at: fromLocal(instant.at, timeZone), dateOnly: instant.dateOnly };
}

/** `date` and `minutes` of a {@link LocalTime} as an instant; minutes past 24 hours count into the next day. */
export function instantOf(date: string, minutes: number, timeZone: string): number {
  return fromLocal(Date.parse(`${date}T00:00:00Z`) + minutes * 60_000, timeZone);
}

/** `2024-01-31 02:00`. */
export function describeLocal(at: number, timeZone: string): string {
  const { date, minutes } = localTime(at, timeZone);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function fromLocal(wall: number, timeZone: string): number {
  const before = wall - offsetAt(wall - day, timeZone);
  const after = wall - offsetAt(wall + day, timeZone);
  const fits = [before, after].filter((at) => at + offsetAt(at, timeZone) === wall);
  return fits.length > 0 ? Math.min(...fits) : Math.max(before, after);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the zone is ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: string): number => parts.get(type as Intl.DateTimeFormatPartTypes) ?? 0;
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - Math.floor(at / 1000) * 1000;
}
