/** Intervals, durations and amounts in words people read. All times are UTC. */
import type { KindName } from "../model/model.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { count, groupDigits } from "./phrase.ts";

const day = 86_400_000;

/** `2023-01-01 to 2023-01-07 (7 days)`; with a time of day when a bound is not midnight. */
export function describeInterval([start, end]: Interval): string {
  if (start % day === 0 && end % day === 0 && end > start) {
    const days = (end - start) / day;
    const first = isoDay(start);
    return days === 1 ? first : `${first} to ${isoDay(end - day)} (${count(days, "day")})`;
  }
  return `${isoMinute(start)} to ${isoMinute(end)} UTC`;
}

/** At most `limit` ranges, the rest counted. */
export function describeIntervals(intervals: readonly Interval[], limit = 3): string {
  const shown = intervals.length > limit + 1 ? intervals.slice(0, limit) : intervals;
  const rest = intervals.length - shown.length;
  const text = shown.map(describeInterval).join(", ");
  return rest > 0 ? `${text} and ${count(rest, "more range")}` : text;
}

/** What computing a model means, in SQLMesh's words; empty when nothing is computed. */
export function describeWork(kind: KindName, intervals: readonly Interval[], reuse: string): string {
  if (intervals.length === 0) return reuse === "tested-in-pr" ? "already built, reused" : "";
  switch (kind) {
    case "VIEW":
      return "recreate view";
    case "FULL":
      return "full refresh";
    case "SEED":
      return "load seed";
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN":
    case "INCREMENTAL_UNMANAGED":
    case "INCREMENTAL_BY_PARTITION":
      return "full load";
    default:
      return describeIntervals(intervals);
  }
}

/** `40 ms`, `40 s`, `3 min`, `2 h 10 min`. */
export function describeSeconds(seconds: number): string {
  if (seconds < 0.1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 0.95) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `950 rows`, `1.2 M rows`. */
export function describeRows(rows: number): string {
  if (rows < 10_000) return count(rows, "row");
  const [unit, size] = rows < 1e6 ? ["k", 1e3] : rows < 1e9 ? ["M", 1e6] : ["G", 1e9];
  const scaled = rows / (size as number);
  return `${scaled < 10 ? Math.round(scaled * 10) / 10 : groupDigits(Math.round(scaled))} ${unit} rows`;
}

/** Date and minute of an instant, `2023-01-08 06:30 UTC`. */
export function describeInstant(at: number): string {
  return `${isoMinute(at)} UTC`;
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function isoMinute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
