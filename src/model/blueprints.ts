/** `blueprints ((k := v), …)`: one file, several models (spec project-format 3.10). */
import { type Header, type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readList, readPairs } from "../sql/header-values.ts";
import { expandText } from "../sql/macro/expand.ts";
import { type MacroScope, scopeAt } from "../sql/macro/scope.ts";

/** The variables of one model: lower-case name → SQL text. */
export type Blueprint = Readonly<Record<string, string>>;

/**
 * One entry per model: a file without blueprints makes one, without variables. `scope` expands a macro that gives the list.
 * Throws MODEL_INVALID with file and line.
 */
export function readBlueprints(
  header: Pick<Header, "properties">,
  source: HeaderSource,
  scope: MacroScope,
): readonly Blueprint[] {
  const written = header.properties.find((property) => property.key === "blueprints");
  if (!written) return [{}];
  const text = written.text.includes("@")
    ? expandText(written.text, scopeAt(scope, written.line))
    : written.text;
  const value: HeaderValue = { text: text ?? "()", line: written.line };
  // A macro gives `(…), (…)`, without the brackets around them.
  const list: HeaderValue = /^@\w/.test(written.text) ? { ...value, text: `[${value.text}]` } : value;
  const mappings = isMapping(list) ? [list] : readList(list, source);
  if (mappings.length === 0) {
    throw headerError(
      source,
      written.line,
      "blueprints are empty, so the file makes no model",
      "Write blueprints ((name := value), …), or enabled FALSE.",
    );
  }
  return mappings.map((mapping) =>
    Object.fromEntries(
      [...readPairs(mapping, source)].map(([key, item]) => [key.toLowerCase(), item.text] as const),
    ),
  );
}

/** `(k := v)` alone, without a list around it. */
function isMapping({ text }: HeaderValue): boolean {
  return /^\(\s*[\w"'`]+\s*:?=/.test(text);
}
