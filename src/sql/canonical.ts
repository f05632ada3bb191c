/**
 * The form in which two texts are the same query (design D5): tokens without comments and layout, words folded, names
 * normalised. Two different queries must never meet here; the same query written twice may differ.
 */
import { type DialectFamily, normaliseIdentifier } from "./dialect.ts";
import { identifierValue } from "./identifiers.ts";
import { type Token, tokenize } from "./lexer.ts";
import { rememberRecent } from "./recent-texts.ts";
import { reservedWords } from "./reserved-words.ts";

/** Canonical tokens of a statement. Throws SQL_INVALID for text that cannot be cut into tokens. */
export const canonicalTokens = rememberRecent(foldTokens);

function foldTokens(sql: string, family: DialectFamily): readonly string[] {
  const tokens = tokenize(sql, family);
  const canonical: string[] = [];
  let end = -1;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.kind === "comment") continue;
    const text = canonicalText(token, nextSignificant(tokens, i), canonical, family);
    // Pieces that macros will join, `pre_@x`, are one name: `pre_ @x` is another text.
    const joined = token.start === end && joins(token, tokens[i - 1] as Token);
    // A trailing comma says nothing: `SELECT a, FROM t`.
    const trailing = canonical.at(-1) === "," && (text === ")" || afterTrailingComma.has(text));
    if (trailing) canonical[canonical.length - 1] = text;
    else if (joined) canonical[canonical.length - 1] += text;
    else canonical.push(text);
    end = token.end;
  }
  while (canonical.at(-1) === ";" || canonical.at(-1) === ",") canonical.pop();
  return canonical;
}

const afterTrailingComma: ReadonlySet<string> = new Set([
  "FROM",
  "WHERE",
  "HAVING",
  "LIMIT",
  "UNION",
  "GROUP",
  "ORDER",
]);

function joins(token: Token, before: Token): boolean {
  return (isMacro(token) && isPiece(before)) || (isMacro(before) && isPiece(token));
}

const typesAndUnits: ReadonlySet<string> = new Set(
  `BIGINT BINARY BIT BOOL BOOLEAN CHAR CHARACTER DATE DATETIME DECIMAL DOUBLE FLOAT INT INTEGER JSON NCHAR NUMERIC REAL
  SIGNED SMALLINT STRING TEXT TIME TIMESTAMP TINYINT UNSIGNED VARCHAR YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND
  MICROSECOND YEAR_MONTH DAY_HOUR DAY_MINUTE DAY_SECOND HOUR_MINUTE HOUR_SECOND MINUTE_SECOND`.split(/\s+/),
);

/** A type in a cast or before a string, a unit after INTERVAL or in EXTRACT: there case means nothing, even in MySQL. */
function isTypeOrUnit(word: string, next: Token | undefined, before: readonly string[]): boolean {
  if (!typesAndUnits.has(word)) return false;
  const last = before.at(-1);
  if (last === "::" || next?.kind === "string") return last !== ".";
  if (last === "AS") return next?.text === ")";
  if (last === "(") return next?.text.toUpperCase() === "FROM";
  return before.at(-2) === "INTERVAL";
}

function isMacro(token: Token): boolean {
  return token.kind === "macro" || token.kind === "macro-braced" || token.kind === "macro-string";
}

function isPiece(token: Token): boolean {
  return token.kind !== "symbol" && token.kind !== "comment" && token.kind !== "hint";
}

function nextSignificant(tokens: readonly Token[], i: number): Token | undefined {
  let next = i + 1;
  while (tokens[next]?.kind === "comment") next++;
  return tokens[next];
}

function canonicalText(
  token: Token,
  next: Token | undefined,
  before: readonly string[],
  family: DialectFamily,
): string {
  switch (token.kind) {
    case "word": {
      const upper = token.text.toUpperCase();
      if (reservedWords.has(upper)) return upper;
      // Functions and types do not care for case; a call is folded in both families.
      if (family === "duckdb" || next?.text === "(" || isTypeOrUnit(upper, next, before)) {
        return token.text.toLowerCase();
      }
      return token.text;
    }
    case "quoted": {
      const name = identifierValue(token.text);
      // Before a parenthesis or a string a bare word would be a call or the type of a literal.
      const plain =
        /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
        !reservedWords.has(name.toUpperCase()) &&
        next?.text !== "(" &&
        next?.kind !== "string";
      if (plain) return normaliseIdentifier(name, family);
      return `"${normaliseIdentifier(name, family).replaceAll('"', '""')}"`;
    }
    case "number":
      return token.text.toLowerCase();
    case "macro":
      return token.text.toLowerCase();
    case "hint":
      return token.text.replace(/\s+/g, " ");
    case "symbol":
      return token.text === "<>" ? "!=" : token.text;
    default:
      return token.text;
  }
}
