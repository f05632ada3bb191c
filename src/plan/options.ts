/** The parameters of a plan as a caller gives them, checked and normalised (spec plan-and-apply 2.1, 2.5). */

import type { EnvironmentName } from "../environment/environment.ts";
import { parseEnvironmentName, prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ChangeCategory } from "../snapshot/snapshot.ts";
import type { Permission } from "./permissions.ts";
import type { NormalisedOptions } from "./plan.ts";
import type { RestateRequest } from "./restate-requests.ts";

/** A point in time: ISO text, a relative expression such as `3 days ago`, epoch milliseconds, or a Date. */
export type TimeLike = string | number | Date;

/** Parameters of `Context.plan`, SQLMesh's names in camelCase. */
export interface PlanOptions {
  readonly start?: TimeLike;
  readonly end?: TimeLike;
  readonly executionTime?: TimeLike;
  readonly createFrom?: string;
  readonly skipTests?: boolean;
  readonly skipLinter?: boolean;
  readonly restateModels?: readonly string[];
  /** To be carried out once, together with the changes of a plan of prod. */
  readonly restateRequests?: readonly RestateRequest[];
  readonly noGaps?: boolean;
  readonly skipBackfill?: boolean;
  readonly emptyBackfill?: boolean;
  readonly forwardOnly?: boolean;
  readonly allowDestructiveModels?: readonly string[];
  readonly allowAdditiveModels?: readonly string[];
  /** Given for this plan, with who gives them. */
  readonly permissions?: readonly Permission[];
  readonly effectiveFrom?: TimeLike;
  readonly includeUnmodified?: boolean;
  readonly selectModels?: readonly string[];
  readonly backfillModels?: readonly string[];
  readonly enablePreview?: boolean;
  readonly run?: boolean;
  readonly ignoreCron?: boolean;
  readonly minIntervals?: number;
  readonly noAutoCategorization?: boolean;
  /** Categories by model name, as written: `breaking`, `non-breaking`, or a category's own name. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Show only: no effect on the plan. */
  readonly noDiff?: boolean;
  readonly diffRendered?: boolean;
  readonly noPrompts?: boolean;
  readonly autoApply?: boolean;
  readonly explain?: boolean;
  readonly categorizerConfig?: unknown;
}

/** What the configuration says where the caller says nothing. */
export interface PlanOptionDefaults {
  readonly forwardOnly: boolean;
  readonly includeUnmodified: boolean;
  readonly enablePreview: boolean;
  /** The project's virtual environment mode is not `full`: every plan is forward-only. */
  readonly devOnly: boolean;
}

type OptionName = keyof PlanOptions;

const booleans = [
  "skipTests",
  "skipLinter",
  "noGaps",
  "skipBackfill",
  "emptyBackfill",
  "forwardOnly",
  "includeUnmodified",
  "enablePreview",
  "run",
  "ignoreCron",
  "noAutoCategorization",
  "noDiff",
  "diffRendered",
  "noPrompts",
  "autoApply",
  "explain",
] as const satisfies readonly OptionName[];
const times = ["start", "end", "executionTime", "effectiveFrom"] as const satisfies readonly OptionName[];
const lists = [
  "restateModels",
  "allowDestructiveModels",
  "allowAdditiveModels",
  "selectModels",
  "backfillModels",
] as const satisfies readonly OptionName[];
const others = [
  "createFrom",
  "minIntervals",
  "choices",
  "categorizerConfig",
  "restateRequests",
  "permissions",
] as const satisfies readonly OptionName[];
const known: ReadonlySet<string> = new Set([...booleans, ...times, ...lists, ...others]);

