/** The steps of a plan as a person would tell them: steps of one kind in a row become one sentence with details. */

import { unreachable } from "../errors.ts";
import type { PlanDocument, SwitchMode } from "../plan/plan.ts";
import type { Step, StepId, StepKind } from "../plan/step.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { describeInterval, describeIntervals } from "./interval-text.ts";
import { count, name, nameList, type Phrase, phrase } from "./phrase.ts";

export interface ActionGroup {
  readonly kind: StepKind;
  readonly title: Phrase;
  /** One per model where there is more to say than the title does. */
  readonly details: readonly ActionDetail[];
  readonly steps: readonly StepId[];
}

export interface ActionDetail {
  readonly text: Phrase;
  readonly steps: readonly StepId[];
}

/** Steps of models interleave, each model after what it reads; told by kind, they follow this order. */
const telling: readonly string[] = [
  "run-statements before_all",
  "ensure-schema",
  "create-table",
  "load-seed",
  "clear-intervals",
  "evolve-table restore",
  "evolve-table widen",
  "record-intervals",
  "backfill",
  "swap-table",
  "audit",
  "build-views",
  "switch",
  "evolve-table narrow",
  "finalise",
  "run-statements after_all",
];

/** Groups in the order in which a person would tell them. `run-statements` of before_all and after_all stay apart. */
export function groupSteps(plan: PlanDocument): readonly ActionGroup[] {
  const groups = new Map<string, Step[]>();
  for (const step of plan.steps) {
    const key = keyOf(step);
    const list = groups.get(key);
    if (list) list.push(step);
    else groups.set(key, [step]);
  }
  const names = new Map(plan.models.map((model) => [model.name as string, model.displayName]));
  return [...groups]
    .sort(([a], [b]) => telling.indexOf(a) - telling.indexOf(b))
    .map(([, steps]) => describeGroup(steps, plan, names));
}

/** Steps of one kind that are done at different moments are told apart. */
function keyOf(step: Step): string {
  if (step.kind === "run-statements") return `${step.kind} ${step.when}`;
  return step.kind === "evolve-table" ? `${step.kind} ${step.phase}` : step.kind;
}

type DisplayNames = ReadonlyMap<string, string>;

function describeGroup(steps: readonly Step[], plan: PlanDocument, names: DisplayNames): ActionGroup {
  const first = steps[0] as Step;
  const ids = steps.map((step) => step.id);
  const models = [...new Set(steps.flatMap((step) => ("model" in step ? [step.model as string] : [])))];
  const shown = models.map((model) => names.get(model) ?? model);
  const group = (title: Phrase, details: readonly ActionDetail[] = []): ActionGroup => ({
    kind: first.kind,
    title,
    details,
    steps: ids,
  });

  switch (first.kind) {
    case "ensure-schema": {
      const schemas = steps.flatMap((step) =>
        step.kind === "ensure-schema" ? [step.schema.schema ?? step.schema.table] : [],
      );
      return group(
        phrase`Make sure ${schemas.length === 1 ? "schema" : "schemas"} ${nameList(schemas)} ${schemas.length === 1 ? "exists" : "exist"}.`,
      );
    }
    case "create-table":
      return group(
        phrase`Create ${count(models.length, "new physical table")} beside the live ones: ${nameList(shown)}.`,
      );
    case "load-seed":
      return group(phrase`Load ${count(models.length, "seed file")}: ${nameList(shown)}.`);
    case "backfill":
      return backfillGroup(steps, plan, names, group);
    case "swap-table":
      return group(
        phrase`Put ${count(models.length, "rebuilt table")} in the place of the live one, each all at once: ${nameList(shown)}.`,
      );
    case "audit":
      return group(phrase`Audit ${count(models.length, "model")} whose audits changed: ${nameList(shown)}.`);
    case "record-intervals":
      return group(phrase`Record intervals of ${nameList(shown)} as computed, without computing them.`);
    case "evolve-table":
      return group(
        evolutionTitle(first.phase, count(models.length, "live table"), nameList(shown)),
        steps.flatMap((step) =>
          step.kind === "evolve-table" ? [{ text: evolution(step, names), steps: [step.id] }] : [],
        ),
      );
    case "clear-intervals": {
      const restated = [
        ...new Set(
          steps.flatMap((step) => (step.kind === "clear-intervals" ? [step.snapshot.name as string] : [])),
        ),
      ];
      return group(
        phrase`Forget what was computed for ${nameList(restated.map((each) => names.get(each) ?? each))}, so that it is computed again.`,
      );
    }
    case "run-statements": {
      const amount = steps.reduce(
        (sum, step) => sum + (step.kind === "run-statements" ? step.statements.length : 0),
        0,
      );
      return group(phrase`Run ${count(amount, "statement")} of ${name(first.when)}.`);
    }
    case "build-views":
      return group(
        plan.engine.switch === "rename"
          ? phrase`Build ${count(viewsOf(steps), "view")} under temporary names; readers still see the old ones.`
          : phrase`Check ${count(viewsOf(steps), "view")} before the switch.`,
      );
    case "switch":
      return group(switchTitle(steps, plan));
    case "finalise":
      return group(phrase`Record ${name(plan.environment.name)} version ${plan.environment.to} as live.`);
    default:
      return unreachable(first);
  }
}

