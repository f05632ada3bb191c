/** Reading what another tool wrote as JSON: a field that is missing or of another shape is null, never assumed. */

export type Recorded = Readonly<Record<string, unknown>>;

/** An object, or null. */
export function objectOf(value: unknown): Recorded | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Recorded) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty; numbers as text. */
export function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** Databases tell booleans as such, as 0 and 1, or as text. */
export function flagOf(value: unknown): boolean {
  return value === true || value === 1 || value === "true" || value === "1";
}

/** The value of a JSON text; null for what is none. */
export function parseRecorded(text: unknown): unknown {
  if (typeof text !== "string") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