/** An option's key here, of its name with dashes or underscores: `no-gaps` or `no_gaps` is `noGaps`. */
export function optionKey(name: string): string {
  return name.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Options with defaults filled in. Throws PLAN_OPTION_INVALID naming the option that is wrong. */
export function normaliseOptions(
  environment: EnvironmentName,
  given: PlanOptions,
  defaults: PlanOptionDefaults,
): NormalisedOptions {
  checkShapes(given);
  const forwardOnly = defaults.devOnly || (given.forwardOnly ?? defaults.forwardOnly);
  checkTogether(environment, given, forwardOnly);
  const run = given.run ?? false;
  // An empty backfill list means the same as none; an empty restatement list is an error of its own (spec 2.5).
  const backfillModels = nonEmpty(given.backfillModels) ?? nonEmpty(given.selectModels);
  return {
    ...timeOption("start", given.start),
    ...timeOption("end", given.end),
    ...timeOption("executionTime", given.executionTime),
    ...timeOption("effectiveFrom", given.effectiveFrom),
    createFrom: parseEnvironmentName(given.createFrom ?? prod),
    skipTests: (given.skipTests ?? false) || (given.explain ?? false),
    skipLinter: given.skipLinter ?? false,
    ...(given.restateModels === undefined ? {} : { restateModels: given.restateModels }),
    ...((given.restateRequests ?? []).length === 0 ? {} : { restateRequests: given.restateRequests }),
    noGaps: given.noGaps ?? false,
    skipBackfill: given.skipBackfill ?? false,
    emptyBackfill: given.emptyBackfill ?? false,
    forwardOnly,
    allowDestructiveModels: given.allowDestructiveModels ?? [],
    allowAdditiveModels: given.allowAdditiveModels ?? [],
    ...((given.permissions ?? []).length === 0 ? {} : { permissions: given.permissions }),
    includeUnmodified: given.includeUnmodified ?? defaults.includeUnmodified,
    ...(given.selectModels === undefined ? {} : { selectModels: given.selectModels }),
    ...(backfillModels === undefined ? {} : { backfillModels }),
    enablePreview: given.enablePreview ?? defaults.enablePreview,
    run,
    // Without `run` nothing is due by time, so ignoring the cron has no meaning.
    ignoreCron: run && (given.ignoreCron ?? false),
    minIntervals: given.minIntervals ?? 0,
    noAutoCategorization: given.noAutoCategorization ?? false,
    choices: parseChoices(given.choices ?? {}),
  };
}

function checkShapes(given: PlanOptions): void {
  const record = given as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue;
    if (!known.has(name))
      throw wrong(
        name,
        "is not a plan option",
        "Options bear SQLMesh's names in camelCase, such as restateModels.",
      );
  }
  const check = (names: readonly OptionName[], fits: (value: unknown) => boolean, what: string) => {
    for (const name of names)
      if (record[name] !== undefined && !fits(record[name])) throw wrong(name, `must be ${what}`);
  };
  check(booleans, (value) => typeof value === "boolean", "true or false");
  check(times, isTimeLike, "a date, such as 2024-01-31 or 3 days ago");
  check(
    lists,
    (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
    "a list of model selectors",
  );
  check(["createFrom"], (value) => typeof value === "string", "the name of an environment");
  check(
    ["minIntervals"],
    (value) => Number.isInteger(value) && (value as number) >= 0,
    "a whole number, 0 or more",
  );
  check(["restateRequests"], (value) => isListOf(value, ["id", "askedBy"]), "a list of requests");
  check(["permissions"], (value) => isListOf(value, ["change", "by"]), "a list of permissions");
  check(
    ["choices"],
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "categories by model name",
  );
}

function checkTogether(environment: EnvironmentName, given: PlanOptions, forwardOnly: boolean): void {
  if (environment === prod && given.restateModels === undefined) {
    for (const name of ["start", "end"] as const) {
      if (given[name] !== undefined) {
        throw wrong(
          name,
          "cannot be given for prod, whose range follows from its models",
          "Use it with restateModels, or plan another environment.",
        );
      }
    }
  }
  if (given.restateModels !== undefined && (given.restateRequests ?? []).length > 0) {
    throw wrong(
      "restateRequests",
      "cannot be combined with restateModels",
      "A plan of restateModels takes no changes; make one plan after the other.",
    );
  }
  if (given.effectiveFrom !== undefined && !forwardOnly) {
    throw wrong("effectiveFrom", "needs a forward-only plan", "Set forwardOnly as well.");
  }
  if (given.skipBackfill && given.emptyBackfill) {
    throw wrong(
      "emptyBackfill",
      "cannot be combined with skipBackfill",
      "skipBackfill records nothing, emptyBackfill records everything: choose one.",
    );
  }
}

/** Of records that have these texts, and names of models. */
function isListOf(value: unknown, texts: readonly string[]): boolean {
  const isText = (one: unknown) => typeof one === "string" && one !== "";
  const fits = (one: unknown) => {
    if (typeof one !== "object" || one === null) return false;
    const record = one as Readonly<Record<string, unknown>>;
    const { models } = record;
    return texts.every((name) => isText(record[name])) && Array.isArray(models) && models.every(isText);
  };
  return Array.isArray(value) && value.every(fits);
}

function isTimeLike(value: unknown): boolean {
  if (value instanceof Date) return Number.isFinite(value.getTime());
  return (
    (typeof value === "string" && value.trim() !== "") ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

function timeOption<Name extends string>(
  name: Name,
  value: TimeLike | undefined,
): { readonly [key in Name]?: string } {
  if (value === undefined) return {};
  const text =
    value instanceof Date
      ? value.toISOString()
      : typeof value === "number"
        ? new Date(value).toISOString()
        : value.trim();
  return { [name]: text } as { readonly [key in Name]: string };
}

function nonEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

const choiceWords: Readonly<Record<string, ChangeCategory>> = {
  BREAKING: "BREAKING",
  NON_BREAKING: "NON_BREAKING",
  INDIRECT_BREAKING: "INDIRECT_BREAKING",
  INDIRECT_NON_BREAKING: "INDIRECT_NON_BREAKING",
  METADATA: "METADATA",
};

function parseChoices(choices: Readonly<Record<string, string>>): Readonly<Record<string, ChangeCategory>> {
  return Object.fromEntries(
    Object.entries(choices).map(([model, word]) => {
      const category = choiceWords[String(word).toUpperCase().replaceAll("-", "_")];
      if (category === undefined) {
        throw wrong(
          "choices",
          `gives ${model} the category "${word}", which does not exist`,
          "Choose breaking or non-breaking.",
        );
      }
      return [model, category];
    }),
  );
}

function wrong(option: string, problem: string, hint?: string): SluiceError {
  return new SluiceError("PLAN_OPTION_INVALID", `the plan option ${option} ${problem}`, {
    ...(hint ? { hint } : {}),
    details: { option },
  });
}
