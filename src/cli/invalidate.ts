/** `sluice invalidate`: ends a development environment before its time. */
import { type Call, type Command, flagOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const invalidate: Command = {
  name: "invalidate",
  summary: "Mark a development environment for removal.",
  description:
    "The environment counts as gone at once; its views go with the next sluice clean, or now with --sync. Versions it was the\n" +
    "last to use are kept for their time to live. prod cannot be invalidated.",
  arguments: [{ name: "environment", required: true, help: "The environment." }],
  options: [{ name: "sync", takes: "flag", help: "Remove its views now." }],
  examples: [["sluice invalidate dev --sync", "Remove an environment of your own."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  const [environment = ""] = call.arguments;
  const sync = flagOf(call.options, "sync");
  await using context = await openContext(call);
  await context.invalidate(environment, { sync });
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, environment, removed: sync }, null, 2));
  else
    terminal.print(
      `${environment} is ${sync ? "removed" : "marked; its views go with the next sluice clean"}.`,
    );
  return 0;
}
