/**
 * `Sluice-Allow-Destructive: shop.orders` in a pull request: leave for its plan, and for no other, to drop or retype columns
 * of the live tables of these models. Whoever reviews the pull request sees it above everything else.
 */
import type { Permission } from "../plan/permissions.ts";
import { isModelNames, parseModelNames, trailersIn } from "./trailers.ts";

const keys = { destructive: "Sluice-Allow-Destructive", additive: "Sluice-Allow-Additive" } as const;

/** The lines that would allow these changes; none for a model whose name no line can hold. */
export function permissionLines(
  changes: readonly { readonly change: keyof typeof keys; readonly model: string }[],
): readonly string[] {
  return (["destructive", "additive"] as const).flatMap((change) => {
    const models = changes.filter((each) => each.change === change).map(({ model }) => model);
    const line = [...new Set(models)].sort().join(", ");
    return models.length > 0 && isModelNames(line) ? [`${keys[change]}: ${line}`] : [];
  });
}

/** Throws PLAN_OPTION_INVALID for a line that does not fit. */
export function parsePermissionTrailers(
  texts: readonly string[],
  pull: number,
  author: string,
): readonly Permission[] {
  const by = author === "" ? `pull request ${pull}` : `pull request ${pull} of ${author}`;
  return (["destructive", "additive"] as const).flatMap((change) => {
    const key = keys[change];
    const what = `a ${key} line of pull request ${pull}`;
    const models = trailersIn(texts, key).flatMap((line) =>
      parseModelNames(line, what, `${key}: shop.orders`),
    );
    return models.length === 0 ? [] : [{ change, models: [...new Set(models)].sort(), by }];
  });
}
