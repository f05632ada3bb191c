/**
 * MODEL, AUDIT and METRIC blocks → words and raw slices of text (spec project-format 3.4). What a key means, and
 * whether it exists, is decided by the model room; values are read by `header-values.ts` after macros ran.
 */
import { type ErrorCode, SluiceError } from "../errors.ts";
import type { DialectFamily } from "./dialect.ts";
import { type Token, tokenize } from "./lexer.ts";

/** A slice of a header as written; `line` is where it begins. */
export interface HeaderValue {
  readonly text: string;
  readonly line: number;
}

/** `key` is lower-case; `value` is the raw slice, macros included; `line` is the value's. */
export interface HeaderProperty extends HeaderValue {
  readonly key: string;
  readonly keyLine: number;
}

export interface Header {
  readonly word: "MODEL" | "AUDIT" | "METRIC";
  readonly line: number;
  /** Comments right before the block: the description when no property gives one. */
  readonly comment: string | null;
  /** In order of writing; where a key is repeated only the last is kept. */
  readonly properties: readonly HeaderProperty[];
}

/** Where values come from, for reading them and for speaking about them. */
export interface HeaderSource {
  readonly family: DialectFamily;
  readonly file: string;
  /** Code of the errors thrown; MODEL_INVALID unless said otherwise. */
  readonly code?: ErrorCode;
}

/** Values that end only at the next comma of the list: conditions and types. */
const openEnded: ReadonlySet<string> = new Set([
  "when_matched",
  "merge_filter",
  "time_data_type",
  "partitioned_by",
  "clustered_by",
]);

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** A header error with its place. */
export function headerError(source: HeaderSource, line: number, message: string, hint?: string): SluiceError {
  return new SluiceError(source.code ?? "MODEL_INVALID", message, {
    place: { file: source.file, line },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Reads a block from its tokens, comments left out: `MODEL`, `(`, …, `)`. Throws MODEL_INVALID or AUDIT_INVALID. */
export function parseHeader(
  text: string,
  tokens: readonly Token[],
  family: DialectFamily,
  file: string,
): Header {
  const first = tokens[0] as Token;
  const word = first.text.toUpperCase() as Header["word"];
  const source: HeaderSource = { family, file, code: word === "AUDIT" ? "AUDIT_INVALID" : "MODEL_INVALID" };
  const close = closingIndex(tokens, 1, source);
  const after = tokens[close + 1];
  if (after) {
    throw headerError(
      source,
      after.line,
      `the ${word} block is followed by '${after.text}' without a ';' between them`,
      "Put a ';' after its ')'.",
    );
  }
  const inner = tokens.slice(2, close);
  if (inner.length === 0)
    throw headerError(source, first.line, `this ${word} block has no properties`, "Give it a name at least.");
  return {
    word,
    line: first.line,
    comment: null,
    properties: parsePropertyTokens(text, inner, source, word),
  };
}

/**
 * Properties in the text between the parentheses of a block or a kind: `time_column ds, lookback 1`.
 * `owner` is what the message calls the place, for example `INCREMENTAL_BY_TIME_RANGE`.
 */
export function parseProperties(value: HeaderValue, source: HeaderSource, owner: string): HeaderProperty[] {
  return parsePropertyTokens(value.text, valueTokens(value, source), source, owner);
}

/** Tokens of a value without comments, lines counted in the file. */
export function valueTokens(value: HeaderValue, source: HeaderSource): Token[] {
  const range = { from: 0, line: value.line };
  return tokenize(value.text, source.family, source.file, range).filter((token) => token.kind !== "comment");
}

/** Tokens cut at commas outside brackets. An empty last piece (trailing comma) is dropped, another empty one is an error. */
export function splitCommas(tokens: readonly Token[], source: HeaderSource): Token[][] {
  const pieces: Token[][] = [];
  let piece: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.text === "," && token.kind === "symbol") {
      if (piece.length === 0)
        throw headerError(source, token.line, "there is a comma with nothing before it", "Remove it.");
      pieces.push(piece);
      piece = [];
    } else if (isOpening(token)) {
      const close = closingIndex(tokens, i, source);
      piece.push(...tokens.slice(i, close + 1));
      i = close;
    } else if (token.kind === "symbol" && /^[)\]}]$/.test(token.text)) {
      throw headerError(source, token.line, `there is a '${token.text}' that closes nothing`, "Remove it.");
    } else piece.push(token);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** Index of the bracket that closes the one at `open`. */
