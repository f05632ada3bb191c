/**
 * A model or audit file → its parts in order: header blocks, statements, Jinja blocks, on-virtual-update blocks
 * (spec project-format 3.1–3.3). Every part is the author's own text with the line it begins on.
 */
import { SluiceError } from "../errors.ts";
import type { DialectFamily } from "./dialect.ts";
import { type Header, parseHeader } from "./header.ts";
import { type Token, tokenize } from "./lexer.ts";

/** A piece of the file; `line` counts from 1. */
export interface StatementText {
  readonly text: string;
  readonly line: number;
  /** The body of a Jinja block, without its markers. */
  readonly jinja?: true;
}

/** `macro-call`: the statement is one macro call and nothing else; it counts as the query when no other statement does. */
export type StatementShape = "query" | "macro-call" | "other";

export type FilePart =
  | { readonly kind: "header"; readonly header: Header }
  | {
      readonly kind: "statement";
      readonly sql: StatementText;
      readonly shape: StatementShape;
      /** Upper-case name of the macro of a `macro-call`, or of `@UNION(…)`, whose shape is `query`. */
      readonly macro: string | null;
    }
  | { readonly kind: "virtual-update"; readonly line: number; readonly statements: readonly StatementText[] };

const blockWords =
  /^(JINJA_QUERY_BEGIN|JINJA_STATEMENT_BEGIN|ON_VIRTUAL_UPDATE_BEGIN|ON_VIRTUAL_UPDATE_END|JINJA_END)$/i;

