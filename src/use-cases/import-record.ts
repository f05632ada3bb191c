/** Writes what an import proved: snapshots, intervals, environment and ledger in one transaction, under production's lock. */
import { randomBytes } from "node:crypto";
import type { AdoptedModel } from "../adopt/adoption.ts";
import { importWork, isImportWork } from "../adopt/import-work.ts";
import { pointerStatement } from "../apply/pointer.ts";
import { digestOf } from "../digest.ts";
import { nameKey } from "../engine/engine.ts";
import type { Environment } from "../environment/environment.ts";
import { pointerName, prod, viewNamingOf } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Outcome } from "../plan/outcome.ts";
import { hasPhysicalObject } from "../snapshot/kind.ts";
import { lockForWork } from "../state/clean-lock.ts";
import type { LedgerEntry, State, StateLock } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";
import { planningSettings } from "./planning-settings.ts";
import type { Workspace } from "./workspace.ts";

export interface ImportRecord {
  readonly owner: string;
  readonly adopted: readonly AdoptedModel[];
  /** Id of the plan SQLMesh applied last. */
  readonly source: string;
  readonly lockWait?: number;
}

export interface RecordedImport {
  readonly result: "imported" | "unchanged";
  readonly environmentVersion: number;
}

/** Throws PLAN_REFUSED when nothing is adopted or production is Sluice's already, BREAKER_OPEN, LOCK_HELD. */
export async function recordImport(workspace: Workspace, record: ImportRecord): Promise<RecordedImport> {
  if (!record.adopted.some(({ snapshot }) => hasPhysicalObject(snapshot.facts))) {
    throw new SluiceError("PLAN_REFUSED", "no model can be adopted", {
      hint: "See the reasons; apply the project with SQLMesh once more, or let Sluice build production anew.",
    });
  }
  const state = await workspace.state();
  await state.migrate();
  await using lock = await lockForWork(state, prod, record.owner, { wait: record.lockWait ?? 60_000 });
  try {
    return await recordLocked(workspace, state, lock, record);
  } finally {
    workspace.forget();
  }
}

async function recordLocked(
  workspace: Workspace,
  state: State,
  lock: StateLock,
  record: ImportRecord,
): Promise<RecordedImport> {
  const breaker = await state.readBreaker();
  if (breaker?.open) {
    throw new SluiceError("BREAKER_OPEN", `The breaker is open: ${breaker.reason} (${breaker.by}).`, {
      hint: "Close it with sluice breaker close, then import.",
    });
  }
  const present = (await state.readEnvironments()).get(prod) ?? null;
  await assertImported(state, present);
  await assertUnknown(state, record.adopted);
  const environment = await environmentOf(workspace, record, present);
  const same = present !== null && present.planDigest === environment.planDigest;
  if (!same) await writeAll(state, lock, workspace, record, environment);
  await ensurePointer(workspace, same ? present : environment);
  return same
    ? { result: "unchanged", environmentVersion: present.version }
    : { result: "imported", environmentVersion: environment.version };
}

/** An import may be repeated until a plan is applied: from then on production is Sluice's own. */
async function assertImported(state: State, present: Environment | null): Promise<void> {
  if (present === null) return;
  const entry = await state.readLedger(present.planId);
  if (entry !== null && isImportWork(entry.work)) return;
  throw new SluiceError("PLAN_REFUSED", `production is Sluice's already, at version ${present.version}`, {
    hint: "Only a production that Sluice never planned can be taken over.",
  });
}

