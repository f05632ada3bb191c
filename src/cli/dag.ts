/** `sluice dag`: which model reads which, as a tree, or for drawing. */
import { SluiceError } from "../errors.ts";
import { didYouMean } from "../model/nearest.ts";
import { type Call, type Command, listOf, textOf } from "./command.ts";
import { around, dot, mermaid, tree } from "./dag-drawings.ts";
import { openContext } from "./open-context.ts";

export const dag: Command = {
  name: "dag",
  summary: "Show which model reads which.",
  description:
    "Prints the models of the project, each below what it reads. A model that reads several stands below the first and is\n" +
    "named with an arrow below the others.",
  arguments: [],
  options: [
    { name: "format", takes: "text", value: "tree|mermaid|dot", help: "Default: tree." },
    {
      name: "select-model",
      takes: "list",
      value: "name",
      help: "Only this model, what it reads and what reads it.",
    },
  ],
  examples: [
    ["sluice dag", "The whole project."],
    ["sluice dag --format dot | dot -Tsvg > dag.svg", "Draw it with Graphviz."],
  ],
  run,
};

const formats = ["tree", "mermaid", "dot"] as const;

async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  const format = textOf(options, "format") ?? "tree";
  if (!formats.some((each) => each === format)) {
    throw new SluiceError("USAGE", `--format "${format}" does not exist`, {
      hint: didYouMean(format, formats, `Choose ${formats.join(", ")}.`) ?? "",
    });
  }
  await using context = await openContext(call);
  const all = await context.dag();
  const wanted = listOf(options, "select-model");
  const nodes = wanted === undefined ? all : around(all, wanted);
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, models: nodes }, null, 2));
  else
    terminal.print(
      format === "mermaid" ? mermaid(nodes) : format === "dot" ? dot(nodes) : tree(nodes, terminal.paint),
    );
  return 0;
}
