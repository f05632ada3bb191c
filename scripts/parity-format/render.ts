/** What a model's query gives; the rendered texts of the records are another generator's wording and are not compared. */
import { SluiceError } from "../../src/errors.ts";
import { renderQuery, renderStatements } from "../../src/model/render.ts";
import type { Stage } from "./case.ts";
import { findByWritten, openProject } from "./project.ts";
import { contextMaker } from "./rendering.ts";
import { compareTable, openWarehouse, type RecordedTable, readTable } from "./warehouse.ts";

interface ExpectedModel {
  readonly result?: RecordedTable;
  readonly error?: unknown;
}

export async function checkRender(stage: Stage): Promise<readonly string[]> {
  const project = await openProject(stage);
  await using engine = await openWarehouse(stage, project);
  const contextOf = await contextMaker(stage, project, engine);
  const expected = (stage.expect["models"] ?? {}) as Readonly<Record<string, ExpectedModel>>;
  const found: string[] = [];
  for (const written of stage.args["models"] as readonly string[]) {
    const facts = findByWritten(project, written);
    if (facts === undefined) {
      found.push(`${written}: no such model`);
      continue;
    }
    const model = await project.model(facts.name);
    const context = contextOf(model);
    const wanted = expected[written];
    const render = (): string => {
      for (const role of ["pre", "post"] as const) renderStatements(model, role, context);
      return renderQuery(model, context);
    };
    if (wanted?.error !== undefined) {
      if (!isRefused(render)) found.push(`${written}: expected a refusal`);
      continue;
    }
    const sql = render();
    if (!wanted?.result) continue;
    try {
      found.push(
        ...compareTable(written, wanted.result, await readTable(engine, sql), stage.args["ordered"] === true),
      );
    } catch (error) {
      found.push(
        `${written}: ${error instanceof SluiceError ? error.sentence : String(error)}`,
        `sql: ${sql}`,
      );
    }
  }
  return found;
}

function isRefused(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof SluiceError) return true;
    throw error;
  }
}
