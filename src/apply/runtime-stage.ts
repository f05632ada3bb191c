/** What `@runtime_stage` is while a batch runs. */
import { nameKey } from "../engine/engine.ts";
import type { RuntimeStage } from "../model/render-context.ts";
import type { Step } from "../plan/step.ts";
import type { ApplyContext } from "./context.ts";

/**
 * The batch that makes a model's table or view runs as `creating`, with its own range of time; every other one as
 * `evaluating` (spec plan-and-apply 11.1). Only a first batch can be that one.
 */
export function stageOf(
  { ahead }: Pick<ApplyContext, "ahead">,
  step: Extract<Step, { kind: "backfill" }>,
): RuntimeStage {
  return step.first && !ahead.has(nameKey(step.table)) ? "creating" : "evaluating";
}
