/** Which views an environment has after a plan, and which of them move (spec plan-and-apply 1.10, 7.1, 12.1–12.3). */

import type { EnvironmentView } from "../environment/environment.ts";
import { describeName, prod, showsByView, viewName } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { partsOf } from "../model/name.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { Decided } from "./categorise.ts";
import type { Comparison } from "./comparison.ts";
import type { PlanRange } from "./range.ts";
import { idOf, isPromoted, type PlanShape, shownTable } from "./shape.ts";

/** Names with a view after the plan; null = every model. */
export function promotedAfter(comparison: Comparison, range: PlanRange): ReadonlySet<ModelName> | null {
  const { environment, options } = comparison.input;
  if (environment === prod || options.includeUnmodified) return null;
  const kept = [...comparison.promotedBefore].filter((name) => comparison.candidates.has(name));
  const changed = [...comparison.candidates.values()]
    .filter((one) => one.change !== "unmodified")
    .map((one) => one.facts.name);
  return new Set([...kept, ...(range.chosen ?? changed)]);
}

/** Views to be made or moved, in order of names. In prod only those whose snapshot changed; in development all. */
export function movingViews(shape: PlanShape): readonly EnvironmentView[] {
  return viewNodes(shape)
    .filter((node) => viewMoves(node, shape))
    .map((node) => ({
      model: node.snapshot.name,
      snapshot: idOf(node),
      view: viewOf(node, shape),
      table: shownTable(node, shape),
    }));
}

/** Views of the environment's last record that have no place any more: removed, no longer shown, or named otherwise. */
export function droppedViews(shape: PlanShape): readonly NameParts[] {
  const { existing, input } = shape.input.comparison;
  if (existing === null) return [];
  const kept = new Set(viewNodes(shape).map((node) => describeName(viewOf(node, shape))));
  const drops = new Map<string, NameParts>();
  for (const member of existing.members) {
    const facts = input.stored.snapshots.get(keyOf(member))?.facts;
    if (!member.promoted || (facts !== undefined && !showsByView(facts, existing.name))) continue;
    const old = viewName(facts?.parts ?? partsOf(member.name), existing.name, existing.naming);
    if (!kept.has(describeName(old))) drops.set(describeName(old), old);
  }
  return [...drops].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
}

/** Nodes that have a view after the plan, by name. */
export function viewNodes(shape: PlanShape): readonly Decided[] {
  const { environment } = shape.input.comparison.input;
  const nodes = [...shape.decided.values()].filter(
    (node) => showsByView(node.snapshot.facts, environment) && isPromoted(node.snapshot.name, shape),
  );
  return nodes.sort((a, b) => (a.snapshot.name < b.snapshot.name ? -1 : 1));
}

export function viewOf(node: Decided, shape: PlanShape): NameParts {
  return viewName(node.snapshot.facts.parts, shape.input.comparison.input.environment, shape.naming);
}

/** The environment's last promotion did not end, so nobody knows which of its views are in place. */
export function isUnfinished(comparison: Comparison): boolean {
  return comparison.baseline !== null && comparison.baseline.finalizedAt === null;
}

/** The node has a view after the plan, and it is made or set anew. */
export function viewMoves(node: Decided, shape: PlanShape): boolean {
  const { comparison } = shape.input;
  if (!showsByView(node.snapshot.facts, comparison.input.environment)) return false;
  if (!isPromoted(node.snapshot.name, shape)) return false;
  if (comparison.input.environment !== prod || comparison.isNew || isUnfinished(comparison)) return true;
  if (node.candidate.change !== "unmodified" || !comparison.promotedBefore.has(node.snapshot.name))
    return true;
  return shape.isRenamed || shape.drift.views.has(node.snapshot.name);
}
