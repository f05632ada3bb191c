/** Jinja macro definitions in a file's text, and which of them a text calls (spec project-format 5.11). */

/** A `{% macro %}` that is never closed; `line` counts from 1. */
export interface UnclosedMacro {
  readonly name: string;
  readonly line: number;
}

const opening = /\{%[-+]?\s*macro\s+([A-Za-z_]\w*)\s*\(/g;
const closing = /\{%[-+]?\s*endmacro\b[^%]*%\}/g;

/** Name → `{% macro name(…) %} … {% endmacro %}`; everything outside is ignored. `unclosed` hears of the macros left out. */
export function findJinjaMacros(
  text: string,
  unclosed: (macro: UnclosedMacro) => void = () => {},
): ReadonlyMap<string, string> {
  // What stands in a comment defines nothing; lines keep their numbers.
  const source = text.replace(/\{#[\s\S]*?#\}/g, (comment) => comment.replace(/[^\n]/g, " "));
  const macros = new Map<string, string>();
  for (const match of source.matchAll(opening)) {
    closing.lastIndex = match.index;
    const end = closing.exec(source);
    const name = match[1] as string;
    if (end) macros.set(name, source.slice(match.index, end.index + end[0].length));
    else unclosed({ name, line: source.slice(0, match.index).split("\n").length });
  }
  return macros;
}

/** Those of `known` that the texts name, and those that these name in turn, by name. */
export function jinjaMacrosNamed(
  texts: readonly string[],
  known: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const named = new Map<string, string>();
  const waiting = [...texts];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) {
      const macro = known.get(word);
      if (macro === undefined || named.has(word)) continue;
      named.set(word, macro);
      waiting.push(macro);
    }
  }
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}
