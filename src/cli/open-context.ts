/** The library's Context for a command: the global options, the command's clock, the process's environment. */
import type { Context } from "../context.ts";
import { type Call, listOf, textOf } from "./command.ts";

/** Loads the library, which help texts do without. Close it: `await using context = await openContext(call)`. */
export async function openContext(call: Pick<Call, "options" | "terminal">): Promise<Context> {
  const { Context } = await import("../context.ts");
  const paths = listOf(call.options, "paths");
  const gateway = textOf(call.options, "gateway");
  const dotenvPath = textOf(call.options, "dotenv");
  return new Context({
    now: call.terminal.clock.now,
    env: call.terminal.env,
    ...(paths === undefined ? {} : { paths }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(dotenvPath === undefined ? {} : { dotenvPath }),
  });
}

/** Name of the project for reports: its folder's. */
export function projectPath(call: Pick<Call, "options">): string {
  return listOf(call.options, "paths")?.[0] ?? ".";
}
