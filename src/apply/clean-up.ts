/**
 * The clean-up (spec plan-and-apply 13): what `environment/cleanup.ts` finds obsolete is dropped, the warehouse first, then
 * state, while nobody applies. Nothing is dropped but objects that state says are ours.
 */
import type { Engine } from "../engine/engine.ts";
import type { OpenPlan } from "../environment/cleanup.ts";
import { obsoleteEnvironments, obsoleteSnapshots } from "../environment/cleanup.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import { lockForCleaning } from "../state/clean-lock.ts";
import type { LedgerEntry, State, StateLock } from "../state/state.ts";
import { findAbandoned } from "./abandoned.ts";
import { stepSnapshots } from "./definitions.ts";
import type { CleanedEnvironment } from "./drop-environments.ts";
import { dropEnvironments } from "./drop-environments.ts";
import type { CleanFailure } from "./drop-objects.ts";
import { dropObjects } from "./drop-objects.ts";
import type { CleanedSnapshot } from "./drop-snapshots.ts";
import { dropSnapshots } from "./drop-snapshots.ts";
import { obsoleteHistory } from "./retention.ts";

export interface CleanUpOptions {
  readonly engine: Engine;
  readonly state: State;
  /** UTC epoch milliseconds. */
  readonly now: () => number;
  readonly owner: string;
  /** Everything nobody refers to, however young. */
  readonly ignoreTtl: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Only this environment, and no versions. */
  readonly only?: EnvironmentName;
  /** Milliseconds to wait until nobody applies. */
  readonly lockWait: number;
  readonly signal?: AbortSignal;
}

export interface CleanReport {
  readonly dryRun: boolean;
  readonly environments: readonly CleanedEnvironment[];
  readonly snapshots: readonly CleanedSnapshot[];
  /** Rows saved in the log of intervals. */
  readonly compactedIntervals: number;
  /** What went, or would go, of state's own past. */
  readonly pruned: PrunedCounts;
  /** What could not be dropped; it stays on record and is tried again by the next clean-up. */
  readonly failures: readonly CleanFailure[];
}

export interface PrunedCounts {
  /** Former records of environments, beyond the time in which one can go back to them. */
  readonly environmentRecords: number;
  /** Entries of the ledger that went as a whole. */
  readonly ledgerEntries: number;
  /** Entries that stay, without the document of their plan. */
  readonly planDocuments: number;
  readonly journalRows: number;
}

const nothingPruned: PrunedCounts = {
  environmentRecords: 0,
  ledgerEntries: 0,
  planDocuments: 0,
  journalRows: 0,
};

/** Throws LOCK_HELD while somebody applies, CANCELLED, or what the warehouse throws when it is asked. */
export async function cleanUp(options: CleanUpOptions): Promise<CleanReport> {
  const { state, owner, lockWait, signal, dryRun } = options;
  if (dryRun) return cleanLocked(options, null);
  await state.migrate();
  await using lock = await lockForCleaning(state, owner, {
    wait: lockWait,
    ...(signal === undefined ? {} : { signal }),
  });
  // Awaited here: the lock is given back when this function ends.
  return await cleanLocked(options, lock);
}

async function cleanLocked(options: CleanUpOptions, lock: StateLock | null): Promise<CleanReport> {
  const { engine, state, only } = options;
  const now = options.now();
  const all = await state.readEnvironments();
  const snapshots = only === undefined ? await state.readAllSnapshots() : await membersOf(state, all);
  const obsolete = obsoleteEnvironments({ environments: all, snapshots, now });
  const environments = await dropEnvironments(
    engine,
    obsolete.filter(({ environment }) => only === undefined || environment.name === only),
    lock === null ? null : (name) => state.removeEnvironment(null, lock, name),
  );
  const failed = environments.flatMap(({ failures }) => failures);
  const report = { dryRun: options.dryRun, environments };
  if (only !== undefined)
    return { ...report, snapshots: [], compactedIntervals: 0, pruned: nothingPruned, failures: failed };
  const gone = new Set(environments.filter(({ failures }) => failures.length === 0).map(({ name }) => name));
  const remaining = new Map([...all].filter(([name]) => !gone.has(name)));
  const openPlans = await readOpenPlans(state, all, snapshots, now);
  const cleaned = await dropSnapshots(
    engine,
    state,
    lock,
    obsoleteSnapshots(
      { environments: remaining, snapshots, now },
      { openPlans, ignoreTtl: options.ignoreTtl },
    ),
    () => assertWanted(options.signal),
  );
  const ids = openPlans.map(({ planId }) => planId);
  const left = lock === null ? [] : await dropObjects(engine, await findAbandoned(engine, snapshots, ids));
  const compactedIntervals = lock === null ? 0 : await state.compactIntervals(lock);
  return {
    ...report,
    snapshots: cleaned.snapshots,
    compactedIntervals,
    pruned: await pruneHistory(options, lock, { openPlans, snapshots, gone }),
    failures: [...failed, ...cleaned.failures, ...left],
  };
}

