/** Selectors of a plan's options → names of models, as the plan and its document have them. */
import { SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { selectModels } from "../model/selector.ts";
import type { Selections, StoredFacts } from "../plan/comparison.ts";
import type { Permission } from "../plan/permissions.ts";
import type { NormalisedOptions } from "../plan/plan.ts";
import type { Project } from "../project/project.ts";
import { namedPermissions, requestedModels } from "./asked-for.ts";

export interface Expanded {
  readonly selections: Selections;
  /** What is permitted stands there by name, so that the digest of the plan covers it and apply needs no selectors. */
  readonly options: NormalisedOptions;
}

/**
 * Selectors name models of the project and, so that removed ones can be named too, of the environments. Throws
 * PLAN_OPTION_INVALID for one that matches nothing.
 */
export function expandSelections(
  options: NormalisedOptions,
  { facts: nodes, settings }: Project,
  stored: StoredFacts,
): Expanded {
  const all = new Map<ModelName, ModelFacts>(
    [...stored.snapshots.values()].map((snapshot) => [snapshot.name, snapshot.facts]),
  );
  for (const [name, facts] of nodes) all.set(name, facts);
  const names = settings.defaultCatalog === undefined ? {} : { defaultCatalog: settings.defaultCatalog };
  const expand = (what: string, selectors: readonly string[] | undefined) =>
    selectors === undefined ? undefined : matching(what, selectors, all, names);
  const select = expand("select_models", options.selectModels);
  const backfill = expand("backfill_models", options.backfillModels);
  const restate = expand("restate_models", options.restateModels);
  const destructive = expand("allow_destructive_models", nonEmpty(options.allowDestructiveModels));
  const additive = expand("allow_additive_models", nonEmpty(options.allowAdditiveModels));
  const permissions = namedPermissions(options, nodes, names);
  const allowed = (own: ReadonlySet<ModelName> | undefined, change: Permission["change"]) =>
    new Set([
      ...(own ?? []),
      ...permissions.flatMap((one) => (one.change === change ? (one.models as readonly ModelName[]) : [])),
    ]);
  return {
    selections: {
      ...(select ? { select } : {}),
      ...(backfill ? { backfill } : {}),
      ...(restate ? { restate } : {}),
      ...(options.restateRequests === undefined ? {} : { requested: requestedModels(options, nodes, names) }),
      allowDestructive: allowed(destructive, "destructive"),
      allowAdditive: allowed(additive, "additive"),
    },
    options: {
      ...options,
      allowDestructiveModels: [...(destructive ?? [])].sort(),
      allowAdditiveModels: [...(additive ?? [])].sort(),
      ...(permissions.length === 0 ? {} : { permissions }),
    },
  };
}

function matching(
  what: string,
  selectors: readonly string[],
  models: ReadonlyMap<ModelName, ModelFacts>,
  names: Parameters<typeof selectModels>[2],
): ReadonlySet<ModelName> {
  const found = selectModels(selectors, models, names);
  if (found.size > 0) return found;
  throw new SluiceError(
    "PLAN_OPTION_INVALID",
    `${what} ${selectors.length > 0 ? selectors.join(", ") : "(empty)"} matches no model`,
    { hint: "Write model names, wildcards such as shop.*, or tag:name." },
  );
}

function nonEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}
