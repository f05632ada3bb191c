/** `sluice rollback`: shows the way back to a former version, and takes it when told to. */
import { basename, resolve } from "node:path";
import { exitCodeOf } from "../plan/outcome.ts";
import { buildPlanView, type ReportContext, renderText, viewJson } from "../report/report.ts";
import { applyPlan } from "./apply-plan.ts";
import { type Call, type Command, flagOf, textOf } from "./command.ts";
import { openContext, projectPath } from "./open-context.ts";
import { overrideOptionSpecs, overridesOf } from "./override-options.ts";
import { writePlanFile } from "./plan-out.ts";

export const rollback: Command = {
  name: "rollback",
  summary: "Put the previous version of an environment back.",
  description:
    "Plans the way back to what the environment showed before: views move to tables that are still there, all at once, and\n" +
    "nothing is computed. Without --yes it is only shown. Refused, with a list, where a table is gone; what cannot be restored\n" +
    "(rows that were changed in place) is said. A rollback can be rolled back.",
  arguments: [
    {
      name: "environment",
      required: false,
      help: "The environment. Default: prod, or what config.yaml says.",
    },
  ],
  options: [
    {
      name: "to",
      takes: "number",
      value: "version",
      help: "The version to go back to. Default: the last one that showed something else.",
    },
    { name: "yes", short: "y", takes: "flag", help: "Do it." },
    { name: "out", takes: "text", value: "file", help: "Write the plan to this file, for sluice apply." },
    ...overrideOptionSpecs,
  ],
  examples: [
    ["sluice rollback", "What would production go back to?"],
    ["sluice rollback prod --yes", "Go back."],
    ["sluice rollback prod --to 41 --out back.json", "Have an older version reviewed first."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  const to = options["to"];
  await using context = await openContext(call);
  const plan = await context.rollback(call.arguments[0], typeof to === "number" ? { to } : {});
  const out = textOf(options, "out");
  if (out !== undefined) await writePlanFile(out, plan.toJSON());
  const report: ReportContext = {
    project: basename(resolve(projectPath(call))),
    apply: { by: "command", ...(out === undefined ? {} : { file: out }) },
  };
  const overrides = overridesOf(options, terminal);
  if (flagOf(options, "yes")) {
    return exitCodeOf((await applyPlan(call, context, plan, report, { overrides })).reason);
  }
  const view = buildPlanView(plan.toJSON(), { ...report, fuses: await context.fuses(plan) });
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, plan: viewJson(view) }, null, 2));
  else {
    const look = { color: terminal.color, width: terminal.width, diffs: true, steps: true };
    terminal.print(renderText(view, look));
  }
  return 0;
}
