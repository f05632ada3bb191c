/**
 * A view printed through Handlebars templates, never longer than the place it goes to allows (design 7).
 * Cutting happens in the view, part by part in a fixed order of sacrifice, so Markdown is always balanced.
 */
import Handlebars from "handlebars";
import { markdownCode, markdownPhrase } from "./escape.ts";
import { everything, type Limits, markdownView } from "./markdown-view.ts";
import { count } from "./phrase.ts";
import type { PlanView } from "./view.ts";

/** Template texts, read by a door. `partials` by name. */
export interface TemplateTexts {
  readonly comment: string;
  readonly summary: string;
  readonly apply: string;
  readonly partials: Readonly<Record<string, string>>;
}

/** In UTF-8 bytes, which also bounds UTF-16 units: a comment may have 65,536. */
export const commentBytes = 65_000;
/** Check run texts may have 65,535. */
export const checkTextBytes = 65_000;
/** A job summary may have 1 MiB per step, together with what other commands of the step write. */
const summaryBytes = 1_000_000;

/** Room and taste; a project says the latter in sluice.yaml under `comment`. */
export interface MarkdownOptions {
  /** UTF-8 bytes at most. */
  readonly bytes?: number;
  /** Rows of each table of models at most. */
  readonly maxModels?: number;
  readonly diffs?: boolean;
  readonly lineage?: boolean;
}

/** The pull request comment in any state: what is planned, or how the apply goes. */
export function renderComment(
  view: PlanView,
  templates: TemplateTexts,
  options: MarkdownOptions = {},
): string {
  const template = view.outcome === null ? templates.comment : templates.apply;
  return printWithin(view, compile(template, templates), { bytes: commentBytes, ...options });
}

/** The job summary: the same words with room for everything. */
export function renderSummary(
  view: PlanView,
  templates: TemplateTexts,
  options: MarkdownOptions = {},
): string {
  const template = view.outcome === null ? templates.summary : templates.apply;
  return printWithin(view, compile(template, templates), { bytes: summaryBytes, ...options });
}

function wanted(options: MarkdownOptions): Limits {
  const models = options.maxModels ?? Number.POSITIVE_INFINITY;
  return {
    ...everything,
    direct: models,
    indirect: models,
    lineage: options.lineage ?? true,
  };
}

type Print = (limits: Limits) => string;

/** Compiling the partials takes longer than printing, and a run prints the same templates many times. */
const engines = new WeakMap<TemplateTexts, typeof Handlebars>();

function engineOf(templates: TemplateTexts): typeof Handlebars {
  const known = engines.get(templates);
  if (known !== undefined) return known;
  const engine = Handlebars.create();
  for (const [name, partial] of Object.entries(templates.partials))
    engine.registerPartial(name, engine.compile(partial, compileOptions));
  engines.set(templates, engine);
  return engine;
}

// Strings are escaped for Markdown already; escaping for HTML on top would print `&amp;`.
const compileOptions = { noEscape: true, preventIndent: true };

function compile(text: string, templates: TemplateTexts): (data: unknown) => string {
  const template = engineOf(templates).compile(text, compileOptions);
  return (data) =>
    `${template(data)
      .replace(/\n{3,}/g, "\n\n")
      .trim()}\n`;
}

/** The first sacrifice comes first. Verdict, counts and the destructive list are the last to be cut. */
const sacrifices: readonly { readonly key: keyof Limits; readonly most: (view: PlanView) => number }[] = [
  {
    key: "diffBytes",
    most: (view) => view.diffs.reduce((sum, diff) => sum + Buffer.byteLength(diff.text) + 200, 0),
  },
  { key: "lineage", most: () => 0 },
  { key: "details", most: (view) => Math.max(0, ...view.actions.map((group) => group.details.length)) },
  { key: "indirect", most: (view) => view.indirect.length },
  { key: "warnings", most: (view) => view.warnings.length },
  { key: "direct", most: (view) => view.direct.length },
  { key: "destructive", most: (view) => view.destructive.length },
];

function printWithin(
  whole: PlanView,
  template: (data: unknown) => string,
  options: MarkdownOptions & { readonly bytes: number },
): string {
  const view = options.diffs === false ? { ...whole, diffs: [] } : whole;
  const print: Print = (limits) => template(markdownView(view, limits));
  const fits = (text: string) => Buffer.byteLength(text) <= options.bytes;
  let limits = wanted(options);
  let text = print(limits);
  for (const { key, most } of sacrifices) {
    if (fits(text)) return text;
    const without: Limits = { ...limits, [key]: key === "lineage" ? false : 0 };
    if (fits(print(without))) {
      limits = largest(without, key, Math.min(most(view), Number(limits[key])), (candidate) =>
        fits(print(candidate)),
      );
      text = print(limits);
    } else {
      limits = without;
      text = print(limits);
    }
  }
  return fits(text) ? text : bareMinimum(view);
}

/** The largest amount that still fits: doubled until it does not, then halved. `none` fits. */
function largest(none: Limits, key: keyof Limits, most: number, fits: (limits: Limits) => boolean): Limits {
  const possible = (amount: number) => fits({ ...none, [key]: amount });
  let low = 0;
  let high = Math.min(most, 16);
  while (low < high && possible(high)) {
    low = high;
    high = Math.min(most, high * 2);
  }
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (possible(middle)) low = middle;
    else high = middle;
  }
  return low === 0 ? none : { ...none, [key]: low };
}

/** For a template that is too long whatever is left out. */
function bareMinimum(view: PlanView): string {
  const data = markdownView(view, {
    ...everything,
    destructive: 0,
    direct: 0,
    indirect: 0,
    warnings: 0,
    details: 0,
    lineage: false,
    diffBytes: 0,
  });
  return [
    data.marker,
    `## ${data.sign} ${data.word}: ${markdownCode(view.environment, { table: false })}`,
    markdownPhrase(view.verdict.sentence, { table: false }),
    data.counts.join(" · "),
    view.destructive.length > 0 ? `**${count(view.destructive.length, "destructive change")}.**` : "",
    `The report is too long for this place. ${data.links.plan === "" ? "Read it in the plan file." : `[Read the whole plan](${data.links.plan}).`}`,
    "",
  ]
    .filter((line, index) => line !== "" || index === 5)
    .join("\n\n");
}