/** The proof leaves out what Sluice built before; a development plan may have been applied since. */
async function assertUnknown(state: State, adopted: readonly AdoptedModel[]): Promise<void> {
  const stored = await state.readSnapshots(adopted.map(({ snapshot }) => snapshot));
  const built = adopted.filter(({ snapshot }) => {
    const known = stored.get(snapshotKey(snapshot));
    return known !== undefined && known.version !== snapshot.version;
  });
  if (built.length === 0) return;
  const names = built.map(({ snapshot }) => snapshot.name);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  throw new SluiceError(
    "PLAN_REFUSED",
    `Sluice has tables of its own for ${names.slice(0, 5).join(", ")}${more}, built for a development environment`,
    {
      hint: "Remove that environment with sluice invalidate, run sluice clean --ignore-ttl, then import.",
      details: { models: names },
    },
  );
}

async function environmentOf(
  workspace: Workspace,
  { adopted, source }: ImportRecord,
  present: Environment | null,
): Promise<Environment> {
  const { settings } = await workspace.config();
  const now = workspace.options.now();
  const planning = planningSettings(settings, now);
  const members = adopted
    // As in every plan of production: all of them, with a view or without one.
    .map(({ snapshot }) => ({ name: snapshot.name, identifier: snapshot.identifier, promoted: true }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const versions = adopted
    .map(({ snapshot }) => [snapshot.name, snapshot.identifier, snapshot.version])
    .sort();
  const starts = adopted.flatMap(({ intervals }) => intervals.map(([start]) => start));
  return {
    name: prod,
    version: (present?.version ?? 0) + 1,
    naming: viewNamingOf(prod, planning),
    members,
    planId: randomBytes(16).toString("hex"),
    planDigest: digestOf({ import: source, versions }),
    previousPlanId: present?.planId ?? null,
    startAt: starts.length === 0 ? null : starts.reduce((least, start) => Math.min(least, start)),
    endAt: null,
    finalizedAt: now,
    expiresAt: null,
    previousFinalized: null,
    statements: planning.statements,
  };
}

async function writeAll(
  state: State,
  lock: StateLock,
  workspace: Workspace,
  { adopted, owner }: ImportRecord,
  environment: Environment,
): Promise<void> {
  const now = workspace.options.now();
  const write = async (session: Parameters<State["writeEnvironment"]>[0]): Promise<void> => {
    await state.writeSnapshots(session, lock, adopted);
    const changes = adopted.flatMap(({ snapshot, intervals }) =>
      intervals.map((interval) => ({ snapshot, interval, dev: false })),
    );
    await state.addIntervals(session, lock, changes);
    await state.writeEnvironment(session, lock, environment);
    await state.unpause(
      session,
      lock,
      adopted.map(({ snapshot }) => snapshot),
      now,
    );
    await state.writeLedger(session, lock, ledgerEntryOf(environment, owner, now, adopted.length));
  };
  if (state.engine === null) await write(null);
  else await state.engine.transaction(write);
}

function ledgerEntryOf(environment: Environment, owner: string, now: number, models: number): LedgerEntry {
  const outcome: Outcome = {
    reason: "applied",
    sentence: `${models} models of SQLMesh's production were taken over; no view and no table was touched.`,
    production: "unchanged",
    planId: environment.planId,
    digest: environment.planDigest,
    environment: prod,
    environmentVersion: environment.version,
    stepsDone: 0,
    stepsTotal: 0,
    warnings: [],
  };
  return {
    planId: environment.planId,
    digest: environment.planDigest,
    work: importWork(environment.planDigest),
    environment: prod,
    status: "applied",
    owner,
    startedAt: now,
    finishedAt: now,
    environmentVersion: environment.version,
    executionTime: now,
    outcome: JSON.stringify(outcome),
  };
}

/** A view of Sluice's own, in its own schema: no reader of a model sees it. */
async function ensurePointer(workspace: Workspace, environment: Environment): Promise<void> {
  const engine = await workspace.engine();
  const pointer = pointerName(prod, environment.naming);
  if ((await engine.objects([pointer])).has(nameKey(pointer))) return;
  await engine.run(engine.statements.createSchema(pointer));
  await engine.run(
    engine.statements.createView(
      pointer,
      pointerStatement(engine, environment, environment.finalizedAt ?? 0),
    ),
  );
}