const dialectProperty =
  /\b(?:model|audit)\b\s*\([\s\S]*?[(,](?:\s|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*dialect(?:\s|\/\*[\s\S]*?\*\/)+(['"]?)([a-z][a-z0-9]*)\1(?:\s|\/\*[\s\S]*?\*\/)*[,)]/i;
const dialectFirst =
  /\b(?:model|audit)\b\s*\((?:\s|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*dialect(?:\s|\/\*[\s\S]*?\*\/)+(['"]?)([a-z][a-z0-9]*)\1(?:\s|\/\*[\s\S]*?\*\/)*[,)]/i;

/**
 * The `dialect` that the first MODEL or AUDIT block of a file names, lower-case, found before the file can be cut into
 * tokens (spec 3.2, step 1); null when there is none in the first 10,000 characters.
 */
export function findDialect(text: string): string | null {
  const head = text.slice(0, 10_000);
  const match = dialectFirst.exec(head) ?? dialectProperty.exec(head);
  return match?.[2]?.toLowerCase() ?? null;
}

/**
 * Parts of a file in order. Throws SQL_INVALID for text that cannot be cut into tokens or a block that is never closed,
 * MODEL_INVALID or AUDIT_INVALID for a header that cannot be read; all with file and line.
 */
export function splitFile(text: string, family: DialectFamily, file: string): FilePart[] {
  const parts: FilePart[] = [];
  let virtual: { line: number; statements: StatementText[] } | null = null;
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const lineBefore = at === 0 ? 0 : line;
    const tokens = tokenize(text, family, file, { from: at, line, stop: () => true });
    const last = tokens.at(-1);
    if (!last) break;
    at = last.end;
    line = last.line;
    const word = blockWord(tokens);
    const first = tokens.find((token) => token.kind !== "comment");
    if (word === "ON_VIRTUAL_UPDATE_BEGIN") {
      virtual = { line: first?.line ?? line, statements: [] };
    } else if (word === "ON_VIRTUAL_UPDATE_END") {
      if (virtual) parts.push({ kind: "virtual-update", ...virtual });
      virtual = null;
    } else if (word === "JINJA_QUERY_BEGIN" || word === "JINJA_STATEMENT_BEGIN") {
      const body = jinjaBody(text, at, line, file);
      at = body.end;
      line = body.endLine;
      if (virtual) virtual.statements.push(body.sql);
      else {
        const shape = word === "JINJA_QUERY_BEGIN" ? "query" : "other";
        parts.push({ kind: "statement", sql: body.sql, shape, macro: null });
      }
    } else if (first && first.text !== ";") {
      const part = readStatement(text, tokens, lineBefore, family, file);
      if (!virtual) parts.push(part);
      else if (part.kind === "statement") virtual.statements.push(part.sql);
    }
  }
  if (virtual) parts.push({ kind: "virtual-update", ...virtual });
  return parts;
}

/** How a statement's text reads: whether it can be a model's query, one macro call, or something else. */
export function statementShape(
  text: string,
  family: DialectFamily,
): { shape: StatementShape; macro: string | null } {
  return shapeOf(tokenize(text, family).filter((token) => token.kind !== "comment"));
}

function readStatement(
  text: string,
  tokens: readonly Token[],
  lineBefore: number,
  family: DialectFamily,
  file: string,
): FilePart {
  const withoutEnd = tokens.at(-1)?.text === ";" ? tokens.slice(0, -1) : tokens;
  const begin = withoutEnd.findIndex((token) => token.kind !== "comment");
  const first = withoutEnd[begin] as Token;
  const significant = withoutEnd.filter((token) => token.kind !== "comment");
  if (/^(MODEL|AUDIT|METRIC)$/i.test(first.text) && significant[1]?.text === "(") {
    // A comment on the line of the statement before belongs to that one.
    const own = withoutEnd.slice(0, begin).filter((token) => token.line !== lineBefore);
    const comments = own.map((token) => commentText(token.text));
    const header = parseHeader(text, significant, family, file);
    return {
      kind: "header",
      header: { ...header, comment: comments.length > 0 ? comments.join("\n") : null },
    };
  }
  const end = (withoutEnd.at(-1) as Token).end;
  const sql = { text: text.slice(first.start, end), line: first.line };
  return { kind: "statement", sql, ...shapeOf(significant) };
}

/** The words inside a comment, without its markers. */
export function commentText(comment: string): string {
  if (comment.startsWith("/*")) return comment.slice(2, -2).trim();
  return comment.replace(/^(?:--|#)/, "").trim();
}

function blockWord(tokens: readonly Token[]): string | null {
  const significant = tokens.filter((token) => token.kind !== "comment");
  const word = significant[0];
  if (word?.kind !== "word" || !blockWords.test(word.text)) return null;
  const next = significant[1];
  return next === undefined || next.text === ";" ? word.text.toUpperCase() : null;
}

function jinjaBody(
  text: string,
  from: number,
  fromLine: number,
  file: string,
): { sql: StatementText; end: number; endLine: number } {
  const ending = /\bJINJA_END\b[ \t\r\n]*(?:;|$)/gi;
  ending.lastIndex = from;
  const match = ending.exec(text);
  if (!match) {
    throw new SluiceError("SQL_INVALID", "this Jinja block is never closed", {
      place: { file, line: fromLine },
      hint: "End it with JINJA_END;",
    });
  }
  const body = text.slice(from, match.index);
  const blank = body.length - body.trimStart().length;
  const end = match.index + match[0].length;
  const line = fromLine + countLines(text, from, from + blank);
  const sql = { text: body.trim(), line, jinja: true } as const;
  return { sql, end, endLine: fromLine + countLines(text, from, end) };
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = text.indexOf("\n", from); i >= 0 && i < to; i = text.indexOf("\n", i + 1)) lines++;
  return lines;
}

function shapeOf(tokens: readonly Token[]): { shape: StatementShape; macro: string | null } {
  let at = 0;
  while (tokens[at]?.text === "(") at++;
  const first = tokens[at];
  if (first?.kind === "macro") {
    const end = tokens[at + 1]?.text === "(" ? closing(tokens, at + 1) + 1 : at + 1;
    const macro = first.text.slice(1).toUpperCase();
    if (at === 0 && end >= tokens.length) return { shape: macro === "UNION" ? "query" : "macro-call", macro };
    const isQuery =
      macro === "WITH" || macro === "UNION" || /^(UNION|INTERSECT|EXCEPT)$/i.test(tokens[end]?.text ?? "");
    return { shape: isQuery ? "query" : "other", macro: null };
  }
  const word = first?.kind === "word" ? first.text.toUpperCase() : "";
  if (word === "SELECT" || word === "FROM" || word === "TABLE") return { shape: "query", macro: null };
  if (word === "WITH") return { shape: isWithQuery(tokens, at + 1) ? "query" : "other", macro: null };
  return { shape: "other", macro: null };
}

/** `WITH … SELECT` is a query, `WITH … INSERT` is not: the first statement word outside parentheses decides. */
function isWithQuery(tokens: readonly Token[], from: number): boolean {
  for (let i = from; i < tokens.length; i++) {
    const text = (tokens[i] as Token).text;
    if (text === "(") {
      const end = closing(tokens, i);
      // A parenthesised query after the last CTE: `WITH x AS (…) (SELECT …)`.
      if (tokens[i - 1]?.text === ")") return true;
      i = end;
    } else if (/^(SELECT|FROM|TABLE|VALUES)$/i.test(text)) return true;
    else if (/^(INSERT|REPLACE|UPDATE|DELETE|MERGE)$/i.test(text)) return false;
  }
  return true;
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const text = (tokens[i] as Token).text;
    if (text === "(") depth++;
    else if (text === ")" && --depth === 0) return i;
  }
  return tokens.length;
}
