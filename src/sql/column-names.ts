/**
 * SQLMesh names the columns that engines would not: `x::INT` is `x`, `'a'` is `a` (spec project-format 3.11). The name is added
 * behind the projection, in every SELECT of the text, where the author wrote none.
 */
import { type DialectFamily, quoteIdentifier } from "./dialect.ts";
import { inferredAlias, missingAlias } from "./projections.ts";
import { endOfList, skipModifiers } from "./select-list.ts";
import { type Edit, splice } from "./splice.ts";
import { isOpen, type PairedTokens, pairTokens, textAt, wordAt } from "./token-tree.ts";

/** The names an engine would not give, as insertions. */
export function columnNames(paired: PairedTokens): Edit[] {
  return insertions(paired, missingAlias);
}

/** The query with every name written out, so that `a` and `a AS a` are one text: for comparing, never for running. */
export function withExplicitNames(sql: string, family: DialectFamily): string {
  return splice(sql, insertions(pairTokens(sql, family), inferredAlias));
}

type NameOf = (paired: PairedTokens, from: number, to: number) => string | null;

function insertions(paired: PairedTokens, nameOf: NameOf): Edit[] {
  const found: Edit[] = [];
  for (let i = 0; i < paired.tokens.length; i++) {
    if (wordAt(paired, i) === "SELECT" && textAt(paired, i - 1) !== ".")
      found.push(...namesOf(paired, i, nameOf));
  }
  return found;
}

function namesOf(paired: PairedTokens, select: number, nameOf: NameOf): Edit[] {
  const found: Edit[] = [];
  let begin = skipModifiers(paired, select + 1);
  const end = endOfList(paired, begin, endOfRegion(paired, select));
  for (let i = begin; i <= end; i++) {
    if (i < end && isOpen(textAt(paired, i))) {
      i = Math.min(paired.partner[i] as number, end - 1);
      continue;
    }
    if (i < end && textAt(paired, i) !== ",") continue;
    const name = i > begin ? nameOf(paired, begin, i) : null;
    const last = paired.tokens[i - 1];
    if (name !== null && last) {
      found.push({ start: last.end, end: last.end, text: ` AS ${quoteIdentifier(name, paired.family)}` });
    }
    begin = i + 1;
  }
  return found;
}

/** Where the bracket around `at` closes, or the text ends. */
function endOfRegion(paired: PairedTokens, at: number): number {
  for (let i = at; i < paired.tokens.length; i++) {
    const text = textAt(paired, i);
    if (isOpen(text)) i = paired.partner[i] as number;
    else if (text === ")" || text === "]" || text === "}") return i;
  }
  return paired.tokens.length;
}
