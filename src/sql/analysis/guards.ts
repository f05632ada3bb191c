/** Constructs that the analyser's library is known to misread (0.12.1): a query that has one gets no answer. */
import type { DialectFamily } from "../dialect.ts";
import { type Token, tokenize } from "../lexer.ts";
import { isName } from "./shadow.ts";

/** What the outermost `*` leaves out: `* EXCLUDE (a, b)`. */
export interface Guarded {
  /** Why the query cannot be analysed; null when it can. */
  readonly why: string | null;
  /** Identifiers as written after EXCLUDE or EXCEPT of the outermost select list. */
  readonly excluded: readonly string[];
}

const notAnAlias = new Set(
  "IN AND OR NOT OVER FILTER USING ON WITHIN UNION INTERSECT EXCEPT ALL DISTINCT VALUES SELECT FROM WHERE HAVING LIKE ILIKE BETWEEN IS AS ANY SOME EXISTS THEN ELSE WHEN CASE END JOIN LATERAL UNNEST BY RESPECT IGNORE DIV MOD XOR REGEXP RLIKE".split(
    " ",
  ),
);

/** Looks for every construct of spec sql-text 9 that makes the library answer wrongly instead of failing. */
export function guard(sql: string, family: DialectFamily): Guarded {
  const code = tokenize(sql, family).filter((token) => token.kind !== "comment" && token.kind !== "hint");
  const excluded: string[] = [];
  let depth = 0;
  for (let i = 0; i < code.length; i++) {
    const token = code[i] as Token;
    if (token.text === "(") depth++;
    else if (token.text === ")") depth--;
    const why = misread(code, i, family);
    if (why) return { why, excluded: [] };
    if (token.text === "*") {
      const list = exclusionAfter(code, i);
      if (list === "unreadable") return { why: "a star renames or replaces columns", excluded: [] };
      if (list.length > 0 && depth > 0)
        return { why: "a star inside the query leaves columns out", excluded: [] };
      excluded.push(...list);
    }
  }
  return { why: null, excluded };
}

function misread(code: readonly Token[], i: number, family: DialectFamily): string | null {
  const token = code[i] as Token;
  const next = code[i + 1]?.text ?? "";
  const word = token.kind === "word" ? token.text.toUpperCase() : "";
  const qualified = code[i - 1]?.text === ".";
  if (word === "COLUMNS" && next === "(" && !qualified && family === "duckdb") return "it uses COLUMNS(…)";
  if (
    (word === "PIVOT" || word === "UNPIVOT") &&
    !qualified &&
    family === "duckdb" &&
    next !== "," &&
    next !== "AS"
  ) {
    return `it uses ${word}`;
  }
  if (word === "JSON_TABLE" && next === "(") return "it uses JSON_TABLE";
  if (word === "INTO" && !qualified) return "it uses INTO";
  if (word === "AS" && opensBody(code, i)) {
    const close = closing(code, code[i + 1]?.text === "(" ? i + 1 : bodyAfterHint(code, i));
    if (code[close + 1]?.text === "(") return "a WITH stands before a query in parentheses";
  }
  if (token.text === ")" && namesColumns(code, i)) return "a derived table renames its columns";
  if (token.kind === "quoted" && /[\u{10000}-\u{10FFFF}]/u.test(token.text))
    return "a name holds an unusual character";
  return null;
}

/** `AS (` or `AS [NOT] MATERIALIZED (`. */
function opensBody(code: readonly Token[], i: number): boolean {
  return code[i + 1]?.text === "(" || bodyAfterHint(code, i) > 0;
}

function bodyAfterHint(code: readonly Token[], i: number): number {
  const at = /^NOT$/i.test(code[i + 1]?.text ?? "") ? i + 2 : i + 1;
  return /^MATERIALIZED$/i.test(code[at]?.text ?? "") && code[at + 1]?.text === "(" ? at + 1 : -1;
}

/** Whether `) AS d (a, b)` or `) d (a, b)` follows the parenthesis at `i`, and it closes a subquery. */
function namesColumns(code: readonly Token[], i: number): boolean {
  const at = /^AS$/i.test(code[i + 1]?.text ?? "") ? i + 2 : i + 1;
  const alias = code[at];
  if (!alias || !isName(alias) || code[at + 1]?.text !== "(") return false;
  if (alias.kind === "word" && notAnAlias.has(alias.text.toUpperCase())) return false;
  const inner = code[opening(code, i) + 1]?.text ?? "";
  return /^(?:SELECT|WITH|VALUES|FROM)$/i.test(inner);
}

/** The names in `* EXCLUDE (a, b)`, `* EXCLUDE a`, `* EXCEPT (a)`; "unreadable" for REPLACE and RENAME. */
function exclusionAfter(code: readonly Token[], star: number): readonly string[] | "unreadable" {
  const before = code[star - 1];
  const isStar =
    before === undefined ||
    before.text === "." ||
    before.text === "," ||
    /^(?:SELECT|DISTINCT|ALL)$/i.test(before.text);
  if (!isStar) return [];
  const word = code[star + 1]?.text.toUpperCase() ?? "";
  const open = code[star + 2]?.text === "(";
  if ((word === "REPLACE" || word === "RENAME") && open) return "unreadable";
  if (word === "EXCLUDE" && !open) return code[star + 2] ? [(code[star + 2] as Token).text] : [];
  if ((word !== "EXCLUDE" && word !== "EXCEPT") || !open) return [];
  if (/^SELECT$/i.test(code[star + 3]?.text ?? "")) return [];
  const close = closing(code, star + 2);
  const after = code[close + 1]?.text.toUpperCase();
  if (after === "REPLACE" || after === "RENAME") return "unreadable";
  return code
    .slice(star + 3, close)
    .filter(isName)
    .map((token) => token.text);
}

/** Index of the parenthesis that closes the one at `open`. */
function closing(code: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i >= 0 && i < code.length; i++) {
    if (code[i]?.text === "(") depth++;
    else if (code[i]?.text === ")" && --depth === 0) return i;
  }
  return code.length;
}

function opening(code: readonly Token[], close: number): number {
  let depth = 0;
  for (let i = close; i >= 0; i--) {
    if (code[i]?.text === ")") depth++;
    else if (code[i]?.text === "(" && --depth === 0) return i;
  }
  return -1;
}
