/** Makes the log of intervals short again: where it tells one key in many rows, one row per stretch is enough. */
import type { Engine, Session } from "../engine/engine.ts";
import type { Interval } from "../time/intervals.ts";
import { replayIntervals } from "./interval-log.ts";
import type { Tables } from "./tables.ts";
import { logOrder } from "./tables.ts";

export type LogValues = readonly [key: string, removed: 0 | 1, start: number, end: number];

/** Within the caller's transaction, `insert` as well; the number of rows saved. */
export async function compactLog(
  engine: Engine,
  session: Session,
  tables: Tables,
  insert: (rows: readonly LogValues[]) => Promise<void>,
): Promise<number> {
  const t = tables("_intervals");
  const several = `SELECT version_key FROM ${t} GROUP BY version_key HAVING COUNT(*) > 1`;
  const rows = await session.query(
    `SELECT version_key, is_removed, interval_start, interval_end FROM ${t} WHERE version_key IN (SELECT version_key FROM (${several}) s) ORDER BY ${logOrder(engine)}`,
  );
  const keys = new Map<string, number>();
  for (const row of rows) {
    const key = String(row["version_key"]);
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  const merged = replayIntervals(
    rows.map((row) => ({
      key: String(row["version_key"]),
      removed: Number(row["is_removed"]) === 1,
      interval: [Number(row["interval_start"]), Number(row["interval_end"])] as Interval,
    })),
  );
  const long = [...keys].filter(([key, count]) => (merged.get(key)?.length ?? 0) < count);
  if (long.length === 0) return 0;
  const list = engine.statements.textList(long.map(([key]) => key));
  await session.run(`DELETE FROM ${t} WHERE version_key IN (${list})`);
  const kept = long.flatMap(([key]) =>
    (merged.get(key) ?? []).map((interval): LogValues => [key, 0, ...interval]),
  );
  await insert(kept);
  return long.reduce((sum, [, count]) => sum + count, 0) - kept.length;
}
