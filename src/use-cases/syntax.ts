/** The engine's own parser on every query that was not seen before: a fault of grammar is found at load, with its line. */
import type { Engine } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { Project } from "../project/project.ts";
import { toEngineSql } from "../sql/permissive.ts";
import { renderForComparison } from "./rendering.ts";

/** Throws SQL_INVALID for the first fault. */
export async function checkSyntax(
  project: Project,
  engine: Engine,
  names: readonly ModelName[],
): Promise<void> {
  const models: Model[] = [];
  const queries: string[] = [];
  for (const name of names) {
    const model = await project.model(name);
    const sql = renderForComparison(model, engine.family);
    if (sql === null) continue;
    models.push(model);
    queries.push(toEngineSql(sql, engine.family));
  }
  const faults = await engine.syntaxFaults(queries);
  for (const [i, fault] of faults.entries()) {
    const model = models[i];
    if (fault === null || model === undefined) continue;
    // Lines of a rendered Jinja block are not its author's.
    const before = model.query?.jinja ? "" : (queries[i] ?? "").slice(0, fault.offset ?? 0);
    throw new SluiceError("SQL_INVALID", `${model.displayName} does not parse: ${fault.message}`, {
      place: { file: model.path, line: (model.query?.line ?? 1) + before.split("\n").length - 1 },
      hint: "Correct the query.",
    });
  }
}
