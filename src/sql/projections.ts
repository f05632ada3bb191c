/** The projections of a query's outermost SELECT: names, stars, casts, comments (spec project-format 3.11). */
import type { DialectFamily } from "./dialect.ts";
import { identifierValue, stringValue } from "./identifiers.ts";
import { beginsQuery } from "./keywords.ts";
import type { Token } from "./lexer.ts";
import { reservedWords } from "./reserved-words.ts";
import { endOfList, outermostSelect, skipModifiers } from "./select-list.ts";
import { commentText } from "./statements.ts";
import { isOpen, type PairedTokens, pairTokens, textAt, wordAt } from "./token-tree.ts";

export interface OutputColumn {
  /** The name the engine will give it, case kept; null for an expression without alias and for a star. */
  readonly name: string | null;
  readonly star: boolean;
  /** Type of an outermost cast, as written. */
  readonly type: string | null;
  /** Its last comment: on the lines before it or on its own line. */
  readonly comment?: string;
  /** The projection as written, alias included. */
  readonly text: string;
}

/**
 * Projections of the outermost SELECT, of the first one where several are united; null when the text is no query
 * whose projections can be read (`VALUES`, a lone macro). `FROM t` alone is one star. Throws SQL_INVALID as the lexer does.
 */
export function outputColumns(sql: string, family: DialectFamily): OutputColumn[] | null {
  const paired = pairTokens(sql, family);
  const select = outermostSelect(paired);
  if (select === null) return null;
  if (select === "star") return [{ name: null, star: true, type: null, text: "*" }];
  const columns: OutputColumn[] = [];
  let begin = skipModifiers(paired, select.index + 1);
  const end = endOfList(paired, begin, select.end);
  for (let i = begin; i <= end; i++) {
    if (i < end && isOpen(textAt(paired, i))) {
      i = Math.min(paired.partner[i] as number, end - 1);
      continue;
    }
    if (i < end && textAt(paired, i) !== ",") continue;
    if (i > begin) columns.push(readProjection(paired, begin, i));
    begin = i + 1;
  }
  return columns;
}

function readProjection(paired: PairedTokens, from: number, to: number): OutputColumn {
  const tokens = paired.tokens;
  const first = tokens[from] as Token;
  const last = tokens[to - 1] as Token;
  const text = paired.text.slice(first.start, last.end);
  const comment = commentOf(paired, from, to);
  const star = isStar(paired, from, to);
  const { alias, end, begin } = star ? { alias: null, end: to, begin: from } : aliasOf(paired, from, to);
  const bare = unwrap(paired, begin, end);
  const name = star ? null : (alias ?? inferredName(paired, bare.from, bare.to));
  const type = star ? null : castType(paired, bare.from, bare.to);
  return { name, star, type, text, ...(comment === null ? {} : { comment }) };
}

/** The name of a projection that has no alias, as far as its text tells one; null otherwise. */
export function inferredAlias(paired: PairedTokens, from: number, to: number): string | null {
  if (isStar(paired, from, to)) return null;
  const { alias, begin, end } = aliasOf(paired, from, to);
  const bare = unwrap(paired, begin, end);
  if (alias !== null || (bare.to - bare.from === 1 && paired.tokens[bare.from]?.kind === "number"))
    return null;
  return inferredName(paired, bare.from, bare.to);
}

/**
 * The name SQLMesh gives a projection that has no alias and that an engine would name otherwise: a cast, a text, a JSON path.
 * null where there is nothing to add.
 */
export function missingAlias(paired: PairedTokens, from: number, to: number): string | null {
  const { begin, end } = aliasOf(paired, from, to);
  const bare = unwrap(paired, begin, end);
  return isColumn(paired, bare.from, bare.to) ? null : inferredAlias(paired, from, to);
}

/** `*`, `t.*`, `* EXCLUDE (a)`, `COLUMNS(…)`: how many columns come out is not known from the text. */
function isStar(paired: PairedTokens, from: number, to: number): boolean {
  if (wordAt(paired, from) === "COLUMNS" && textAt(paired, from + 1) === "(") return true;
  let i = from;
  while (i + 1 < to && textAt(paired, i + 1) === ".") i += 2;
  return textAt(paired, i) === "*" && (i === from || textAt(paired, i - 1) === ".");
}