export function closingIndex(tokens: readonly Token[], open: number, source: HeaderSource): number {
  const waiting: string[] = [];
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (isOpening(token)) waiting.push(closers[token.text] as string);
    else if (token.kind === "symbol" && token.text === waiting.at(-1)) {
      waiting.pop();
      if (waiting.length === 0) return i;
    }
  }
  const token = tokens[open] as Token;
  throw headerError(
    source,
    token.line,
    `this '${token.text}' is never closed`,
    `Add the missing '${closers[token.text]}'.`,
  );
}

/** Index after the one value that begins at `from`: a literal, a name, a call, a bracketed list or a macro. */
export function endOfPrimary(
  tokens: readonly Token[],
  from: number,
  source: HeaderSource,
  dotted: boolean,
): number {
  let i = from;
  const first = tokens[i];
  if (!first) return i;
  if (isOpening(first)) return closingIndex(tokens, i, source) + 1;
  i++;
  const touches = (): boolean => tokens[i] !== undefined && tokens[i]?.start === tokens[i - 1]?.end;
  // `pre_@{x}` and `@x.y` are one name in several touching tokens.
  while (tokens[i] && ((touches() && isNamePiece(tokens[i] as Token)) || (dotted && joinsDot(tokens, i))))
    i++;
  const last = tokens[i - 1] as Token;
  const callable =
    last.kind === "word" || last.kind === "macro" || last.kind === "macro-braced" || last.kind === "quoted";
  if (callable && tokens[i]?.text === "(") return closingIndex(tokens, i, source) + 1;
  return i;
}

function isNamePiece(token: Token): boolean {
  return (
    token.kind === "word" ||
    token.kind === "macro" ||
    token.kind === "macro-braced" ||
    token.kind === "number"
  );
}

function joinsDot(tokens: readonly Token[], i: number): boolean {
  return tokens[i]?.text === "." || tokens[i - 1]?.text === ".";
}

function isOpening(token: Token): boolean {
  return token.kind === "symbol" && closers[token.text] !== undefined;
}

function parsePropertyTokens(
  text: string,
  tokens: readonly Token[],
  source: HeaderSource,
  owner: string,
): HeaderProperty[] {
  const properties = new Map<string, HeaderProperty>();
  for (const item of splitCommas(tokens, source)) {
    const property = parseProperty(text, item, source, owner);
    properties.delete(property.key);
    properties.set(property.key, property);
  }
  return [...properties.values()];
}

function parseProperty(
  text: string,
  item: readonly Token[],
  source: HeaderSource,
  owner: string,
): HeaderProperty {
  const key = item[0] as Token;
  if (key.kind === "macro" || key.kind === "macro-braced") {
    throw new SluiceError(
      "NOT_SUPPORTED",
      `the macro ${key.text} stands where a property of ${owner} is expected`,
      {
        place: { file: source.file, line: key.line },
        hint: "Only Python macros can produce properties: write the property out.",
      },
    );
  }
  if (key.kind !== "word") {
    throw headerError(
      source,
      key.line,
      `${owner} expects a property name here, not ${key.text}`,
      "Properties are written `key value`, with commas between them.",
    );
  }
  const name = key.text.toLowerCase();
  const first = item[1];
  if (!first) {
    throw headerError(
      source,
      key.line,
      `the property '${name}' has no value`,
      `Write a value after '${name}', or remove it.`,
    );
  }
  if (first.text === "=" || first.text === ":=") {
    throw headerError(
      source,
      first.line,
      `the property '${name}' is written with '${first.text}'`,
      `Write \`${name} value\`, without '${first.text}'.`,
    );
  }
  if (!openEnded.has(name)) checkOneValue(item, name, source);
  const last = item.at(-1) as Token;
  return { key: name, keyLine: key.line, text: text.slice(first.start, last.end), line: first.line };
}

function checkOneValue(item: readonly Token[], key: string, source: HeaderSource): void {
  const end = endOfPrimary(item, 1, source, key === "name");
  const extra = item[end];
  if (!extra) return;
  if (extra.kind === "word" && extra.start > (item[end - 1] as Token).end) {
    throw headerError(
      source,
      extra.line,
      `after the value of '${key}' comes '${extra.text}' without a comma`,
      `Put a comma before '${extra.text}', or quotes around the whole value of '${key}'.`,
    );
  }
  throw headerError(
    source,
    extra.line,
    `the value of '${key}' goes on with '${extra.text}', but it can be only one word, literal, call or list`,
    "Put quotes or brackets around it.",
  );
}
