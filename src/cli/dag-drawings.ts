/** The graph of models as text: a tree for people, Mermaid and Graphviz for drawing. */
import { SluiceError } from "../errors.ts";
import { didYouMean } from "../model/nearest.ts";
import { mermaidLabel, oneLine, terminalText } from "../report/escape.ts";
import type { DagNode } from "../use-cases/dag.ts";
import type { Terminal } from "./terminal.ts";

/** The named models with everything upstream and downstream of them. */
export function around(nodes: readonly DagNode[], wanted: readonly string[]): readonly DagNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const name of wanted) {
    if (byName.has(name)) continue;
    throw new SluiceError("USAGE", `the project has no model ${name}`, {
      hint: didYouMean(name, byName.keys(), "See sluice dag.") ?? "",
    });
  }
  const kept = new Set(wanted);
  // Nodes come parents first, so one pass each way finds all.
  for (const node of nodes) if (node.reads.some((parent) => kept.has(parent))) kept.add(node.name);
  const up = new Set(wanted);
  for (const node of [...nodes].reverse())
    if (up.has(node.name)) for (const parent of node.reads) up.add(parent);
  return nodes.filter((node) => kept.has(node.name) || up.has(node.name));
}

/** A tree from the roots down; every model once in full, later mentions as `→ name`. */
export function tree(nodes: readonly DagNode[], paint: Terminal["paint"]): string {
  const known = new Set(nodes.map((node) => node.name));
  const children = new Map<string, string[]>();
  const external = new Set<string>();
  for (const node of nodes) {
    for (const parent of node.reads) {
      if (!known.has(parent)) external.add(parent);
      children.set(parent, [...(children.get(parent) ?? []), node.name]);
    }
  }
  const kinds = new Map(nodes.map((node) => [node.name, node.kind]));
  const roots = [
    ...[...external].sort(),
    ...nodes.filter((node) => node.reads.length === 0).map((node) => node.name),
  ];
  const seen = new Set<string>();
  const lines: string[] = [];
  const visit = (name: string, head: string, tail: string) => {
    const again = seen.has(name);
    const kind = kinds.get(name) ?? "EXTERNAL";
    const shown = terminalText(oneLine(name));
    lines.push(
      again ? `${head}${paint("dim", `→ ${shown}`)}` : `${head}${paint("cyan", shown)} ${paint("dim", kind)}`,
    );
    if (again) return;
    seen.add(name);
    const below = children.get(name) ?? [];
    below.forEach((child, index) => {
      const last = index === below.length - 1;
      visit(child, `${tail}${last ? "└─ " : "├─ "}`, `${tail}${last ? "   " : "│  "}`);
    });
  };
  for (const root of roots) visit(root, "", "");
  return lines.length === 0 ? "The project has no models." : lines.join("\n");
}

/** A Mermaid flowchart. */
export function mermaid(nodes: readonly DagNode[]): string {
  const { ids, edges } = numbered(nodes);
  return [
    "flowchart LR",
    ...[...ids].map(([name, id]) => `  ${id}["${mermaidLabel(name)}"]`),
    ...edges.map(([from, to]) => `  ${from} --> ${to}`),
  ].join("\n");
}

/** A Graphviz digraph. */
export function dot(nodes: readonly DagNode[]): string {
  const { ids, edges } = numbered(nodes);
  const quoted = (name: string) => `"${oneLine(name).replace(/["\\]/g, "\\$&")}"`;
  return [
    "digraph models {",
    "  rankdir=LR;",
    "  node [shape=box];",
    ...[...ids].map(([name, id]) => `  ${id} [label=${quoted(name)}];`),
    ...edges.map(([from, to]) => `  ${from} -> ${to};`),
    "}",
  ].join("\n");
}

function numbered(nodes: readonly DagNode[]) {
  const ids = new Map<string, string>();
  const idOf = (name: string) => {
    const id = ids.get(name) ?? `n${ids.size}`;
    ids.set(name, id);
    return id;
  };
  for (const node of nodes) idOf(node.name);
  const edges = nodes.flatMap((node) => node.reads.map((parent) => [idOf(parent), idOf(node.name)] as const));
  return { ids, edges };
}
