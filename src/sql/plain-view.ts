/** Reading back the views Sluice makes: everything of one table, whatever words the engine keeps for it. */

import { type DialectFamily, normaliseIdentifier } from "./dialect.ts";
import { identifierValue } from "./identifiers.ts";
import { tokenize } from "./lexer.ts";

export interface PlainView {
  /** Parts of the table's name, the table last. */
  readonly table: readonly string[];
  /** Columns in order where the engine wrote them out. */
  readonly columns: readonly string[] | "*";
}

/** Null for a view that renames, leaves out rows, computes or joins anything. */
export function readPlainView(text: string, family: DialectFamily): PlainView | null {
  const words = tokenize(text, family)
    .filter(({ kind }) => kind !== "comment" && kind !== "hint")
    .map(({ kind, text: word }) =>
      kind === "quoted" ? { name: identifierValue(word), word } : { name: word, word },
    );
  while (words.at(-1)?.word === ";") words.pop();
  if (words[0]?.word.toUpperCase() !== "SELECT") return null;
  const from = words.findIndex(({ word }) => word.toUpperCase() === "FROM");
  if (from < 0) return null;
  const table = dottedName(withoutAlias(words.slice(from + 1)));
  const list = words.slice(1, from);
  if (table === null) return null;
  if (list.length === 1 && list[0]?.word === "*") return { table, columns: "*" };
  const columns = splitAtCommas(list).map((item) => plainColumn(item, family));
  return columns.some((column) => column === null) ? null : { table, columns: columns as readonly string[] };
}

interface Word {
  /** Out of its quotes. */
  readonly name: string;
  readonly word: string;
}

/** Another name for the table changes nothing. */
function withoutAlias(words: readonly Word[]): readonly Word[] {
  const dotted = words.findIndex(({ word }, at) => at % 2 === 1 && word !== ".");
  if (dotted < 0) return words;
  const named = words[dotted]?.word.toUpperCase() === "AS" ? dotted + 1 : dotted;
  return named === words.length - 1 ? words.slice(0, dotted) : words;
}

function dottedName(words: readonly Word[]): readonly string[] | null {
  const proper = words.length % 2 === 1 && words.every(({ word }, at) => (word === ".") === (at % 2 === 1));
  return proper ? words.filter((_, at) => at % 2 === 0).map(({ name }) => name) : null;
}

/** `t.a`, or `s.t.a AS a`: the name it is shown under is its own. */
function plainColumn(words: readonly Word[], family: DialectFamily): string | null {
  const as = words.findIndex(({ word }) => word.toUpperCase() === "AS");
  const own = dottedName(as < 0 ? words : words.slice(0, as))?.at(-1);
  if (own === undefined) return null;
  const shown = as < 0 ? own : dottedName(words.slice(as + 1))?.join(".");
  return shown !== undefined && normaliseIdentifier(shown, family) === normaliseIdentifier(own, family)
    ? own
    : null;
}

function splitAtCommas(words: readonly Word[]): readonly (readonly Word[])[] {
  const items: Word[][] = [[]];
  for (const word of words) {
    if (word.word === ",") items.push([]);
    else items.at(-1)?.push(word);
  }
  return items;
}
