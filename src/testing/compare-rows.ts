/** Expected against actual rows (spec project-format 8.3). */
import type { Column } from "../sql/name-parts.ts";
import { type DataRow, PlainDate } from "./table-data.ts";

interface CellDifference {
  /** Counts from 0, in the order both sides are compared in. */
  readonly row: number;
  readonly column: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface RowDifference {
  readonly missing: readonly DataRow[];
  readonly unexpected: readonly DataRow[];
  readonly cells: readonly CellDifference[];
}

/**
 * Null when the rows are equal. Rows are compared in order when `ordered`, else both sides are sorted by all columns.
 * Cells of `expected` are read as the type of their column; a missing one is NULL.
 */
export function compareRows(
  expected: readonly DataRow[],
  actual: readonly DataRow[],
  columns: readonly Column[],
  ordered: boolean,
): RowDifference | null {
  const names = columns.map((column) => column.name);
  const kinds = new Map(columns.map((column) => [column.name, kindOf(column.type)]));
  const read = (row: DataRow, given: boolean): DataRow =>
    Object.fromEntries(names.map((name) => [name, readCell(row[name], kinds.get(name) ?? "other", given)]));
  const wanted = arrange(
    expected.map((row) => read(row, true)),
    names,
    ordered,
  );
  const found = arrange(
    actual.map((row) => read(row, false)),
    names,
    ordered,
  );
  if (wanted.length !== found.length) {
    const missing = without(wanted, found, names);
    return { missing, unexpected: without(found, wanted, names), cells: [] };
  }
  const cells = wanted.flatMap((row, i) =>
    names.flatMap((column) => {
      const [left, right] = [row[column], found[i]?.[column]];
      return isEqual(left, right) ? [] : [{ row: i, column, expected: left, actual: right }];
    }),
  );
  return cells.length === 0 ? null : { missing: [], unexpected: [], cells };
}

type Kind = "number" | "boolean" | "instant" | "text" | "other";

function kindOf(type: string | null): Kind {
  const word = (type ?? "").toUpperCase();
  if (/\[\]$|^(?:STRUCT|MAP|LIST|UNION)/.test(word)) return "other";
  if (/^U?(?:TINY|SMALL|MEDIUM|BIG|HUGE)?INT|^(?:INTEGER|DECIMAL|NUMERIC|DOUBLE|FLOAT|REAL)/.test(word))
    return "number";
  if (/^BOOL/.test(word)) return "boolean";
  if (/^(?:DATE|TIMESTAMP|DATETIME)/.test(word)) return "instant";
  if (/CHAR|TEXT|STRING/.test(word)) return "text";
  return "other";
}

/** A cell in the form cells are compared in. What cannot be read as the column's type stays as it is. */
function readCell(value: unknown, kind: Kind, given: boolean): unknown {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  switch (kind) {
    case "number":
      return toNumber(value);
    case "boolean":
      // As SQLMesh has it: any text that is not empty is true.
      return typeof value === "string" ? value !== "" : typeof value === "number" ? value !== 0 : value;
    case "instant":
      return toInstant(value);
    default:
      return value instanceof PlainDate
        ? value.text
        : given || typeof value !== "bigint"
          ? value
          : String(value);
  }
}

function toNumber(value: unknown): unknown {
  if (typeof value === "boolean" || typeof value === "bigint") return Number(value);
  if (typeof value !== "string" || value.trim() === "") return value;
  const number = Number(value);
  return Number.isNaN(number) ? value : number;
}

/** Dates and times as one text: `2024-01-01 00:00:00`, without trailing zeros and without UTC's offset. */
function toInstant(value: unknown): unknown {
  const text = value instanceof PlainDate ? value.text : value;
  if (typeof text !== "string") return value;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d+))?)?(?:Z|\+00(?::?00)?)?$/.exec(
    text.trim(),
  );
  if (!match) return text;
  const [, date, minutes = "00:00", seconds = ":00", fraction = ""] = match;
  const digits = fraction.replace(/0+$/, "");
  return `${date} ${minutes}${seconds}${digits === "" ? "" : `.${digits}`}`;
}

function isEqual(left: unknown, right: unknown): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === "number" && typeof right === "number") {
    return left === right || Math.abs(left - right) <= 1e-8 + 1e-5 * Math.abs(right);
  }
  if (left instanceof PlainDate) return left.text === right;
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length &&
      left.every((item, i) => isEqual(item ?? null, (right[i] as unknown) ?? null))
    );
  }
  if (typeof left === "object" && typeof right === "object") {
    const [a, b] = [left as Record<string, unknown>, right as Record<string, unknown>];
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key] ?? null, b[key] ?? null))
    );
  }
  return left === right;
}

function arrange(rows: readonly DataRow[], names: readonly string[], ordered: boolean): readonly DataRow[] {
  if (ordered) return rows;
  return rows.toSorted((a, b) => {
    for (const name of names) {
      const order = orderOf(a[name], b[name]);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** NULL comes last. */
function orderOf(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [asText(a), asText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Rows of `rows` that have no partner in `others`; duplicates count. */
function without(rows: readonly DataRow[], others: readonly DataRow[], names: readonly string[]): DataRow[] {
  const left = [...others];
  return rows.filter((row) => {
    const partner = left.findIndex((other) => names.every((name) => isEqual(row[name], other[name])));
    if (partner >= 0) left.splice(partner, 1);
    return partner < 0;
  });
}