/** After everything else: what could not be dropped is still on record then. */
async function pruneHistory(
  { state, now, ignoreTtl }: CleanUpOptions,
  lock: StateLock | null,
  found: {
    readonly openPlans: readonly OpenApply[];
    readonly snapshots: readonly Snapshot[];
    readonly gone: ReadonlySet<EnvironmentName>;
  },
): Promise<PrunedCounts> {
  const all = await state.readHistory();
  // Where nothing is done, environments that would be gone are still on record.
  const history = { ...all, records: all.records.filter(({ environment }) => !found.gone.has(environment)) };
  const obsolete = obsoleteHistory(history, {
    now: now(),
    window: ignoreTtl ? 0 : revertWindow(found.snapshots),
    open: new Set(found.openPlans.map(({ planId }) => planId)),
  });
  const counts: PrunedCounts = {
    environmentRecords: obsolete.records.length,
    ledgerEntries: obsolete.entries.length,
    planDocuments: obsolete.documents.length,
    journalRows: obsolete.journal.reduce((sum, planId) => sum + (history.journal.get(planId) ?? 0), 0),
  };
  if (lock !== null && Object.values(counts).some((count) => count > 0)) await state.prune(lock, obsolete);
  return counts;
}

/** As long as any version that was replaced may be kept, and a day at least. */
function revertWindow(snapshots: readonly Snapshot[]): number {
  return snapshots.reduce((most, { ttl }) => Math.max(most, ttl), 86_400_000);
}

/** An open plan by its name in the ledger. */
interface OpenApply extends OpenPlan {
  readonly planId: string;
}

async function membersOf(
  state: State,
  environments: ReadonlyMap<EnvironmentName, Environment>,
): Promise<readonly Snapshot[]> {
  const found = await state.readSnapshots([...environments.values()].flatMap(({ members }) => members));
  return [...found.values()];
}

/** Plans that began to be applied and may be resumed: nothing has moved their environment since. */
async function readOpenPlans(
  state: State,
  environments: ReadonlyMap<EnvironmentName, Environment>,
  snapshots: readonly Snapshot[],
  now: number,
): Promise<readonly OpenApply[]> {
  const longest = snapshots.reduce((most, { ttl }) => Math.max(most, ttl), 0);
  const entries = await state.readUnfinishedLedger(now - longest);
  const plans: OpenApply[] = [];
  for (const entry of entries.filter((one) => mayResume(one, environments.get(one.environment)))) {
    const plan = await state.readPlan(entry.planId);
    if (plan !== null) plans.push({ planId: entry.planId, startedAt: entry.startedAt, uses: usedBy(plan) });
  }
  return plans;
}

function mayResume(entry: LedgerEntry, environment: Environment | undefined): boolean {
  if (entry.status === "applying" || environment?.planId === entry.planId) return true;
  return (entry.environmentVersion ?? 0) === (environment?.version ?? 0);
}

function usedBy(plan: PlanDocument): readonly SnapshotId[] {
  return [
    ...plan.snapshots.map(({ snapshot }) => snapshot),
    ...plan.models.flatMap(({ snapshot, previous }) => [snapshot, previous].filter((id) => id !== null)),
    ...stepSnapshots(plan.steps),
  ];
}

function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new SluiceError("CANCELLED", "The clean-up was cancelled; what is gone is gone.");
}
