/** `sluice audit`: runs audits on what an environment shows. */
import { count } from "../report/phrase.ts";
import { inColumns } from "./columns.ts";
import { type Call, type Command, listOf, textOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const audit: Command = {
  name: "audit",
  summary: "Run the audits of promoted models.",
  description:
    "Runs the audits of the models of an environment on what readers see, over a range of time. Changes nothing.\nExits with 1 when an audit finds rows.",
  arguments: [{ name: "environment", required: false, help: "The environment. Default: prod." }],
  options: [
    {
      name: "start",
      short: "s",
      takes: "text",
      value: "date",
      help: "Start of the range. Default: everything.",
    },
    { name: "end", short: "e", takes: "text", value: "date", help: "End of the range. Default: now." },
    { name: "model", takes: "list", value: "name", help: "Only this model." },
  ],
  examples: [["sluice audit --start 2024-01-01 --end 2024-01-31", "Is January sound?"]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  await using context = await openContext(call);
  const [environment, start, end] = [call.arguments[0], textOf(options, "start"), textOf(options, "end")];
  const models = listOf(options, "model");
  const report = await context.audit({
    ...(environment === undefined ? {} : { environment }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(models === undefined ? {} : { models }),
  });
  if (terminal.json) terminal.print(JSON.stringify({ ok: report.failed === 0, ...report }, null, 2));
  else {
    const rows = report.results.map((each) => [
      each.status,
      each.model,
      each.audit,
      each.message ??
        (each.badRows > 0 ? `${count(each.badRows, "bad row")}${each.blocking ? "" : ", not blocking"}` : ""),
    ]);
    const colors = { pass: "green", fail: "red", error: "red", skipped: "dim" } as const;
    const paint = (text: string, column: number, row: number) => {
      const result = report.results[row];
      return column === 0 && result ? terminal.paint(colors[result.status], text) : text;
    };
    terminal.print(
      [
        ...inColumns(rows, paint),
        `${count(report.results.length, "audit")} of ${report.environment}, ${report.failed} failed.`,
      ].join("\n"),
    );
  }
  return report.failed === 0 ? 0 : 1;
}
