/** Live tables that a plan began to rebuild beside themselves, and that nothing will go on with: for the clean-up. */
import { shortHash } from "../digest.ts";
import type { Engine } from "../engine/engine.ts";
import { physicalName } from "../environment/naming.ts";
import { hasPhysicalObject } from "../snapshot/kind.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { DroppedObject } from "./drop-objects.ts";
import { findTemporary } from "./scratch.ts";

/** Names of what outlives an apply end in the plan and the token of the lock (environment/naming.ts). */
const ofPlan = /^sluice__[a-z2-7]{13}_([a-z2-7]{13})_\d+$/;

/** Only while nobody applies. `open`: ids of plans that may go on. */
export async function findAbandoned(
  engine: Engine,
  snapshots: readonly Snapshot[],
  open: readonly string[],
): Promise<readonly DroppedObject[]> {
  const tables = snapshots
    .filter(({ facts }) => hasPhysicalObject(facts))
    .map((one) => physicalName(one, false));
  const kept = new Set(open.map(shortHash));
  const found = await findTemporary(engine, tables);
  return found.filter(({ name }) => {
    const plan = ofPlan.exec(name.table)?.[1];
    return plan !== undefined && !kept.has(plan);
  });
}
