/** Where the outermost SELECT of a query and its list stand. */
import { beginsQuery, endsFrom, setOperators } from "./keywords.ts";
import { isFromOfExpression, isOpen, type PairedTokens, textAt, wordAt } from "./token-tree.ts";

type SelectPlace = { readonly index: number; readonly end: number };

/** Index of the outermost SELECT and the end of its region; "star" where every column of a table comes out. */
export function outermostSelect(paired: PairedTokens): SelectPlace | "star" | null {
  let i = 0;
  let end = paired.tokens.length;
  while (textAt(paired, end - 1) === ";") end--;
  for (;;) {
    if (textAt(paired, i) === "(") {
      end = Math.min(end, paired.partner[i] as number);
      i++;
    } else if (wordAt(paired, i) === "WITH") i = afterWith(paired, i, end);
    else break;
  }
  const word = wordAt(paired, i);
  if (word === "SELECT") return { index: i, end };
  if (word === "TABLE") return "star";
  if (word !== "FROM") return null;
  for (let k = i; k < end; k++) {
    if (isOpen(textAt(paired, k))) k = paired.partner[k] as number;
    else if (wordAt(paired, k) === "SELECT") return { index: k, end };
    else if (setOperators.has(wordAt(paired, k))) break;
  }
  return "star";
}

const modifiers =
  /^(ALL|DISTINCT|DISTINCTROW|HIGH_PRIORITY|STRAIGHT_JOIN|SQL_SMALL_RESULT|SQL_BIG_RESULT|SQL_BUFFER_RESULT|SQL_CACHE|SQL_NO_CACHE|SQL_CALC_FOUND_ROWS)$/;

/** Index of what follows the CTEs of the WITH at `from`. */
function afterWith(paired: PairedTokens, from: number, end: number): number {
  for (let i = from + 1; i < end; i++) {
    if (textAt(paired, i) === "(") {
      const isBody = /^(AS|MATERIALIZED)$/.test(wordAt(paired, i - 1));
      i = paired.partner[i] as number;
      if (isBody && textAt(paired, i + 1) !== "," && wordAt(paired, i + 1) !== "CYCLE") return i + 1;
    } else if (/^(SELECT|FROM)$/.test(wordAt(paired, i))) return i;
  }
  return end;
}

/** Index after the words between SELECT and its first projection. */
export function skipModifiers(paired: PairedTokens, from: number): number {
  let i = from;
  while (modifiers.test(wordAt(paired, i)) && textAt(paired, i + 1) !== ".") {
    const isOn =
      wordAt(paired, i) === "DISTINCT" && wordAt(paired, i + 1) === "ON" && textAt(paired, i + 2) === "(";
    i = isOn ? (paired.partner[i + 2] as number) + 1 : i + 1;
  }
  return i;
}

/** Index of the word that ends the SELECT list beginning at `from`. */
export function endOfList(paired: PairedTokens, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const text = textAt(paired, i);
    if (text === ";") return i;
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (textAt(paired, i - 1) === "." || wordAt(paired, i - 1) === "AS") continue;
    else if (wordAt(paired, i) === "FROM" ? !isFromOfExpression(paired, i) : endsList(paired, i)) return i;
  }
  return end;
}

function endsList(paired: PairedTokens, i: number): boolean {
  const word = wordAt(paired, i);
  if (!endsFrom.has(word) || word === "VALUES" || word === "SET") return false;
  if (word === "GROUP") return wordAt(paired, i + 1) === "BY";
  // `* EXCEPT (a)` takes columns out of a star.
  if (word === "EXCEPT" && textAt(paired, i + 1) === "(") return beginsQuery.has(wordAt(paired, i + 2));
  return true;
}
