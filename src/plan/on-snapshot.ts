/** The part of a step that says whose table it works on, and what is read for it. */

import { physicalName } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { hasPhysicalObject } from "../snapshot/kind.ts";
import type { Decided } from "./categorise.ts";
import { isLost } from "./drift.ts";
import { idOf, isLive, type PlanShape, shownTable } from "./shape.ts";
import type { Step, TableMapping } from "./step.ts";

export type OnSnapshot = Pick<
  Extract<Step, { kind: "backfill" }>,
  "model" | "snapshot" | "table" | "dev" | "reads" | "inlines" | "live"
>;

/** The part of a step that says which table is written and which are read. */
export function onSnapshot(node: Decided, dev: boolean, shape: PlanShape): OnSnapshot {
  const { name } = node.snapshot;
  const { lineage } = shape.input.comparison;
  const parents = (lineage.parents.get(name) ?? [])
    .map((parent) => shape.decided.get(parent))
    .filter((one) => one !== undefined);
  const table = hasPhysicalObject(node.snapshot.facts)
    ? physicalName(node.snapshot, dev)
    : node.snapshot.facts.parts;
  const reads: Record<ModelName, TableMapping[string]> = {};
  for (const parent of parents)
    if (hasPhysicalObject(parent.snapshot.facts)) reads[parent.snapshot.name] = shownTable(parent, shape);
  if (node.snapshot.facts.selfReferencing) reads[name] = table;
  const inlines = parents.filter((parent) => parent.snapshot.facts.kind.name === "EMBEDDED").map(idOf);
  return {
    model: name,
    snapshot: idOf(node),
    table,
    dev,
    reads,
    inlines,
    live: isLive(node, dev) && !isLost(node, dev, shape.drift),
  };
}
