/**
 * Who reads whom among the nodes of one plan or environment. Parents of a snapshot include those an EMBEDDED
 * parent brings along (spec plan-and-apply 1.2). Tables outside the project are not nodes and do not appear.
 */
import { graphOf } from "../model/graph.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";

export interface Lineage {
  /** Every node, parents before children; equal projects give equal orders. */
  readonly order: readonly ModelName[];
  /** Direct dependencies that are nodes, sorted. */
  readonly dependencies: ReadonlyMap<ModelName, readonly ModelName[]>;
  /** `dependencies`, plus parents of EMBEDDED parents, sorted. */
  readonly parents: ReadonlyMap<ModelName, readonly ModelName[]>;
  /** Inverse of `parents`, sorted. */
  readonly children: ReadonlyMap<ModelName, readonly ModelName[]>;
}

/** Throws MODEL_CYCLE when nodes depend on each other in a circle. */
export function lineageOf(nodes: ReadonlyMap<ModelName, ModelFacts>): Lineage {
  const graph = graphOf(nodes);
  const dependencies = new Map(graph.order.map((name) => [name, graph.parents(name).toSorted()]));
  const parents = new Map<ModelName, readonly ModelName[]>();
  for (const name of graph.order) {
    const all = new Set(graph.parents(name));
    for (const parent of graph.parents(name)) {
      if (nodes.get(parent)?.kind.name !== "EMBEDDED") continue;
      for (const grandparent of parents.get(parent) ?? []) all.add(grandparent);
    }
    parents.set(name, [...all].sort());
  }
  return { order: graph.order, dependencies, parents, children: invert(parents) };
}

/** Everything above these nodes, transitively, without them unless one is above another. */
export function ancestorsOf(names: Iterable<ModelName>, lineage: Lineage): ReadonlySet<ModelName> {
  return reach(names, lineage.parents);
}

/** Everything below these nodes, transitively, without them unless one is below another. */
export function descendantsOf(names: Iterable<ModelName>, lineage: Lineage): ReadonlySet<ModelName> {
  return reach(names, lineage.children);
}

function reach(
  from: Iterable<ModelName>,
  edges: ReadonlyMap<ModelName, readonly ModelName[]>,
): ReadonlySet<ModelName> {
  const seen = new Set<ModelName>();
  const queue = [...from].flatMap((name) => edges.get(name) ?? []);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(edges.get(next) ?? []));
  }
  return seen;
}

function invert(
  edges: ReadonlyMap<ModelName, readonly ModelName[]>,
): ReadonlyMap<ModelName, readonly ModelName[]> {
  const inverse = new Map<ModelName, ModelName[]>([...edges.keys()].map((name) => [name, []]));
  for (const [name, targets] of edges) for (const target of targets) inverse.get(target)?.push(name);
  for (const list of inverse.values()) list.sort();
  return inverse;
}
