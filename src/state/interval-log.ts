/** The log of computed intervals: rows added and removed in order, merged when read (spec plan-and-apply 1.9). */
import type { Interval } from "../time/intervals.ts";
import { mergeIntervals, subtractIntervals } from "../time/intervals.ts";

export interface LogRow {
  readonly key: string;
  readonly removed: boolean;
  readonly interval: Interval;
}

/** What is left per key after all rows, given in the order they were written. */
export function replayIntervals(rows: Iterable<LogRow>): ReadonlyMap<string, readonly Interval[]> {
  const present = new Map<string, Interval[]>();
  for (const row of rows) {
    const intervals = present.get(row.key) ?? [];
    if (row.removed) present.set(row.key, [...subtractIntervals(intervals, [row.interval])]);
    else {
      intervals.push(row.interval);
      present.set(row.key, intervals);
    }
  }
  return new Map([...present].map(([key, intervals]) => [key, mergeIntervals(intervals)]));
}
