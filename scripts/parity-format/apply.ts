/** What stands in the warehouse after plans and runs. */
import { Context } from "../../src/context.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { SluiceError } from "../../src/errors.ts";
import type { Outcome } from "../../src/plan/outcome.ts";
import { minuteFloor } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";
import { checkModels } from "./load.ts";
import { openProject } from "./project.ts";
import { compareTable, type RecordedTable, readTable } from "./warehouse.ts";

interface Step {
  readonly at?: string;
  /** `plan` when absent. */
  readonly do?: string;
}

export async function checkSeed(stage: Stage): Promise<readonly string[]> {
  const models = await checkModels(stage, await openProject(stage), "recorded keys only");
  return [...models, ...(await checkApply(stage))];
}

export async function checkApply(stage: Stage): Promise<readonly string[]> {
  let now = minuteFloor(stage.now);
  await using context = new Context({ paths: [stage.root], env: stage.env, now: () => now, owner: "parity" });
  for (const step of (stage.args["steps"] ?? [{}]) as readonly Step[]) {
    if (step.at !== undefined) now = Date.parse(step.at);
    const plan = await context.plan("prod", { ...(step.do === "run" ? { run: true } : {}) });
    assertApplied(await context.apply(plan));
  }
  const expected = (stage.expect["tables"] ?? {}) as Readonly<Record<string, RecordedTable>>;
  const queries = stage.args["queries"] as Readonly<Record<string, string>> | undefined;
  return await context.inspect(async (engine) => {
    const found: string[] = [];
    for (const [name, wanted] of Object.entries(expected)) {
      found.push(
        ...(await compareOne(
          engine,
          name,
          queries?.[name] ?? `SELECT * FROM ${quoted(engine, name)}`,
          wanted,
          stage,
        )),
      );
    }
    return found;
  });
}

async function compareOne(
  engine: Engine,
  name: string,
  sql: string,
  expected: RecordedTable,
  stage: Stage,
): Promise<readonly string[]> {
  try {
    return compareTable(name, expected, await readTable(engine, sql), stage.args["ordered"] === true);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return [`${name}: ${error.sentence}`];
  }
}

function quoted(engine: Engine, name: string): string {
  const [table = "", schema, catalog] = name.split(".").toReversed();
  return engine.name({
    table,
    ...(schema === undefined ? {} : { schema }),
    ...(catalog === undefined ? {} : { catalog }),
  });
}

/** An apply that did not end well is a refusal here. */
function assertApplied(outcome: Outcome): void {
  if (["applied", "nothing-to-do", "already-applied"].includes(outcome.reason)) return;
  const message = outcome.failure ? `${outcome.sentence} ${outcome.failure.message}` : outcome.sentence;
  throw new SluiceError(outcome.reason === "internal-error" ? "INTERNAL" : "ENGINE_FAILED", message);
}
