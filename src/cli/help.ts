/** Help texts, built from the descriptions of the commands. */
import { painter } from "../report/paint.ts";
import { type Command, globalOptions, type OptionSpec } from "./command.ts";
import { type CommandEntry, commands } from "./commands.ts";

const groups: readonly (readonly [CommandEntry["group"], string])[] = [
  ["start", "Start"],
  ["plan and apply", "Plan and apply"],
  ["look", "Look"],
  ["check", "Check"],
  ["operate", "Operate"],
];

/** What `sluice --help` prints. */
export function generalHelp(color: boolean): string {
  const paint = painter(color);
  const width = Math.max(...commands.map((command) => command.name.length));
  const blocks = groups.map(([group, title]) =>
    [
      paint("bold", title),
      ...commands
        .filter((command) => command.group === group)
        .map((command) => `  ${paint("cyan", command.name.padEnd(width))}  ${command.summary}`),
    ].join("\n"),
  );
  return `${[
    "Sluice plans SQL models on the pull request and applies exactly that plan on merge.",
    `${paint("bold", "Usage")}\n  sluice <command> [options]`,
    ...blocks,
    `${paint("bold", "Options of every command")}\n${optionLines(globalOptions, color)}`,
    "sluice <command> --help tells more. Start with sluice init, then sluice plan.",
  ].join("\n\n")}\n`;
}

/** What `sluice <command> --help` prints. */
export function commandHelp(command: Command, color: boolean): string {
  const paint = painter(color);
  const args = command.arguments
    .map((each) => (each.required ? `<${each.name}>` : `[${each.name}]`))
    .join(" ");
  const width = Math.max(0, ...command.arguments.map((each) => each.name.length));
  const blocks = [
    command.description,
    `${paint("bold", "Usage")}\n  sluice ${command.name}${args === "" ? "" : ` ${args}`} [options]`,
    command.arguments.length === 0
      ? ""
      : `${paint("bold", "Arguments")}\n${command.arguments.map((each) => `  ${paint("cyan", each.name.padEnd(width))}  ${each.help}`).join("\n")}`,
    command.options.length === 0 ? "" : `${paint("bold", "Options")}\n${optionLines(command.options, color)}`,
    `${paint("bold", "Options of every command")}\n${optionLines(globalOptions, color)}`,
    command.examples.length === 0
      ? ""
      : `${paint("bold", "Examples")}\n${command.examples.map(([line, meaning]) => `  ${paint("cyan", line)}\n      ${meaning}`).join("\n")}`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function optionLines(options: readonly OptionSpec[], color: boolean): string {
  const paint = painter(color);
  const heads = options.map((option) => {
    const value = option.takes === "flag" ? "" : ` <${option.value ?? "value"}>`;
    return `${option.short === undefined ? "    " : `-${option.short}, `}--${option.name}${value}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return options
    .map((option, index) => {
      const again = option.takes === "list" ? " May be repeated." : "";
      return `  ${paint("cyan", (heads[index] as string).padEnd(width))}  ${option.help}${again}`;
    })
    .join("\n");
}
