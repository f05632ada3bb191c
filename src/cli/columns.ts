/** Rows of words in columns, as wide as they need. */
import { oneLine, terminalText } from "../report/escape.ts";

/** One line per row, cells two spaces apart; the last cell is not padded. `paint` sees a padded cell and its column. */
export function inColumns(
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number, row: number) => string = (text) => text,
): readonly string[] {
  const clean = rows.map((row) => row.map((cell) => terminalText(oneLine(cell))));
  const widths = clean.reduce<number[]>((most, row) => {
    row.forEach((cell, column) => {
      most[column] = Math.max(most[column] ?? 0, cell.length);
    });
    return most;
  }, []);
  return clean.map((row, index) =>
    row
      .map((cell, column) =>
        paint(column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0), column, index),
      )
      .join("  ")
      .trimEnd(),
  );
}
