/** Ranges of time in ids and sentences. */
import type { Interval } from "../snapshot/snapshot.ts";

const day = 86_400_000;

/** `2023-01-01`, or `2023-01-01T06:00Z` when it is not midnight. */
export function describeInstant(at: number): string {
  const text = new Date(at).toISOString();
  return at % day === 0 ? text.slice(0, 10) : text.replace(/(?::00)?\.000Z$/, "Z");
}

/** `start/end`, the end exclusive: for ids. */
export function intervalKey([start, end]: Interval): string {
  return `${describeInstant(start)}/${describeInstant(end)}`;
}

/** For people: whole days with the last one included, else both instants. */
export function describeInterval([start, end]: Interval): string {
  if (start % day !== 0 || end % day !== 0)
    return `from ${describeInstant(start)} until ${describeInstant(end)}`;
  const last = end - day;
  return last <= start
    ? `for ${describeInstant(start)}`
    : `for ${describeInstant(start)} to ${describeInstant(last)}`;
}
