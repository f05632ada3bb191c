/** `sluice import-state`: takes over a production that SQLMesh built, or says model by model why not. */
import type { ImportReport } from "../context.ts";
import { describeIntervals } from "../report/interval-text.ts";
import { count } from "../report/phrase.ts";
import { inColumns } from "./columns.ts";
import { type Call, type Command, flagOf, textOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const importState: Command = {
  name: "import-state",
  summary: "Take over a production that SQLMesh built.",
  description:
    "Reads SQLMesh's state and proves, model by model, that the table in the warehouse is what the project says: the same\n" +
    "definition, the same columns, and everything it reads proved as well. Without --yes it is only shown. With it, what is\n" +
    "proved is recorded as production: no data is copied, no view moves, SQLMesh's state is not written. The next plan builds\n" +
    "the rest. From then on SQLMesh must not be run on this warehouse any more.",
  arguments: [],
  options: [
    { name: "yes", short: "y", takes: "flag", help: "Record what is proved." },
    {
      name: "from",
      takes: "text",
      value: "schema",
      help: "Schema of SQLMesh's state tables. Default: sqlmesh.",
    },
  ],
  examples: [
    ["sluice import-state", "What could be taken over, and what not?"],
    ["sluice import-state --yes", "Take it over."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  const from = textOf(options, "from");
  await using context = await openContext(call);
  const report = await context.importState({
    apply: flagOf(options, "yes"),
    ...(from === undefined ? {} : { from }),
  });
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, ...report }, null, 2));
  else terminal.print([...table(report), "", ...verdict(report)].join("\n"));
  return 0;
}

function table({ models, leftAlone, sqlmeshVersion }: ImportReport): readonly string[] {
  const rows = models.map(({ name, kind, adopted, reasons, notes, table, intervals }) => [
    name,
    kind,
    adopted ? "adopt" : "build",
    adopted
      ? [
          table ?? "nothing is built of it",
          ...(intervals.length > 0 ? [describeIntervals(intervals)] : []),
          ...notes,
        ].join("; ")
      : reasons.join("; "),
  ]);
  return [
    `Production of SQLMesh ${sqlmeshVersion}:`,
    ...inColumns(rows).map((line) => `  ${line}`),
    ...(leftAlone.length === 0
      ? []
      : [
          "Not in the project, left as they are:",
          ...inColumns(leftAlone.map((name) => [name])).map((line) => `  ${line}`),
        ]),
  ];
}

function verdict({ models, result, environmentVersion }: ImportReport): readonly string[] {
  const adopted = models.filter((model) => model.adopted).length;
  const rest = models.length - adopted;
  const others = rest === 0 ? "" : ` ${count(rest, "model")} will be built by the next plan.`;
  switch (result) {
    case "shown":
      return [
        `${count(adopted, "model")} can be taken over.${others} Nothing was written; --yes takes them over.`,
      ];
    case "unchanged":
      return [`This was taken over before: prod is at version ${environmentVersion}.${others}`];
    case "imported":
      return [
        `${count(adopted, "model")} taken over: prod is at version ${environmentVersion}.${others}`,
        "Do not run SQLMesh on this warehouse any more: it does not know what Sluice does to these tables.",
      ];
  }
}
