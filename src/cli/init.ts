/** `sluice init`: a small project that plans and passes its own tests, to change into your own. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SluiceError } from "../errors.ts";
import { type Call, type Command, listOf } from "./command.ts";
import { starterFiles } from "./init-files.ts";

export const init: Command = {
  name: "init",
  summary: "Write a small project to start from.",
  description:
    "Writes a project over DuckDB with a seed, a view, a full and an incremental model, an audit and a unit test.\n" +
    "It plans and passes its own tests as it is. Existing files are never overwritten.",
  arguments: [{ name: "folder", required: false, help: "Where to write it. Default: the current folder." }],
  options: [],
  examples: [
    ["sluice init shop", "A new project in the folder shop."],
    ["cd shop && sluice plan --auto-apply", "Build it."],
  ],
  run,
};

async function run({ arguments: given, options, terminal }: Call): Promise<number> {
  const root = given[0] ?? listOf(options, "paths")?.[0] ?? ".";
  const config = ["config.yaml", "config.yml", "config.py"].find((name) => existsSync(join(root, name)));
  if (config !== undefined) {
    throw new SluiceError("USAGE", `${join(root, config)} exists: there is a project already`, {
      hint: "Name another folder, or run sluice plan here.",
    });
  }
  const [written, kept]: [string[], string[]] = [[], []];
  for (const [path, text] of Object.entries(starterFiles)) {
    const file = join(root, path);
    if (existsSync(file)) {
      kept.push(path);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    written.push(path);
  }
  if (terminal.json) {
    terminal.print(JSON.stringify({ ok: true, root, written, kept }, null, 2));
    return 0;
  }
  const enter = relative(".", root) === "" ? "" : `cd ${root} && `;
  terminal.print(
    [
      ...written.map((path) => `${terminal.paint("green", "+")} ${path}`),
      ...kept.map((path) => `${terminal.paint("dim", `  ${path} exists, left as it is`)}`),
      "",
      "Next:",
      `  ${terminal.paint("cyan", `${enter}sluice test`)}                 run the unit test`,
      `  ${terminal.paint("cyan", `${enter}sluice plan`)}                 see what would be built`,
      `  ${terminal.paint("cyan", `${enter}sluice plan --auto-apply`)}    build it`,
    ].join("\n"),
  );
  return 0;
}
