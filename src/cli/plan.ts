/** `sluice plan`: shows the plan, writes it down, and applies it when told to. */

import { basename, resolve } from "node:path";
import { exitCodeOf } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { buildPlanView, type PlanView, type ReportContext, renderText, viewJson } from "../report/report.ts";
import { applyPlan } from "./apply-plan.ts";
import { type Call, type Command, flagOf, textOf } from "./command.ts";
import { openContext, projectPath } from "./open-context.ts";
import { overrideOptionSpecs, overridesOf } from "./override-options.ts";
import { planOptionSpecs, toPlanOptions } from "./plan-options.ts";
import { writeNamed, writePlanFile } from "./plan-out.ts";

export const plan: Command = {
  name: "plan",
  summary: "Show what would change in an environment, and write it down.",
  description:
    "Compares the project with what an environment shows, says which models change, why, and what would be computed,\n" +
    "in which order. Nothing is touched, unless --auto-apply is given. A plan written with --out is what apply takes.",
  arguments: [
    {
      name: "environment",
      required: false,
      help: "The environment. Default: prod, or what config.yaml says.",
    },
  ],
  options: [
    ...planOptionSpecs,
    { name: "out", takes: "text", value: "file", help: "Write the plan to this file, for sluice apply." },
    { name: "comment", takes: "text", value: "file", help: "Write the pull request comment to this file." },
    { name: "summary", takes: "text", value: "file", help: "Write the job summary to this file." },
    { name: "auto-apply", takes: "flag", help: "Apply the plan at once." },
    ...overrideOptionSpecs,
    { name: "explain", takes: "flag", help: "Show every step; skip unit tests; never apply." },
    { name: "no-diff", takes: "flag", help: "Do not show the text of changes." },
    { name: "no-prompts", takes: "flag", help: "Accepted for SQLMesh's sake: Sluice never asks." },
    {
      name: "detailed-exitcode",
      takes: "flag",
      help: "Exit with 0 when nothing changes and 10 when something does.",
    },
  ],
  examples: [
    ["sluice plan", "What would change in production?"],
    ["sluice plan --out plan.json && sluice apply plan.json", "Review first, then apply exactly that."],
    ["sluice plan dev --start '3 days ago' --auto-apply", "Build an environment of your own."],
    ["sluice plan --restate-model shop.orders --start 2024-01-01", "Compute history again."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { options, terminal } = call;
  await using context = await openContext(call);
  const reviewed = await context.plan(call.arguments[0], {
    ...toPlanOptions(options),
    // The door applies by itself, to show progress and outcome.
    autoApply: false,
    ...(flagOf(options, "explain") ? { explain: true } : {}),
  });
  const document = reviewed.toJSON();
  const out = textOf(options, "out");
  const report: ReportContext = {
    project: basename(resolve(projectPath(call))),
    apply: { by: "command", ...(out === undefined ? {} : { file: out }) },
  };
  const shown: ReportContext = { ...report, fuses: await context.fuses(reviewed) };
  const view = buildPlanView(document, shown);

  if (out !== undefined) await writePlanFile(out, document);
  await writeMarkdown(call, document, shown);
  const applies = flagOf(options, "auto-apply") && !flagOf(options, "explain") && view.state === "planned";
  if (!applies) return finish(call, view);
  if (!terminal.json) show(call, view);
  const overrides = overridesOf(options, terminal);
  return exitCodeOf((await applyPlan(call, context, reviewed, report, { overrides })).reason);
}

function finish(call: Call, view: PlanView): number {
  if (call.terminal.json) call.terminal.print(JSON.stringify({ ok: true, plan: viewJson(view) }, null, 2));
  else show(call, view);
  if (!flagOf(call.options, "detailed-exitcode")) return 0;
  return view.state === "nothing-to-do" ? 0 : 10;
}

function show({ terminal, options }: Call, view: PlanView): void {
  const { color, width } = terminal;
  terminal.print(
    renderText(view, { color, width, diffs: !flagOf(options, "no-diff"), steps: flagOf(options, "explain") }),
  );
}

/** Templates and Handlebars are loaded only when Markdown is asked for. */
async function writeMarkdown(call: Call, document: PlanDocument, context: ReportContext): Promise<void> {
  const [comment, summary] = [textOf(call.options, "comment"), textOf(call.options, "summary")];
  if (comment === undefined && summary === undefined) return;
  const { renderComment, renderSummary } = await import("../report/markdown.ts");
  const { loadTemplates } = await import("../project/templates.ts");
  const templates = await loadTemplates();
  const view = buildPlanView(document, { ...context, apply: { by: "merge" } });
  if (comment !== undefined) await writeNamed(comment, renderComment(view, templates));
  if (summary !== undefined) await writeNamed(summary, renderSummary(view, templates));
}
