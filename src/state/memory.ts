/** The state in memory: the reference every other store is compared with, and what tests use. Transactions do not roll it back. */

import type { Session } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import type { ObsoleteHistory } from "./history.ts";
import { replayIntervals } from "./interval-log.ts";
import { MemoryReads } from "./memory-reads.ts";
import type {
  BreakerEntry,
  IntervalChange,
  JournalEntry,
  Lease,
  LedgerEntry,
  LockOptions,
  State,
  StateLock,
  StoredSnapshot,
} from "./state.ts";
import { snapshotKey, versionKeyOf } from "./state.ts";

export function memoryState(): State {
  return new MemoryState();
}

class MemoryState extends MemoryReads implements State {
  readonly engine = null;

  async migrate(): Promise<void> {}

  lock(environment: EnvironmentName, owner: string, options: LockOptions): Promise<StateLock> {
    return this.locks.take(environment, owner, options);
  }

  async breakLock(environment: EnvironmentName): Promise<Lease | null> {
    return this.locks.break(environment);
  }

  async writeSnapshots(
    _: Session | null,
    lock: StateLock,
    snapshots: readonly StoredSnapshot[],
  ): Promise<void> {
    await lock.assertHeld();
    for (const stored of snapshots) {
      const key = snapshotKey(stored.snapshot);
      if (!this.snapshots.has(key)) this.snapshots.set(key, structuredClone(stored));
    }
  }

  async touchSnapshots(
    _: Session | null,
    lock: StateLock,
    ids: readonly SnapshotId[],
    at: number,
  ): Promise<void> {
    await lock.assertHeld();
    for (const { snapshot } of this.stored(ids)) this.#change({ ...snapshot, updatedAt: at });
  }

  async removeSnapshots(_: Session | null, lock: StateLock, ids: readonly SnapshotId[]): Promise<void> {
    await lock.assertHeld();
    for (const id of ids) this.snapshots.delete(snapshotKey(id));
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
    this.log = this.log.filter((row) => !keys.includes(row.key));
  }

  async writeShapes(_: Session | null, lock: StateLock, shapes: readonly ObjectShape[]): Promise<void> {
    await lock.assertHeld();
    for (const shape of shapes) this.shapes.set(shape.object, shape);
  }

  async forgetShapes(_: Session | null, lock: StateLock, objects: readonly string[]): Promise<void> {
    await lock.assertHeld();
    for (const object of objects) this.shapes.delete(object);
  }

  async compactIntervals(lock: StateLock): Promise<number> {
    await lock.assertHeld();
    const before = this.log.length;
    this.log = [...replayIntervals(this.log)].flatMap(([key, intervals]) =>
      intervals.map((interval) => ({ key, removed: false, interval })),
    );
    return before - this.log.length;
  }

  async prune(lock: StateLock, obsolete: ObsoleteHistory): Promise<void> {
    await lock.assertHeld();
    for (const { environment, version } of obsolete.records) {
      const kept = (this.environments.get(environment) ?? []).filter((record) => record.version !== version);
      this.environments.set(environment, kept);
    }
    for (const planId of obsolete.entries) this.ledger.delete(planId);
    for (const planId of obsolete.documents) {
      const entry = this.ledger.get(planId)?.entry;
      if (entry !== undefined) this.ledger.set(planId, { entry, plan: null });
    }
    this.journal = this.journal.filter(({ planId }) => !obsolete.journal.includes(planId));
  }

  async writeEnvironment(_: Session | null, lock: StateLock, environment: Environment): Promise<void> {
    await lock.assertHeld();
    const others = (this.environments.get(environment.name) ?? []).filter(
      (record) => record.version !== environment.version,
    );
    const records = [...others, structuredClone(environment)].sort((a, b) => a.version - b.version);
    this.environments.set(environment.name, records);
  }

  async removeEnvironment(_: Session | null, lock: StateLock, environment: EnvironmentName): Promise<void> {
    await lock.assertHeld();
    this.environments.delete(environment);
  }

  async unpause(
    _: Session | null,
    lock: StateLock,
    snapshots: readonly Snapshot[],
    at: number,
  ): Promise<void> {
    await lock.assertHeld();
    const targets = new Map(snapshots.map((snapshot) => [snapshotKey(snapshot), snapshot]));
    for (const { snapshot } of [...this.snapshots.values()]) {
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
    this.ledger.set(entry.planId, { entry, plan: plan ?? this.ledger.get(entry.planId)?.plan ?? null });
  }

  async writeJournal(_: Session | null, lock: StateLock, entries: readonly JournalEntry[]): Promise<void> {
    await lock.assertHeld();
    this.journal.push(...entries);
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
    this.breakers.push(entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #logIntervals(lock: StateLock, changes: readonly IntervalChange[], removed: boolean): Promise<void> {
    await lock.assertHeld();
    for (const { snapshot, interval, dev } of changes) {
      this.log.push({ key: versionKeyOf(snapshot, dev), removed, interval });
    }
  }

  #change(snapshot: Snapshot): void {
    const stored = this.snapshots.get(snapshotKey(snapshot));
    if (stored !== undefined) this.snapshots.set(snapshotKey(snapshot), { ...stored, snapshot });
  }
}
