/**
 * What was done before, kept in the warehouse or beside it (design 9). Reads are O(1) queries, never one per model.
 * Belongs here: the interface and its records. SQL is in the files beside it; memory.ts is the reference for tests.
 */
import type { Engine, Session } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Interval, Snapshot, SnapshotId, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { ObsoleteHistory, StateHistory } from "./history.ts";

export interface Lease {
  readonly environment: EnvironmentName;
  readonly owner: string;
  readonly token: number;
  /** UTC epoch milliseconds of the warehouse's clock. */
  readonly heartbeatAt: number;
}

/** Held by one apply per state schema and environment. Every state write goes through it and fails once it is lost. */
export interface StateLock extends AsyncDisposable {
  readonly environment: EnvironmentName;
  /** Grows with every holder: what an older holder still sends is refused. */
  readonly token: number;
  /** Throws LOCK_LOST when another owner took over; with a transaction, nobody can until it ends, where rows can be locked. */
  assertHeld(session?: Session): Promise<void>;
  /** As {@link assertHeld}, but asks nothing while the last heartbeat is so fresh that nobody can have taken over. */
  stillHeld(): Promise<void>;
}

export type LedgerStatus = "applying" | "failed" | "applied";

export interface LedgerEntry {
  readonly planId: string;
  readonly digest: string;
  readonly work: string;
  readonly environment: EnvironmentName;
  readonly status: LedgerStatus;
  readonly owner: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly environmentVersion: number | null;
  /** "now" of this plan's apply; a resumed apply uses the first one's. */
  readonly executionTime: number;
  /** The outcome as JSON, or null while applying. */
  readonly outcome: string | null;
}

export interface JournalEntry {
  readonly planId: string;
  readonly step: StepId;
  readonly status: "started" | "done";
  readonly at: number;
}

/** The kill switch: the last word counts. */
export interface BreakerEntry {
  readonly open: boolean;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly model: Model;
}

/** Of one snapshot; dev intervals belong to its dev version, the others to its version. */
export interface IntervalChange {
  readonly snapshot: Snapshot;
  readonly interval: Interval;
  readonly dev: boolean;
}

export interface LockOptions {
  /** Milliseconds to wait for a living owner before LOCK_HELD. */
  readonly wait: number;
  readonly onWait?: (lease: Lease) => void;
  /** Aborting ends the wait with CANCELLED. */
  readonly signal?: AbortSignal;
}

