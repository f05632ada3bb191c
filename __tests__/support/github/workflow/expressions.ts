/** `${{ … }}` by GitHub's own engine. */
import { createHash } from "node:crypto";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** Contexts by name: github, env, secrets, needs, steps … */
export type Contexts = Readonly<Record<string, unknown>>;

/** What success(), failure() and cancelled() answer. */
export interface Status {
  readonly failed: boolean;
  readonly cancelled: boolean;
}

const contextNames = [
  "github",
  "env",
  "vars",
  "secrets",
  "inputs",
  "needs",
  "steps",
  "job",
  "runner",
  "strategy",
  "matrix",
];

/** The value of one expression, without its braces. */
export function evaluate(expression: string, contexts: Contexts, status: Status): unknown {
  const functions = statusFunctions(status);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, contextNames, functions).parse();
  const all = Object.fromEntries(contextNames.map((name) => [name, contexts[name] ?? {}]));
  const known = new Map(functions.map((each) => [each.name.toLowerCase(), each]));
  const evaluator = new Evaluator(tree, toData(all) as data.Dictionary, known);
  return fromData(evaluator.evaluate());
}

/** Text with expressions in it; numbers and booleans as GitHub writes them. */
export function interpolate(text: unknown, contexts: Contexts, status: Status): string {
  if (text === null || text === undefined) return "";
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    asText(evaluate(expression.trim(), contexts, status)),
  );
}

/** The truth of an `if:`. */
export function holds(condition: string, contexts: Contexts, status: Status): boolean {
  const value = evaluate(condition, contexts, status);
  return !(value === null || value === false || value === 0 || value === "" || Number.isNaN(value));
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function statusFunctions({ failed, cancelled }: Status) {
  const define = (name: string, answer: (...values: data.ExpressionData[]) => unknown, max = 0) => ({
    name,
    minArgs: 0,
    maxArgs: max,
    call: (...values: data.ExpressionData[]) => toData(answer(...values)),
  });
  return [
    define("success", () => !failed && !cancelled),
    define("failure", () => failed && !cancelled),
    define("cancelled", () => cancelled),
    define("always", () => true),
    define(
      "hashFiles",
      (...values) =>
        createHash("sha256")
          .update(values.map((each) => each.coerceString()).join())
          .digest("hex"),
      255,
    ),
  ];
}

function toData(value: unknown): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  const pairs = Object.entries(value).map(([key, child]) => ({ key, value: toData(child) }));
  return new data.Dictionary(...pairs);
}

function fromData(value: data.ExpressionData): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
}
