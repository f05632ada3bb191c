/** Readers of header values, after macros ran: raw slices → texts, lists, calls, pairs, columns (spec project-format 3.4). */
import {
  closingIndex,
  endOfPrimary,
  type HeaderProperty,
  type HeaderSource,
  type HeaderValue,
  headerError,
  parseProperties,
  splitCommas,
  valueTokens,
} from "./header.ts";
import { literalText } from "./identifiers.ts";
import type { Token } from "./lexer.ts";
import type { Column } from "./name-parts.ts";

/** `'x'`, `"x"`, `x` and `12` are the same kind of text. Throws when the value is a list or an expression. */
export function readText(value: HeaderValue, source: HeaderSource): string {
  const tokens = valueTokens(value, source);
  const first = tokens[0];
  if (!first) throw headerError(source, value.line, "a value is empty");
  const plain =
    first.kind === "string" || first.kind === "quoted" || first.kind === "word" || first.kind === "number";
  if (plain && tokens.length === 1) return literalText(first, source.family);
  const last = tokens.at(-1) as Token;
  // What macros put together, `pre_` + `eu`, is several touching tokens.
  const glued = tokens.every((token, i) => i === 0 || token.start === tokens[i - 1]?.end);
  if (plain && glued && !/[([{]/.test(value.text)) return value.text.slice(first.start, last.end);
  throw headerError(
    source,
    value.line,
    `${value.text.trim()} is not one word or string`,
    "Put it in single quotes.",
  );
}

const trueWords: ReadonlySet<string> = new Set(["true", "1", "t", "y", "yes", "on"]);

/** SQLMesh's reading: the words for true are true, everything else is false. */
export function readBoolean(value: HeaderValue, source: HeaderSource): boolean {
  const tokens = valueTokens(value, source);
  return tokens.length === 1 && trueWords.has(literalText(tokens[0] as Token, source.family).toLowerCase());
}

/** A whole number of at least 1; `name` is the property, for the message. */
export function readPositiveInteger(value: HeaderValue, name: string, source: HeaderSource): number {
  const tokens = valueTokens(value, source);
  const text = tokens.length === 1 ? literalText(tokens[0] as Token, source.family) : value.text.trim();
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(number) || number < 1) {
    throw headerError(
      source,
      value.line,
      `${name} must be a positive whole number, not ${text}`,
      `Write, for example, ${name} 1.`,
    );
  }
  return number;
}

/** Items of `(a, b)`, `[a, b]`, `a`, `(a)`, `()`; each a raw slice. */
export function readList(value: HeaderValue, source: HeaderSource): HeaderValue[] {
  const tokens = valueTokens(value, source);
  const inner = unwrap(tokens, source) ?? tokens;
  return splitCommas(inner, source).map((item) => sliceOf(value, item));
}

/** A list of words or strings. */
export function readTexts(value: HeaderValue, source: HeaderSource): string[] {
  return readList(value, source).map((item) => readText(item, source));
}

/** One argument of a call: `name := value`, `name = value`, `name => value`, or a value alone (`name` null). Names are lower-case. */
export interface HeaderArgument extends HeaderValue {
  readonly name: string | null;
}

export interface HeaderCall {
  readonly name: string;
  readonly line: number;
  readonly args: readonly HeaderArgument[];
}

/** `not_null(columns := (id))` or `not_null`. The name keeps its case. */
export function readCall(value: HeaderValue, source: HeaderSource): HeaderCall {
  const tokens = valueTokens(value, source);
  const name = tokens[0];
  if (!name || (name.kind !== "word" && name.kind !== "quoted" && name.kind !== "string")) {
    throw headerError(
      source,
      value.line,
      `${value.text.trim()} is not a call`,
      "Write name(argument := value).",
    );
  }
  const end = tokens[1]?.text === "(" ? closingIndex(tokens, 1, source) + 1 : 1;
  if (end < tokens.length) {
    const extra = tokens[end] as Token;
    throw headerError(
      source,
      extra.line,
      `after ${name.text} comes '${extra.text}' without a comma`,
      "Put a comma between calls.",
    );
  }
  const inner = end > 1 ? tokens.slice(2, end - 1) : [];
  const args = splitCommas(inner, source).map((item) => readArgument(value, item, source));
  return { name: literalText(name, source.family), line: name.line, args };
}

/** Values of `(k = v, …)` or `[k = v]`; `:=` is understood too. Keys keep their case; the last of equal keys wins. */
export function readPairs(value: HeaderValue, source: HeaderSource): Map<string, HeaderValue> {
  const pairs = new Map<string, HeaderValue>();
  const tokens = valueTokens(value, source);
  for (const item of splitCommas(unwrap(tokens, source) ?? tokens, source)) {
    const [key, sign, first] = item;
    if (!key || !first || (sign?.text !== "=" && sign?.text !== ":=")) {
      const text = sliceOf(value, item).text;
      throw headerError(
        source,
        (key as Token).line,
        `${text} is not a pair`,
        "Write key = value, with commas between pairs.",
      );
    }
    pairs.set(literalText(key, source.family), sliceOf(value, item.slice(2)));
  }
  return pairs;
}

/** Column definitions `(id INT, note VARCHAR(10) NOT NULL)` as in CREATE TABLE; NOT NULL and COMMENT are read over. */
export function readColumns(value: HeaderValue, source: HeaderSource): Column[] {
  const tokens = valueTokens(value, source);
  const inner = tokens[0]?.text === "(" ? unwrap(tokens, source) : null;
  if (!inner) {
    throw headerError(
      source,
      value.line,
      "columns must be written in parentheses",
      "Write columns (id INT, name TEXT).",
    );
  }
  return splitColumns(inner, source).map((item) => readColumn(value, item, source));
}

/** `FULL` or `INCREMENTAL_BY_TIME_RANGE (time_column ds)`; the name is upper-case. */
export function readKind(
  value: HeaderValue,
  source: HeaderSource,
): { name: string; properties: readonly HeaderProperty[] } {
  const tokens = valueTokens(value, source);
  const first = tokens[0];
  if (!first || !(first.kind === "word" || first.kind === "string" || first.kind === "quoted")) {
    throw headerError(
      source,
      value.line,
      `${value.text.trim()} is not a model kind`,
      "Write, for example, kind FULL.",
    );
  }
  const name = literalText(first, source.family).toUpperCase();
  if (tokens.length === 1) return { name, properties: [] };
  const end = endOfPrimary(tokens, 0, source, false);
  const inner = tokens[1]?.text === "(" && end === tokens.length ? tokens.slice(2, -1) : null;
  if (!inner)
    throw headerError(
      source,
      value.line,
      `${value.text.trim()} is not a model kind`,
      `Write ${name} (key value, …).`,
    );
  return { name, properties: inner.length === 0 ? [] : parseProperties(sliceOf(value, inner), source, name) };
}

function readArgument(value: HeaderValue, item: readonly Token[], source: HeaderSource): HeaderArgument {
  const [key, sign] = item;
  if (key && item.length > 2 && (sign?.text === ":=" || sign?.text === "=" || sign?.text === "=>")) {
    return { name: literalText(key, source.family).toLowerCase(), ...sliceOf(value, item.slice(2)) };
  }
  return { name: null, ...sliceOf(value, item) };
}

function readColumn(value: HeaderValue, item: readonly Token[], source: HeaderSource): Column {
  const name = item[0] as Token;
  const rest = item.slice(1);
  const end = rest.findIndex(
    (token, i) => i > 0 && /^(NOT|NULL|COMMENT|DEFAULT|PRIMARY|UNIQUE)$/i.test(token.text),
  );
  const type = end < 0 ? rest : rest.slice(0, end);
  if (type.length === 0) {
    throw headerError(
      source,
      name.line,
      `the column ${name.text} has no type`,
      `Write ${name.text} and its type, for example ${name.text} INT.`,
    );
  }
  return { name: literalText(name, source.family), type: sliceOf(value, type).text };
}

/** Commas inside `<…>` belong to a type: `STRUCT<a: INT, b: INT>`. */
function splitColumns(tokens: readonly Token[], source: HeaderSource): Token[][] {
  const items: Token[][] = [];
  let open = 0;
  for (const piece of splitCommas(tokens, source)) {
    if (open > 0) items.at(-1)?.push(...piece);
    else items.push(piece);
    for (const token of piece) {
      if (token.kind !== "symbol") continue;
      if (token.text === "<") open++;
      else if (/^>+$/.test(token.text)) open -= token.text.length;
    }
  }
  return items;
}

/** The inside of `(…)` or `[…]` when it spans the whole value, else null. */
function unwrap(tokens: readonly Token[], source: HeaderSource): Token[] | null {
  const first = tokens[0];
  if (first?.text !== "(" && first?.text !== "[") return null;
  return closingIndex(tokens, 0, source) === tokens.length - 1 ? tokens.slice(1, -1) : null;
}

function sliceOf(value: HeaderValue, tokens: readonly Token[]): HeaderValue {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (!first || !last) return { text: "", line: value.line };
  return { text: value.text.slice(first.start, last.end), line: first.line };
}
