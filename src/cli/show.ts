/** `sluice show`: a plan file in words; opens no warehouse. */
import { basename, resolve } from "node:path";
import { buildPlanView, renderText, viewJson } from "../report/report.ts";
import { type Call, type Command, flagOf } from "./command.ts";
import { projectPath } from "./open-context.ts";
import { loadPlan } from "./read-plan.ts";

export const show: Command = {
  name: "show",
  summary: "Show a plan file.",
  description:
    "Shows a plan written by sluice plan --out: what changes and every step. Needs no project and no database.",
  arguments: [{ name: "plan-file", required: true, help: "What sluice plan --out wrote." }],
  options: [{ name: "no-diff", takes: "flag", help: "Do not show the text of changes." }],
  examples: [["sluice show plan.json", "Read the plan again before applying it."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  const file = call.arguments[0] as string;
  const reviewed = await loadPlan(file);
  const view = buildPlanView(reviewed.toJSON(), {
    project: basename(resolve(projectPath(call))),
    apply: { by: "command", file },
  });
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, plan: viewJson(view) }, null, 2));
  else
    terminal.print(
      renderText(view, {
        color: terminal.color,
        width: terminal.width,
        diffs: !flagOf(options, "no-diff"),
        steps: true,
      }),
    );
  return 0;
}