function aliasOf(
  paired: PairedTokens,
  from: number,
  to: number,
): { alias: string | null; begin: number; end: number } {
  const last = paired.tokens[to - 1] as Token;
  const before = to - 2;
  // DuckDB's `name: expression`.
  if (paired.family === "duckdb" && textAt(paired, from + 1) === ":" && isNameToken(paired, from)) {
    return { alias: identifierValue(textAt(paired, from)), begin: from + 2, end: to };
  }
  if (before <= from - 1) return { alias: null, begin: from, end: to };
  const isText = last.kind === "string" && paired.family === "mysql";
  if (wordAt(paired, before) === "AS" && (isNameToken(paired, to - 1) || last.kind === "string")) {
    const alias = last.kind === "string" ? stringValue(last.text, paired.family) : identifierValue(last.text);
    return { alias, begin: from, end: before };
  }
  const plain =
    last.kind === "quoted" || (last.kind === "word" && !reservedWords.has(last.text.toUpperCase())) || isText;
  if (!plain || !endsExpression(paired, before) || isTypedLiteral(paired, from, to)) {
    return { alias: null, begin: from, end: to };
  }
  const alias = isText ? stringValue(last.text, paired.family) : identifierValue(last.text);
  return { alias, begin: from, end: before + 1 };
}

function isNameToken(paired: PairedTokens, i: number): boolean {
  const kind = paired.tokens[i]?.kind;
  return kind === "word" || kind === "quoted";
}

/** `DATE '2024-01-01'`, `_utf8 'x'`, `INTERVAL 1 DAY`, `'a' 'b'`: no alias at the end. */
function isTypedLiteral(paired: PairedTokens, from: number, to: number): boolean {
  if (to - from >= 2 && paired.tokens[to - 1]?.kind === "string") {
    const before = paired.tokens[to - 2] as Token;
    if (before.kind === "string") return true;
    if (before.kind === "word" && /^(_\w+|DATE|TIME|TIMESTAMP|DATETIME|INTERVAL|BINARY)$/i.test(before.text))
      return true;
  }
  if (wordAt(paired, to - 3) === "INTERVAL") return true;
  return textAt(paired, to - 3) === ")" && wordAt(paired, (paired.partner[to - 3] ?? 0) - 1) === "INTERVAL";
}

/** Whether the token at `i` can end an expression, so that a word after it is an alias. */
function endsExpression(paired: PairedTokens, i: number): boolean {
  const token = paired.tokens[i] as Token;
  if (token.kind === "symbol") return token.text === ")" || token.text === "]" || token.text === "}";
  if (token.kind !== "word") return true;
  const word = token.text.toUpperCase();
  return (
    !reservedWords.has(word) ||
    /^(END|NULL|TRUE|FALSE|CURRENT_\w+|LOCALTIME|LOCALTIMESTAMP|UTC_\w+|UNKNOWN|ISNULL|NOTNULL)$/.test(word)
  );
}

/** Leaves out parentheses around the whole. */
function unwrap(paired: PairedTokens, from: number, to: number): { from: number; to: number } {
  let [a, b] = [from, to];
  while (
    textAt(paired, a) === "(" &&
    paired.partner[a] === b - 1 &&
    !beginsQuery.has(wordAt(paired, a + 1))
  ) {
    a++;
    b--;
  }
  return { from: a, to: b };
}

/** Names an expression has without an alias: columns, casts of columns, literals, JSON paths. */
function inferredName(paired: PairedTokens, from: number, to: number): string | null {
  const inner = castOperand(paired, from, to);
  if (inner) {
    const bare = unwrap(paired, inner.from, inner.to);
    return isColumn(paired, bare.from, bare.to) || castOperand(paired, bare.from, bare.to)
      ? inferredName(paired, bare.from, bare.to)
      : null;
  }
  const last = paired.tokens[to - 1];
  if (!last) return null;
  if (isColumn(paired, from, to)) return identifierValue(last.text);
  if (to - from === 1 && last.kind === "string") return stringValue(last.text, paired.family);
  if (to - from === 1 && last.kind === "number") return last.text;
  const arrow = textAt(paired, to - 2);
  if ((arrow === "->" || arrow === "->>") && last.kind === "string" && isColumn(paired, from, to - 2)) {
    return /(\w+)\W*$/.exec(stringValue(last.text, paired.family))?.[1] ?? null;
  }
  return null;
}

