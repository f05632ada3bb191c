/** Names with macros inside, and places where a string variable stands for a name. */
import type { Token } from "../lexer.ts";
import type { Piece } from "./pieces.ts";
import { lookUp, type MacroScope, undefinedVariable } from "./scope.ts";
import { type MacroText, nameAsSql } from "./value.ts";

/** End of the run of touching name parts that starts at `i`, when a macro is among them: `pre_@{x}_post`. */
export function endOfName(tokens: readonly Token[], i: number): number {
  let end = i;
  let macros = 0;
  while (end < tokens.length) {
    const token = tokens[end] as Token;
    if (end > i && tokens[end - 1]?.end !== token.start) break;
    if (token.kind === "macro" || token.kind === "macro-braced") macros++;
    else if (token.kind !== "word" && (token.kind !== "number" || end === i)) break;
    end++;
  }
  return macros > 0 ? end : i;
}

/** The name such a run writes. */
export function joinedName(tokens: readonly Token[], from: number, to: number, scope: MacroScope): Piece {
  const parts = tokens.slice(from, to).map((token) => {
    if (token.kind !== "macro" && token.kind !== "macro-braced") return token.text;
    return variable(token, scope).plain;
  });
  const start = (tokens[from] as Token).start;
  const end = (tokens[to - 1] as Token).end;
  return { kind: "text", start, end, text: nameAsSql(parts.join(""), scope.family) };
}

/** A bare word that may be a lambda's argument: no part of a dotted name, no function. */
export function isFreeName(tokens: readonly Token[], i: number): boolean {
  const next = tokens[i + 1];
  if (next?.text === "(" && next.start === tokens[i]?.end) return false;
  return tokens[i - 1]?.text !== "." && next?.text !== ".";
}

/** Where a string variable stands for a name: tables, aliases, parts of dotted names. */
export function isNamePlace(tokens: readonly Token[], i: number, pieces: readonly Piece[]): boolean {
  const token = tokens[i] as Token;
  const next = tokens[i + 1];
  const previous = tokens[i - 1];
  if (next?.text === "." && next.start === token.end) return true;
  if (previous?.text === "." && previous.end === token.start) return true;
  const left = pieces.findLast((piece) => piece.kind !== "kept" || piece.token.kind !== "comment");
  const word = left?.kind === "kept" ? left.token.text : left?.kind === "text" ? left.text : "";
  return /^(?:from|join|into|update|table|as|describe)$/i.test(word);
}

/** A string variable as the name of a table: `raw.orders` is two parts. */
export function dottedName(name: string, scope: MacroScope): string {
  const parts = name.split(".");
  const plain = parts.every((part) => /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(part));
  return plain ? parts.map((part) => nameAsSql(part, scope.family)).join(".") : nameAsSql(name, scope.family);
}

/** The value of `@name` or `@{name}`. Throws MACRO_INVALID when there is none. */
export function variable(token: Token, scope: MacroScope): MacroText {
  const name = token.kind === "macro-braced" ? token.text.slice(2, -1).trim() : token.text.slice(1);
  const value = lookUp(scope, name);
  if (!value) throw undefinedVariable(scope, name, token);
  return value;
}
