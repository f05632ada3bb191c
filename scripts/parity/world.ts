/** Reads the world after a step: the views of the virtual layer from the warehouse, the rest from the state. */
import { createHash } from "node:crypto";
import type { Engine } from "../../src/engine/engine.ts";
import type { Environment, EnvironmentName } from "../../src/environment/environment.ts";
import type { ApplyEvent } from "../../src/plan/events.ts";
import { takenOver } from "../../src/plan/recorded.ts";
import type { Interval } from "../../src/snapshot/snapshot.ts";
import type { State } from "../../src/state/state.ts";
import { snapshotKey } from "../../src/state/state.ts";
import { mergeIntervals } from "../../src/time/intervals.ts";
import type { ExpectedView, Range, World } from "./case.ts";
import type { ListedView, ParityWarehouse } from "./warehouse.ts";

const shownRows = 12;

export async function readWorld(
  warehouse: ParityWarehouse,
  engine: Engine,
  state: State,
  environment: EnvironmentName,
  events: readonly ApplyEvent[],
): Promise<World> {
  const environments = await state.readEnvironments();
  const record = environments.get(environment);
  return {
    views: await readViews(warehouse, engine),
    ...(await readIntervals(state, record)),
    environment: record ? describeEnvironment(record) : null,
    environments: [...environments.keys()].sort(),
    ...foldEvents(events),
  };
}

async function readViews(warehouse: ParityWarehouse, engine: Engine): Promise<Record<string, ExpectedView>> {
  const out: Record<string, ExpectedView> = {};
  for (const view of await warehouse.listViews(engine)) {
    out[view.label] = await readView(warehouse, engine, view);
  }
  return out;
}

async function readView(warehouse: ParityWarehouse, engine: Engine, view: ListedView): Promise<ExpectedView> {
  try {
    const { columns, rows } = await warehouse.readView(engine, view);
    const sorted = rows.toSorted(byCodePoint);
    const checksum = createHash("md5").update(sorted.join("\n")).digest("hex");
    return { rows: rows.length, columns, checksum, ...(rows.length <= shownRows ? { data: sorted } : {}) };
  } catch {
    return { unreadable: "the view cannot be read" };
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function readIntervals(
  state: State,
  record: Environment | undefined,
): Promise<Pick<World, "intervals" | "dev_intervals">> {
  const snapshots = record ? await state.readSnapshots(record.members) : new Map();
  const stored = await state.readIntervals([...snapshots.values()]);
  const intervals: Record<string, readonly Range[]> = {};
  const devIntervals: Record<string, readonly Range[]> = {};
  for (const snapshot of [...snapshots.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // The record has those of models only.
    if (snapshot.facts.node === "audit") continue;
    const have = stored.get(snapshotKey(snapshot));
    const counted = takenOver(snapshot, have?.intervals ?? []);
    if (counted.length > 0) intervals[snapshot.name] = counted.map(describeRange);
    if (have?.devIntervals.length) devIntervals[snapshot.name] = have.devIntervals.map(describeRange);
  }
  return { intervals, dev_intervals: devIntervals };
}

function describeEnvironment(record: Environment): World["environment"] {
  const promoted = record.members.filter((member) => member.promoted).map((member) => String(member.name));
  return {
    finalized: record.finalizedAt !== null,
    promoted: promoted.sort(),
    all: promoted.length === record.members.length,
    expires: record.expiresAt === null ? null : describeInstant(record.expiresAt),
  };
}

/** What ran, failed and was skipped, from the events of the apply. */
function foldEvents(
  events: readonly ApplyEvent[],
): Pick<World, "evaluated" | "audits_failed" | "models_failed" | "models_skipped"> {
  const ranges = new Map<string, Interval[]>();
  const audits: Record<string, number> = {};
  const failed = new Set<string>();
  for (const event of events) {
    if (
      event.kind === "step-finished" &&
      !event.already &&
      (event.step.kind === "backfill" || event.step.kind === "load-seed" || event.step.kind === "audit")
    ) {
      const { model, interval } = event.step;
      if (interval) ranges.set(model, [...(ranges.get(model) ?? []), interval]);
    }
    if (event.kind === "step-failed" && "model" in event.step) failed.add(event.step.model);
    if (event.kind === "audit-finished" && event.badRows > 0 && "model" in event.step) {
      audits[event.step.model] = (audits[event.step.model] ?? 0) + 1;
    }
  }
  const evaluated = Object.fromEntries(
    [...ranges]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, list]) => [name, list.sort((a, b) => a[0] - b[0]).map(describeRange)]),
  );
  return {
    evaluated,
    ...(Object.keys(audits).length > 0 ? { audits_failed: audits } : {}),
    ...(failed.size > 0 ? { models_failed: [...failed].sort() } : {}),
  };
}

export function describeRange([start, end]: Interval): Range {
  return [describeInstant(start), describeInstant(end)];
}

/** Midnights as dates, other instants as ISO text. */
export function describeInstant(at: number): string {
  const text = new Date(at).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}

/** Merged ranges, for comparing what was computed without regard to batches. */
export function mergedRanges(intervals: readonly Interval[]): readonly Range[] {
  return mergeIntervals(intervals).map(describeRange);
}
