/** What a bracket holds: a query, or an expression in which only further brackets matter. */
import { beginsQuery, setOperators } from "./keywords.ts";
import { type Frame, newScope, type Walk } from "./scan-frame.ts";
import { isOpen, type PairedTokens, textAt, wordAt } from "./token-tree.ts";

export { isOpen, textAt, wordAt };

/** The first word inside nested parentheses. */
export function innerWord(paired: PairedTokens, open: number): string {
  let i = open;
  while (textAt(paired, i) === "(") i++;
  return wordAt(paired, i);
}

/** Walks the inside of the bracket at `i`; returns the index after it. */
export function walkBracket(walk: Walk, i: number, frame: Frame): number {
  const close = walk.partner[i] as number;
  const end = close < 0 ? i + 1 : close;
  const isQuery = frame.state === "start" || holdsQuery(walk, i);
  const scope = isQuery ? newScope(frame.scope) : frame.scope;
  walk.region(i + 1, end, { environment: frame.environment, scope, state: isQuery ? "start" : "expression" });
  return end + 1;
}

/** Walks the bracket at `i` as arguments: the same, wherever it stands. */
export function walkArguments(walk: Walk, i: number, frame: Frame): number {
  return walkBracket(walk, i, { ...frame, state: "expression" });
}

function holdsQuery(walk: PairedTokens, i: number): boolean {
  if (textAt(walk, i) !== "(") return false;
  if (textAt(walk, i + 1) === "(") return beginsQuery.has(innerWord(walk, i));
  const word = wordAt(walk, i + 1);
  // `TRIM(FROM x)`; a column may be called `values.x`.
  const isTrim = word === "FROM" && wordAt(walk, i - 1) === "TRIM";
  return beginsQuery.has(word) && !isTrim && textAt(walk, i + 2) !== ".";
}

/** Whether a parenthesis holds a query rather than a join that begins with a derived table: `((SELECT 1) a JOIN b)`. */
export function holdsOneQuery(walk: PairedTokens, open: number): boolean {
  if (!beginsQuery.has(innerWord(walk, open))) return false;
  for (let i = open; textAt(walk, i) === "(" && textAt(walk, i + 1) === "("; i++) {
    const after = (walk.partner[i + 1] as number) + 1;
    const next = wordAt(walk, after);
    if (after === walk.partner[i] || setOperators.has(next)) continue;
    if (!/^(ORDER|LIMIT|OFFSET|MINUS)$/.test(next)) return false;
  }
  return true;
}
