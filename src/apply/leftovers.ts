/** The first thing an apply does with the warehouse: what earlier ones left under temporary names goes, or is gone on with. */
import type { Rebuilds } from "./rebuild.ts";
import { takeOverRebuilds } from "./rebuild.ts";
import type { Targets } from "./scratch.ts";
import { dropLeftovers, findTemporary } from "./scratch.ts";

/** What earlier applies left beside tables and views: dropped, but for rebuilds of this plan that can be gone on with. */
export async function tidyTemporary(
  holder: Parameters<typeof takeOverRebuilds>[0],
  targets: Targets,
): Promise<Rebuilds> {
  const { engine } = holder;
  // Where DDL rolls back nothing but a rebuild outlives its step.
  const steps = engine.traits.transactionalDdl ? { tables: [], views: [] } : targets;
  const found = await findTemporary(engine, [...targets.tables, ...steps.views]);
  await dropLeftovers(holder, steps, found);
  return takeOverRebuilds(holder, targets.tables, found);
}
