#!/usr/bin/env node
/** The entry: finds the command, parses its words, runs it, turns what is thrown into a sentence and an exit code. */
import { SluiceError } from "../errors.ts";
import { didYouMean } from "../model/nearest.ts";
import { limitYoungHeap } from "../young-heap.ts";
import { parseCall, splitCommand } from "./arguments.ts";
import { commands } from "./commands.ts";
import { reportError } from "./failure.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { makeClock, openTerminal, wantsColor } from "./terminal.ts";

async function main(words: readonly string[]): Promise<number> {
  const { name, rest } = splitCommand(words);
  const noColor = words.includes("--no-color");
  const color = wantsColor(process.env, noColor, process.stdout.isTTY ?? false);
  if (rest.includes("--version") && name === null) return version();
  if (name === null || name === "help") {
    const about = name === "help" ? splitCommand(rest).name : null;
    if (about !== null) return main([about, "--help"]);
    process.stdout.write(generalHelp(color));
    return name === null && words.length > 0 && !words.includes("--help") && !words.includes("-h") ? 2 : 0;
  }

  const json = words.includes("--json");
  const quiet = openTerminal({ json, noColor, clock: makeClock(null, Date.now, () => performance.now()) });
  try {
    const command = await findCommand(name);
    const call = parseCall(command, rest);
    if (call.options["help"] === true) {
      process.stdout.write(commandHelp(command, color));
      return 0;
    }
    const clock = makeClock(startOfClock(process.env["SLUICE_NOW"]), Date.now, () => performance.now());
    return await command.run({ ...call, terminal: openTerminal({ json, noColor, clock }) });
  } catch (error) {
    return reportError(error, quiet);
  }
}

async function findCommand(name: string) {
  const entry = commands.find((command) => command.name === name);
  if (entry) return entry.load();
  const known = commands.map((command) => command.name);
  throw new SluiceError("USAGE", `sluice has no command "${name}"`, {
    hint: didYouMean(name, known, "See sluice --help.") ?? "See sluice --help.",
  });
}

function startOfClock(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new SluiceError("USAGE", `SLUICE_NOW is "${text}", which is not an ISO instant`, {
      hint: "Write, for example, 2024-01-31T00:00:00Z.",
    });
  }
  return at;
}

async function version(): Promise<number> {
  const { toolVersion } = await import("../use-cases/version.ts");
  process.stdout.write(`sluice ${toolVersion}\n`);
  return 0;
}

// A reader such as `head` may close the pipe early: that is its right, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

limitYoungHeap();
process.exitCode = await main(process.argv.slice(2));
