import { describe, expect, test } from "vitest";
import { parseCall, splitCommand } from "../../../src/cli/arguments.ts";
import type { Command } from "../../../src/cli/command.ts";
import { SluiceError } from "../../../src/errors.ts";

const command: Pick<Command, "name" | "arguments" | "options"> = {
  name: "plan",
  arguments: [{ name: "environment", required: false, help: "where to" }],
  options: [
    { name: "start", short: "s", takes: "text", value: "date", help: "" },
    { name: "restate-model", short: "r", takes: "list", value: "selector", help: "" },
    { name: "no-gaps", takes: "flag", help: "" },
    { name: "min-intervals", takes: "number", help: "" },
  ],
};

describe("the command is the first word that is no option", () => {
  test.each([
    { words: ["plan", "dev"], name: "plan", rest: ["dev"] },
    { words: ["-p", "shop", "plan", "dev"], name: "plan", rest: ["-p", "shop", "dev"] },
    { words: ["--json", "--gateway", "g", "plan"], name: "plan", rest: ["--json", "--gateway", "g"] },
    { words: ["--paths=shop", "plan"], name: "plan", rest: ["--paths=shop"] },
    { words: ["--help"], name: null, rest: ["--help"] },
    { words: [], name: null, rest: [] },
  ])("$words", ({ words, name, rest }) => expect(splitCommand(words)).toEqual({ name, rest }));
});

describe("values", () => {
  test.each([
    { words: ["dev", "--start", "2024-01-01"], values: { start: "2024-01-01" } },
    { words: ["dev", "--start=3 days ago"], values: { start: "3 days ago" } },
    { words: ["dev", "-s", "2024-01-01"], values: { start: "2024-01-01" } },
    { words: ["dev", "-r", "a", "--restate-model", "b+"], values: { "restate-model": ["a", "b+"] } },
    { words: ["dev", "--restate-model", "+a"], values: { "restate-model": ["+a"] } },
    { words: ["--no-gaps", "dev"], values: { "no-gaps": true } },
    { words: ["dev", "--min-intervals", "3"], values: { "min-intervals": 3 } },
    { words: ["dev", "--json", "-p", "shop"], values: { json: true, paths: ["shop"] } },
  ])("$words", ({ words, values }) => {
    expect(parseCall(command, words)).toEqual({ arguments: ["dev"], options: values });
  });
});

describe("wrong use says what is wrong and what to do", () => {
  test.each([
    { words: ["--strat", "x"], sentence: "sluice plan has no option --strat. Did you mean --start?" },
    {
      words: ["--restate-models", "x"],
      sentence: "sluice plan has no option --restate-models. Did you mean --restate-model?",
    },
    { words: ["-x"], sentence: "sluice plan has no option -x. See sluice plan --help." },
    { words: ["--start"], sentence: "--start needs a value. Write --start <date>." },
    { words: ["--start", "--no-gaps"], sentence: "--start needs a value. Write --start <date>." },
    { words: ["--no-gaps=yes"], sentence: "--no-gaps takes no value. Write --no-gaps alone." },
    {
      words: ["--min-intervals", "many"],
      sentence:
        '--min-intervals needs a whole number, "many" is none. Write, for example, --min-intervals 1.',
    },
    {
      words: ["dev", "more"],
      sentence: 'sluice plan does not take the argument "more". See sluice plan --help.',
    },
  ])("$words", ({ words, sentence }) => {
    expect(sentenceOf(() => parseCall(command, words))).toBe(sentence);
  });

  test("a missing argument is named", () => {
    const apply = {
      name: "apply",
      arguments: [{ name: "plan-file", required: true, help: "what plan --out wrote" }],
      options: [],
    };
    expect(sentenceOf(() => parseCall(apply, []))).toBe(
      "sluice apply needs <plan-file>: what plan --out wrote. See sluice apply --help.",
    );
  });

  test("help is shown even when an argument is missing", () => {
    const apply = {
      name: "apply",
      arguments: [{ name: "plan-file", required: true, help: "" }],
      options: [],
    };
    expect(parseCall(apply, ["--help"]).options["help"]).toBe(true);
  });
});

function sentenceOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError && error.code === "USAGE") return error.sentence;
    throw error;
  }
  return "nothing was wrong";
}
