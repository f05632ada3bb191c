/**
 * Instants → text (spec project-format 5.4). Instants here are UTC epoch **microseconds**, because SQLMesh's inclusive
 * end is one microsecond before the exclusive one: see {@link microsOf} and {@link inclusiveEnd}.
 */

/** Milliseconds → microseconds. */
export function microsOf(milliseconds: number): number {
  return milliseconds * 1000;
}

/** The last microsecond before an exclusive end given in milliseconds. */
export function inclusiveEnd(endMilliseconds: number): number {
  return endMilliseconds * 1000 - 1;
}

/** `2024-01-31`. */
export function formatDs(micros: number): string {
  return dateOf(micros).toISOString().slice(0, 10);
}

/** `2024-01-31 10:20:30`, with six digits of fraction only when there is one. */
export function formatTs(micros: number): string {
  const fraction = fractionOf(micros);
  const text = dateOf(micros).toISOString().slice(0, 19).replace("T", " ");
  return fraction === 0 ? text : `${text}.${pad(fraction, 6)}`;
}

/** As {@link formatTs}, with the UTC offset. */
export function formatTstz(micros: number): string {
  return `${formatTs(micros)}+00:00`;
}

/** Seconds as a float with the precision of a millisecond: `1704067200.0`. */
export function formatEpoch(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const seconds = String(milliseconds / 1000);
  return seconds.includes(".") ? seconds : `${seconds}.0`;
}

/** Whole milliseconds, cut. */
export function millisOf(micros: number): number {
  return Math.floor(micros / 1000);
}

/** Hour of the day, 0 to 23. */
export function hourOf(micros: number): number {
  return dateOf(micros).getUTCHours();
}

const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Python's strftime in the C locale, UTC. An unknown code stays as it is written. */
export function strftime(micros: number, format: string): string {
  const date = dateOf(micros);
  return format.replace(/%([-#]?)([a-zA-Z%])/g, (whole, flag: string, code: string) => {
    const text = codeText(code, date, fractionOf(micros));
    if (text === null) return whole;
    return flag === "" ? text : text.replace(/^0+(?=\d)/, "");
  });
}

function codeText(code: string, date: Date, fraction: number): string | null {
  const hour = date.getUTCHours();
  switch (code) {
    case "Y":
      return pad(date.getUTCFullYear(), 4);
    case "y":
      return pad(date.getUTCFullYear() % 100, 2);
    case "m":
      return pad(date.getUTCMonth() + 1, 2);
    case "d":
      return pad(date.getUTCDate(), 2);
    case "e":
      return String(date.getUTCDate()).padStart(2, " ");
    case "H":
      return pad(hour, 2);
    case "I":
      return pad(hour % 12 || 12, 2);
    case "M":
      return pad(date.getUTCMinutes(), 2);
    case "S":
      return pad(date.getUTCSeconds(), 2);
    case "f":
      return pad(fraction, 6);
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "j":
      return pad(dayOfYear(date), 3);
    case "a":
      return (dayNames[date.getUTCDay()] as string).slice(0, 3);
    case "A":
      return dayNames[date.getUTCDay()] as string;
    case "b":
    case "h":
      return (monthNames[date.getUTCMonth()] as string).slice(0, 3);
    case "B":
      return monthNames[date.getUTCMonth()] as string;
    case "w":
      return String(date.getUTCDay());
    case "u":
      return String(date.getUTCDay() || 7);
    case "U":
      return pad(weekOfYear(date, date.getUTCDay()), 2);
    case "W":
      return pad(weekOfYear(date, (date.getUTCDay() + 6) % 7), 2);
    case "G":
      return pad(isoWeek(date).year, 4);
    case "V":
      return pad(isoWeek(date).week, 2);
    case "F":
      return date.toISOString().slice(0, 10);
    case "T":
    case "X":
      return date.toISOString().slice(11, 19);
    case "R":
      return date.toISOString().slice(11, 16);
    case "D":
    case "x":
      return `${codeText("m", date, 0)}/${codeText("d", date, 0)}/${codeText("y", date, 0)}`;
    case "c":
      return `${codeText("a", date, 0)} ${codeText("b", date, 0)} ${codeText("e", date, 0)} ${codeText("T", date, 0)} ${codeText("Y", date, 0)}`;
    case "s":
      return String(Math.floor(date.getTime() / 1000));
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    default:
      return null;
  }
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** Weeks since the year's first start of a week; the days before it are week 0. */
function weekOfYear(date: Date, daysIntoWeek: number): number {
  return Math.floor((dayOfYear(date) + 6 - daysIntoWeek) / 7);
}

/** ISO 8601: the week belongs to the year of its Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  return { year: thursday.getUTCFullYear(), week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

function dateOf(micros: number): Date {
  return new Date(Math.floor(micros / 1000));
}

/** Microseconds within the second. */
function fractionOf(micros: number): number {
  return ((micros % 1_000_000) + 1_000_000) % 1_000_000;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
