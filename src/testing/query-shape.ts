/** The top level of a query: its common table expressions, and whether it is ordered. */
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";
import { identifierValue } from "../sql/identifiers.ts";
import { type Token, tokenize } from "../sql/lexer.ts";

export interface TopLevelCte {
  /** Normalised. */
  readonly name: string;
  /** A query that gives the CTE's rows, in the CTE's own order where that can be kept. */
  readonly sql: string;
  readonly ordered: boolean;
}

/** The CTEs of the outermost WITH, in order; none when there is no WITH. */
export function topLevelCtes(sql: string, family: DialectFamily): TopLevelCte[] {
  const tokens = tokenize(sql, family).filter((token) => token.kind !== "comment" && token.kind !== "hint");
  if (!isWord(tokens[0], "WITH")) return [];
  const found: { name: Token; open: number; close: number; listed: boolean }[] = [];
  let i = isWord(tokens[1], "RECURSIVE") ? 2 : 1;
  for (;;) {
    const name = tokens[i];
    const listed = tokens[i + 1]?.text === "(";
    let open = listed ? closeOf(tokens, i + 1) + 1 : i + 1;
    if (!isWord(tokens[open], "AS")) break;
    while (open < tokens.length && tokens[open]?.text !== "(") open++;
    const close = closeOf(tokens, open);
    if (!name || close >= tokens.length) break;
    found.push({ name, open, close, listed });
    if (tokens[close + 1]?.text !== ",") break;
    i = close + 2;
  }
  const last = found.at(-1);
  if (!last) return [];
  const prefix = sql.slice(0, (tokens[last.close] as Token).end);
  return found.map(({ name, open, close, listed }) => {
    const body = sql.slice((tokens[open] as Token).end, (tokens[close] as Token).start);
    // A body that starts with WITH, or a list of column names, needs the CTE's name.
    const whole = listed || isWord(tokens[open + 1], "WITH");
    return {
      name: normaliseIdentifier(identifierValue(name.text), family),
      sql: `${prefix} ${whole ? `SELECT * FROM ${name.text}` : body}`,
      ordered: isOrdered(body, family),
    };
  });
}

/** The outermost query has ORDER BY. */
export function isOrdered(sql: string, family: DialectFamily): boolean {
  let depth = 0;
  const tokens = tokenize(sql, family).filter((token) => token.kind !== "comment");
  return tokens.some((token, i) => {
    if (token.text === "(") depth++;
    else if (token.text === ")") depth--;
    return depth === 0 && isWord(token, "ORDER") && isWord(tokens[i + 1], "BY");
  });
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

function closeOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]?.text === "(") depth++;
    else if (tokens[i]?.text === ")" && --depth === 0) return i;
  }
  return tokens.length;
}
