/**
 * Columns of DuckDB named by a word that its grammar keeps for operators and joins, `at` or `left`: SQLMesh quotes every name, so
 * its projects write them bare. Such a word between two tokens that end and begin an operand can be nothing but a column, and
 * DuckDB refuses it there: quoting it changes no text that works.
 */
import { quoteIdentifier } from "./dialect.ts";
import type { Edit } from "./splice.ts";
import { type PairedTokens, textAt, wordAt } from "./token-tree.ts";

/** The keywords of DuckDB that name functions and types, but not columns. */
const keptWords: ReadonlySet<string> = new Set(
  `ANTI ASOF AT AUTHORIZATION BINARY BY COLLATION CONCURRENTLY CROSS FREEZE FULL GLOB ILIKE INNER IS ISNULL JOIN LEFT LIKE
  NATURAL NOTNULL OUTER OVERLAPS POSITIONAL RIGHT SEMI SIMILAR TABLESAMPLE UNPACK VERBOSE`.split(/\s+/),
);
const before: ReadonlySet<string> = new Set(
  "SELECT DISTINCT WHERE AND OR ON HAVING QUALIFY BY CASE WHEN THEN ELSE BETWEEN".split(" "),
);
const after: ReadonlySet<string> = new Set(
  "FROM AS ASC DESC AND OR WHERE GROUP ORDER HAVING QUALIFY LIMIT WHEN THEN ELSE END BETWEEN UNION EXCEPT INTERSECT".split(
    " ",
  ),
);
const beforeSymbol = /^(?:[,(]|[=<>/*%]|<=|>=|<>|!=|==|\|\|)?$/;
const afterSymbol = /^(?:[,);]|[=<>/%]|<=|>=|<>|!=|==|\|\|)?$/;

/** Quotes them in a query; other statements are left alone. */
export function bareColumns(paired: PairedTokens): Edit[] {
  if (paired.family !== "duckdb" || !/^(?:SELECT|WITH|FROM|)$/.test(wordAt(paired, 0))) return [];
  const edits: Edit[] = [];
  for (const [i, token] of paired.tokens.entries()) {
    if (token.kind !== "word" || !keptWords.has(token.text.toUpperCase())) continue;
    if (!stands(paired, i - 1, before, beforeSymbol) || !stands(paired, i + 1, after, afterSymbol)) continue;
    edits.push({ start: token.start, end: token.end, text: quoteIdentifier(token.text, "duckdb") });
  }
  return edits;
}

function stands(paired: PairedTokens, i: number, words: ReadonlySet<string>, symbols: RegExp): boolean {
  const word = wordAt(paired, i);
  if (word !== "") return words.has(word);
  const kind = paired.tokens[i]?.kind;
  return (kind === undefined || kind === "symbol") && symbols.test(textAt(paired, i));
}
