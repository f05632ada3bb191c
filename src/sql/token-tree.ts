/** Significant tokens of a statement with their brackets paired, so that readers step over a bracket in one move. */
import { SluiceError } from "../errors.ts";
import type { DialectFamily } from "./dialect.ts";
import { type Token, tokenize } from "./lexer.ts";
import { rememberRecent } from "./recent-texts.ts";

export interface PairedTokens {
  readonly text: string;
  readonly family: DialectFamily;
  /** Without comments; hints are comments too here. */
  readonly tokens: readonly Token[];
  /** Upper-case text of words, "" for everything else: quoted names are never keywords. */
  readonly words: readonly string[];
  /** Index of a bracket's partner; an unclosed one ends at the last token, a stray closing one at itself; else -1. */
  readonly partner: readonly number[];
  /** Comments that stand right before the token of that index; index `tokens.length` for those at the end. */
  readonly comments: ReadonlyMap<number, readonly Token[]>;
}

/** Throws SQL_INVALID where the lexer does; unpaired brackets are left for the engine to refuse. */
export const pairTokens = rememberRecent(pairAnew);

function pairAnew(text: string, family: DialectFamily, file?: string): PairedTokens {
  const tokens: Token[] = [];
  const comments = new Map<number, Token[]>();
  for (const token of tokenize(text, family, file)) {
    if (token.kind !== "comment" && token.kind !== "hint") tokens.push(token);
    else comments.set(tokens.length, [...(comments.get(tokens.length) ?? []), token]);
  }
  const partner = new Array<number>(tokens.length).fill(-1);
  const open: number[] = [];
  const words = tokens.map((token, i) => {
    if (token.kind === "word") return token.text.toUpperCase();
    if (token.kind !== "symbol") return "";
    if (token.text === "(" || token.text === "[" || token.text === "{") {
      if (open.push(i) > deepest) throw tooDeep(token.line, file);
    } else if (token.text === ")" || token.text === "]" || token.text === "}") {
      const begin = open.pop() ?? i;
      partner[begin] = i;
      partner[i] = begin;
    }
    return "";
  });
  for (const i of open) partner[i] = tokens.length - 1;
  return { text, family, tokens, words, partner, comments };
}

/** Readers recurse into brackets; engines give up at about the same depth. */
const deepest = 400;

function tooDeep(line: number, file = "<sql>"): SluiceError {
  return new SluiceError("SQL_INVALID", `brackets are nested more than ${deepest} deep`, {
    place: { file, line },
    hint: "Split the query, for example with WITH.",
  });
}

/** The text of the token at `i`, "" past the end. */
export function textAt(paired: PairedTokens, i: number): string {
  return paired.tokens[i]?.text ?? "";
}

/** The keyword at `i`, upper-case, "" for anything that is not a bare word. */
export function wordAt(paired: PairedTokens, i: number): string {
  return paired.words[i] ?? "";
}

export function isOpen(text: string): boolean {
  return text === "(" || text === "[" || text === "{";
}

/** Whether the FROM at `i` is no clause: `IS DISTINCT FROM`, `NTH_VALUE(…) FROM LAST OVER`. */
export function isFromOfExpression(paired: PairedTokens, i: number): boolean {
  if (wordAt(paired, i - 1) === "DISTINCT" && /^(IS|NOT)$/.test(wordAt(paired, i - 2))) return true;
  const end =
    /^(FIRST|LAST)$/.test(wordAt(paired, i + 1)) && /^(OVER|RESPECT|IGNORE)$/.test(wordAt(paired, i + 2));
  return end && textAt(paired, i - 1) === ")";
}
