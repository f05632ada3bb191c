/** `(VALUES (1, 'a'), (2, 'b')) AS t(n, name)` as `(SELECT 1 AS n, 'a' AS name UNION ALL SELECT 2, 'b') AS t`. Pure. */
import { type Token, tokenize } from "../../src/sql/lexer.ts";
import { type Edit, splice } from "../../src/sql/splice.ts";

export function valuesAsSelects(sql: string): string {
  const tokens = tokenize(sql, "duckdb").filter(({ kind }) => kind !== "comment");
  const edits: Edit[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.text !== "(" || tokens[at + 1]?.text.toUpperCase() !== "VALUES") continue;
    const edit = rewritten(sql, tokens, at);
    if (edit !== null) edits.push(edit);
  }
  return splice(sql, edits);
}

/** From the bracket that opens at `at` to the names of the columns; null where they have none. */
function rewritten(sql: string, tokens: readonly Token[], at: number): Edit | null {
  const close = closing(tokens, at);
  const alias = tokens[close + 1]?.text.toUpperCase() === "AS" ? close + 2 : close + 1;
  if (tokens[alias + 1]?.text !== "(") return null;
  const end = closing(tokens, alias + 1);
  const names = listed(sql, tokens, alias + 1);
  const selects: string[] = [];
  for (let row = at + 2; row < close; row = closing(tokens, row) + 2) {
    const values = listed(sql, tokens, row);
    const first = selects.length === 0;
    selects.push(
      `SELECT ${values.map((value, i) => (first ? `${value} AS ${names[i]}` : value)).join(", ")}`,
    );
  }
  const text = `(${selects.join(" UNION ALL ")}) AS ${tokens[alias]?.text}`;
  return { start: tokens[at]?.start ?? 0, end: tokens[end]?.end ?? 0, text };
}

/** Texts between the commas of the bracket that opens at `open`. */
function listed(sql: string, tokens: readonly Token[], open: number): readonly string[] {
  const end = closing(tokens, open);
  const items: string[] = [];
  let start = open + 1;
  for (let at = open + 1; at <= end; at++) {
    if (tokens[at]?.text === "(") at = closing(tokens, at);
    if (at < end && tokens[at]?.text !== ",") continue;
    items.push(sql.slice(tokens[start]?.start, tokens[at - 1]?.end));
    start = at + 1;
  }
  return items;
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.text === "(") depth++;
    if (tokens[at]?.text === ")" && --depth === 0) return at;
  }
  return tokens.length;
}
