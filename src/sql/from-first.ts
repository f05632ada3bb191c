/** `FROM t SELECT x` for engines that want SELECT first. */
import type { DialectFamily } from "./dialect.ts";
import { endsFrom } from "./keywords.ts";
import type { Token } from "./lexer.ts";
import { type Edit, splice } from "./splice.ts";
import { isOpen, type PairedTokens, pairTokens, textAt, wordAt } from "./token-tree.ts";

/** `FROM t SELECT x WHERE …` → `SELECT x FROM t WHERE …`; `FROM t` → `SELECT * FROM t`; queries in queries too. */
export function selectFirst(sql: string, family: DialectFamily): string {
  let text = sql;
  // A moved list may itself hold such a query: it is found in the next round. Each round leaves fewer.
  for (;;) {
    const edits = fromFirst(pairTokens(text, family));
    if (edits.length === 0) return text;
    text = splice(text, edits);
  }
}

function fromFirst(paired: PairedTokens): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; i < paired.tokens.length; i++) {
    if (wordAt(paired, i) === "FROM" && startsQuery(paired, i)) edits.push(...moveSelect(paired, i));
  }
  return edits;
}

function startsQuery(paired: PairedTokens, i: number): boolean {
  const before = paired.tokens[i - 1];
  if (!before || before.text === ";") return true;
  if (before.text === "(") return wordAt(paired, i - 2) !== "TRIM";
  if (before.text === ")")
    return /^(AS|MATERIALIZED)$/.test(wordAt(paired, (paired.partner[i - 1] as number) - 1));
  return (
    /^(UNION|INTERSECT|EXCEPT)$/.test(wordAt(paired, i - 1)) ||
    (/^(ALL|DISTINCT)$/.test(wordAt(paired, i - 1)) &&
      /^(UNION|INTERSECT|EXCEPT)$/.test(wordAt(paired, i - 2)))
  );
}

function moveSelect(paired: PairedTokens, from: number): Edit[] {
  const start = at(paired, from).start;
  let i = from + 1;
  for (; i < paired.tokens.length; i++) {
    const text = textAt(paired, i);
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (text === ")" || text === ";" || endsFrom.has(wordAt(paired, i))) break;
  }
  if (wordAt(paired, i) !== "SELECT") return [{ start, end: start, text: "SELECT * " }];
  const select = i;
  for (i++; i < paired.tokens.length; i++) {
    const text = textAt(paired, i);
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (text === ")" || text === ";" || endsFrom.has(wordAt(paired, i))) break;
  }
  const list = { from: at(paired, select).start, to: at(paired, i - 1).end };
  const text = `${paired.text.slice(list.from, list.to).replace(/,\s*$/, "")} `;
  return [
    { start, end: start, text },
    { start: list.from, end: list.to, text: "" },
  ];
}

function at(paired: PairedTokens, i: number): Token {
  return paired.tokens[i] as Token;
}
