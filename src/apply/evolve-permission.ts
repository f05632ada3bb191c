/** Which changes of a live table's columns may be made: what the plan showed, and what the model's policies allow. */
import { SluiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { policyOf } from "../plan/columns.ts";
import { isWidening } from "../plan/evolution.ts";
import { permittedModels } from "../plan/permissions.ts";
import type { ColumnChanges } from "../plan/plan.ts";
import type { ApplyContext } from "./context.ts";
import type { EvolveStep } from "./evolve-table.ts";

/**
 * Of the changes that would make the table what the definition says, those to make. A plan that knew the columns gives
 * leave to drop and retype what it lists and nothing else; what it could not know is left to the policies.
 * Throws PLAN_REFUSED with reason `destructive` where they forbid it.
 */
export function permittedChanges(
  context: ApplyContext,
  step: EvolveStep,
  model: Model,
  { added, removed, retyped }: ColumnChanges,
): ColumnChanges {
  const reviewed = step.changes;
  const checkedFor = (policy: "onDestructiveChange" | "onAdditiveChange", what: string): boolean => {
    const change = policy === "onAdditiveChange" ? "additive" : "destructive";
    return isAllowed(context, model, policy, permittedModels(context.plan.options, change), what);
  };
  const widens = (column: ColumnChanges["retyped"][number]): boolean => isWidening(column.from, column.to);
  return {
    added: added.filter(
      (name) => reviewed?.added.includes(name) || checkedFor("onAdditiveChange", `gain the column ${name}`),
    ),
    removed: removed.filter((name) =>
      reviewed === null
        ? checkedFor("onDestructiveChange", `lose the column ${name}`)
        : reviewed.removed.includes(name),
    ),
    retyped: retyped.filter((column) => {
      if (widens(column)) return true;
      if (reviewed !== null) return reviewed.retyped.some((one) => one.name === column.name);
      return checkedFor("onDestructiveChange", `change the column ${column.name} to ${column.to}`);
    }),
  };
}

function isAllowed(
  context: ApplyContext,
  model: Model,
  which: "onDestructiveChange" | "onAdditiveChange",
  allowed: ReadonlySet<string>,
  change: string,
): boolean {
  const policy = policyOf(model.kind, which);
  if (policy === "IGNORE") return false;
  if (policy === "ALLOW" || allowed.has(model.name) || allowed.has(model.displayName)) return true;
  const what = `The live table of ${model.displayName} would ${change}`;
  if (policy === "WARN") {
    context.emit({ kind: "warning", at: context.now(), text: `${what}.` });
    return true;
  }
  const word = which === "onAdditiveChange" ? "additive" : "destructive";
  throw new SluiceError("PLAN_REFUSED", `${what}, which on_${word}_change forbids.`, {
    hint: `Allow it with allow_${word}_models, or change the model's policy.`,
    details: { reason: "destructive", model: model.name },
  });
}
