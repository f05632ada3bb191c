/** The graph of models: order, ancestors, descendants, circles. Names that no node has (external tables) are left out. */
import { SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "./model.ts";

export type GraphNode = Pick<ModelFacts, "name" | "dependsOn" | "path">;

export interface ModelGraph {
  /** Every name, parents before children; ties in the order of names, so equal projects give equal orders. */
  readonly order: readonly ModelName[];
  parents(name: ModelName): readonly ModelName[];
  children(name: ModelName): readonly ModelName[];
  /** Everything these read, directly or not, without themselves unless one reads another. */
  ancestors(names: Iterable<ModelName>): ReadonlySet<ModelName>;
  descendants(names: Iterable<ModelName>): ReadonlySet<ModelName>;
}

const graphs = new WeakMap<ReadonlyMap<ModelName, GraphNode>, ModelGraph>();

/** As {@link buildGraph}, once for each map: it is asked for wherever a plan looks up or down. */
export function graphOf(nodes: ReadonlyMap<ModelName, GraphNode>): ModelGraph {
  const kept = graphs.get(nodes);
  if (kept !== undefined) return kept;
  const graph = buildGraph(nodes.values());
  graphs.set(nodes, graph);
  return graph;
}

/** Builds the graph. Throws MODEL_CYCLE, printing the circle as `a → b → a`. */
export function buildGraph(nodes: Iterable<GraphNode>): ModelGraph {
  const byName = new Map([...nodes].map((node) => [node.name, node]));
  const parents = new Map<ModelName, ModelName[]>();
  const children = new Map<ModelName, ModelName[]>([...byName.keys()].map((name) => [name, []]));
  for (const name of [...byName.keys()].sort()) {
    const own = (byName.get(name) as GraphNode).dependsOn.filter(
      (parent) => byName.has(parent) && parent !== name,
    );
    parents.set(name, own);
    for (const parent of own) children.get(parent)?.push(name);
  }
  return {
    order: sortTopologically(byName, parents, children),
    parents: (name) => parents.get(name) ?? [],
    children: (name) => children.get(name) ?? [],
    ancestors: (names) => reach(names, parents),
    descendants: (names) => reach(names, children),
  };
}

function reach(
  names: Iterable<ModelName>,
  edges: ReadonlyMap<ModelName, readonly ModelName[]>,
): ReadonlySet<ModelName> {
  const found = new Set<ModelName>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const next of edges.get(name) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

function sortTopologically(
  byName: ReadonlyMap<ModelName, GraphNode>,
  parents: ReadonlyMap<ModelName, readonly ModelName[]>,
  children: ReadonlyMap<ModelName, readonly ModelName[]>,
): ModelName[] {
  const missing = new Map([...parents].map(([name, own]) => [name, own.length]));
  let level = [...missing]
    .filter(([, count]) => count === 0)
    .map(([name]) => name)
    .sort();
  const order: ModelName[] = [];
  while (level.length > 0) {
    const next: ModelName[] = [];
    for (const name of level) {
      order.push(name);
      for (const child of children.get(name) ?? []) {
        const left = (missing.get(child) as number) - 1;
        missing.set(child, left);
        if (left === 0) next.push(child);
      }
    }
    level = next.sort();
  }
  if (order.length < byName.size) throw cycleError(byName, parents, new Set(order));
  return order;
}

function cycleError(
  byName: ReadonlyMap<ModelName, GraphNode>,
  parents: ReadonlyMap<ModelName, readonly ModelName[]>,
  sorted: ReadonlySet<ModelName>,
): SluiceError {
  const path: ModelName[] = [];
  let name = [...byName.keys()].filter((candidate) => !sorted.has(candidate)).sort()[0] as ModelName;
  while (!path.includes(name)) {
    path.push(name);
    name = (parents.get(name) ?? []).find((parent) => !sorted.has(parent)) as ModelName;
  }
  const circle = [...path.slice(path.indexOf(name)), name];
  return new SluiceError("MODEL_CYCLE", `the models depend on each other in a cycle: ${circle.join(" → ")}`, {
    place: { file: (byName.get(name) as GraphNode).path },
    hint: "Remove one of these references.",
    details: { cycle: circle },
  });
}
