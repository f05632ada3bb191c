/** `sluice environments`: every environment with its version. */
import { count } from "../report/phrase.ts";
import { inColumns } from "./columns.ts";
import type { Call, Command } from "./command.ts";
import { openContext } from "./open-context.ts";

export const environments: Command = {
  name: "environments",
  summary: "List the environments.",
  description:
    "Lists every environment of the project's state: version, models, when it was promoted and when it expires.",
  arguments: [],
  options: [],
  examples: [["sluice environments --json", "The same for a script."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const list = await context.environments();
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, environments: list }, null, 2));
  else if (list.length === 0)
    terminal.print("There are no environments yet. Make the first with sluice plan --auto-apply.");
  else {
    const rows = list.map((each) => [
      each.name,
      `version ${each.version}`,
      count(each.models, "model"),
      each.finalizedAt === null ? "promotion not finished" : `promoted ${short(each.finalizedAt)}`,
      each.expiresAt === null ? "" : `expires ${short(each.expiresAt)}`,
    ]);
    terminal.print(
      inColumns(rows, (text, column) => (column === 0 ? terminal.paint("cyan", text) : text)).join("\n"),
    );
  }
  return 0;
}

/** `2024-01-31 06:30 UTC` */
export function short(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
