/** Clauses kept or dropped by a constant condition: `@WHERE(c) …`, `… @JOIN(c) t ON …`, `@WITH(c) x AS (…)` and so on. */
import type { Token } from "../lexer.ts";
import { closeOf, closes, opens } from "./argument-list.ts";
import type { Expansion } from "./call.ts";
import { isTrue } from "./condition.ts";
import type { Piece } from "./pieces.ts";
import { type MacroScope, macroError } from "./scope.ts";

const keywords: Readonly<Record<string, string>> = {
  WITH: "WITH",
  JOIN: "JOIN",
  WHERE: "WHERE",
  GROUP_BY: "GROUP BY",
  HAVING: "HAVING",
  ORDER_BY: "ORDER BY",
  LIMIT: "LIMIT",
};

const joinWords = new Set(
  "LEFT RIGHT FULL INNER OUTER CROSS NATURAL SEMI ANTI ASOF POSITIONAL LATERAL".split(" "),
);
const clauseStarts = new Set(
  "WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS FOR SELECT".split(
    " ",
  ),
);

/**
 * Reads the clause operator at `i`, pushes what it becomes onto `pieces` and says where to go on.
 * Null when the token is none. A dropped clause is not expanded: its macros need no values.
 */
export function clauseOperator(
  tokens: readonly Token[],
  i: number,
  pieces: Piece[],
  scope: MacroScope,
  expand: (tokens: readonly Token[]) => Expansion,
): { readonly next: number } | null {
  const token = tokens[i] as Token;
  const name = token.text.slice(1).toUpperCase();
  const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
  if (keyword === undefined || tokens[i + 1]?.text !== "(") return null;
  const close = closeOf(tokens, i + 1);
  if (close < 0) throw macroError(scope, token, `The "(" of ${token.text} is never closed`);
  const condition = tokens.slice(i + 2, close).filter((part) => part.kind !== "comment");
  if (condition.length === 0)
    throw macroError(scope, token, `${token.text} needs a condition`, `Write ${token.text}(TRUE) …`);
  const end = (tokens[close] as Token).end;
  if (isTrue(expand(condition).items[0] ?? "NULL", scope, token)) {
    pieces.push({ kind: "text", start: token.start, end, text: keyword });
    return { next: close + 1 };
  }
  const next =
    name === "WITH" ? endOfWith(tokens, close + 1) : endOfClause(tokens, close + 1, name === "JOIN");
  if (name === "JOIN") dropJoinWords(pieces);
  pieces.push({ kind: "gone", start: token.start, end: (tokens[next - 1] as Token).end });
  return { next };
}

function endOfClause(tokens: readonly Token[], from: number, isJoin: boolean): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (opens(token)) depth++;
    else if (closes(token) && depth-- === 0) return i;
    else if (depth === 0 && startsNext(tokens, i, isJoin)) return i;
  }
  return tokens.length;
}

function startsNext(tokens: readonly Token[], i: number, isJoin: boolean): boolean {
  const token = tokens[i] as Token;
  const word = token.text.toUpperCase();
  if (token.kind === "symbol") return word === ";" || (isJoin && word === ",");
  if (token.kind === "macro") {
    const name = word.slice(1);
    return Object.hasOwn(keywords, name) && tokens[i + 1]?.text === "(";
  }
  if (token.kind !== "word" || tokens[i - 1]?.text === ".") return false;
  if (clauseStarts.has(word)) return true;
  if (!isJoin) return false;
  // LEFT( and RIGHT( are functions.
  return (
    word === "JOIN" ||
    word === "STRAIGHT_JOIN" ||
    (joinWords.has(word) && tokens[i + 1]?.text !== "(" && word !== "LATERAL")
  );
}

/** The common table expressions after `@WITH(…)` reach to the first word that is neither a name, AS nor a comma. */
function endOfWith(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (opens(token)) depth++;
    else if (closes(token)) {
      if (depth === 0) return i;
      depth--;
    } else if (
      depth === 0 &&
      token.kind === "word" &&
      /^(?:select|from|insert|update|delete|merge)$/i.test(token.text)
    )
      return i;
    else if (
      depth === 0 &&
      i > from &&
      closes(tokens[i - 1]) &&
      token.text !== "," &&
      !/^as$/i.test(token.text) &&
      token.kind !== "comment"
    )
      return i;
  }
  return tokens.length;
}

/** `LEFT OUTER` before a dropped `@JOIN` goes with it. */
function dropJoinWords(pieces: Piece[]): void {
  for (let i = pieces.length - 1; i >= 0; i--) {
    const piece = pieces[i] as Piece;
    if (piece.kind !== "kept") return;
    if (piece.token.kind === "comment") continue;
    if (!joinWords.has(piece.token.text.toUpperCase())) return;
    pieces[i] = { kind: "gone", start: piece.start, end: piece.end };
  }
}
