/**
 * Door 3, the command line. A command is a description, from which help and parsing follow, and one function.
 * Belongs here: words on a terminal, files the user names, exit codes. Not here: decisions; those are the library's.
 */
import type { Terminal } from "./terminal.ts";

export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** `flag` takes no value; `list` may be given several times. */
  readonly takes: "flag" | "text" | "number" | "list";
  /** What stands for the value in help, for example `date`. */
  readonly value?: string;
  readonly help: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly required: boolean;
  readonly help: string;
}

/** Values by long name; what was not given is absent. */
export type OptionValues = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface Call {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly terminal: Terminal;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Two or three sentences: what it does, what it leaves alone. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Resolves to the exit code. */
  readonly run: (call: Call) => Promise<number>;
}

/** Options every command knows, before or after its name. */
export const globalOptions: readonly OptionSpec[] = [
  {
    name: "paths",
    short: "p",
    takes: "list",
    value: "folder",
    help: "The project's folder. Default: the current one.",
  },
  { name: "gateway", takes: "text", value: "name", help: "The gateway of config.yaml to use." },
  {
    name: "dotenv",
    takes: "text",
    value: "file",
    help: "Read environment variables from this file instead of .env.",
  },
  { name: "json", takes: "flag", help: "Print JSON on stdout and nothing else there." },
  { name: "no-color", takes: "flag", help: "No colours. The variable NO_COLOR does the same." },
  { name: "help", short: "h", takes: "flag", help: "Show this help." },
];

/** The text value of an option, if given. */
export function textOf(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a flag was given. */
export function flagOf(options: OptionValues, name: string): boolean {
  return options[name] === true;
}

/** Values of an option that may be repeated; undefined when it was not given. */
export function listOf(options: OptionValues, name: string): readonly string[] | undefined {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}
