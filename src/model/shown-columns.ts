/** The columns readers of a model see: the query's own, and those its kind keeps beside them (spec project-format 3.11). */
import type { Column } from "../sql/name-parts.ts";
import type { ModelFacts } from "./model.ts";

/** Null = not known. `own`: the query's columns, where they are known better than from its text. */
export function shownColumns(
  facts: Pick<ModelFacts, "kind" | "columns">,
  own: readonly Column[] | null = facts.columns,
): readonly Column[] | null {
  const { kind } = facts;
  if (own === null || !("validFrom" in kind)) return own;
  const kept = [kind.validFrom, kind.validTo].filter((name) => !own.some((column) => column.name === name));
  return [...own, ...kept.map((name) => ({ name, type: kind.timeDataType }))];
}
