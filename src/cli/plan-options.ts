/** Options of `sluice plan`, by SQLMesh's names, and what they mean to the library. */
import { SluiceError } from "../errors.ts";
import { optionKey, type PlanOptions } from "../plan/options.ts";
import { flagOf, listOf, type OptionSpec, type OptionValues, textOf } from "./command.ts";

/** Flags of the plan itself. */
export const planOptionSpecs: readonly OptionSpec[] = [
  {
    name: "start",
    short: "s",
    takes: "text",
    value: "date",
    help: "Fill data from this date on (not for prod, but with --restate-model).",
  },
  { name: "end", short: "e", takes: "text", value: "date", help: "Fill data up to this date." },
  { name: "execution-time", takes: "text", value: "date", help: "The date that counts as today." },
  {
    name: "create-from",
    takes: "text",
    value: "environment",
    help: "Compare a new environment with this one. Default: prod.",
  },
  { name: "select-model", takes: "list", value: "selector", help: "Only these changes enter the plan." },
  { name: "backfill-model", takes: "list", value: "selector", help: "Only these models are computed." },
  {
    name: "restate-model",
    short: "r",
    takes: "list",
    value: "selector",
    help: "Compute these models and their descendants again.",
  },
  { name: "skip-backfill", takes: "flag", help: "Compute nothing and record nothing." },
  { name: "empty-backfill", takes: "flag", help: "Compute nothing, but record everything as computed." },
  { name: "no-gaps", takes: "flag", help: "Refuse to promote a model that would show less than before." },
  {
    name: "forward-only",
    takes: "flag",
    help: "Keep existing tables and rows: changes apply to new intervals only.",
  },
  {
    name: "effective-from",
    takes: "text",
    value: "date",
    help: "With --forward-only: the date from which changes apply.",
  },
  {
    name: "allow-destructive-model",
    takes: "list",
    value: "selector",
    help: "These models may lose columns of their live table.",
  },
  {
    name: "allow-additive-model",
    takes: "list",
    value: "selector",
    help: "These models may gain columns in their live table.",
  },
  {
    name: "choice",
    takes: "list",
    value: "model=category",
    help: "Categorise by hand: breaking or non-breaking.",
  },
  {
    name: "no-auto-categorization",
    takes: "flag",
    help: "Leave every changed model uncategorised but those of --choice.",
  },
  {
    name: "include-unmodified",
    takes: "flag",
    help: "Give every model a view in a new environment, not only changed ones.",
  },
  { name: "enable-preview", takes: "flag", help: "Compute previews of forward-only changes." },
  { name: "run", takes: "flag", help: "Also compute everything that is due by now." },
  { name: "ignore-cron", takes: "flag", help: "With --run: treat every model as due." },
  {
    name: "min-intervals",
    takes: "number",
    value: "count",
    help: "Fill at least so many intervals of each model.",
  },
  { name: "skip-tests", takes: "flag", help: "Do not run unit tests." },
  { name: "skip-linter", takes: "flag", help: "Do not check lint rules." },
];

const flags: ReadonlyMap<string, string> = new Map(
  planOptionSpecs.map(({ name, takes }) => [
    takes === "list" ? `${optionKey(name)}s` : optionKey(name),
    `--${name}`,
  ]),
);

/** A sentence about plan options, which bear the library's names there, in the words of the command line. */
export function inFlags(text: string): string {
  return text.replace(
    /(?<![\w."'`])[a-z]+(?:[A-Z][a-z]+)+(?!\w|["'`(]|\.\w)/g,
    (word) => flags.get(word) ?? word,
  );
}

/** What the caller asked for; nothing else, so that the configuration's defaults apply. */
export function toPlanOptions(options: OptionValues): PlanOptions {
  const choices = choicesOf(listOf(options, "choice"));
  const minimum = options["min-intervals"];
  return {
    ...text(options, "start", "start"),
    ...text(options, "end", "end"),
    ...text(options, "execution-time", "executionTime"),
    ...text(options, "create-from", "createFrom"),
    ...text(options, "effective-from", "effectiveFrom"),
    ...list(options, "select-model", "selectModels"),
    ...list(options, "backfill-model", "backfillModels"),
    ...list(options, "restate-model", "restateModels"),
    ...list(options, "allow-destructive-model", "allowDestructiveModels"),
    ...list(options, "allow-additive-model", "allowAdditiveModels"),
    ...flag(options, "skip-backfill", "skipBackfill"),
    ...flag(options, "empty-backfill", "emptyBackfill"),
    ...flag(options, "no-gaps", "noGaps"),
    ...flag(options, "forward-only", "forwardOnly"),
    ...flag(options, "no-auto-categorization", "noAutoCategorization"),
    ...flag(options, "include-unmodified", "includeUnmodified"),
    ...flag(options, "enable-preview", "enablePreview"),
    ...flag(options, "run", "run"),
    ...flag(options, "ignore-cron", "ignoreCron"),
    ...flag(options, "skip-tests", "skipTests"),
    ...flag(options, "skip-linter", "skipLinter"),
    ...(typeof minimum === "number" ? { minIntervals: minimum } : {}),
    ...(choices === undefined ? {} : { choices }),
  };
}

function text<Key extends keyof PlanOptions>(
  options: OptionValues,
  name: string,
  key: Key,
): { readonly [key in Key]?: string } {
  const value = textOf(options, name);
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in Key]?: string };
}

function list<Key extends keyof PlanOptions>(
  options: OptionValues,
  name: string,
  key: Key,
): { readonly [key in Key]?: readonly string[] } {
  const value = listOf(options, name);
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in Key]?: readonly string[] };
}

function flag<Key extends keyof PlanOptions>(
  options: OptionValues,
  name: string,
  key: Key,
): { readonly [key in Key]?: boolean } {
  return (flagOf(options, name) ? { [key]: true } : {}) as { readonly [key in Key]?: boolean };
}

function choicesOf(given: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((each) => {
      const at = each.lastIndexOf("=");
      if (at <= 0 || at === each.length - 1) {
        throw new SluiceError("USAGE", `--choice "${each}" is not a model and a category`, {
          hint: "Write, for example, --choice shop.orders=breaking.",
        });
      }
      return [each.slice(0, at).trim(), each.slice(at + 1).trim()];
    }),
  );
}