function backfillGroup(
  steps: readonly Step[],
  plan: PlanDocument,
  names: DisplayNames,
  group: (title: Phrase, details: readonly ActionDetail[]) => ActionGroup,
): ActionGroup {
  const byModel = new Map<string, { intervals: Interval[]; ids: StepId[]; dev: boolean; beside: boolean }>();
  for (const step of steps) {
    if (step.kind !== "backfill") continue;
    const entry = byModel.get(step.model) ?? {
      intervals: [],
      ids: [],
      dev: step.dev,
      beside: step.beside === true,
    };
    entry.intervals.push(step.interval);
    entry.ids.push(step.id);
    byModel.set(step.model, entry);
  }
  const kinds = new Map(plan.models.map((model) => [model.name as string, model.kind]));
  const details = [...byModel].map(([model, entry]): ActionDetail => {
    const shown = name(names.get(model) ?? model);
    const preview = entry.dev ? " (preview)" : entry.beside ? ", beside the live table" : "";
    const batches = entry.ids.length > 1 ? ` in ${count(entry.ids.length, "batch", "batches")}` : "";
    const kind = kinds.get(model);
    const text =
      kind === "VIEW"
        ? phrase`${shown}: create the view${preview}`
        : kind === "FULL"
          ? phrase`${shown}: compute in full${preview}`
          : phrase`${shown}: ${coverage(entry.intervals)}${batches}${preview}`;
    return { text, steps: entry.ids };
  });
  const title = phrase`Fill ${count(byModel.size, "model")} in ${count(steps.length, "step")}, parents first; blocking audits run before the rows become visible.`;
  return group(title, details);
}

/** Touching batches read as one range. */
function coverage(intervals: readonly Interval[]): string {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged.length === 1 ? describeInterval(merged[0] as Interval) : describeIntervals(merged);
}

function evolutionTitle(
  phase: Extract<Step, { kind: "evolve-table" }>["phase"],
  tables: string,
  shown: Phrase,
): Phrase {
  switch (phase) {
    case "widen":
      return phrase`Change ${tables} in place: ${shown}.`;
    case "restore":
      return phrase`Set the columns of ${tables} right that were changed by hand: ${shown}.`;
    case "narrow":
      return phrase`Drop columns that nobody reads any more from ${tables}: ${shown}.`;
    default:
      return unreachable(phase);
  }
}

function evolution(step: Extract<Step, { kind: "evolve-table" }>, names: DisplayNames): Phrase {
  const shown = name(names.get(step.model) ?? step.model);
  const { changes, phase } = step;
  if (changes === null) return phrase`${shown}: what differs from its new definition, found when it runs`;
  if (phase === "narrow") return phrase`${shown}: drop ${nameList(changes.removed)}`;
  if (phase === "restore") {
    const types = changes.retyped.map((column) => `${column.name} from ${column.from} to ${column.to}`);
    return phrase`${shown}: changed by hand, set back: ${nameList(types)}`;
  }
  const parts: Phrase[] = [];
  if (changes.added.length > 0) parts.push(phrase`add ${nameList(changes.added)}`);
  if (changes.retyped.length > 0)
    parts.push(phrase`change the type of ${nameList(changes.retyped.map((column) => column.name))}`);
  const [head = phrase`nothing`, tail] = parts;
  return tail ? phrase`${shown}: ${head} and ${tail}` : phrase`${shown}: ${head}`;
}

const switchWords: Record<SwitchMode, string> = {
  rename: "at once, in one RENAME TABLE",
  transaction: "at once, in one transaction",
  "per-view": "one after the other, not atomic on this engine",
};

function switchTitle(steps: readonly Step[], plan: PlanDocument): Phrase {
  const drops = steps.reduce((sum, step) => sum + (step.kind === "switch" ? step.drops.length : 0), 0);
  const views = viewsOf(steps);
  const removed = drops > 0 ? ` and remove ${count(drops, "view")}` : "";
  const moved = views > 0 ? `Switch ${count(views, "view")}${removed}` : `Remove ${count(drops, "view")}`;
  if (views + drops === 0) return phrase`Mark this plan as the live one of ${name(plan.environment.name)}.`;
  return phrase`${moved} of ${name(plan.environment.name)} ${switchWords[plan.engine.switch]}. This is the moment readers see the change.`;
}

function viewsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + ("views" in step ? step.views.length : 0), 0);
}
