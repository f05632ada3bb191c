/** `sluice lint`: the models against the lint rules of config.yaml. */
import { describePlace } from "../errors.ts";
import type { LintViolation } from "../model/lint.ts";
import { count } from "../report/phrase.ts";
import { inColumns } from "./columns.ts";
import type { Call, Command } from "./command.ts";
import { openContext } from "./open-context.ts";

export const lint: Command = {
  name: "lint",
  summary: "Check the models against the lint rules.",
  description:
    "Checks every model against the rules that config.yaml turns on. Exits with 1 when a rule of level error is violated.",
  arguments: [],
  options: [],
  examples: [["sluice lint", "What plan would complain about."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const { violations } = await context.lint();
  const errors = violations.filter((violation) => violation.level === "error").length;
  if (terminal.json) terminal.print(JSON.stringify({ ok: errors === 0, violations }, null, 2));
  else if (violations.length === 0) terminal.print("No rule is violated.");
  else {
    const rows = violations.map((each) => [each.level, placeOf(each), each.rule, each.text]);
    const paint = (text: string, column: number, row: number) =>
      column === 0 ? terminal.paint(violations[row]?.level === "error" ? "red" : "yellow", text) : text;
    terminal.print(
      [
        ...inColumns(rows, paint),
        `${count(violations.length, "violation")}, ${count(errors, "error")}.`,
      ].join("\n"),
    );
  }
  return errors === 0 ? 0 : 1;
}

function placeOf({ path, line }: LintViolation): string {
  return describePlace(line === undefined ? { file: path } : { file: path, line });
}
