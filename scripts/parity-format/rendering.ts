/** Models rendered where every name is the table the case's setup created. */
import type { Engine } from "../../src/engine/engine.ts";
import type { Model, ModelName } from "../../src/model/model.ts";
import type { RenderContext, Resolution, RuntimeStage } from "../../src/model/render-context.ts";
import { shownColumns } from "../../src/model/shown-columns.ts";
import type { Project } from "../../src/project/project.ts";
import { exclusiveEnd, minuteFloor, parseInstant } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";

/** Embedded models are loaded first: rendering itself waits for nothing. */
export async function contextMaker(
  stage: Stage,
  project: Project,
  engine: Engine,
): Promise<(model: Model) => RenderContext> {
  const embedded = new Map<ModelName, Model>();
  for (const facts of project.facts.values()) {
    if (facts.kind.name === "EMBEDDED") embedded.set(facts.name, await project.model(facts.name));
  }
  const now = minuteFloor(stage.now);
  const given = stage.args["execution_time"] as string | undefined;
  const executionTime = given === undefined ? now : parseInstant(given, now).at;
  const resolve = (name: ModelName): Resolution | null => {
    const model = embedded.get(name);
    if (model) return { kind: "embedded", model };
    const facts = project.facts.get(name);
    return facts ? { kind: "table", sql: engine.name(facts.parts) } : null;
  };
  return (model) => ({
    family: project.settings.family,
    stage: (stage.args["stage"] as RuntimeStage | undefined) ?? "evaluating",
    ...rangeOf(stage, executionTime),
    executionTime,
    thisModel: engine.name(model.parts),
    resolve,
    gateway: project.settings.gateway,
    defaultCatalog: engine.defaultCatalog,
    columnsOf: (name) => {
      const facts = project.facts.get(name);
      return facts ? shownColumns(facts) : null;
    },
  });
}

function rangeOf(stage: Stage, executionTime: number): { readonly start?: number; readonly end?: number } {
  const { start, end } = stage.args as { readonly start?: string; readonly end?: string };
  return {
    ...(start === undefined ? {} : { start: parseInstant(start, executionTime).at }),
    ...(end === undefined ? {} : { end: exclusiveEnd(parseInstant(end, executionTime)) }),
  };
}
