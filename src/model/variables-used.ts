/** Which variables a text reads: only their values belong to a model's fingerprint (spec project-format 5.10). */
import type { DialectFamily } from "../sql/dialect.ts";
import { tokenize } from "../sql/lexer.ts";
import type { MacroValue, SqlText } from "./model.ts";

/**
 * Those of `variables` that the texts name: `@x`, `@{x}`, `@'… @x'`, `@VAR('x')`, and `var('x')` in Jinja. All of them where
 * Jinja works the name out.
 */
export function variablesUsed<Value extends MacroValue>(
  texts: readonly SqlText[],
  variables: Readonly<Record<string, Value>>,
  family: DialectFamily,
): Record<string, Value> {
  if (Object.keys(variables).length === 0) return {};
  if (texts.some(({ text, jinja }) => jinja && /\bvar\(\s*[^'"\s]/i.test(text))) return { ...variables };
  const names = new Set<string>();
  for (const text of texts) collectNames(text, family, names);
  return Object.fromEntries(
    [...names]
      .filter((name) => Object.hasOwn(variables, name))
      .sort()
      .map((name) => [name, variables[name] as Value]),
  );
}

function collectNames({ text, jinja }: SqlText, family: DialectFamily, names: Set<string>): void {
  if (jinja) {
    for (const match of text.matchAll(/var\(\s*['"]([^'"]+)['"]/gi))
      names.add((match[1] as string).toLowerCase());
  }
  if (!text.includes("@")) return;
  if (jinja) {
    for (const match of text.matchAll(/@\{?([\p{L}_][\p{L}\p{N}_]*)/gu))
      names.add((match[1] as string).toLowerCase());
    return;
  }
  const tokens = tokenize(text, family);
  for (const [i, token] of tokens.entries()) {
    if (token.kind === "comment" || token.kind === "hint") continue;
    const isMacro =
      token.kind.startsWith("macro") ||
      ((token.kind === "quoted" || token.kind === "word") && token.text.includes("@"));
    if (isMacro)
      for (const match of token.text.matchAll(/@\{?([\p{L}_][\p{L}\p{N}_]*)/gu))
        names.add((match[1] as string).toLowerCase());
    const argument = tokens[i + 2];
    if (/^@(VAR|BLUEPRINT_VAR|SQL)$/i.test(token.text) && argument?.kind === "string") {
      const inner = argument.text.slice(1, -1);
      if (/VAR$/i.test(token.text)) names.add(inner.toLowerCase());
      else
        for (const match of inner.matchAll(/@\{?([\p{L}_][\p{L}\p{N}_]*)/gu))
          names.add((match[1] as string).toLowerCase());
    }
  }
}
