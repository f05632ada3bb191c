/**
 * Half-open ranges of time and their set operations. Pure arithmetic: no calendar (unit.ts), no text (instant.ts).
 * Lists given to these functions need not be sorted unless a comment says so; lists returned are merged and sorted.
 */

/** Half-open range in UTC epoch milliseconds. */
export type Interval = readonly [start: number, end: number];

/** Union: sorted, not overlapping, not touching. Empty and reversed ranges vanish. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  if (isMerged(intervals)) return intervals;
  const merged: [number, number][] = [];
  for (const [start, end] of intervals.filter(isFilled).sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** What is in `from` and in none of `minus`. */
export function subtractIntervals(
  from: readonly Interval[],
  minus: readonly Interval[],
): readonly Interval[] {
  const cuts = mergeIntervals(minus);
  const rest: Interval[] = [];
  for (const [start, end] of mergeIntervals(from)) {
    let cursor = start;
    for (let i = firstEndingAfter(cuts, start); i < cuts.length; i++) {
      const [low, high] = cuts[i] as Interval;
      if (low >= end) break;
      if (low > cursor) rest.push([cursor, low]);
      cursor = high;
    }
    if (cursor < end) rest.push([cursor, end]);
  }
  return rest;
}

/** What is in both. */
export function intersectIntervals(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const others = mergeIntervals(b);
  const common: Interval[] = [];
  for (const [start, end] of mergeIntervals(a)) {
    for (let i = firstEndingAfter(others, start); i < others.length; i++) {
      const [low, high] = others[i] as Interval;
      if (low >= end) break;
      common.push([Math.max(start, low), Math.min(end, high)]);
    }
  }
  return common;
}

/** Whether the union of `intervals` contains all of `wanted`; an empty `wanted` is always contained. */
export function coversInterval(intervals: readonly Interval[], wanted: Interval): boolean {
  if (!isFilled(wanted)) return true;
  const merged = mergeIntervals(intervals);
  const candidate = merged[firstEndingAfter(merged, wanted[0])];
  return candidate !== undefined && candidate[0] <= wanted[0] && wanted[1] <= candidate[1];
}

/** The smallest range around all of them; null when there is none. */
export function hullOf(intervals: readonly Interval[]): Interval | null {
  const filled = intervals.filter(isFilled);
  if (filled.length === 0) return null;
  let [start, end] = filled[0] as Interval;
  for (const [low, high] of filled) {
    start = Math.min(start, low);
    end = Math.max(end, high);
  }
  return [start, end];
}

function isFilled([start, end]: Interval): boolean {
  return start < end;
}

function isMerged(intervals: readonly Interval[]): boolean {
  return intervals.every(
    (interval, i) => isFilled(interval) && (i === 0 || (intervals[i - 1] as Interval)[1] < interval[0]),
  );
}

/** Index of the first of the merged ranges that ends after `at`, by halving. */
function firstEndingAfter(merged: readonly Interval[], at: number): number {
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((merged[middle] as Interval)[1] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
