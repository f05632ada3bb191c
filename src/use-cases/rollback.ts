/** Plans the way back to a former version of an environment (design 10); applying it is applying a plan. */
import { randomBytes } from "node:crypto";
import { isImportWork } from "../adopt/import-work.ts";
import type { Engine } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import type { Environment, EnvironmentName, EnvironmentView } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { PlanDocument, PlanSource } from "../plan/plan.ts";
import { buildRollback, viewsOfRecord } from "../plan/rollback.ts";
import type { Rewritten } from "../plan/rollback-losses.ts";
import { rollbackTarget } from "../plan/rollback-target.ts";
import type { SnapshotId } from "../snapshot/snapshot.ts";
import type { State } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";
import { planningSettings } from "./planning-settings.ts";
import { toolVersion } from "./version.ts";
import type { Workspace } from "./workspace.ts";

export interface RollbackRequest {
  readonly environment: EnvironmentName;
  /** Version to go back to; absent = the last one that showed something else. */
  readonly to?: number;
  readonly source?: PlanSource;
}

/** The plan of a rollback; nothing is touched. Throws PLAN_REFUSED, with a list where something cannot be restored. */
export async function makeRollback(workspace: Workspace, request: RollbackRequest): Promise<PlanDocument> {
  const [engine, state] = [await workspace.engine(), await workspace.state()];
  const { settings } = await workspace.config();
  const now = workspace.options.now();
  const history = await readHistory(state, request.environment, request.to);
  const target = rollbackTarget(request.environment, history, request.to);
  const current = history[0] as Environment;
  if (current.expiresAt !== null && current.expiresAt <= now) {
    throw new SluiceError("PLAN_REFUSED", `the environment ${current.name} has expired`, {
      hint: "Plan it again from the project.",
    });
  }
  await assertViewsKnown(state, current, target);
  const snapshots = await state.readSnapshots([...current.members, ...target.members]);
  const shown = target.name === prod ? [] : await readShown(state, target);
  const views = viewsOfRecord(target, snapshots, shown);
  const objects = await engine.objects(views.map(({ table }) => table));
  const { environmentTtl, pinnedEnvironments } = planningSettings(settings, now);
  return buildRollback({
    current,
    target,
    snapshots,
    intervals: await state.readIntervals([...snapshots.values()]),
    models: await state.readModels(changedMembers(current, target)),
    shown,
    exists: (table) => objects.has(nameKey(table)),
    rewritten: await readRewritten(state, history, target),
    engine: describeEngine(engine),
    renameWaits: engine.traits.renameWaits,
    ttl: target.name === prod || pinnedEnvironments.includes(target.name) ? null : environmentTtl,
    planId: randomBytes(16).toString("hex"),
    toolVersion,
    now,
    ...(request.source ? { source: request.source } : {}),
  });
}

/** What was not taken over with an import had views of SQLMesh's then: a rollback could only drop them. */
async function assertViewsKnown(state: State, current: Environment, target: Environment): Promise<void> {
  const entry = await state.readLedger(target.planId);
  if (entry === null || !isImportWork(entry.work)) return;
  const known = new Set(target.members.map(({ name }) => name));
  const lost = current.members.map(({ name }) => name).filter((name) => !known.has(name));
  if (lost.length === 0) return;
  throw new SluiceError(
    "PLAN_REFUSED",
    `version ${target.version} of ${target.name} was taken over from SQLMesh without ${lost.slice(0, 5).join(", ")}, whose views of then are not on record`,
    { hint: "Go back in the project and plan instead.", details: { models: lost } },
  );
}

function describeEngine(engine: Engine): PlanDocument["engine"] {
  const { type, flavour, version, traits } = engine;
  return { type, flavour, version, switch: traits.switch };
}

/** Newest first; further and further back until there is a version to go to. */
async function readHistory(
  state: State,
  environment: EnvironmentName,
  to: number | undefined,
): Promise<readonly Environment[]> {
  for (let limit = 10; ; limit *= 10) {
    const history = await state.readEnvironmentHistory(environment, limit);
    if (history.length < limit || limit >= 10_000) return history;
    if (to !== undefined) {
      if ((history.at(-1)?.version ?? 0) <= to) return history;
    } else if (hasTarget(environment, history)) return history;
  }
}

function hasTarget(environment: EnvironmentName, history: readonly Environment[]): boolean {
  try {
    rollbackTarget(environment, history, undefined);
    return true;
  } catch {
    return false;
  }
}

/** A development plan sets every view, so the plan of a record tells all of them. */
async function readShown(state: State, target: Environment): Promise<readonly EnvironmentView[]> {
  const plan = await state.readPlan(target.planId);
  if (plan !== null) return plan.steps.flatMap((step) => (step.kind === "switch" ? step.views : []));
  throw new SluiceError(
    "PLAN_REFUSED",
    `the plan that made version ${target.version} of ${target.name} is no longer stored`,
    { hint: "Plan the environment from the project instead." },
  );
}

/** Restatements by the plans that came after the target. */
async function readRewritten(
  state: State,
  history: readonly Environment[],
  target: Environment,
): Promise<readonly Rewritten[]> {
  const rewritten: Rewritten[] = [];
  for (const { planId } of history.filter(({ version }) => version > target.version)) {
    const plan = await state.readPlan(planId);
    for (const { name } of plan?.restatements ?? []) rewritten.push({ model: name, planId });
  }
  return rewritten;
}

function changedMembers(current: Environment, target: Environment): readonly SnapshotId[] {
  const [now, then] = [current, target].map(({ members }) => new Set(members.map(snapshotKey)));
  return [
    ...current.members.filter((member) => !then?.has(snapshotKey(member))),
    ...target.members.filter((member) => !now?.has(snapshotKey(member))),
  ];
}
