/** One table of a FROM list, or the target of a statement: its name, its options, its alias. */
import { normaliseIdentifier } from "./dialect.ts";
import { identifierValue, stringValue } from "./identifiers.ts";
import { neverAlias, neverAliasIn } from "./keywords.ts";
import type { Token } from "./lexer.ts";
import { type Frame, newScope, type Scope, type TableReference, type Walk } from "./scan-frame.ts";
import type { PairedTokens } from "./token-tree.ts";
import { holdsOneQuery, isOpen, textAt, walkArguments, wordAt } from "./walk-brackets.ts";

/**
 * - `source`: read, may take an alias; `unaliased-source`: read, takes none (`TABLE t`);
 * - `target`, `aliased-target`: written; `column`: a target's column, whose last part is not the table's.
 */
export type TableUse = "source" | "unaliased-source" | "target" | "aliased-target" | "column";

interface Name {
  readonly parts: readonly string[];
  readonly first: number;
  readonly last: number;
  readonly file: boolean;
}

/** Reads the table at `from`; returns the index after it, or `from` when none stands there. */
export function readTable(walk: Walk, from: number, to: number, frame: Frame, use: TableUse): number {
  let i = from;
  while (/^(LATERAL|ONLY)$/.test(wordAt(walk, i)) && wordAt(walk, i + 1) !== "VIEW") i++;
  // StarRocks' and Doris' join hints: `JOIN [BROADCAST] t`.
  if (textAt(walk, i) === "[") i = (walk.partner[i] as number) + 1;
  if (i >= to) return from;
  if (use === "source" && textAt(walk, i) === "(") return readParenthesised(walk, i, to, frame);
  if (hasMacro(walk, i)) return readMacroTable(walk, i, to, frame);
  if (use === "source" && textAt(walk, i + 1) === ":" && isName(walk, i))
    return readPrefixed(walk, i, to, frame);
  const name = readName(walk, i, to, use);
  if (!name) return from;
  if (use === "source" && isCall(walk, name)) return readCall(walk, name, to, frame);
  const options = afterTableOptions(walk, name.last + 1);
  const takesAlias = use === "source" || use === "aliased-target";
  const { alias, after } = takesAlias ? readAlias(walk, options, to) : { alias: null, after: name.last + 1 };
  addReference(walk, name, frame, use, alias);
  // `COMMENT ON COLUMN t.c`: the column is part of the name as written.
  return use === "column" ? after + 2 : after;
}

/** Records `a.b.c` outside table positions; returns the index after it. */
export function readDotted(walk: Walk, from: number, to: number, scope: Scope): number {
  const parts: string[] = [];
  const ends: number[] = [];
  let i = from;
  while (i < to && (isName(walk, i) || textAt(walk, i) === "*")) {
    parts.push(identifierValue(textAt(walk, i)));
    ends.push((walk.tokens[i] as Token).end);
    i++;
    if (textAt(walk, i) !== ".") break;
    i++;
  }
  const { start, line } = walk.tokens[from] as Token;
  if (parts.length > 1) walk.dotted.push({ scope, parts, start, ends, line });
  return Math.max(i, from + 1);
}

function readName(walk: Walk, first: number, to: number, use: TableUse): Name | null {
  const token = walk.tokens[first] as Token;
  if (token.kind === "string" && walk.family === "duckdb" && use === "source") {
    return { parts: [stringValue(token.text, walk.family)], first, last: first, file: true };
  }
  if (!isName(walk, first) || neverAlias.has(wordAt(walk, first))) return null;
  const parts = [identifierValue(token.text)];
  let last = first;
  while (textAt(walk, last + 1) === "." && last + 2 < to && isName(walk, last + 2)) {
    last += 2;
    parts.push(identifierValue(textAt(walk, last)));
  }
  if (use !== "column" || parts.length < 2) return { parts, first, last, file: false };
  return { parts: parts.slice(0, -1), first, last: last - 2, file: false };
}

function addReference(walk: Walk, name: Name, frame: Frame, use: TableUse, alias: string | null): void {
  const table = name.parts.at(-1) as string;
  const isSource = use === "source" || use === "unaliased-source";
  const single = name.parts.length === 1 && !name.file;
  if (single && isSource && frame.environment.has(normaliseIdentifier(table, walk.family))) {
    if (use === "source") expose(walk, frame, alias ?? table, null);
    return;
  }
  const first = walk.tokens[name.first] as Token;
  const options = afterTableOptions(walk, name.last + 1);
  const reference: TableReference = {
    parts: name.parts,
    start: first.start,
    end: (walk.tokens[name.last] as Token).end,
    line: first.line,
    alias,
    aliasAt: use === "source" ? (walk.tokens[options - 1] as Token).end : null,
    role: isSource ? "source" : "target",
    file: name.file,
    keep: isKept(walk, name.first, options),
  };
  walk.references.push(reference);
  if (use !== "unaliased-source") expose(walk, frame, alias ?? table, reference);
}

function expose(walk: Walk, frame: Frame, name: string, reference: TableReference | null): void {
  if (frame.scope.exposed.length === 0) walk.scopes.push(frame.scope);
  frame.scope.exposed.push({ name: normaliseIdentifier(name, walk.family), reference });
}

/** `(SELECT …) x`, `(a JOIN b ON …)`, `((SELECT …) UNION …) x`. */
function readParenthesised(walk: Walk, i: number, to: number, frame: Frame): number {
  const close = walk.partner[i] as number;
  const isQuery = holdsOneQuery(walk, i);
  const scope = isQuery ? newScope(frame.scope) : frame.scope;
  walk.region(i + 1, close, { ...frame, state: isQuery ? "start" : "from", scope });
  return readDerived(walk, close + 1, to, frame);
}

