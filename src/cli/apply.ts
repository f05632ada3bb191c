/** `sluice apply`: exactly what the plan file says, or nothing. */
import { basename, resolve } from "node:path";
import { exitCodeOf } from "../plan/outcome.ts";
import { applyPlan } from "./apply-plan.ts";
import type { Call, Command } from "./command.ts";
import { openContext, projectPath } from "./open-context.ts";
import { overrideOptionSpecs, overridesOf } from "./override-options.ts";
import { loadPlan } from "./read-plan.ts";

export const apply: Command = {
  name: "apply",
  summary: "Do exactly what a plan file says.",
  description:
    "Applies a plan written by sluice plan --out: the steps that were reviewed, in their order, and the switch at the end.\n" +
    "When the environment moved in a way that changes the plan, nothing is done and the exit code is 3. An apply that was\n" +
    "stopped continues where it was.",
  arguments: [{ name: "plan-file", required: true, help: "What sluice plan --out wrote." }],
  options: overrideOptionSpecs,
  examples: [
    ["sluice apply plan.json", "Apply the reviewed plan."],
    ["sluice apply plan.json --override freeze --reason 'hotfix 4711'", "In spite of a freeze."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const file = call.arguments[0] as string;
  const reviewed = await loadPlan(file);
  await using context = await openContext(call);
  const report = { project: basename(resolve(projectPath(call))), apply: { by: "command", file } } as const;
  const outcome = await applyPlan(call, context, reviewed, report, {
    overrides: overridesOf(call.options, call.terminal),
  });
  return exitCodeOf(outcome.reason);
}
