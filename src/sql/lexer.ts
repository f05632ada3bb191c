/**
 * SQL text → tokens with their places. The only reader of SQL characters in Sluice: statements, headers, macros,
 * references, canonical form and difference all work on these tokens, and every change of text is a splice by offset.
 */
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { DialectFamily } from "./dialect.ts";
import { rememberRecent } from "./recent-texts.ts";

export type TokenKind =
  /** A bare word or keyword: letters, digits, `_`, `$`. Words with macros inside (`pre_@x`) are several touching tokens. */
  | "word"
  /** A quoted identifier, quotes included. */
  | "quoted"
  /** A string literal, quotes included (also `e'…'`, `x'…'`, `$$…$$`). */
  | "string"
  | "number"
  /** `@name`: macro variable, or macro call when `(` follows. */
  | "macro"
  /** `@{name}`: identifier interpolation. */
  | "macro-braced"
  /** `@'…'`: string literal with interpolation. */
  | "macro-string"
  /** `@@name` (MySQL system variable). */
  | "system-variable"
  /** An operator or a punctuation mark, longest match first. */
  | "symbol"
  /** A comment, markers included; optimiser hints `/*+ … *\/` and `/*! … *\/` are `hint`. */
  | "comment"
  | "hint";

export interface Token {
  readonly kind: TokenKind;
  /** The exact characters, `source.slice(start, end)`. */
  readonly text: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** Counts from 1. */
  readonly line: number;
}

const symbols = [
  "!~~*",
  "<=>",
  "->>",
  "!~*",
  ":!>",
  "!:>",
  "!~~",
  "~~*",
  "~~~",
  "::",
  ":=",
  ":>",
  "<=",
  ">=",
  "<>",
  "!=",
  "==",
  "||",
  "&&",
  "->",
  "=>",
  "<<",
  ">>",
  "//",
  "**",
  "!~",
  "~~",
  "~*",
  "^@",
  "@>",
  "<@",
];

/** Where reading begins and when it ends early; the file splitter reads a file in pieces around Jinja blocks. */
export interface TokenRange {
  readonly from: number;
  readonly line: number;
  /** Asked after each `;`: true ends the reading there. */
  readonly stop?: (tokens: readonly Token[]) => boolean;
}

const wholeText: TokenRange = { from: 0, line: 1 };

const tokensOf = rememberRecent((text, family, file = "<sql>") => cut(text, family, file, wholeText));

/**
 * Tokens of `text`, comments included, blanks left out.
 * Throws SQL_INVALID with line for an unterminated string, quoted identifier or comment.
 */
export function tokenize(
  text: string,
  family: DialectFamily,
  file = "<sql>",
  range?: TokenRange,
): readonly Token[] {
  return range === undefined ? tokensOf(text, family, file) : cut(text, family, file, range);
}

