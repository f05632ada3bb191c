/**
 * What SQLMesh projects take for granted and an engine does not: trailing commas, `x::type`, derived tables without
 * alias, `FROM t SELECT x`, `--note` (spec project-format 3.8). Splices only; what the engine accepts is left alone.
 */
import { bareColumns } from "./bare-columns.ts";
import { castOperators } from "./cast-operators.ts";
import { columnNames } from "./column-names.ts";
import { type DialectFamily, quoteIdentifier } from "./dialect.ts";
import { selectFirst } from "./from-first.ts";
import { endsFrom, neverAlias } from "./keywords.ts";
import type { Token } from "./lexer.ts";
import { type Edit, splice } from "./splice.ts";
import { isOpen, type PairedTokens, pairTokens, textAt, wordAt } from "./token-tree.ts";
import { holdsOneQuery } from "./walk-brackets.ts";

/**
 * The text as the engine takes it: the author's own but for those spellings. Comments after the last token and a final
 * `;` are left out, so that the text can stand in parentheses. Throws SQL_INVALID as the lexer does.
 */
export function toEngineSql(sql: string, family: DialectFamily): string {
  const text = family === "mysql" ? selectFirst(sql, family) : sql;
  const paired = pairTokens(text, family);
  const edits: Edit[] = [...trailingCommas(paired), ...bareColumns(paired), ...ending(paired)];
  if (family === "mysql")
    edits.push(...dashComments(paired), ...castOperators(paired), ...derivedTables(paired));
  // Last: a name stands behind the closing parenthesis of a CAST at the same offset.
  edits.push(...columnNames(paired));
  return splice(text, edits);
}

function token(paired: PairedTokens, i: number): Token {
  return paired.tokens[i] as Token;
}

function ending(paired: PairedTokens): Edit[] {
  let last = paired.tokens.length - 1;
  while (textAt(paired, last) === ";") last--;
  const end = last < 0 ? 0 : token(paired, last).end;
  return end === paired.text.length ? [] : [{ start: end, end: paired.text.length, text: "" }];
}

/** `SELECT a, b, FROM t`, `IN (1, 2,)`, `FROM a, b, WHERE`. */
function trailingCommas(paired: PairedTokens): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; i < paired.tokens.length; i++) {
    if (textAt(paired, i) !== ",") continue;
    const word = wordAt(paired, i + 1);
    const next = textAt(paired, i + 1);
    const closes = next === ")" || next === "" || next === ";";
    // A column may be called `offset`; only a clause that goes on is one.
    const clause = word !== "" && isClause(paired, i + 1, word);
    if (closes || clause) edits.push({ start: token(paired, i).start, end: token(paired, i).end, text: "" });
  }
  return edits;
}

const firmClauses: ReadonlySet<string> = new Set(
  "FROM WHERE HAVING LIMIT UNION INTERSECT EXCEPT INTO JOIN INNER CROSS".split(" "),
);

function isClause(paired: PairedTokens, i: number, word: string): boolean {
  if (firmClauses.has(word)) return !/^[.,]$/.test(textAt(paired, i + 1));
  return (word === "GROUP" || word === "ORDER") && wordAt(paired, i + 1) === "BY";
}

/** The server wants a blank after `--`. */
function dashComments(paired: PairedTokens): Edit[] {
  const edits: Edit[] = [];
  for (const comments of paired.comments.values()) {
    for (const comment of comments) {
      const opens = comment.text.startsWith("--") && (comment.text[2] ?? " ") > " ";
      if (opens) edits.push({ start: comment.start + 2, end: comment.start + 2, text: " " });
    }
  }
  return edits;
}

/** `FROM (SELECT …)` → `FROM (SELECT …) AS _0`. */
function derivedTables(paired: PairedTokens): Edit[] {
  const edits: Edit[] = [];
  let count = 0;
  for (let i = 0; i < paired.tokens.length; i++) {
    if (textAt(paired, i) !== "(" || !holdsOneQuery(paired, i) || !isTablePlace(paired, i)) continue;
    const close = paired.partner[i] as number;
    const next = paired.tokens[close + 1];
    const word = wordAt(paired, close + 1);
    const unnamed =
      !next || next.kind === "symbol" || (next.kind === "word" && neverAlias.has(word) && word !== "AS");
    if (!unnamed || close >= paired.tokens.length) continue;
    const at = token(paired, close).end;
    edits.push({ start: at, end: at, text: ` AS ${quoteIdentifier(`_${count++}`, paired.family)}` });
  }
  return edits;
}

/** Whether a parenthesis at `i` stands where a table stands: after FROM, JOIN, or a comma of a FROM list. */
function isTablePlace(paired: PairedTokens, i: number): boolean {
  const before = wordAt(paired, i - 1);
  if (before === "FROM" || before === "JOIN" || before === "STRAIGHT_JOIN" || before === "LATERAL")
    return true;
  // `FROM ((SELECT 1) x JOIN t)`.
  if (textAt(paired, i - 1) === "(") return !holdsOneQuery(paired, i - 1) && isTablePlace(paired, i - 1);
  if (textAt(paired, i - 1) !== ",") return false;
  for (let k = i - 1; k >= 0; k--) {
    const text = textAt(paired, k);
    if (text === ")" || text === "]") k = paired.partner[k] as number;
    else if (isOpen(text)) return false;
    else if (wordAt(paired, k) === "FROM") return true;
    else if (wordAt(paired, k) === "SELECT" || endsFrom.has(wordAt(paired, k))) return false;
  }
  return false;
}
