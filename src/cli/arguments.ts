/** The words after `sluice`, checked against a command's description. Wrong use is an error with code USAGE. */
import { parseArgs } from "node:util";
import { SluiceError } from "../errors.ts";
import { didYouMean } from "../model/nearest.ts";
import { type Command, globalOptions, type OptionSpec, type OptionValues } from "./command.ts";

/** Splits off the command's name: the first word that is neither an option nor the value of a global one. */
export function splitCommand(words: readonly string[]): {
  readonly name: string | null;
  readonly rest: readonly string[];
} {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") {
      return { name: word, rest: [...words.slice(0, index), ...words.slice(index + 1)] };
    }
    const known = globalOptions.find((option) => word === `--${option.name}` || word === `-${option.short}`);
    if (known && known.takes !== "flag") index++;
  }
  return { name: null, rest: words };
}

/** Values and arguments of a call. Throws USAGE for unknown options, missing values, missing or surplus arguments. */
export function parseCall(
  command: Pick<Command, "name" | "arguments" | "options">,
  words: readonly string[],
): { readonly arguments: readonly string[]; readonly options: OptionValues } {
  const specs = [...command.options, ...globalOptions];
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: shapes(specs),
  });
  const values: Record<string, string | number | boolean | string[]> = {};
  const positional: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positional.push(token.value);
    if (token.kind !== "option") continue;
    const spec = specs.find((each) => each.name === token.name);
    if (!spec) throw unknownOption(command.name, token.rawName, specs);
    store(values, spec, token.rawName, token.value);
  }
  if (values["help"] !== true) checkArguments(command, positional);
  return { arguments: positional, options: values };
}

function shapes(
  specs: readonly OptionSpec[],
): Record<string, { type: "boolean" | "string"; short?: string; multiple: boolean }> {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.takes === "flag" ? "boolean" : "string",
        multiple: spec.takes === "list",
        ...(spec.short ? { short: spec.short } : {}),
      },
    ]),
  );
}

function store(
  values: Record<string, string | number | boolean | string[]>,
  spec: OptionSpec,
  raw: string,
  value: string | undefined,
): void {
  if (spec.takes === "flag") {
    if (value !== undefined) throw usage(`${raw} takes no value`, `Write ${raw} alone.`);
    values[spec.name] = true;
    return;
  }
  if (value === undefined || (value.startsWith("--") && value.length > 2)) {
    throw usage(`${raw} needs a value`, `Write ${raw} <${spec.value ?? "value"}>.`);
  }
  if (spec.takes === "list") {
    const before = values[spec.name];
    values[spec.name] = [...(Array.isArray(before) ? before : []), value];
  } else if (spec.takes === "number") {
    if (!/^\d+$/.test(value))
      throw usage(`${raw} needs a whole number, "${value}" is none`, `Write, for example, ${raw} 1.`);
    values[spec.name] = Number(value);
  } else values[spec.name] = value;
}

function checkArguments(command: Pick<Command, "name" | "arguments">, given: readonly string[]): void {
  const missing = command.arguments.slice(given.length).find((argument) => argument.required);
  if (missing)
    throw usage(`sluice ${command.name} needs <${missing.name}>: ${missing.help}`, helpHint(command.name));
  const surplus = given[command.arguments.length];
  if (surplus !== undefined)
    throw usage(`sluice ${command.name} does not take the argument "${surplus}"`, helpHint(command.name));
}

function unknownOption(command: string, raw: string, specs: readonly OptionSpec[]): SluiceError {
  const names = specs.map((spec) => `--${spec.name}`);
  return usage(`sluice ${command} has no option ${raw}`, didYouMean(raw, names, helpHint(command)));
}

function helpHint(command: string): string {
  return `See sluice ${command} --help.`;
}

function usage(message: string, hint?: string): SluiceError {
  return new SluiceError("USAGE", message, hint === undefined ? {} : { hint });
}