export interface StateReads {
  /** The latest record of every environment. */
  readEnvironments(): Promise<ReadonlyMap<EnvironmentName, Environment>>;
  /** Former records of one environment, newest first, with the present one. */
  readEnvironmentHistory(environment: EnvironmentName, limit: number): Promise<readonly Environment[]>;
  /** Those of the ids that are stored, by `snapshotKey`. */
  readSnapshots(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Snapshot>>;
  readSnapshotsByName(names: readonly ModelName[]): Promise<readonly Snapshot[]>;
  readAllSnapshots(): Promise<readonly Snapshot[]>;
  /** Full definitions, by `snapshotKey`. */
  readModels(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Model>>;
  /** Of these physical objects, by dotted name, what is kept of each; with their columns only when asked for. */
  readShapes(
    objects: readonly string[],
    options?: { readonly columns: boolean },
  ): Promise<ReadonlyMap<string, ObjectShape>>;
  /** An entry for every snapshot, empty where nothing was computed. */
  readIntervals(snapshots: readonly Snapshot[]): Promise<ReadonlyMap<string, SnapshotIntervals>>;
  readLedger(planId: string): Promise<LedgerEntry | null>;
  /** Newest first. */
  readLedgerOf(environment: EnvironmentName, limit: number): Promise<readonly LedgerEntry[]>;
  /** Of every environment: applies that began at or after `since` (UTC epoch milliseconds) and have not ended well. */
  readUnfinishedLedger(since: number): Promise<readonly LedgerEntry[]>;
  /** The document of a plan that reached apply. */
  readPlan(planId: string): Promise<PlanDocument | null>;
  /** Each step's last entry. */
  readJournal(planId: string): Promise<ReadonlyMap<StepId, JournalEntry>>;
  /** Promotions, ledger and journal in outline, for the clean-up. */
  readHistory(): Promise<StateHistory>;
  readBreaker(): Promise<BreakerEntry | null>;
  readLeases(): Promise<readonly Lease[]>;
}

/**
 * Writes take the session they belong to, so that they commit or roll back with the data beside them; null = a
 * transaction of their own. Every write checks the lock in that session first.
 */
export interface StateWrites {
  /** Ids that are stored already are left as they are. */
  writeSnapshots(
    session: Session | null,
    lock: StateLock,
    snapshots: readonly StoredSnapshot[],
  ): Promise<void>;
  /** Refreshes `updatedAt`: the time to live starts anew. */
  touchSnapshots(
    session: Session | null,
    lock: StateLock,
    ids: readonly SnapshotId[],
    at: number,
  ): Promise<void>;
  removeSnapshots(session: Session | null, lock: StateLock, ids: readonly SnapshotId[]): Promise<void>;
  addIntervals(session: Session | null, lock: StateLock, changes: readonly IntervalChange[]): Promise<void>;
  removeIntervals(
    session: Session | null,
    lock: StateLock,
    changes: readonly IntervalChange[],
  ): Promise<void>;
  /** Deletes everything recorded under these keys ({@link versionKeyOf}): their tables are gone or about to go. */
  forgetIntervals(session: Session | null, lock: StateLock, keys: readonly string[]): Promise<void>;
  /** Writes or replaces what is known of these physical objects. */
  writeShapes(session: Session | null, lock: StateLock, shapes: readonly ObjectShape[]): Promise<void>;
  /** They are about to be made, altered or dropped: until they are looked at again nothing is known of them. */
  forgetShapes(session: Session | null, lock: StateLock, objects: readonly string[]): Promise<void>;
  /**
   * Rewrites the log of intervals with one row per stretch; the number of rows saved. Only while nobody applies
   * ({@link lockForCleaning}): rows added meanwhile would be lost.
   */
  compactIntervals(lock: StateLock): Promise<number>;
  /** Deletes these parts of the past, in one transaction. */
  prune(lock: StateLock, obsolete: ObsoleteHistory): Promise<void>;
  /** Writes or replaces the record of this environment's version. */
  writeEnvironment(session: Session | null, lock: StateLock, environment: Environment): Promise<void>;
  /** Forgets the environment with all its former records. */
  removeEnvironment(session: Session | null, lock: StateLock, environment: EnvironmentName): Promise<void>;
  /**
   * Marks these live in production and pauses all others of their names; what shares a table with one of them but
   * was not, or is, forward-only contrary to it becomes unrestorable (spec plan-and-apply 12.5).
   */
  unpause(
    session: Session | null,
    lock: StateLock,
    snapshots: readonly Snapshot[],
    at: number,
  ): Promise<void>;
  /** The plan's document is kept with its first entry. */
  writeLedger(
    session: Session | null,
    lock: StateLock,
    entry: LedgerEntry,
    plan?: PlanDocument,
  ): Promise<void>;
  writeJournal(session: Session | null, lock: StateLock, entries: readonly JournalEntry[]): Promise<void>;
  /** Intervals and journal entries of one unit of work, with one look at the lock. */
  writeProgress(
    session: Session | null,
    lock: StateLock,
    intervals: readonly IntervalChange[],
    entries: readonly JournalEntry[],
  ): Promise<void>;
  /** Needs no lock: it must work while an apply holds it. */
  writeBreaker(entry: BreakerEntry): Promise<void>;
}

export interface State extends StateReads, StateWrites, AsyncDisposable {
  /** The warehouse that holds the state: sessions of this engine, and no others, may be given to writes. */
  readonly engine: Engine | null;
  /** Creates or migrates the tables; refuses a newer schema with STATE_NEWER. Reads before it see an empty state. */
  migrate(): Promise<void>;
  /** Throws LOCK_HELD once the wait is over, CANCELLED when the signal aborts. Waiters are served in order of arrival. */
  lock(environment: EnvironmentName, owner: string, options: LockOptions): Promise<StateLock>;
  /** Takes the lease from its owner, dead or not, for `sluice unlock`; the lease that was removed. */
  breakLock(environment: EnvironmentName): Promise<Lease | null>;
}

/** Key of maps over snapshots. */
export function snapshotKey(id: SnapshotId): string {
  return `${id.name}@${id.identifier}`;
}

/** Snapshots with equal keys share a table and its intervals; the dev key adds the dev version. */
export function versionKeyOf(
  snapshot: Pick<Snapshot, "name" | "version" | "devVersion">,
  dev: boolean,
): string {
  return dev
    ? `${snapshot.name}@${snapshot.version}@${snapshot.devVersion}`
    : `${snapshot.name}@${snapshot.version}`;
}
