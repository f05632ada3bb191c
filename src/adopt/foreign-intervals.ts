/** SQLMesh's log of intervals → what is computed of each table (spec plan-and-apply 1.9). */
import { type Interval, mergeIntervals, subtractIntervals } from "../time/intervals.ts";
import { flagOf, type Recorded, textOf } from "./recorded.ts";

/** Computed and not marked for restatement, by {@link tableKey}; rows in any order. */
export function foreignIntervals(rows: readonly Recorded[]): ReadonlyMap<string, readonly Interval[]> {
  const done = new Map<string, readonly Interval[]>();
  const pending = new Map<string, readonly Interval[]>();
  for (const row of [...rows].filter((one) => !flagOf(one["is_dev"])).sort(inOrder)) {
    const table = tableKey(textOf(row["name"]) ?? "", textOf(row["version"]) ?? "");
    // Additions and removals meet only within one snapshot; the table has what any of its snapshots has.
    const own = [table, row["dev_version"] ?? "", row["identifier"] ?? ""].join("\u0000");
    const interval: Interval = [Number(row["start_ts"]), Number(row["end_ts"])];
    if (flagOf(row["is_removed"])) done.set(own, subtractIntervals(done.get(own) ?? [], [interval]));
    else if (flagOf(row["is_pending_restatement"]))
      pending.set(table, mergeIntervals([...(pending.get(table) ?? []), interval]));
    else {
      done.set(own, mergeIntervals([...(done.get(own) ?? []), interval]));
      pending.set(table, subtractIntervals(pending.get(table) ?? [], [interval]));
    }
  }
  const tables = new Map<string, readonly Interval[]>();
  for (const [own, intervals] of done) {
    const table = own.split("\u0000").slice(0, 2).join("\u0000");
    tables.set(table, mergeIntervals([...(tables.get(table) ?? []), ...intervals]));
  }
  return new Map(
    [...tables].map(([table, intervals]) => [table, subtractIntervals(intervals, pending.get(table) ?? [])]),
  );
}

/** Snapshots of one name and version share a table. */
export function tableKey(name: string, version: string): string {
  return `${name}\u0000${version}`;
}

function inOrder(a: Recorded, b: Recorded): number {
  const later = Number(a["created_ts"] ?? 0) - Number(b["created_ts"] ?? 0);
  const removal = Number(flagOf(a["is_removed"])) - Number(flagOf(b["is_removed"]));
  return (
    later ||
    removal ||
    Number(flagOf(a["is_pending_restatement"])) - Number(flagOf(b["is_pending_restatement"]))
  );
}
