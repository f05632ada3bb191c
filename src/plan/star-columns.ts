/**
 * Models that select a star take over the columns of what they read: when those change, the model itself does, although
 * no letter of it changed (spec plan-and-apply 4.2: SQLMesh compares queries with stars expanded).
 */
import type { ModelFacts, ModelName } from "../model/model.ts";
import type { Lineage } from "../snapshot/lineage.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** `added`: every former column is still there, in the same order. `other`: anything else. */
export type ListChange = "added" | "other";

export interface ComparedNode {
  readonly facts: ModelFacts;
  readonly before: Snapshot | null;
}

/** For models whose own list of columns is a star: what the lists above them do. Models with nothing to take over are left out. */
export function starChanges(
  nodes: ReadonlyMap<ModelName, ComparedNode>,
  lineage: Lineage,
): ReadonlyMap<ModelName, ListChange> {
  const changes = new Map<ModelName, ListChange>();
  const stars = new Map<ModelName, ListChange>();
  for (const name of lineage.order) {
    const node = nodes.get(name);
    if (node === undefined || node.before === null) continue;
    const [after, before] = [node.facts.columns, node.before.facts.columns];
    if (after !== null && before !== null) {
      const change = compareLists(namesOf(after), namesOf(before));
      if (change !== null) changes.set(name, change);
    } else if (after === null && before === null && node.facts.kind.name !== "EXTERNAL") {
      const above = (lineage.dependencies.get(name) ?? [])
        .map((parent) => changes.get(parent))
        .filter((one) => one !== undefined);
      if (above.length === 0) continue;
      const change = above.includes("other") ? "other" : "added";
      changes.set(name, change);
      stars.set(name, change);
    }
  }
  return stars;
}

/** null when the lists are the same. */
function compareLists(after: readonly string[], before: readonly string[]): ListChange | null {
  if (after.length === before.length && after.every((name, i) => name === before[i])) return null;
  const former = new Set(before);
  const kept = after.filter((name) => former.has(name));
  return kept.length === before.length && kept.every((name, i) => name === before[i]) ? "added" : "other";
}

function namesOf(columns: readonly { readonly name: string }[]): readonly string[] {
  return columns.map((column) => column.name.toLowerCase());
}
