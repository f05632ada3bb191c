/** What a change does to the columns a model gives (spec plan-and-apply 4.8). */
import type { SchemaChangePolicy } from "../model/model.ts";
import type { Column } from "../sql/name-parts.ts";
import type { Decided } from "./categorise.ts";
import type { ColumnChanges } from "./plan.ts";
import type { PlanShape } from "./shape.ts";

export const noColumnChanges: ColumnChanges = { added: [], removed: [], retyped: [] };

/** Between the snapshot before and after, as far as both lists are known. */
export function columnChangesOf(node: Decided, shape: PlanShape): ColumnChanges | null {
  const { candidate, snapshot } = node;
  const before = candidate.before?.facts.columns ?? null;
  const after = snapshot.facts.columns ?? shape.input.columnsOf(snapshot.name);
  if (before === null || after === null) return null;
  return compareColumns(after, before);
}

export function compareColumns(after: readonly Column[], before: readonly Column[]): ColumnChanges {
  const now = new Map(after.map((column) => [column.name.toLowerCase(), column]));
  const then = new Map(before.map((column) => [column.name.toLowerCase(), column]));
  return {
    added: after.filter((column) => !then.has(column.name.toLowerCase())).map((column) => column.name),
    removed: before.filter((column) => !now.has(column.name.toLowerCase())).map((column) => column.name),
    retyped: before.flatMap((column) => {
      const to = now.get(column.name.toLowerCase())?.type ?? null;
      const same = to === null || column.type === null || to.toLowerCase() === column.type.toLowerCase();
      return same ? [] : [{ name: column.name, from: column.type ?? "", to: to ?? "" }];
    }),
  };
}

/** Kinds without the property allow everything: they are rebuilt. */
export function policyOf(
  kind: Decided["snapshot"]["facts"]["kind"],
  policy: "onDestructiveChange" | "onAdditiveChange",
): SchemaChangePolicy {
  return policy in kind ? (kind as Record<typeof policy, SchemaChangePolicy>)[policy] : "ALLOW";
}
