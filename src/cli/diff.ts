/** `sluice diff`: which models two environments show differently. */
import { inColumns } from "./columns.ts";
import { type Call, type Command, flagOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const diff: Command = {
  name: "diff",
  summary: "Compare two environments.",
  description:
    "Lists the models that only one of two environments has, and those whose definition differs. Reads the state only.",
  arguments: [
    { name: "from", required: true, help: "The one to start from, for example prod." },
    { name: "to", required: true, help: "The one to compare with it." },
  ],
  options: [{ name: "detailed-exitcode", takes: "flag", help: "Exit with 10 when they differ." }],
  examples: [["sluice diff prod dev", "What would come to production with dev?"]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const [from, to] = call.arguments as readonly [string, string];
  const found = await context.diff(from, to);
  const rows = [
    ...found.added.map((model) => ["+", model, `only in ${found.to}`] as const),
    ...found.removed.map((model) => ["-", model, `only in ${found.from}`] as const),
    ...found.modified.map((model) => ["~", model, "differs"] as const),
  ];
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, ...found }, null, 2));
  else if (rows.length === 0) terminal.print(`${found.from} and ${found.to} show the same.`);
  else {
    const colors = { "+": "green", "-": "red", "~": "yellow" } as const;
    terminal.print(
      inColumns(rows, (text, column, row) =>
        column === 2 ? text : terminal.paint(colors[rows[row]?.[0] ?? "~"], text),
      ).join("\n"),
    );
  }
  return rows.length > 0 && flagOf(call.options, "detailed-exitcode") ? 10 : 0;
}
