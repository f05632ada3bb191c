/** Opens the recorded project through the project room, and names models as the records do. */
import type { ModelFacts, ModelName } from "../../src/model/model.ts";
import { loadProject, type Project } from "../../src/project/project.ts";
import { normaliseIdentifier } from "../../src/sql/dialect.ts";
import { minuteFloor } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";

export async function openProject(stage: Stage): Promise<Project> {
  return loadProject({ root: stage.root, env: stage.env, now: minuteFloor(stage.now), ...gatewayOf(stage) });
}

export function gatewayOf(stage: Stage): { readonly gateway?: string } {
  const gateway = stage.args["gateway"];
  return typeof gateway === "string" ? { gateway } : {};
}

/** With the default catalog, without quotes: `memory.t.a`. A name of one part stays alone. */
export function recordedName(facts: Pick<ModelFacts, "parts">, defaultCatalog: string | undefined): string {
  return fullParts(facts, defaultCatalog).join(".");
}

export function fullParts(
  { parts }: Pick<ModelFacts, "parts">,
  defaultCatalog: string | undefined,
): readonly string[] {
  const { catalog = parts.schema === undefined ? undefined : homeOf(defaultCatalog), schema, table } = parts;
  return [catalog, schema, table].filter((part) => part !== undefined);
}

/** Only DuckDB has a default catalog. */
function homeOf(defaultCatalog: string | undefined): string | undefined {
  return defaultCatalog === undefined ? undefined : normaliseIdentifier(defaultCatalog, "duckdb");
}

/** By name as written, in lower case. */
export function findByWritten(project: Project, written: string): ModelFacts | undefined {
  const wanted = written.toLowerCase();
  return [...project.facts.values()].find(
    (facts) => facts.displayName.toLowerCase() === wanted || facts.name.toLowerCase() === wanted,
  );
}

export function namesByRecord(project: Project): ReadonlyMap<string, ModelName> {
  return new Map(
    [...project.facts.values()].map((facts) => [
      recordedName(facts, project.settings.defaultCatalog),
      facts.name,
    ]),
  );
}