function cut(text: string, family: DialectFamily, file: string, range: TokenRange): readonly Token[] {
  const tokens: Token[] = [];
  let at = range.from;
  let line = range.line;
  const place = (): SourcePlace => ({ file, line });
  const push = (kind: TokenKind, end: number): void => {
    const piece = text.slice(at, end);
    tokens.push({ kind, text: piece, start: at, end, line });
    for (let i = piece.indexOf("\n"); i >= 0; i = piece.indexOf("\n", i + 1)) line++;
    at = end;
  };
  const endOfWord = (from: number): number => {
    let end = from;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (isAsciiWord(code)) end++;
      else if (code >= 128 && !isWideBlank(code)) end++;
      else break;
    }
    return end;
  };
  const endOfQuoted = (from: number, quote: string, backslash: boolean, what: string): number => {
    for (let i = from; i < text.length; i++) {
      const c = text[i];
      if (c === "\\" && backslash) i++;
      else if (c === quote) {
        if (text[i + 1] === quote) i++;
        else return i + 1;
      }
    }
    throw new SluiceError("SQL_INVALID", `this ${what} is never closed`, { place: place() });
  };

  while (at < text.length) {
    const c = text[at] as string;
    const next = text[at + 1] ?? "";
    if (c === "\n") {
      line++;
      at++;
    } else if (
      c === " " ||
      c === "\t" ||
      c === "\r" ||
      c === "\f" ||
      c === "\v" ||
      c === "\u00a0" ||
      c === "\ufeff"
    ) {
      at++;
    } else if (c === "-" && next === "-" && startsLineComment(text, at, family)) {
      push("comment", endOfLine(text, at));
    } else if (c === "#" && family === "mysql") {
      push("comment", endOfLine(text, at));
    } else if (c === "/" && next === "*") {
      const end = endOfBlockComment(text, at, family);
      if (end < 0) throw new SluiceError("SQL_INVALID", "this comment is never closed", { place: place() });
      push(family === "mysql" && /^\/\*(?:\+|M?!)/.test(text.slice(at, at + 4)) ? "hint" : "comment", end);
    } else if (c === "'") {
      push("string", endOfQuoted(at + 1, "'", family === "mysql", "string"));
    } else if (c === '"') {
      if (family === "mysql") push("string", endOfQuoted(at + 1, '"', true, "string"));
      else push("quoted", endOfQuoted(at + 1, '"', false, "quoted name"));
    } else if (c === "`" && family === "mysql") {
      push("quoted", endOfQuoted(at + 1, "`", false, "quoted name"));
    } else if (c === "$" && family === "duckdb" && dollarTag.test(text.slice(at, at + 64))) {
      const tag = (dollarTag.exec(text.slice(at, at + 64)) as RegExpExecArray)[0];
      const close = text.indexOf(tag, at + tag.length);
      if (close < 0) throw new SluiceError("SQL_INVALID", "this string is never closed", { place: place() });
      push("string", close + tag.length);
    } else if (/[eExXbBnN]/.test(c) && next === "'" && (family === "mysql" || /[eExX]/.test(c))) {
      const backslash = family === "mysql" || c === "e" || c === "E";
      push("string", endOfQuoted(at + 2, "'", backslash, "string"));
    } else if (c === "@") {
      if (next === "@") push("system-variable", endOfWord(at + 2));
      else if (next === "{") {
        const close = text.indexOf("}", at);
        if (close < 0)
          throw new SluiceError("SQL_INVALID", "'@{' is never closed by '}'", { place: place() });
        push("macro-braced", close + 1);
      } else if (next === "'" || next === "`") {
        push("macro-string", endOfQuoted(at + 2, next, next === "'" && family === "mysql", "string"));
      } else if (/[\p{L}_]/u.test(next)) push("macro", endOfWord(at + 1));
      else push("symbol", at + (text.startsWith("@>", at) ? 2 : 1));
    } else if (isDigit(c) || (c === "." && isDigit(next) && !touchesName(tokens, at))) {
      const end = endOfNumber(text, at);
      // `1st_quarter` is one name in MySQL, and never the number 1 with an alias.
      const isName = family === "mysql" && /^\d+$|^\d+[eE]/.test(text.slice(at, end)) && endOfWord(end) > end;
      push(isName ? "word" : "number", isName ? endOfWord(end) : end);
    } else if (isAsciiWord(c.charCodeAt(0)) || c.charCodeAt(0) >= 128) {
      const end = endOfWord(at);
      push("word", end);
    } else {
      const symbol = single.has(c) ? c : (symbols.find((s) => text.startsWith(s, at)) ?? c);
      push("symbol", at + symbol.length);
      if (c === ";" && range.stop?.(tokens)) return tokens;
    }
  }
  return tokens;
}

const single: ReadonlySet<string> = new Set(["(", ")", ",", ";", "[", "]", "{", "}", ".", "+", "?"]);
const dollarTag = /^\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/;

/**
 * In MySQL `--` opens a comment only before a blank: `5--1` is 6. A `--note` that does not touch what stands before it
 * can only be meant as a comment; `toEngineSql` gives it the blank that the server wants.
 */
function startsLineComment(text: string, at: number, family: DialectFamily): boolean {
  if (family === "duckdb") return true;
  const after = text[at + 2];
  if (after === undefined || after <= " ") return true;
  const before = text[at - 1];
  return before === undefined || before <= " " || before === ";" || before === ",";
}

/** Block comments nest in DuckDB, not in MySQL; -1 when it is never closed. */
function endOfBlockComment(text: string, at: number, family: DialectFamily): number {
  const close = text.indexOf("*/", at + 2);
  if (family === "mysql" || close < 0) return close < 0 ? -1 : close + 2;
  let depth = 1;
  for (let i = at + 2; i < text.length - 1; i++) {
    if (text[i] === "/" && text[i + 1] === "*") {
      depth++;
      i++;
    } else if (text[i] === "*" && text[i + 1] === "/") {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

/** Blanks beyond ASCII; every other character there can be part of a name. */
function isWideBlank(code: number): boolean {
  return code >= 128 && /\s/u.test(String.fromCharCode(code));
}

function isDigit(c: string): boolean {
  return c >= "0" && c <= "9";
}

function isAsciiWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36
  );
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function endOfNumber(text: string, from: number): number {
  const match = /^(?:0[xX][0-9a-fA-F]+|(?:\d[\d_]*)?\.?\d*(?:[eE][+-]?\d+)?)/.exec(
    text.slice(from, from + 400),
  );
  return from + Math.max(1, match?.[0].length ?? 1);
}

/** Whether the token before ends right here and is a name, so that `.` is a separator: `t.1`. */
function touchesName(tokens: readonly Token[], at: number): boolean {
  const before = tokens.at(-1);
  return before !== undefined && before.end === at && (before.kind === "word" || before.kind === "quoted");
}
