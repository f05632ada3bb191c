/** Words of SQL and of headers → what they mean: names out of their quotes, strings out of theirs, dotted names in parts. */
import { type ErrorCode, SluiceError, type SourcePlace } from "../errors.ts";
import type { DialectFamily } from "./dialect.ts";
import { type Token, tokenize } from "./lexer.ts";

const backslashes: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\x1a",
};

/** The value of a string literal token; text it cannot be certain about (`x'…'`) is given back as written. */
export function stringValue(literal: string, family: DialectFamily): string {
  const dollar = /^\$[^$]*\$/.exec(literal);
  if (dollar) return literal.slice(dollar[0].length, -dollar[0].length);
  const escapes = family === "mysql" || /^[eE]'/.test(literal);
  const open = literal.search(/['"]/);
  if (open < 0 || /^[xXbB]'/.test(literal)) return literal;
  const quote = literal[open] as string;
  const body = literal.slice(open + 1, -1).replaceAll(quote + quote, quote);
  if (!escapes || !body.includes("\\")) return body;
  // `\%` and `\_` keep their backslash: LIKE reads it.
  return body.replace(/\\([\s\S])/g, (whole, c: string) =>
    c === "%" || c === "_" ? whole : (backslashes[c] ?? c),
  );
}

/** The name a word or quoted identifier token stands for, case kept. */
export function identifierValue(text: string): string {
  const quote = text[0];
  if (quote !== "`" && quote !== '"') return text;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The text a header word, string, number or quoted name stands for. */
export function literalText(token: Token, family: DialectFamily): string {
  if (token.kind === "string") return stringValue(token.text, family);
  return token.kind === "quoted" ? identifierValue(token.text) : token.text;
}

export interface NameSource {
  readonly code?: ErrorCode;
  readonly place?: SourcePlace;
}

/**
 * `"Shop".orders` → `["Shop", "orders"]`: parts out of their quotes, case kept. Both quote styles are understood in both
 * families. Throws MODEL_INVALID (or the code given) when the text is not one to three dotted parts.
 */
export function parseName(text: string, family: DialectFamily, source: NameSource = {}): string[] {
  const refuse = (message: string): never => {
    throw new SluiceError(source.code ?? "MODEL_INVALID", message, {
      hint: "Write a name of one to three parts, for example shop.orders.",
      ...(source.place === undefined ? {} : { place: source.place }),
    });
  };
  const file = source.place?.file ?? "<name>";
  // Backticks are no quotes to DuckDB, and `"` opens a string in MySQL; a name is read in the family that knows its quotes.
  const reader: DialectFamily = text.includes("`") ? "mysql" : text.includes('"') ? "duckdb" : family;
  const tokens = tokenize(text, reader, file).filter((token) => token.kind !== "comment");
  const parts: string[] = [];
  let end = -1;
  let open = true;
  for (const token of tokens) {
    const isName = token.kind === "word" || token.kind === "quoted" || token.kind === "number";
    // `2024_orders` arrives as a number that touches a word.
    const touches = !open && token.kind === "word" && token.start === end;
    if (touches) parts.push(`${parts.pop()}${token.text}`);
    else if (open && isName) parts.push(identifierValue(token.text));
    else if (open || token.text !== ".") refuse(`${text.trim()} is not a table name`);
    open = token.text === "." && token.kind === "symbol";
    end = token.end;
  }
  if (parts.length > 0 && open) refuse(`the table name ${text.trim()} ends with a dot`);
  if (parts.length === 0 || parts.some((part) => part === "")) refuse("a table name is empty");
  if (parts.length > 3) refuse(`the table name ${text.trim()} has ${parts.length} parts`);
  return parts;
}
