/** A server's values as JSON-like ones. Dates, decimals and large numbers arrive as text already: the driver is told so. */
import type { Row, SqlValue } from "../engine.ts";

/** Rows by column name; of two columns with one name the last wins, as in any mapping. */
export function readRows(result: unknown): readonly Row[] {
  if (!Array.isArray(result)) return [];
  return result.map((row: Record<string, unknown>) => {
    const binary = Object.entries(row).filter(([, value]) => value instanceof Uint8Array);
    if (binary.length === 0) return { ...row };
    return { ...row, ...Object.fromEntries(binary.map(([name, value]) => [name, textOf(value as Buffer)])) };
  });
}

/** Rows written. */
export function countRows(result: unknown): number {
  const { affectedRows } = (result ?? {}) as { readonly affectedRows?: number };
  return affectedRows ?? 0;
}

/** A bound value: the protocol has no truth values. */
export function bind(values: readonly SqlValue[]): (string | number | null)[] {
  return values.map((value) => (typeof value === "boolean" ? Number(value) : value));
}

/** Bytes that are text come as text, others as hexadecimal digits. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return `0x${bytes.toString("hex")}`;
  }
}
