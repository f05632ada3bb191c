/** `sluice render`: the SQL a model runs, macros expanded. */
import { type Call, type Command, textOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const render: Command = {
  name: "render",
  summary: "Show the SQL a model runs.",
  description:
    "Prints the query of a model with its macros expanded, as it would run for a range of time. Runs nothing.",
  arguments: [{ name: "model", required: true, help: "Name of the model, for example shop.orders." }],
  options: [
    { name: "start", short: "s", takes: "text", value: "date", help: "Start of the range." },
    { name: "end", short: "e", takes: "text", value: "date", help: "End of the range." },
    { name: "execution-time", takes: "text", value: "date", help: "The date that counts as today." },
  ],
  examples: [
    ["sluice render shop.daily_revenue --start 2024-01-01 --end 2024-01-07", "What one week would run."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  await using context = await openContext(call);
  const [start, end, executionTime] = [
    textOf(options, "start"),
    textOf(options, "end"),
    textOf(options, "execution-time"),
  ];
  const rendered = await context.render(call.arguments[0] as string, {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(executionTime === undefined ? {} : { executionTime }),
  });
  if (terminal.json) {
    terminal.print(JSON.stringify({ ok: true, ...rendered }, null, 2));
    return 0;
  }
  const statements = [
    ...rendered.preStatements,
    ...(rendered.query === null ? [] : [rendered.query]),
    ...rendered.postStatements,
  ];
  if (statements.length === 0)
    terminal.note(`${rendered.name} has no query: it is a seed or an external table.`);
  else terminal.print(statements.map((statement) => statement.trim()).join(";\n\n"));
  return 0;
}
