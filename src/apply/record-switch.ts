/** What surrounds the moment views change, however they change: the last look at the base, and the record afterwards. */
import type { Session } from "../engine/engine.ts";
import type { EnvironmentView } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import { renderStatements } from "../model/render.ts";
import type { Step } from "../plan/step.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { snapshotKey } from "../state/state.ts";
import { checkBase } from "./base.ts";
import type { ApplyContext } from "./context.ts";
import { writeDone } from "./journal.ts";
import { viewContext } from "./rendering.ts";

export type SwitchStep = Extract<Step, { kind: "switch" }>;

/** CAS 2: the lock is ours, so only someone who took it over can have moved the environment. */
export async function assertBase(context: ApplyContext): Promise<void> {
  const { state, plan, before } = context;
  const now = (await state.readEnvironments()).get(plan.environment.name) ?? null;
  const verdict = checkBase(plan, now, before?.version ?? 0);
  if (verdict.kind !== "moved") return;
  throw new SluiceError("PLAN_REFUSED", verdict.sentence, {
    hint: "Plan again.",
    details: { reason: "stale" },
  });
}

/** `on_virtual_update` of the view's model. */
export async function runVirtualStatements(
  context: ApplyContext,
  session: Session,
  { snapshot, view }: EnvironmentView,
): Promise<void> {
  const model = context.definitions.model(snapshot);
  if (model.onVirtualUpdate.length === 0) return;
  const render = viewContext(context, "promoting", view);
  for (const statement of renderStatements(model, "virtual", render)) await session.run(statement);
}

/** Everything state must say once the views have moved. */
export async function recordSwitch(
  context: ApplyContext,
  session: Session | null,
  step: SwitchStep,
): Promise<void> {
  const { state, lock, plan, before, after, now } = context;
  await state.writeEnvironment(session, lock, after);
  if (plan.environment.name === prod) await state.unpause(session, lock, newlyLive(context), plan.end);
  // Whatever leaves the environment is kept for its time to live from now on, so that it can be brought back.
  const staying = new Set(after.members.map(snapshotKey));
  const leaving = (before?.members ?? []).filter((member) => !staying.has(snapshotKey(member)));
  await state.touchSnapshots(session, lock, leaving, now());
  await writeDone(context, session, [step]);
}

function newlyLive({ before, after, definitions }: ApplyContext): readonly Snapshot[] {
  const known = new Set((before?.members ?? []).map(snapshotKey));
  return after.members
    .filter((member) => !known.has(snapshotKey(member)))
    .map((member) => definitions.snapshot(member));
}
