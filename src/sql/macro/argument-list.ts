/** Token ranges inside brackets: matching ends, pieces between commas, `key := value`, `x -> body`. */
import type { Token } from "../lexer.ts";

const openers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const closers = new Set(Object.values(openers));

/** The token opens a bracket. */
export function opens(token: Token | undefined): boolean {
  return token?.kind === "symbol" && token.text in openers;
}

/** The token closes a bracket. */
export function closes(token: Token | undefined): boolean {
  return token?.kind === "symbol" && closers.has(token.text);
}

/** Index of the bracket that closes the one at `open`, or -1. */
export function closeOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (opens(tokens[i])) depth++;
    else if (closes(tokens[i]) && --depth === 0) return i;
  }
  return -1;
}

/** Pieces between the commas outside of brackets; no tokens, no pieces. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (opens(token)) depth++;
    else if (closes(token)) depth--;
    if (depth === 0 && token.kind === "symbol" && token.text === ",") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** What is inside `[…]` or `(…)` when the brackets enclose all tokens and hold no query; null otherwise. */
export function unwrapList(tokens: readonly Token[]): Token[] | null {
  const first = tokens[0];
  if (first?.kind !== "symbol" || (first.text !== "(" && first.text !== "[")) return null;
  if (closeOf(tokens, 0) !== tokens.length - 1) return null;
  const inner = tokens.slice(1, -1);
  return inner[0]?.kind === "word" && /^(?:select|with)$/i.test(inner[0].text) ? null : inner;
}

/** One argument of a macro call, comments left out. */
export interface Argument {
  /** Lower-case name of `name := value`. */
  readonly key: string | null;
  readonly tokens: readonly Token[];
}

/** Reads `key := value` of one piece. */
export function toArgument(tokens: readonly Token[]): Argument {
  const [name, assign] = tokens;
  if (
    assign?.text === ":=" &&
    (name?.kind === "word" || name?.kind === "quoted" || name?.kind === "string")
  ) {
    return { key: name.text.replace(/^["'`]|["'`]$/g, "").toLowerCase(), tokens: tokens.slice(2) };
  }
  return { key: null, tokens };
}

/** `x -> body` or `(x, y) -> body`. */
export interface Lambda {
  /** Lower-case names. */
  readonly parameters: readonly string[];
  readonly body: readonly Token[];
}

/** The lambda these tokens are, or null. */
export function toLambda(tokens: readonly Token[]): Lambda | null {
  const first = tokens[0];
  if (first?.kind === "word" && tokens[1]?.text === "->") {
    return { parameters: [first.text.toLowerCase()], body: tokens.slice(2) };
  }
  if (first?.text !== "(") return null;
  const close = closeOf(tokens, 0);
  if (close < 0 || tokens[close + 1]?.text !== "->") return null;
  const names = splitAtCommas(tokens.slice(1, close));
  if (!names.every((name) => name.length === 1 && name[0]?.kind === "word")) return null;
  return {
    parameters: names.map((name) => (name[0] as Token).text.toLowerCase()),
    body: tokens.slice(close + 2),
  };
}
