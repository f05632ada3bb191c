/** The part of the graph that changes, small enough to draw. */
import type { PlanDocument, PlannedModel } from "../plan/plan.ts";

export interface LineageNode {
  readonly id: string;
  readonly label: string;
  readonly look: "breaking" | "changed" | "indirect" | "removed" | "added" | "context";
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Changed models that found no place. */
  readonly omitted: number;
}

const maxNodes = 40;
const maxEdges = 80;

/** Changed models, most serious first, and the unchanged parents they read when there is room. */
export function buildLineage(plan: PlanDocument): Lineage {
  const read = new Set(plan.models.flatMap((model) => model.parents as readonly string[]));
  const changed = plan.models.filter(
    (model) => model.change !== "unmodified" && (model.parents.length > 0 || read.has(model.name)),
  );
  const kept = [...changed]
    .sort((a, b) => weight(a) - weight(b) || (a.name < b.name ? -1 : 1))
    .slice(0, maxNodes);
  const ids = new Map<string, string>();
  const nodes: LineageNode[] = [];
  const add = (key: string, label: string, look: LineageNode["look"]) => {
    ids.set(key, `n${nodes.length}`);
    nodes.push({ id: `n${nodes.length}`, label, look });
  };
  for (const model of kept) add(model.name, model.displayName, lookOf(model));

  const names = new Map(plan.models.map((model) => [model.name as string, model.displayName]));
  for (const model of kept.filter((each) => weight(each) < 5)) {
    for (const parent of model.parents) {
      if (!ids.has(parent) && nodes.length < maxNodes) add(parent, names.get(parent) ?? parent, "context");
    }
  }

  const edges: [string, string][] = [];
  for (const model of kept) {
    for (const parent of model.parents) {
      const from = ids.get(parent);
      const to = ids.get(model.name);
      if (from !== undefined && to !== undefined && edges.length < maxEdges) edges.push([from, to]);
    }
  }
  return { nodes, edges, omitted: changed.length - kept.length };
}

function weight(model: PlannedModel): number {
  switch (model.change) {
    case "removed":
      return 1;
    case "directly_modified":
      return model.category === "BREAKING" ? 0 : 2;
    case "added":
      return 3;
    case "metadata_updated":
      return 6;
    default:
      return 5;
  }
}

function lookOf(model: PlannedModel): LineageNode["look"] {
  if (model.change === "removed") return "removed";
  if (model.change === "added") return "added";
  if (model.change === "indirectly_modified") return "indirect";
  if (model.change === "metadata_updated") return "context";
  return model.category === "BREAKING" ? "breaking" : "changed";
}
