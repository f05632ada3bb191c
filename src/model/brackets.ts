/** A first reading of SQL that needs no engine: every bracket of a statement has its counterpart. */
import { SluiceError } from "../errors.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { tokenize } from "../sql/lexer.ts";
import type { SqlText } from "./model.ts";

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Throws SQL_INVALID at the bracket that opens or closes nothing. */
export function checkBrackets({ text, line, jinja }: SqlText, family: DialectFamily, file: string): void {
  if (jinja || looksBalanced(text)) return;
  const open: { readonly text: string; readonly line: number }[] = [];
  const fail = (what: string, at: number, hint: string): never => {
    throw new SluiceError("SQL_INVALID", what, { place: { file, line: line + at - 1 }, hint });
  };
  for (const token of tokenize(text, family, file)) {
    if (token.kind !== "symbol") continue;
    if (closers[token.text]) open.push(token);
    else if (/^[)\]}]$/.test(token.text)) {
      const last = open.pop();
      if (!last)
        fail(`this '${token.text}' closes nothing`, token.line, "Remove it, or add its opening bracket.");
      else if (closers[last.text] !== token.text)
        fail(`this '${token.text}' closes a '${last.text}'`, token.line, `Write '${closers[last.text]}'.`);
    }
  }
  const last = open.at(-1);
  if (last)
    fail(`this '${last.text}' is never closed`, last.line, `Add the missing '${closers[last.text]}'.`);
}

/** Most texts are right: counting characters spares them the tokenizer. */
function looksBalanced(text: string): boolean {
  let depth = 0;
  let lowest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) lowest = Math.min(lowest, --depth);
  }
  return depth === 0 && lowest === 0;
}
