/**
 * The shadow of a query: text of the same length in which what the analyser's parser trips over is blanked or replaced,
 * so that every offset stays true. Only the analyser ever reads a shadow; it is never run, hashed or shown.
 */
import type { DialectFamily } from "../dialect.ts";
import { type Token, tokenize } from "../lexer.ts";

const selectModifiers = new Set([
  "SQL_NO_CACHE",
  "SQL_CACHE",
  "SQL_CALC_FOUND_ROWS",
  "SQL_SMALL_RESULT",
  "SQL_BIG_RESULT",
  "SQL_BUFFER_RESULT",
  "HIGH_PRIORITY",
]);
const compositeUnits = new Map([
  ["YEAR_MONTH", "YEAR"],
  ["DAY_HOUR", "DAY"],
  ["DAY_MINUTE", "DAY"],
  ["DAY_SECOND", "DAY"],
  ["DAY_MICROSECOND", "DAY"],
  ["HOUR_MINUTE", "HOUR"],
  ["HOUR_SECOND", "HOUR"],
  ["HOUR_MICROSECOND", "HOUR"],
  ["MINUTE_SECOND", "MINUTE"],
  ["MINUTE_MICROSECOND", "MINUTE"],
  ["SECOND_MICROSECOND", "SECOND"],
]);
const joinHints = /^\[\s*(?:BROADCAST|SHUFFLE|BUCKET|COLOCATE|UNREORDER|SKEW)\b/i;

/**
 * `tables`: dotted names, parts as the dialect compares them, of the tables whose columns are known. A qualifier that the
 * analyser cannot follow (`catalog.shop.orders`, `shop.orders.id`) is blanked down to what it can.
 */
export function shadowOf(sql: string, family: DialectFamily, tables: ReadonlySet<string>): string {
  const shadow = new Shadow(sql);
  const tokens = tokenize(sql, family);
  for (const token of tokens)
    if (token.kind === "comment" || token.kind === "hint") shadow.blank(token.start, token.end);
  const code = tokens.filter((token) => token.kind !== "comment" && token.kind !== "hint");
  code.forEach((token, i) => {
    shadowWord(shadow, code, i);
    shadowSymbol(shadow, code, i, sql);
    if (token.kind === "number" && /^0[xX]/.test(token.text))
      shadow.put(token, "1".repeat(token.text.length));
    if (token.kind === "string") shadow.put(token, withoutAstral(token.text));
  });
  blankQualifiers(shadow, code, family, tables);
  return shadow.text();
}

function shadowWord(shadow: Shadow, code: readonly Token[], i: number): void {
  const token = code[i];
  if (token?.kind !== "word") return;
  const word = token.text.toUpperCase();
  const before = code[i - 1]?.text.toUpperCase();
  if (selectModifiers.has(word)) shadow.blank(token.start, token.end);
  else if (word === "STRAIGHT_JOIN") shadow.put(token, before === "SELECT" ? "" : "JOIN");
  else if (compositeUnits.has(word)) shadow.put(token, compositeUnits.get(word) ?? "");
  else if (word === "SET" && before === "CHARACTER" && code[i + 1]) {
    shadow.blank((code[i - 1] as Token).start, (code[i + 1] as Token).end);
  } else if (word === "DEFAULT") {
    const end = code.slice(i + 1, i + 6).findIndex((t) => t.text.toUpperCase() === "ON");
    const last = code[i + 2 + end];
    if (end >= 1 && last && /^(?:EMPTY|ERROR)$/i.test(last.text)) shadow.blank(token.start, last.end);
  }
}

function shadowSymbol(shadow: Shadow, code: readonly Token[], i: number, sql: string): void {
  const token = code[i];
  if (token?.kind !== "symbol") return;
  const next = code[i + 1];
  if (token.text === "!") shadow.put(token, "~");
  else if (token.text === "//") shadow.put(token, "/");
  else if (token.text === "," && (next === undefined || next.text === ")" || /^FROM$/i.test(next.text)))
    shadow.put(token, "");
  else if (
    token.text === "[" &&
    /^JOIN$/i.test(code[i - 1]?.text ?? "") &&
    joinHints.test(sql.slice(token.start))
  ) {
    const close = code.slice(i).find((t) => t.text === "]");
    if (close) shadow.blank(token.start, close.end);
  }
}

/** In a dotted run that holds a known `schema.table`, blanks what stands before it; before a column, the schema too. */
function blankQualifiers(
  shadow: Shadow,
  code: readonly Token[],
  family: DialectFamily,
  tables: ReadonlySet<string>,
): void {
  for (let i = 0; i < code.length; i++) {
    const run = dottedRun(code, i);
    if (run.length >= 3) {
      const parts = run.map((token) => identifierOf(token.text, family));
      const at = parts.findIndex((part, k) => tables.has(`${part}.${parts[k + 1]}`));
      const first = at < 0 ? undefined : at + 2 === run.length ? run[at] : run[at + 1];
      const start = (run[0] as Token).start;
      if (first && first.start > start) shadow.blank(start, first.start);
    }
    i += Math.max(0, run.length * 2 - 2);
  }
}

/** The identifiers of `a.b.c` starting at token `i`; `*` may be the last. */
function dottedRun(code: readonly Token[], i: number): Token[] {
  const first = code[i];
  if (!first || !isName(first)) return [];
  const run = [first];
  for (let k = i + 1; code[k]?.text === "."; k += 2) {
    const part = code[k + 1];
    if (!part || !(isName(part) || part.text === "*")) break;
    run.push(part);
  }
  return run;
}

export function isName(token: Token): boolean {
  return token.kind === "word" || token.kind === "quoted";
}

/** A written identifier without quotes, in the form the family compares. */
export function identifierOf(text: string, family: DialectFamily): string {
  const quote = text[0];
  const bare = quote === '"' || quote === "`" ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
  return family === "duckdb" ? bare.toLowerCase() : bare;
}

/** The library counts code points: two plain characters for each astral one keep its offsets equal to ours. */
function withoutAstral(text: string): string {
  return text.replace(/[\u{10000}-\u{10FFFF}]/gu, "__");
}

/** A text under change, always of the same length; line breaks survive. */
class Shadow {
  readonly #characters: string[];

  constructor(sql: string) {
    this.#characters = sql.split("");
  }

  blank(start: number, end: number): void {
    for (let i = start; i < end; i++) if (this.#characters[i] !== "\n") this.#characters[i] = " ";
  }

  put(token: Token, text: string): void {
    this.blank(token.start, token.end);
    for (let i = 0; i < text.length; i++) this.#characters[token.start + i] = text[i] as string;
  }

  text(): string {
    return this.#characters.join("");
  }
}
