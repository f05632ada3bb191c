/** What someone loses when the plan is applied: the list that always stays at the top. */
import type { PlanDocument } from "../plan/plan.ts";
import { name, nameList, type Phrase, phrase } from "./phrase.ts";

export interface DestructiveChange {
  readonly model: string;
  /**
   * `data`: rows or columns of a live table are gone for good; `view`: a name readers use disappears;
   * `column`: a view keeps its name but loses columns (the old table stays until clean-up).
   */
  readonly loses: "data" | "view" | "column";
  readonly text: Phrase;
}

const order = ["data", "view", "column"] as const;

/** Most serious first, then by name. */
export function destructiveChanges(plan: PlanDocument): readonly DestructiveChange[] {
  const found: DestructiveChange[] = [];
  for (const model of plan.models) {
    const shown = name(model.displayName);
    if (model.change === "removed") {
      found.push({
        model: model.displayName,
        loses: "view",
        text: phrase`${shown} is removed: its view disappears from ${name(plan.environment.name)}`,
      });
      continue;
    }
    const retyped = model.columns.retyped.filter(({ name: column }) => model.destructive.includes(column));
    const lost = model.destructive.filter((column) => !retyped.some((one) => one.name === column));
    if (lost.length > 0) {
      found.push({
        model: model.displayName,
        loses: "data",
        text: phrase`${shown} loses ${nameList(lost, 10)} of its live table, with the data in it`,
      });
    }
    for (const { name: column, from, to } of retyped) {
      found.push({
        model: model.displayName,
        loses: "data",
        text: phrase`${shown} changes ${name(column)} of its live table from ${name(from)} to ${name(to)}: its values are converted`,
      });
    }
    const gone = model.columns.removed.filter((column) => !model.destructive.includes(column));
    if (gone.length > 0 && model.previous !== null) {
      found.push({
        model: model.displayName,
        loses: "column",
        text: phrase`${shown} no longer shows ${nameList(gone, 10)}`,
      });
    }
  }
  return found.sort(
    (a, b) =>
      order.indexOf(a.loses) - order.indexOf(b.loses) || (a.model < b.model ? -1 : a.model > b.model ? 1 : 0),
  );
}
