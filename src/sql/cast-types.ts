/** The words of a text without what its casts cast to. */
import type { DialectFamily } from "./dialect.ts";
import { tokenize } from "./lexer.ts";

interface Bracket {
  readonly isCast: boolean;
  /** Number of words up to the AS before the type; null until it was met. */
  typeAt: number | null;
}

/** Null for a text that cannot be cut into words. Only the function form is looked at: what an engine keeps has no other. */
export function withoutCastTypes(text: string, family: DialectFamily): readonly string[] | null {
  const words: string[] = [];
  const open: Bracket[] = [];
  for (const { kind, text: word } of tokensOf(text, family) ?? []) {
    if (kind === "comment" || kind === "hint") continue;
    const inner = open.at(-1);
    if (word === "(") open.push({ isCast: /^(?:TRY_)?CAST$/i.test(words.at(-1) ?? ""), typeAt: null });
    else if (word === ")") {
      open.pop();
      // Brackets of the type itself are among the words that go.
      if (inner?.isCast && inner.typeAt !== null) words.length = inner.typeAt;
    }
    words.push(word);
    if (inner?.isCast && word.toUpperCase() === "AS") inner.typeAt = words.length;
  }
  return words.length === 0 ? null : words;
}

function tokensOf(text: string, family: DialectFamily): ReturnType<typeof tokenize> | null {
  try {
    return tokenize(text, family);
  } catch {
    return null;
  }
}
