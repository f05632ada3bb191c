/** The texts of one step, rendered for its moment and its tables: each when it is first asked for, and once. */
import type { Model } from "../model/model.ts";
import { renderQuery, renderStatements } from "../model/render.ts";
import type { RenderedAudit } from "../model/render-audit.ts";
import { renderAudit } from "../model/render-audit.ts";
import type { RenderContext, RuntimeStage } from "../model/render-context.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { buildContext, type SnapshotStep } from "./rendering.ts";

/** Its functions throw what rendering throws, MACRO_INVALID and SQL_INVALID with file and line, each time they are called. */
export interface StepTexts {
  readonly model: Model;
  readonly render: RenderContext;
  readonly query: () => string;
  /** Statements around the query, in the order they run. */
  readonly pre: () => readonly string[];
  readonly post: () => readonly string[];
  /** The model's audits, in its order, those that are skipped too. */
  readonly audits: () => readonly RenderedAudit[];
}

/** As {@link buildContext}. */
export async function stepTexts(
  context: ApplyContext,
  step: SnapshotStep,
  stage: RuntimeStage,
  interval: Interval | null,
  table: NameParts = step.table,
): Promise<StepTexts> {
  const model = context.definitions.model(step.snapshot);
  const render = await buildContext(context, step, stage, interval, table);
  return {
    model,
    render,
    query: once(() => renderQuery(model, render)),
    pre: once(() => renderStatements(model, "pre", render)),
    post: once(() => renderStatements(model, "post", render)),
    audits: once(() => model.audits.map((use) => renderAudit(model, use, { ...render, stage: "auditing" }))),
  };
}

/** Renders all of them; what cannot be rendered throws. */
export function renderAll({ pre, query, post, audits }: StepTexts): void {
  pre();
  query();
  post();
  audits();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
