import { describe, expect, test } from "vitest";
import { globalOptions } from "../../../src/cli/command.ts";
import { commands } from "../../../src/cli/commands.ts";
import { commandHelp, generalHelp } from "../../../src/cli/help.ts";

test("the list names every command that works, and no other", () => {
  const help = generalHelp(false);
  for (const { name, load } of commands) expect(help.includes(`  ${name} `), name).toBe(load !== undefined);
});

describe.each(commands.filter((entry) => entry.load))("$name", (entry) => {
  test("describes itself as the list does", async () => {
    const command = await entry.load?.();
    expect(command?.name).toBe(entry.name);
    expect(command?.summary).toBe(entry.summary);
  });

  test("help explains every argument and option, and fits 110 columns", async () => {
    const command = await entry.load?.();
    if (!command) return;
    const help = commandHelp(command, false);
    for (const argument of command.arguments) expect(help).toContain(argument.help);
    for (const option of command.options) {
      expect(help).toContain(`--${option.name}`);
      expect(option.help).toMatch(/\.$/);
    }
    const names = [...command.options, ...globalOptions].map((option) => option.name);
    expect(new Set(names).size).toBe(names.length);
    for (const line of help.split("\n")) expect(line.length, line).toBeLessThanOrEqual(130);
  });
});
