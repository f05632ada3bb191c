/** The state in memory: the reference every other store is compared with, and what tests use. Transactions do not roll it back. */

import type { Session } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import { groupBy } from "../group-by.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Snapshot, SnapshotId, SnapshotIntervals } from "../snapshot/snapshot.ts";
import { collectFacts } from "./facts.ts";
import type { ObsoleteHistory, StateHistory } from "./history.ts";
import type { LogRow } from "./interval-log.ts";
import { replayIntervals } from "./interval-log.ts";
import { MemoryLocks } from "./memory-locks.ts";
import type {
  BreakerEntry,
  IntervalChange,
  JournalEntry,
  Lease,
  LedgerEntry,
  LockOptions,
  State,
  StateFacts,
  StateLock,
  StoredSnapshot,
} from "./state.ts";
import { snapshotKey, versionKeyOf } from "./state.ts";

export function memoryState(): State {
  return new MemoryState();
}

class MemoryState implements State {
  readonly engine = null;
  readonly #snapshots = new Map<string, StoredSnapshot>();
  readonly #shapes = new Map<string, ObjectShape>();
  #log: LogRow[] = [];
  readonly #environments = new Map<EnvironmentName, Environment[]>();
  readonly #ledger = new Map<string, { readonly entry: LedgerEntry; readonly plan: PlanDocument | null }>();
  #journal: JournalEntry[] = [];
  readonly #breakers: BreakerEntry[] = [];
  readonly #locks = new MemoryLocks();

  async migrate(): Promise<void> {}

