/** The moment, tables and environment for which a step's texts are rendered. */
import type { Environment, EnvironmentMember } from "../environment/environment.ts";
import { showsByView, viewName } from "../environment/naming.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { RenderContext, Resolution, RuntimeStage } from "../model/render-context.ts";
import type { Step, TableMapping } from "../plan/step.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";

/** A step that works on one snapshot's table. */
export type SnapshotStep = Extract<Step, { readonly table: NameParts }>;

/**
 * While a table is built: names become the physical tables of `step.reads`. `table` is `@this_model` and stands for
 * the model's own name: the table written, or the one built beside it.
 */
export async function buildContext(
  context: ApplyContext,
  step: SnapshotStep,
  stage: RuntimeStage,
  interval: Interval | null,
  table: NameParts = step.table,
): Promise<RenderContext> {
  const { engine, definitions, gateway, executionTime } = context;
  const inlined = new Map(step.inlines.map((id) => [id.name, id]));
  const resolve = (name: ModelName): Resolution | null => {
    if (name === step.model) return { kind: "table", sql: engine.name(table) };
    const read = step.reads[name];
    if (read !== undefined) return { kind: "table", sql: engine.name(read) };
    const embedded = inlined.get(name);
    return embedded === undefined ? null : { kind: "embedded", model: definitions.model(embedded) };
  };
  const columns = await knownColumns(context, definitions.model(step.snapshot), step.reads);
  return {
    family: engine.family,
    stage,
    ...(interval === null ? {} : { start: interval[0], end: interval[1] }),
    executionTime,
    thisModel: engine.name(table),
    resolve,
    gateway,
    defaultCatalog: engine.defaultCatalog,
    ...(columns === null ? {} : { columnsOf: (name) => columns.get(name) ?? null }),
  };
}

/** For texts that run when views move, and after: names become the environment's views. */
export function viewContext(
  context: ApplyContext,
  stage: RuntimeStage,
  thisModel: NameParts | null,
): RenderContext {
  const { engine, plan, after, gateway, executionTime, definitions } = context;
  const promoted = promotedMembers(after);
  return {
    family: engine.family,
    stage,
    executionTime,
    thisModel: thisModel === null ? "NULL" : engine.name(thisModel),
    resolve: (name) => {
      const member = promoted.get(name);
      if (member === undefined) return null;
      const { facts } = definitions.snapshot(member);
      const shown = showsByView(facts, plan.environment.name)
        ? viewName(facts.parts, plan.environment.name, after.naming)
        : facts.parts;
      return { kind: "table", sql: engine.name(shown) };
    },
    gateway,
    defaultCatalog: engine.defaultCatalog,
    extra: { this_env: plan.environment.name },
  };
}

const lately = new WeakMap<Environment, ReadonlyMap<ModelName, EnvironmentMember>>();

/** Kept with the record: each view that moves asks for it. */
function promotedMembers(environment: Environment): ReadonlyMap<ModelName, EnvironmentMember> {
  const kept = lately.get(environment);
  if (kept !== undefined) return kept;
  const promoted = environment.members.filter((member) => member.promoted);
  const found = new Map(promoted.map((member) => [member.name, member]));
  lately.set(environment, found);
  return found;
}

/** Names of every view the environment has after the plan. */
export function shownViews({
  plan,
  after,
  definitions,
}: Pick<ApplyContext, "plan" | "after" | "definitions">): readonly NameParts[] {
  return after.members
    .filter(
      (member) => member.promoted && showsByView(definitions.snapshot(member).facts, plan.environment.name),
    )
    .map((member) => viewName(definitions.snapshot(member).facts.parts, plan.environment.name, after.naming));
}

/** Macros that ask for a table's columns. */
const columnMacros = /@(star|union|deduplicate|pivot)\b/i;

/** Whether the warehouse is asked for columns before the model's texts are rendered. */
export function asksColumns({ query, preStatements, postStatements }: Model): boolean {
  const texts = [query, ...preStatements, ...postStatements];
  return texts.some((text) => text !== undefined && columnMacros.test(text.text));
}

async function knownColumns(
  { engine, inside }: ApplyContext,
  model: Model,
  reads: TableMapping,
): Promise<ReadonlyMap<string, readonly Column[]> | null> {
  if (!asksColumns(model)) return null;
  const entries = await Promise.all(
    Object.entries(reads).map(
      async ([name, table]) => [name, await engine.columnsOf(table, inside)] as const,
    ),
  );
  return new Map(entries);
}
