/** What a failed test found, as lines for people. */
import type { TestDifference } from "./run.ts";
import { type DataRow, PlainDate } from "./table-data.ts";

const shownRows = 20;

/** Missing and unexpected rows, and cells that differ, by output. */
export function describeDifferences(differences: readonly TestDifference[]): string[] {
  return differences.flatMap(describeDifference);
}

function describeDifference(difference: TestDifference): string[] {
  const where = difference.cte === null ? "query" : `CTE ${difference.cte}`;
  const rows = (title: string, list: readonly DataRow[]): string[] =>
    list.length === 0 ? [] : [`${where}: ${title}`, ...cut(list.map((row) => `  ${describeRow(row)}`))];
  const cells = difference.cells.map(
    ({ row, column, expected, actual }) =>
      `  row ${row + 1}, ${column}: expected ${show(expected)}, got ${show(actual)}`,
  );
  return [
    ...rows("missing rows", difference.missing),
    ...rows("unexpected rows", difference.unexpected),
    ...(cells.length === 0 ? [] : [`${where}: cells differ`, ...cut(cells)]),
  ];
}

function cut(lines: readonly string[]): string[] {
  return lines.length <= shownRows
    ? [...lines]
    : [...lines.slice(0, shownRows), `  … and ${lines.length - shownRows} more`];
}

function describeRow(row: DataRow): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join(", ");
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof PlainDate) return value.text;
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}
