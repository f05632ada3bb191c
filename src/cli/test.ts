/** `sluice test`: the unit tests of the project. */

import { describePlace } from "../errors.ts";
import { oneLine, terminalText } from "../report/escape.ts";
import { describeSeconds } from "../report/interval-text.ts";
import { count } from "../report/phrase.ts";
import type { Call, Command } from "./command.ts";
import { openContext } from "./open-context.ts";

export const test: Command = {
  name: "test",
  summary: "Run the unit tests.",
  description:
    "Runs the unit tests of the project on its test connection, an in-memory DuckDB unless config.yaml says otherwise.\nExits with 1 when one fails.",
  arguments: [{ name: "name", required: false, help: "Only tests of this name; * stands for anything." }],
  options: [],
  examples: [["sluice test 'test_orders*'", "Only the tests of one model."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const match = call.arguments[0];
  const started = performance.now();
  const { results, failed } = await context.test(match === undefined ? {} : { match: [match] });
  if (terminal.json) {
    terminal.print(JSON.stringify({ ok: failed === 0, ran: results.length, failed, results }, null, 2));
    return failed === 0 ? 0 : 1;
  }
  const signs = {
    pass: terminal.paint("green", "✓"),
    fail: terminal.paint("red", "✗"),
    error: terminal.paint("red", "✗"),
    skipped: terminal.paint("dim", "-"),
  };
  const lines: string[] = [];
  for (const result of results) {
    const place = result.status === "pass" ? "" : terminal.paint("dim", `  ${describePlace(result.place)}`);
    lines.push(`${signs[result.status]} ${terminalText(oneLine(result.name))}${place}`);
    if (result.message !== null) {
      lines.push(
        ...terminalText(result.message)
          .split("\n")
          .map((line) => `    ${line}`),
      );
    }
  }
  const took = describeSeconds((performance.now() - started) / 1000);
  lines.push(
    results.length === 0
      ? "No unit test was found."
      : `${count(results.length, "unit test")}, ${failed} failed (${took}).`,
  );
  terminal.print(lines.join("\n"));
  return failed === 0 ? 0 : 1;
}
