/** The steps of a rollback: statements around it, one switch, no backfill. */
import type { Environment, EnvironmentView } from "../environment/environment.ts";
import { describeName, pointerName } from "../environment/naming.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { SwitchMode } from "./plan.ts";
import type { Step, StepId } from "./step.ts";
import { StepList, stepId } from "./step-list.ts";

export interface RollbackMoves {
  readonly target: Environment;
  readonly views: readonly EnvironmentView[];
  readonly drops: readonly NameParts[];
  readonly switchMode: SwitchMode;
}

export function rollbackSteps({ target, views, drops, switchMode }: RollbackMoves): readonly Step[] {
  const steps = new StepList();
  const pointer = pointerName(target.name, target.naming);
  const begun = addStatements("before_all", target, steps, []);
  for (const { catalog, schema } of [...views.map(({ view }) => view), pointer]) {
    if (schema === undefined) continue;
    const name = { ...(catalog === undefined ? {} : { catalog }), schema, table: "" };
    const text = describeName({ ...name, table: "" }).replace(/\.$/, "");
    steps.add({
      kind: "ensure-schema",
      id: stepId("schema", text),
      needs: begun,
      sentence: `Make sure the schema ${text} exists`,
      done: { kind: "schema-exists", schema: name },
      schema: name,
    });
  }
  if (switchMode === "rename" && views.length > 0) {
    steps.add({
      kind: "build-views",
      id: stepId("build-views"),
      needs: steps.loose,
      sentence: `Build ${count(views.length)} under temporary names`,
      done: { kind: "repeatable" },
      views,
    });
  }
  const moved = [
    ...(views.length > 0
      ? [`point ${count(views.length)} back at the tables of version ${target.version}`]
      : []),
    ...(drops.length > 0 ? [`drop ${count(drops.length)}`] : []),
  ];
  const switched = steps.add({
    kind: "switch",
    id: stepId("switch"),
    needs: steps.loose,
    sentence: `Switch ${target.name}: ${moved.length > 0 ? moved.join(" and ") : "note the plan"}, all at once`,
    done: { kind: "pointer-shows-plan" },
    views,
    drops,
    pointer,
  });
  const finalised = steps.add({
    kind: "finalise",
    id: stepId("finalise"),
    needs: [switched],
    sentence: `Record ${target.name} as complete`,
    done: { kind: "environment-finalized" },
  });
  addStatements("after_all", target, steps, [finalised]);
  return steps.steps;
}

function addStatements(
  when: "before_all" | "after_all",
  { statements: { beforeAll, afterAll } }: Environment,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const statements = when === "before_all" ? beforeAll : afterAll;
  if (statements.length === 0) return needs;
  const sentence = `Run ${statements.length} statement${statements.length === 1 ? "" : "s"} of ${when}`;
  const done = { kind: "repeatable" } as const;
  return [steps.add({ kind: "run-statements", id: stepId(when), needs, sentence, done, when, statements })];
}

function count(views: number): string {
  return `${views} view${views === 1 ? "" : "s"}`;
}
