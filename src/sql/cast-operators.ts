/** `x::type` → `CAST(x AS type)` for engines that do not know `::`. */
import type { Token } from "./lexer.ts";
import { mysqlCastType } from "./mysql-cast-type.ts";
import type { Edit } from "./splice.ts";
import { type PairedTokens, textAt, wordAt } from "./token-tree.ts";

/** `x::type` → `CAST(x AS type)`, chains from the left. `typeOf`: how the type is written then. */
export function castOperators(
  paired: PairedTokens,
  typeOf: (type: string) => string = (type) => mysqlCastType(type) ?? type,
): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; i < paired.tokens.length; i++) {
    if (textAt(paired, i) !== "::" || i === 0 || i + 1 === paired.tokens.length) continue;
    const casts = [i];
    let end = endOfType(paired, i + 1);
    while (textAt(paired, end) === "::" && end + 1 < paired.tokens.length) {
      casts.push(end);
      end = endOfType(paired, end + 1);
    }
    const begin = at(paired, Math.max(0, startOfOperand(paired, i))).start;
    edits.push({ start: begin, end: begin, text: "CAST(".repeat(casts.length) });
    for (const [k, cast] of casts.entries()) {
      const stop = at(paired, (casts[k + 1] ?? end) - 1).end;
      const type = paired.text.slice(at(paired, cast + 1).start, stop);
      edits.push({ start: at(paired, cast).start, end: stop, text: ` AS ${typeOf(type)})` });
    }
    i = end - 1;
  }
  return edits;
}

/** Index after the type that begins at `from`: `DECIMAL(18, 2)`, `DOUBLE PRECISION`, `UNSIGNED INTEGER`. */
function endOfType(paired: PairedTokens, from: number): number {
  const word = wordAt(paired, from);
  let i = from + 1;
  const second = wordAt(paired, i);
  if (word === "DOUBLE" && second === "PRECISION") i++;
  if (/^(SIGNED|UNSIGNED)$/.test(word) && /^(INT|INTEGER)$/.test(second)) i++;
  if (textAt(paired, i) === "(") i = (paired.partner[i] as number) + 1;
  if (/^(UNSIGNED|SIGNED)$/.test(wordAt(paired, i))) i++;
  if (
    /^(CHAR|VARCHAR|TEXT)$/.test(word) &&
    wordAt(paired, i) === "CHARACTER" &&
    wordAt(paired, i + 1) === "SET"
  )
    i += 3;
  return i;
}

/** Index of the first token of the operand that ends before `end`. */
function startOfOperand(paired: PairedTokens, end: number): number {
  let i = end - 1;
  for (;;) {
    const text = textAt(paired, i);
    if (text === ")" || text === "]") {
      i = paired.partner[i] as number;
      if (wordAt(paired, i - 1) === "OVER" || wordAt(paired, i - 1) === "FILTER") {
        i -= 2;
        continue;
      }
      const before = paired.tokens[i - 1];
      const isCall = (before?.kind === "word" && !neverCalls.test(before.text)) || before?.kind === "quoted";
      if (!isCall) return i;
      i--;
    } else if (wordAt(paired, i) === "END") i = startOfCase(paired, i);
    else if (wordAt(paired, i - 1) === "OVER") {
      i -= 2;
      continue;
    }
    if (textAt(paired, i - 1) !== ".") break;
    i -= 2;
  }
  // `DATE '2024-01-01'::DATETIME`.
  if (paired.tokens[i]?.kind === "string" && /^(DATE|TIME|TIMESTAMP|_\w+)$/i.test(textAt(paired, i - 1))) i--;
  return i;
}

const neverCalls =
  /^(SELECT|FROM|WHERE|AND|OR|NOT|IN|ON|WHEN|THEN|ELSE|BY|HAVING|AS|CASE|BETWEEN|LIKE|IS|DISTINCT|ALL|USING|LIMIT|XOR|DIV|MOD|JOIN|VALUES|RETURN|SET|REGEXP|RLIKE|UNION)$/i;

function startOfCase(paired: PairedTokens, end: number): number {
  let depth = 0;
  for (let i = end; i >= 0; i--) {
    if (wordAt(paired, i) === "END") depth++;
    else if (wordAt(paired, i) === "CASE" && --depth === 0) return i;
  }
  return end;
}

function at(paired: PairedTokens, i: number): Token {
  return paired.tokens[i] as Token;
}
