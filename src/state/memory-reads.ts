/** Reading the state kept in memory; memory.ts adds the writes. */

import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import { groupBy } from "../group-by.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Snapshot, SnapshotId, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { StateHistory } from "./history.ts";
import type { LogRow } from "./interval-log.ts";
import { replayIntervals } from "./interval-log.ts";
import { MemoryLocks } from "./memory-locks.ts";
import type { BreakerEntry, JournalEntry, Lease, LedgerEntry, StateReads, StoredSnapshot } from "./state.ts";
import { snapshotKey, versionKeyOf } from "./state.ts";

interface LedgerRow {
  readonly entry: LedgerEntry;
  readonly plan: PlanDocument | null;
}

export class MemoryReads implements StateReads {
  protected readonly snapshots = new Map<string, StoredSnapshot>();
  protected readonly shapes = new Map<string, ObjectShape>();
  protected log: LogRow[] = [];
  /** Records of each environment, oldest first. */
  protected readonly environments = new Map<EnvironmentName, Environment[]>();
  protected readonly ledger = new Map<string, LedgerRow>();
  protected journal: JournalEntry[] = [];
  protected readonly breakers: BreakerEntry[] = [];
  protected readonly locks = new MemoryLocks();

  async readEnvironments(): Promise<ReadonlyMap<EnvironmentName, Environment>> {
    return new Map([...this.environments].map(([name, records]) => [name, records.at(-1) as Environment]));
  }

  async readEnvironmentHistory(environment: EnvironmentName, limit: number): Promise<readonly Environment[]> {
    return [...(this.environments.get(environment) ?? [])].reverse().slice(0, limit);
  }

  async readSnapshots(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Snapshot>> {
    return new Map(this.stored(ids).map(({ snapshot }) => [snapshotKey(snapshot), snapshot]));
  }

  async readSnapshotsByName(names: readonly ModelName[]): Promise<readonly Snapshot[]> {
    return (await this.readAllSnapshots()).filter((snapshot) => names.includes(snapshot.name));
  }

  async readAllSnapshots(): Promise<readonly Snapshot[]> {
    return [...this.snapshots.values()].map(({ snapshot }) => snapshot);
  }

  async readModels(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Model>> {
    return new Map(this.stored(ids).map(({ snapshot, model }) => [snapshotKey(snapshot), model]));
  }

  async readShapes(
    objects: readonly string[],
    options?: { readonly columns: boolean },
  ): Promise<ReadonlyMap<string, ObjectShape>> {
    return new Map(
      objects.flatMap((object) => {
        const shape = this.shapes.get(object);
        if (shape === undefined) return [];
        return [[object, options?.columns ? shape : { ...shape, columns: null }] as const];
      }),
    );
  }

  async readIntervals(snapshots: readonly Snapshot[]): Promise<ReadonlyMap<string, SnapshotIntervals>> {
    const found = replayIntervals(this.log);
    const of = (snapshot: Snapshot, dev: boolean) => found.get(versionKeyOf(snapshot, dev)) ?? [];
    return new Map(
      snapshots.map((snapshot) => [
        snapshotKey(snapshot),
        { intervals: of(snapshot, false), devIntervals: of(snapshot, true) },
      ]),
    );
  }

  async readLedger(planId: string): Promise<LedgerEntry | null> {
    return this.ledger.get(planId)?.entry ?? null;
  }

  async readLedgerOf(environment: EnvironmentName, limit: number): Promise<readonly LedgerEntry[]> {
    const entries = [...this.ledger.values()].map(({ entry }) => entry);
    return entries
      .filter((entry) => entry.environment === environment)
      .sort((a, b) => b.startedAt - a.startedAt || (b.environmentVersion ?? 0) - (a.environmentVersion ?? 0))
      .slice(0, limit);
  }

  async readUnfinishedLedger(since: number): Promise<readonly LedgerEntry[]> {
    return [...this.ledger.values()]
      .map(({ entry }) => entry)
      .filter((entry) => entry.status !== "applied" && entry.startedAt >= since);
  }

  async readPlan(planId: string): Promise<PlanDocument | null> {
    return this.ledger.get(planId)?.plan ?? null;
  }

  async readJournal(planId: string): Promise<ReadonlyMap<StepId, JournalEntry>> {
    const entries = this.journal.filter((entry) => entry.planId === planId);
    return new Map(entries.map((entry) => [entry.step, entry]));
  }

  async readHistory(): Promise<StateHistory> {
    const records = [...this.environments.values()].flatMap((own) => own.toReversed());
    const ledger = [...this.ledger.values()].sort((a, b) => b.entry.startedAt - a.entry.startedAt);
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
        [...groupBy(this.journal, ({ planId }) => planId)].map(([planId, rows]) => [planId, rows.length]),
      ),
    };
  }

  async readBreaker(): Promise<BreakerEntry | null> {
    return this.breakers.at(-1) ?? null;
  }

  async readLeases(): Promise<readonly Lease[]> {
    return this.locks.leases();
  }

  protected stored(ids: readonly SnapshotId[]): readonly StoredSnapshot[] {
    return ids.flatMap((id) => this.snapshots.get(snapshotKey(id)) ?? []);
  }
}
