/** What sluice.yaml and the caller ask for one plan by name: to compute history again, and to change live tables. */
import { canonicalJson, shortHash } from "../digest.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { didYouMean } from "../model/nearest.ts";
import { selectModels } from "../model/selector.ts";
import type { StoredFacts } from "../plan/comparison.ts";
import type { PlanOptions } from "../plan/options.ts";
import type { Permission } from "../plan/permissions.ts";
import type { NormalisedOptions } from "../plan/plan.ts";
import { openRequests, type RestateRequest } from "../plan/restate-requests.ts";
import type { RestateEntry } from "../project/sluice-settings.ts";

/** Options with the requests that ride with this plan. Only plans of production that take the project's changes carry any. */
export function withRequests(
  environment: EnvironmentName,
  { restateRequests: given = [], ...options }: PlanOptions,
  entries: readonly RestateEntry[],
  stored: StoredFacts,
): PlanOptions {
  if (environment !== prod || options.restateModels !== undefined)
    return { ...options, restateRequests: given };
  const all = [...given, ...entries.map(requestOf)];
  return { ...options, restateRequests: openRequests(all, stored.environments.get(prod) ?? null) };
}

/** The words for people are no part of what is asked. */
function requestOf({ reason: _, ...entry }: RestateEntry): RestateRequest {
  const { models, start, end } = entry;
  return {
    id: `sluice.yaml:${shortHash(canonicalJson({ ...entry, models: [...models].sort() }))}`,
    models,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    askedBy: "sluice.yaml",
  };
}

/** Models of each request by its id. Throws PLAN_OPTION_INVALID for a name that is no model's. */
export function requestedModels(
  { restateRequests = [] }: NormalisedOptions,
  models: ReadonlyMap<ModelName, ModelFacts>,
  names: Parameters<typeof selectModels>[2],
): ReadonlyMap<string, ReadonlySet<ModelName>> {
  return new Map(
    restateRequests.map(({ id, models: texts, askedBy }) => [
      id,
      new Set(namedModels(texts, `the restatement asked for by ${askedBy}`, models, names)),
    ]),
  );
}

/** Permissions with the models' full names. Throws PLAN_OPTION_INVALID for a name that is no model's. */
export function namedPermissions(
  { permissions = [] }: NormalisedOptions,
  models: ReadonlyMap<ModelName, ModelFacts>,
  names: Parameters<typeof selectModels>[2],
): readonly Permission[] {
  return permissions.map(({ change, models: texts, by }) => ({
    change,
    models: namedModels(texts, `the permission given by ${by}`, models, names),
    by,
  }));
}

function namedModels(
  texts: readonly string[],
  what: string,
  models: ReadonlyMap<ModelName, ModelFacts>,
  names: Parameters<typeof selectModels>[2],
): readonly ModelName[] {
  return texts.flatMap((text) => {
    const found = selectModels([text], models, names);
    if (found.size === 0) throw unknownModel(text, what, models);
    return [...found];
  });
}

function unknownModel(text: string, what: string, models: ReadonlyMap<ModelName, ModelFacts>): SluiceError {
  const known = [...models.values()].map((facts) => facts.displayName);
  return new SluiceError("PLAN_OPTION_INVALID", `${what} names ${text}, which is no model of the project`, {
    hint: didYouMean(text, known, "Write the model's full name.") ?? "",
  });
}
