/** What a model would run, as text: macros expanded, EMBEDDED models inlined, other names as written. */
import { SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { toModelName } from "../model/name.ts";
import { didYouMean } from "../model/nearest.ts";
import { renderQuery, renderStatements } from "../model/render.ts";
import type { RenderContext } from "../model/render-context.ts";
import type { TimeLike } from "../plan/options.ts";
import type { Project } from "../project/project.ts";
import { parseName } from "../sql/identifiers.ts";
import { exclusiveEnd, type Instant, parseInstant } from "../time/instant.ts";
import type { Workspace } from "./workspace.ts";

export interface RenderOptions {
  readonly start?: TimeLike;
  readonly end?: TimeLike;
  readonly executionTime?: TimeLike;
}

export interface RenderedModel {
  readonly name: string;
  /** Null for seeds and external models. */
  readonly query: string | null;
  readonly preStatements: readonly string[];
  readonly postStatements: readonly string[];
}

/** Throws MODEL_INVALID for an unknown model, MACRO_INVALID for what does not expand. */
export async function renderOne(
  workspace: Workspace,
  written: string,
  options: RenderOptions,
): Promise<RenderedModel> {
  const project = await workspace.project();
  const model = await project.model(findModel(project, written));
  const embedded = await embeddedModels(project);
  const now = workspace.options.now();
  const executionTime = instantOf("execution time", options.executionTime, now, now).at;
  const context: RenderContext = {
    family: project.settings.family,
    stage: "evaluating",
    executionTime,
    thisModel: model.displayName,
    gateway: project.settings.gateway,
    defaultCatalog: project.settings.defaultCatalog,
    resolve: (name) => {
      const found = embedded.get(name);
      return found ? { kind: "embedded", model: found } : null;
    },
    // As far as the project tells; an apply asks the warehouse, and casts to the types it finds.
    columnsOf: (name) => project.facts.get(name)?.columns ?? null,
    ...(options.start === undefined ? {} : { start: instantOf("start", options.start, executionTime, 0).at }),
    ...(options.end === undefined
      ? {}
      : { end: exclusiveEnd(instantOf("end", options.end, executionTime, 0)) }),
  };
  return {
    name: model.name,
    query: model.query ? renderQuery(model, context) : null,
    preStatements: renderStatements(model, "pre", context),
    postStatements: renderStatements(model, "post", context),
  };
}

/** The project's name for what the user wrote. */
export function findModel(project: Project, written: string): ModelName {
  const { family, defaultCatalog } = project.settings;
  const name = toModelName(parseName(written, family), family, defaultCatalog);
  if (project.facts.has(name)) return name;
  const hint = didYouMean(
    written,
    [...project.facts.keys()],
    "See `sluice dag` for the models of the project.",
  );
  throw new SluiceError(
    "MODEL_INVALID",
    `the project has no model ${written}`,
    hint === undefined ? {} : { hint },
  );
}

async function embeddedModels(project: Project): Promise<ReadonlyMap<ModelName, Model>> {
  const found = new Map<ModelName, Model>();
  for (const [name, facts] of project.facts) {
    if (facts.kind.name === "EMBEDDED") found.set(name, await project.model(name));
  }
  return found;
}

function instantOf(
  what: string,
  given: TimeLike | undefined,
  relativeTo: number,
  otherwise: number,
): Instant {
  if (given === undefined) return { at: otherwise, dateOnly: false, categorical: false };
  const text = given instanceof Date ? given.toISOString() : given;
  return parseInstant(text, relativeTo, { subject: `the ${what}` });
}
