/**
 * The steps of a plan, each after what it needs (design 4.4). Order: `before_all`, schemas, models, views, the switch,
 * finalising, `after_all`. Nothing that readers of production see changes before the switch, except live tables that a
 * model keeps on purpose; those come last of all tables.
 */
import { pointerName, prod } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { addNarrowing } from "./evolve-steps.ts";
import { describeInterval } from "./interval-words.ts";
import { addModelSteps, schemasOf } from "./model-steps.ts";
import { type NodeWork, workOfPlan } from "./node-work.ts";
import { otherVersions } from "./other-versions.ts";
import { droppedViews, movingViews } from "./promotion.ts";
import { asksToRestate } from "./restate-requests.ts";
import { isLive, type PlanShape, statementsOf } from "./shape.ts";
import type { SchemaName, Step, StepId } from "./step.ts";
import { StepList, stepId } from "./step-list.ts";

/** No steps at all when the environment is as the project wants it. */
export function planSteps(shape: PlanShape, hasChanges: boolean): readonly Step[] {
  const work = workOfPlan(shape);
  const views = movingViews(shape);
  const drops = droppedViews(shape);
  if (!hasChanges && work.size === 0 && drops.length === 0 && !gainsViews(shape)) return [];
  const steps = new StepList();
  const begun = addStatements("before_all", shape, steps, []);
  const schemas = new SchemaSteps(steps, begun);
  addModels(work, shape, steps, schemas, begun);
  addClears(shape, steps);
  const { environment } = shape.input.comparison.input;
  const pointer = pointerName(environment, shape.naming);
  for (const name of [...views.map(({ view }) => view), pointer])
    if (name.schema !== undefined) schemas.ensure({ ...name, schema: name.schema, table: "" });
  if (shape.input.engine.switch === "rename" && views.length > 0) {
    steps.add({
      kind: "build-views",
      id: stepId("build-views"),
      needs: steps.loose,
      sentence: `Build ${count(views.length, "view")} under temporary names`,
      done: { kind: "repeatable" },
      views,
    });
  }
  const repaired = views.filter(
    ({ model }) =>
      shape.drift.views.has(model) && shape.decided.get(model)?.candidate.change === "unmodified",
  );
  const switched = steps.add({
    kind: "switch",
    id: stepId("switch"),
    needs: steps.loose,
    sentence: switchSentence(environment, {
      moved: views.length - repaired.length,
      repaired: repaired.length,
      dropped: drops.length,
    }),
    done: { kind: "pointer-shows-plan" },
    views,
    drops,
    pointer,
  });
  const narrowed = [...work.values()].flatMap((one) => addNarrowing(one, shape, steps, [switched]));
  const finalised = steps.add({
    kind: "finalise",
    id: stepId("finalise"),
    needs: [switched, ...narrowed],
    sentence: `Record ${environment} as complete`,
    done: { kind: "environment-finalized" },
  });
  addStatements("after_all", shape, steps, [finalised]);
  return steps.steps;
}

/** After the new rows are there, other versions forget what they made of the old ones. */
function addClears(shape: PlanShape, steps: StepList): void {
  const { environment, options, stored } = shape.input.comparison.input;
  if (environment !== prod || !asksToRestate(options)) return;
  const needs = steps.loose;
  for (const { snapshot, interval, environments } of otherVersions(stored, shape.restatements)) {
    const id = stepId("clear", snapshot.name, snapshot.identifier);
    const which = environments.length > 0 ? `the version in ${environments.join(", ")}` : "an unused version";
    const sentence = `Let ${which} of ${snapshot.facts.displayName} forget its rows ${describeInterval(interval)}`;
    steps.add({
      kind: "clear-intervals",
      id,
      needs,
      sentence,
      done: { kind: "repeatable" },
      snapshot: { name: snapshot.name, identifier: snapshot.identifier },
      interval,
      environments,
    });
  }
}

/** A development environment may gain views of models that did not change. */
function gainsViews(shape: PlanShape): boolean {
  const { promotedBefore } = shape.input.comparison;
  return movingViews(shape).some(({ model }) => !promotedBefore.has(model));
}

function addStatements(
  when: "before_all" | "after_all",
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const { beforeAll, afterAll } = statementsOf(shape.input.comparison);
  const statements = when === "before_all" ? beforeAll : afterAll;
  if (statements.length === 0) return needs;
  const sentence = `Run ${count(statements.length, "statement")} of ${when}`;
  return [
    steps.add({
      kind: "run-statements",
      id: stepId(when),
      needs,
      sentence,
      done: { kind: "repeatable" },
      when,
      statements,
    }),
  ];
}

/** Each schema once, when something first needs it. */
class SchemaSteps {
  readonly #steps: StepList;
  readonly #needs: readonly StepId[];

  constructor(steps: StepList, needs: readonly StepId[]) {
    this.#steps = steps;
    this.#needs = needs;
  }

  ensure({ catalog, schema }: SchemaName): StepId {
    const name: SchemaName = { ...(catalog === undefined ? {} : { catalog }), schema, table: "" };
    const text = [catalog, schema].filter((part) => part !== undefined).join(".");
    return this.#steps.add({
      kind: "ensure-schema",
      id: stepId("schema", text),
      needs: this.#needs,
      sentence: `Make sure the schema ${text} exists`,
      done: { kind: "schema-exists", schema: name },
      schema: name,
    });
  }
}

function addModels(
  work: ReadonlyMap<ModelName, NodeWork>,
  shape: PlanShape,
  steps: StepList,
  schemas: SchemaSteps,
  begun: readonly StepId[],
): void {
  const { lineage } = shape.input.comparison;
  const last = new Map<ModelName, readonly StepId[]>();
  for (const name of lineage.order) {
    const above = [...new Set((lineage.parents.get(name) ?? []).flatMap((parent) => last.get(parent) ?? []))];
    const own = work.get(name);
    if (own === undefined) {
      // Children look through a model without work to what is above it.
      last.set(name, above);
      continue;
    }
    const places = schemasOf(own, shape).map((schema) => schemas.ensure({ ...schema, table: "" }));
    const late = rewritesLiveTable(own, shape) ? steps.loose : [];
    const needs = [...new Set([...(places.length > 0 ? places : begun), ...above, ...late])];
    last.set(name, addModelSteps(own, shape, steps, needs));
  }
}

/** A changed model that keeps its live table waits for everything before it, so that a failure there leaves the table alone. */
function rewritesLiveTable(work: NodeWork, shape: PlanShape): boolean {
  const { node } = work;
  const dev = !shape.deployability.deployable(node.snapshot.name);
  const writes = work.batches.length > 0 || work.evolution !== null;
  return node.candidate.change !== "unmodified" && writes && isLive(node, dev);
}

function switchSentence(
  environment: string,
  views: { readonly moved: number; readonly repaired: number; readonly dropped: number },
): string {
  const { moved, repaired, dropped } = views;
  const parts = [
    ...(moved > 0 ? [`point ${count(moved, "view")} at the new tables`] : []),
    ...(repaired > 0
      ? [`set ${count(repaired, "view")} right that ${repaired === 1 ? "was" : "were"} changed by hand`]
      : []),
    ...(dropped > 0 ? [`drop ${count(dropped, "view")}`] : []),
  ];
  const what = parts.length > 0 ? parts.join(" and ") : "note the plan";
  return `Switch ${environment}: ${what}, all at once`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