function isColumn(paired: PairedTokens, from: number, to: number): boolean {
  if (from >= to || (to - from) % 2 === 0) return false;
  for (let i = from; i < to; i++) {
    if ((i - from) % 2 === 1) {
      if (textAt(paired, i) !== ".") return false;
    } else if (!isNameToken(paired, i)) return false;
  }
  const only = to - from === 1 ? wordAt(paired, from) : "";
  return only === "" || !reservedWords.has(only);
}

/** The operand of an outermost `CAST(x AS t)`, `TRY_CAST`, `CONVERT(x, t)` or `x::t`. */
function castOperand(
  paired: PairedTokens,
  from: number,
  to: number,
): { from: number; to: number; type: number } | null {
  let colons = -1;
  for (let i = from; i < to; i++) {
    if (isOpen(textAt(paired, i))) i = paired.partner[i] as number;
    else if (textAt(paired, i) === "::") colons = i;
  }
  if (colons > from && isOperand(paired, from, colons) && isType(paired, colons + 1, to)) {
    return { from, to: colons, type: colons + 1 };
  }
  if (!/^(CAST|TRY_CAST)$/.test(wordAt(paired, from)) || paired.partner[from + 1] !== to - 1) return null;
  for (let i = to - 2; i > from + 1; i--) {
    if (isCloser(textAt(paired, i))) i = paired.partner[i] as number;
    else if (wordAt(paired, i) === "AS") return { from: from + 2, to: i, type: i + 1 };
  }
  return null;
}

function isCloser(text: string): boolean {
  return text === ")" || text === "]" || text === "}";
}

/** One operand without a loose operator: `a.b`, `f(x)`, `(…)`, a literal, `x::t`. */
function isOperand(paired: PairedTokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const text = textAt(paired, i);
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (paired.tokens[i]?.kind === "symbol" && text !== "." && text !== "::") return false;
    else if (i > from && isNameToken(paired, i) && !/^(\.|::)$/.test(textAt(paired, i - 1))) return false;
  }
  return true;
}

function isType(paired: PairedTokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const text = textAt(paired, i);
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (!isNameToken(paired, i) && !/^[.<>,]$|^>>+$/.test(text)) return false;
  }
  return to > from;
}

function castType(paired: PairedTokens, from: number, to: number): string | null {
  const cast = castOperand(paired, from, to);
  if (!cast) return null;
  const end = /^(CAST|TRY_CAST)$/.test(wordAt(paired, from)) && cast.from > from ? to - 1 : to;
  const first = paired.tokens[cast.type];
  const last = paired.tokens[end - 1];
  return first && last ? paired.text.slice(first.start, last.end) : null;
}

/**
 * A comment on the same line belongs to the token before it, one on its own line to the next token. A projection's
 * last one counts; those inside brackets do not.
 */
function commentOf(paired: PairedTokens, from: number, to: number): string | null {
  let found: string | null = null;
  const take = (index: number, owns: (comment: Token) => boolean): void => {
    for (const comment of paired.comments.get(index) ?? [])
      if (owns(comment)) found = commentText(comment.text);
  };
  const lineBefore = endLine(paired, from - 1);
  take(from, (comment) => comment.line !== lineBefore);
  for (let i = from; i < to; i++) {
    if (isOpen(textAt(paired, i))) i = Math.min(paired.partner[i] as number, to - 1);
    if (i + 1 < to) take(i + 1, () => true);
  }
  const last = endLine(paired, to - 1);
  const after = paired.tokens[to];
  take(to, (comment) => comment.line === last || after === undefined);
  if (after?.text === ",") take(to + 1, (comment) => comment.line === endLine(paired, to));
  return found;
}

function endLine(paired: PairedTokens, i: number): number {
  const token = paired.tokens[i];
  return token ? token.line + token.text.split("\n").length - 1 : 0;
}
