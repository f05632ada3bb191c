/** The snapshots and full models an apply works with: new ones from the plan, the others from state, in few reads. */

import type { EnvironmentMember } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { prepareRendering } from "../model/render-jinja.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import type { State } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";

export interface Definitions {
  /** Throws STATE_INVALID for one that is neither in the plan nor in state. */
  snapshot(id: SnapshotId): Snapshot;
  model(id: SnapshotId): Model;
}

export async function loadDefinitions(
  state: State,
  plan: PlanDocument,
  members: readonly EnvironmentMember[],
): Promise<Definitions> {
  const planned = new Map(plan.snapshots.map((entry) => [snapshotKey(entry.snapshot), entry]));
  const snapshots = new Map<string, Snapshot>();
  for (const [key, { snapshot }] of planned) snapshots.set(key, snapshot);
  const unknown = [...members, ...stepSnapshots(plan.steps)].filter((id) => !snapshots.has(snapshotKey(id)));
  for (const [key, snapshot] of await state.readSnapshots(unknown)) snapshots.set(key, snapshot);

  const models = new Map<string, Model>();
  for (const [key, { model }] of planned) models.set(key, model);
  // Texts that run: of models with steps, those they inline, and those whose views move.
  const wanted = stepSnapshots(plan.steps).filter((id) => !models.has(snapshotKey(id)));
  for (const [key, model] of await state.readModels(wanted)) models.set(key, model);
  await prepareRendering(models.values());

  return {
    snapshot: (id) => snapshots.get(snapshotKey(id)) ?? missing(id),
    model: (id) => models.get(snapshotKey(id)) ?? missing(id),
  };
}

/** Every snapshot that these steps work on or look into. */
export function stepSnapshots(steps: readonly Step[]): readonly SnapshotId[] {
  return steps.flatMap((step) => [
    ...("snapshot" in step ? [step.snapshot] : []),
    ...("inlines" in step ? step.inlines : []),
    ...(step.kind === "switch" ? step.views.map((view) => view.snapshot) : []),
  ]);
}

function missing(id: SnapshotId): never {
  throw new SluiceError(
    "STATE_INVALID",
    `The snapshot ${id.name}@${id.identifier} is neither in the plan nor in state.`,
    {
      hint: "Plan again: it was cleaned up since this plan was made.",
      details: { reason: "stale" },
    },
  );
}