/** The alias of a derived table or a table function. */
function readDerived(walk: Walk, from: number, to: number, frame: Frame): number {
  const { alias, after } = readAlias(walk, from, to);
  if (alias !== null) expose(walk, frame, alias, null);
  return after;
}

/** DuckDB's `alias: table`. */
function readPrefixed(walk: Walk, i: number, to: number, frame: Frame): number {
  const alias = identifierValue(textAt(walk, i));
  const name = readName(walk, i + 2, to, "source");
  if (name && !isCall(walk, name)) {
    addReference(walk, name, frame, "source", alias);
    return name.last + 1;
  }
  expose(walk, frame, alias, null);
  return readTable(walk, i + 2, to, frame, "source");
}

function isCall(walk: PairedTokens, name: Name): boolean {
  return !name.file && textAt(walk, name.last + 1) === "(";
}

function readCall(walk: Walk, name: Name, to: number, frame: Frame): number {
  return readDerived(walk, walkArguments(walk, name.last + 1, frame), to, frame);
}

/** Whether the name at `i` has a macro in it: it is not known before macros ran. */
function hasMacro(walk: PairedTokens, i: number): boolean {
  for (let k = i; ; k++) {
    const kind = walk.tokens[k]?.kind;
    if (kind === "macro" || kind === "macro-braced") return true;
    const next = walk.tokens[k + 1];
    const goesOn =
      next !== undefined &&
      (next.start === walk.tokens[k]?.end || next.text === "." || textAt(walk, k) === ".");
    if (!goesOn || (kind !== "word" && kind !== "quoted" && textAt(walk, k) !== ".")) return false;
  }
}

function readMacroTable(walk: Walk, from: number, to: number, frame: Frame): number {
  let i = from + 1;
  while (i < to) {
    const text = textAt(walk, i);
    const joined =
      text === "." || textAt(walk, i - 1) === "." || walk.tokens[i]?.start === walk.tokens[i - 1]?.end;
    if (!joined || text === "," || text === ")") break;
    i = isOpen(text) ? walkArguments(walk, i, frame) : i + 1;
  }
  return readDerived(walk, i, to, frame);
}

function isName(walk: PairedTokens, i: number): boolean {
  const kind = walk.tokens[i]?.kind;
  return kind === "word" || kind === "quoted";
}

/** Index after what stands between a table and its alias: `PARTITION (p)`, `FOR SYSTEM_TIME AS OF x`. */
function afterTableOptions(walk: PairedTokens, from: number): number {
  let i = from;
  while (/^(PARTITION|PARTITIONS|TABLET)$/.test(wordAt(walk, i)) && textAt(walk, i + 1) === "(") {
    i = (walk.partner[i + 1] as number) + 1;
  }
  if (wordAt(walk, i) !== "FOR" || wordAt(walk, i + 1) !== "SYSTEM_TIME") return i;
  i += 2;
  if (wordAt(walk, i) === "ALL") return i + 1;
  while (i < walk.tokens.length && !endsSystemTime(walk, i)) {
    i = isOpen(textAt(walk, i)) ? (walk.partner[i] as number) + 1 : i + 1;
  }
  return i;
}

/** `AS OF TIMESTAMP '…'`, `BETWEEN a AND b`, `FROM a TO b` end at the next clause, bracket or bare name after a value. */
function endsSystemTime(walk: PairedTokens, i: number): boolean {
  const text = textAt(walk, i);
  const word = wordAt(walk, i);
  if (text === "," || text === ")" || text === ";") return true;
  if (word === "AS") return wordAt(walk, i + 1) !== "OF";
  if (neverAlias.has(word)) return !/^(AND|FROM|BY|TO)$/.test(word);
  const before = walk.tokens[i - 1]?.kind;
  return isName(walk, i) && (before === "string" || before === "number" || textAt(walk, i - 1) === ")");
}

/** The alias at `from`, if any; `AS OF` is no alias. */
function readAlias(walk: PairedTokens, from: number, to: number): { alias: string | null; after: number } {
  const hasAs = wordAt(walk, from) === "AS" && wordAt(walk, from + 1) !== "OF";
  const i = hasAs ? from + 1 : from;
  const token = walk.tokens[i];
  if (!token || i >= to) return { alias: null, after: from };
  // MySQL takes a string for an alias.
  if (hasAs && token.kind === "string") return { alias: stringValue(token.text, walk.family), after: i + 1 };
  if (token.kind === "quoted") return { alias: identifierValue(token.text), after: i + 1 };
  if (token.kind !== "word" || (!hasAs && isKeyword(walk, i))) return { alias: null, after: from };
  return { alias: token.text, after: i + 1 };
}

function isKeyword(walk: PairedTokens, i: number): boolean {
  const word = wordAt(walk, i);
  if (neverAlias.has(word) || neverAliasIn[walk.family].has(word)) return true;
  return word === "MINUS" && /^(SELECT|ALL)$/.test(wordAt(walk, i + 1));
}

function isKept(walk: PairedTokens, first: number, after: number): boolean {
  for (let i = first; i <= after; i++) {
    const comments = walk.comments.get(i) ?? [];
    if (comments.some((comment) => /sqlglot\.meta\s+replace\s*=\s*false/i.test(comment.text))) return true;
  }
  return false;
}