  async readEnvironments(): Promise<ReadonlyMap<EnvironmentName, Environment>> {
    return new Map([...this.#environments].map(([name, records]) => [name, records.at(-1) as Environment]));
  }

  async readEnvironmentHistory(environment: EnvironmentName, limit: number): Promise<readonly Environment[]> {
    return [...(this.#environments.get(environment) ?? [])].reverse().slice(0, limit);
  }

  readFacts(
    environments: readonly EnvironmentName[] | "all",
    ids: readonly SnapshotId[],
  ): Promise<StateFacts> {
    return collectFacts(this, environments, ids);
  }

  async readSnapshots(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Snapshot>> {
    return new Map(this.#stored(ids).map(({ snapshot }) => [snapshotKey(snapshot), snapshot]));
  }

  async readSnapshotsByName(names: readonly ModelName[]): Promise<readonly Snapshot[]> {
    return (await this.readAllSnapshots()).filter((snapshot) => names.includes(snapshot.name));
  }

  async readAllSnapshots(): Promise<readonly Snapshot[]> {
    return [...this.#snapshots.values()].map(({ snapshot }) => snapshot);
  }

  async readModels(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Model>> {
    return new Map(this.#stored(ids).map(({ snapshot, model }) => [snapshotKey(snapshot), model]));
  }

  async readShapes(
    objects: readonly string[],
    options?: { readonly columns: boolean },
  ): Promise<ReadonlyMap<string, ObjectShape>> {
    return new Map(
      objects.flatMap((object) => {
        const shape = this.#shapes.get(object);
        if (shape === undefined) return [];
        return [[object, options?.columns ? shape : { ...shape, columns: null }] as const];
      }),
    );
  }

  async readIntervals(snapshots: readonly Snapshot[]): Promise<ReadonlyMap<string, SnapshotIntervals>> {
    const found = replayIntervals(this.#log);
    const of = (snapshot: Snapshot, dev: boolean) => found.get(versionKeyOf(snapshot, dev)) ?? [];
    return new Map(
      snapshots.map((snapshot) => [
        snapshotKey(snapshot),
        { intervals: of(snapshot, false), devIntervals: of(snapshot, true) },
      ]),
    );
  }

  async readLedger(planId: string): Promise<LedgerEntry | null> {
    return this.#ledger.get(planId)?.entry ?? null;
  }

  async readLedgerOf(environment: EnvironmentName, limit: number): Promise<readonly LedgerEntry[]> {
    const entries = [...this.#ledger.values()].map(({ entry }) => entry);
    return entries
      .filter((entry) => entry.environment === environment)
      .sort((a, b) => b.startedAt - a.startedAt || (b.environmentVersion ?? 0) - (a.environmentVersion ?? 0))
      .slice(0, limit);
  }

  async readUnfinishedLedger(since: number): Promise<readonly LedgerEntry[]> {
    return [...this.#ledger.values()]
      .map(({ entry }) => entry)
      .filter((entry) => entry.status !== "applied" && entry.startedAt >= since);
  }

  async readPlan(planId: string): Promise<PlanDocument | null> {
    return this.#ledger.get(planId)?.plan ?? null;
  }

  async readJournal(planId: string): Promise<ReadonlyMap<StepId, JournalEntry>> {
    const entries = this.#journal.filter((entry) => entry.planId === planId);
    return new Map(entries.map((entry) => [entry.step, entry]));
  }

  async readHistory(): Promise<StateHistory> {
    const records = [...this.#environments.values()].flatMap((own) => own.toReversed());
    const ledger = [...this.#ledger.values()].sort((a, b) => b.entry.startedAt - a.entry.startedAt);
    return {
      records: records.map(({ name, version, planId, finalizedAt }) => ({
        environment: name,
        version,
        planId,
        finalizedAt,
      })),
      ledger: ledger.map(({ entry: { planId, environment, status, startedAt }, plan }) => ({
        planId,
        environment,
        status,
        startedAt,
        hasPlan: plan !== null,
      })),
      journal: new Map(
        [...groupBy(this.#journal, ({ planId }) => planId)].map(([planId, rows]) => [planId, rows.length]),
      ),
    };
  }

  async readBreaker(): Promise<BreakerEntry | null> {
    return this.#breakers.at(-1) ?? null;
  }

  async readLeases(): Promise<readonly Lease[]> {
    return this.#locks.leases();
  }

  lock(environment: EnvironmentName, owner: string, options: LockOptions): Promise<StateLock> {
    return this.#locks.take(environment, owner, options);
  }

  async breakLock(environment: EnvironmentName): Promise<Lease | null> {
    return this.#locks.break(environment);
  }

  async writeSnapshots(
    _: Session | null,
    lock: StateLock,
    snapshots: readonly StoredSnapshot[],
  ): Promise<void> {
    await lock.assertHeld();
    for (const stored of snapshots) {
      const key = snapshotKey(stored.snapshot);
      if (!this.#snapshots.has(key)) this.#snapshots.set(key, structuredClone(stored));
    }
  }

  async touchSnapshots(
    _: Session | null,
    lock: StateLock,
    ids: readonly SnapshotId[],
    at: number,
  ): Promise<void> {
    await lock.assertHeld();
    for (const { snapshot } of this.#stored(ids)) this.#change({ ...snapshot, updatedAt: at });
  }

  async removeSnapshots(_: Session | null, lock: StateLock, ids: readonly SnapshotId[]): Promise<void> {
    await lock.assertHeld();
    for (const id of ids) this.#snapshots.delete(snapshotKey(id));
  }

  async addIntervals(_: Session | null, lock: StateLock, changes: readonly IntervalChange[]): Promise<void> {
    await this.#logIntervals(lock, changes, false);
  }

  async removeIntervals(
    _: Session | null,
    lock: StateLock,
    changes: readonly IntervalChange[],
  ): Promise<void> {
    await this.#logIntervals(lock, changes, true);
  }

  async forgetIntervals(_: Session | null, lock: StateLock, keys: readonly string[]): Promise<void> {
    await lock.assertHeld();
    this.#log = this.#log.filter((row) => !keys.includes(row.key));
  }

  async writeShapes(_: Session | null, lock: StateLock, shapes: readonly ObjectShape[]): Promise<void> {
    await lock.assertHeld();
    for (const shape of shapes) this.#shapes.set(shape.object, shape);
  }

  async forgetShapes(_: Session | null, lock: StateLock, objects: readonly string[]): Promise<void> {
    await lock.assertHeld();
    for (const object of objects) this.#shapes.delete(object);
  }

  async compactIntervals(lock: StateLock): Promise<number> {
    await lock.assertHeld();
    const before = this.#log.length;
    this.#log = [...replayIntervals(this.#log)].flatMap(([key, intervals]) =>
      intervals.map((interval) => ({ key, removed: false, interval })),
    );
    return before - this.#log.length;
  }

  async prune(lock: StateLock, obsolete: ObsoleteHistory): Promise<void> {
    await lock.assertHeld();
    for (const { environment, version } of obsolete.records) {
      const kept = (this.#environments.get(environment) ?? []).filter((record) => record.version !== version);
      this.#environments.set(environment, kept);
    }
    for (const planId of obsolete.entries) this.#ledger.delete(planId);
    for (const planId of obsolete.documents) {
      const entry = this.#ledger.get(planId)?.entry;
      if (entry !== undefined) this.#ledger.set(planId, { entry, plan: null });
    }
    this.#journal = this.#journal.filter(({ planId }) => !obsolete.journal.includes(planId));
  }

  async writeEnvironment(_: Session | null, lock: StateLock, environment: Environment): Promise<void> {
    await lock.assertHeld();
    const others = (this.#environments.get(environment.name) ?? []).filter(
      (record) => record.version !== environment.version,
    );
    const records = [...others, structuredClone(environment)].sort((a, b) => a.version - b.version);
    this.#environments.set(environment.name, records);
  }

  async removeEnvironment(_: Session | null, lock: StateLock, environment: EnvironmentName): Promise<void> {
    await lock.assertHeld();
    this.#environments.delete(environment);
  }

  async unpause(
    _: Session | null,
    lock: StateLock,
    snapshots: readonly Snapshot[],
    at: number,
  ): Promise<void> {
    await lock.assertHeld();
    const targets = new Map(snapshots.map((snapshot) => [snapshotKey(snapshot), snapshot]));
    for (const { snapshot } of [...this.#snapshots.values()]) {
      const sameName = snapshots.find((target) => target.name === snapshot.name);
      if (sameName === undefined) continue;
      if (targets.has(snapshotKey(snapshot))) this.#change({ ...snapshot, unpausedAt: at, updatedAt: at });
      else {
        const contrary =
          snapshot.version === sameName.version && snapshot.forwardOnly !== sameName.forwardOnly;
        const wasLive = snapshot.unpausedAt !== null;
        this.#change({
          ...snapshot,
          unpausedAt: null,
          updatedAt: wasLive ? at : snapshot.updatedAt,
          unrestorable: snapshot.unrestorable || contrary,
        });
      }
    }
  }

  async writeLedger(
    _: Session | null,
    lock: StateLock,
    entry: LedgerEntry,
    plan?: PlanDocument,
  ): Promise<void> {
    await lock.assertHeld();
    this.#ledger.set(entry.planId, { entry, plan: plan ?? this.#ledger.get(entry.planId)?.plan ?? null });
  }

  async writeJournal(_: Session | null, lock: StateLock, entries: readonly JournalEntry[]): Promise<void> {
    await lock.assertHeld();
    this.#journal.push(...entries);
  }

  async writeProgress(
    session: Session | null,
    lock: StateLock,
    intervals: readonly IntervalChange[],
    entries: readonly JournalEntry[],
  ): Promise<void> {
    await this.addIntervals(session, lock, intervals);
    await this.writeJournal(session, lock, entries);
  }

  async writeBreaker(entry: BreakerEntry): Promise<void> {
    this.#breakers.push(entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #logIntervals(lock: StateLock, changes: readonly IntervalChange[], removed: boolean): Promise<void> {
    await lock.assertHeld();
    for (const { snapshot, interval, dev } of changes) {
      this.#log.push({ key: versionKeyOf(snapshot, dev), removed, interval });
    }
  }

  #stored(ids: readonly SnapshotId[]): readonly StoredSnapshot[] {
    return ids.flatMap((id) => this.#snapshots.get(snapshotKey(id)) ?? []);
  }

  #change(snapshot: Snapshot): void {
    const stored = this.#snapshots.get(snapshotKey(snapshot));
    if (stored !== undefined) this.#snapshots.set(snapshotKey(snapshot), { ...stored, snapshot });
  }
}
