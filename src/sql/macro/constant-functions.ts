/** The functions of the constant evaluator (spec project-format 5.7). */
import { type Constant, isColumn, truthOf } from "./constant-value.ts";

type ConstantFunction = (values: readonly Constant[]) => Constant;

/** The result, or undefined when there is no such function or a value is not known. */
export function callConstant(name: string, values: readonly Constant[]): Constant | undefined {
  const body = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!body || values.some(isColumn)) return undefined;
  return body(values);
}

const functions: Readonly<Record<string, ConstantFunction>> = {
  ABS: numeric((x) => Math.abs(x)),
  ROUND: numeric((x, digits = 0) => roundTo(x, digits)),
  POW: numeric((x, y) => x ** (y as number)),
  POWER: numeric((x, y) => x ** (y as number)),
  DIV: numeric((x, y) => Math.floor(x / (y as number))),
  MOD: numeric((x, y) => x % (y as number)),
  CONCAT: (values) =>
    values
      .filter((value) => value !== null)
      .map(textOf)
      .join(""),
  CONCAT_WS: ([separator, ...rest]) =>
    rest
      .filter((value) => value !== null)
      .map(textOf)
      .join(textOf(separator ?? "")),
  COALESCE: (values) => values.find((value) => value !== null) ?? null,
  IFNULL: (values) => values.find((value) => value !== null) ?? null,
  NULLIF: ([left, right]) => (left === right ? null : (left ?? null)),
  IF: ([test, yes, no]) => (truthOf(test ?? null) ? (yes ?? null) : (no ?? null)),
  UPPER: textual((text) => text.toUpperCase()),
  LOWER: textual((text) => text.toLowerCase()),
  TRIM: textual((text) => text.trim()),
  LEFT: textual((text, n) => [...text].slice(0, Number(n)).join("")),
  RIGHT: textual((text, n) => (Number(n) > 0 ? [...text].slice(-Number(n)).join("") : "")),
  SUBSTRING: textual(substring),
  SUBSTR: textual(substring),
  STRPOS: textual((text, part) => text.indexOf(String(part)) + 1),
  STRFTIME: ([date, format]) => formatDate(textOf(date ?? ""), textOf(format ?? "")),
  DATEDIFF: (values) => daysBetween(values),
  YEAR: datePart(0, 4),
  MONTH: datePart(5, 7),
  DAY: datePart(8, 10),
  MIN: (values) => extreme(values, (a, b) => a < b),
  MAX: (values) => extreme(values, (a, b) => a > b),
  SUM: (values) => flat(values).reduce<number>((sum, value) => sum + Number(value), 0),
};

function numeric(body: (x: number, y?: number) => number): ConstantFunction {
  return ([x, y]) =>
    x === null || x === undefined || y === null
      ? null
      : body(Number(x), y === undefined ? undefined : Number(y));
}

function textual(
  body: (text: string, ...rest: readonly (Constant | undefined)[]) => Constant,
): ConstantFunction {
  return ([text, ...rest]) => (text === null || text === undefined ? null : body(textOf(text), ...rest));
}

function textOf(value: Constant): string {
  return typeof value === "boolean" ? (value ? "TRUE" : "FALSE") : String(value);
}

function roundTo(x: number, digits: number): number {
  return Number(`${Math.sign(x) * Math.round(Number(`${Math.abs(x)}e${digits}`))}e${-digits}`);
}

function substring(text: string, from?: Constant, length?: Constant): string {
  const characters = [...text];
  const first = Number(from ?? 1);
  const start = first < 0 ? characters.length + first : first - 1;
  return characters.slice(start, length === undefined ? undefined : start + Number(length)).join("");
}

function datePart(from: number, to: number): ConstantFunction {
  return ([date]) => (date === null || date === undefined ? null : Number(textOf(date).slice(from, to)));
}

function formatDate(date: string, format: string): string {
  const parts: Readonly<Record<string, string>> = {
    Y: date.slice(0, 4),
    m: date.slice(5, 7),
    d: date.slice(8, 10),
    H: date.slice(11, 13) || "00",
    M: date.slice(14, 16) || "00",
    S: date.slice(17, 19) || "00",
    "%": "%",
  };
  return format.replace(/%(.)/g, (whole, code: string) => parts[code] ?? whole);
}

/** `DATEDIFF(later, earlier)`, or DuckDB's `DATEDIFF('day', earlier, later)`. */
function daysBetween(values: readonly Constant[]): Constant {
  const [later, earlier] = values.length === 3 ? [values[2], values[1]] : [values[0], values[1]];
  if (later === null || earlier === null) return null;
  const days = (date: Constant | undefined): number =>
    Date.parse(`${textOf(date ?? "").slice(0, 10)}T00:00:00Z`) / 86_400_000;
  return days(later) - days(earlier);
}

function flat(values: readonly Constant[]): readonly Constant[] {
  return values
    .flatMap((value) => (Array.isArray(value) ? (value as readonly Constant[]) : [value]))
    .filter((value) => value !== null);
}

function extreme(
  values: readonly Constant[],
  better: (a: Constant & string, b: Constant & string) => boolean,
): Constant {
  return flat(values).reduce<Constant>(
    (best, value) => (best === null || better(value as string, best as string) ? value : best),
    null,
  );
}
