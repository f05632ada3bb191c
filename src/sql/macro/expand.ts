/**
 * Macro expansion on tokens: text in, text out. What is not a macro stays byte for byte as its author wrote it, comments
 * included. Spec project-format 5.
 */

import { quoteIdentifier, quoteString } from "../dialect.ts";
import type { Token } from "../lexer.ts";
import { tokenize } from "../lexer.ts";
import { closeOf, type Lambda, splitAtCommas, toArgument, toLambda } from "./argument-list.ts";
import { builtins } from "./builtins.ts";
import type { Expansion, MacroCall } from "./call.ts";
import { clauseOperator } from "./clauses.ts";
import { misfitIn, undefinedMacro } from "./expansion-errors.ts";
import { interpolate } from "./interpolate.ts";
import { dottedName, endOfName, isFreeName, isNamePlace, joinedName, variable } from "./names.ts";
import { assemble, type Piece } from "./pieces.ts";
import { lookUp, type MacroScope, macroError } from "./scope.ts";
import { type MacroText, nameAsSql, nameContent, stringContent, textOfSql } from "./value.ts";

const maxDepth = 100;

/**
 * The statements a statement's text becomes: none when a macro removed it, several when one macro gave several.
 * Throws MACRO_INVALID with file and line. Surrounding blanks are kept only when nothing but part of the text is a macro.
 */
export function expandStatement(text: string, scope: MacroScope): string[] {
  const tokens = tokenizeIn(text, scope);
  const significant = tokens.filter((token) => token.kind !== "comment");
  if (significant.length === 0) return [];
  const { pieces } = walk(text, tokens, scope);
  const sole = soleResult(pieces);
  if (sole) return [...sole.items];
  return [assemble(text, 0, text.length, pieces, misfitIn(scope))];
}

/** One text, for places that need exactly one: a query, a property's value. Null when a macro removed it. */
export function expandText(text: string, scope: MacroScope): string | null {
  const items = expandStatement(text, scope);
  return items.length === 0 ? null : items.join(", ");
}

/**
 * The scope with the `@DEF`s of these texts, evaluated in order; other statements are ignored.
 * Each text has its own line, so that errors name the right one.
 */
export function withDefinitions(
  scope: MacroScope,
  statements: readonly { readonly text: string; readonly line: number; readonly jinja?: boolean }[],
): MacroScope {
  let current = scope;
  for (const statement of statements) {
    if (statement.jinja || !isDefinition(statement.text)) continue;
    current = define(statement.text, { ...current, line: statement.line });
  }
  return { ...current, line: scope.line };
}

/** The statement is a `@DEF`: never executed, only remembered. */
export function isDefinition(text: string): boolean {
  return /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*@DEF\s*\(/i.test(text);
}

function define(text: string, scope: MacroScope): MacroScope {
  const tokens = tokenizeIn(text, scope).filter((token) => token.kind !== "comment");
  const close = closeOf(tokens, 1);
  const [name, ...rest] = splitAtCommas(tokens.slice(2, close));
  const word = name?.[0];
  const value = rest.length === 0 ? [] : tokens.slice(tokens.indexOf(rest[0]?.[0] as Token), close);
  if (name?.length !== 1 || (word?.kind !== "word" && word?.kind !== "quoted") || value.length === 0) {
    throw macroError(scope, tokens[0] ?? null, "@DEF needs a name and a value", "Write @DEF(name, value).");
  }
  const key = (word.kind === "quoted" ? nameContent(word.text) : word.text).toLowerCase();
  const lambda = toLambda(value);
  if (lambda) {
    const functions = new Map(scope.functions);
    functions.set(key, { parameters: lambda.parameters, source: text, line: scope.line, body: lambda.body });
    return { ...scope, functions };
  }
  const locals = new Map(scope.locals);
  locals.set(key, textOfSql(expandTokens(text, value, scope).items.join(", "), scope.family));
  return { ...scope, locals };
}

/** Expands a range of tokens of `source`: the items of a sole macro, else one text. */
function expandTokens(source: string, tokens: readonly Token[], scope: MacroScope): Expansion {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (!first || !last) return { items: [] };
  const { pieces } = walk(source, tokens, scope);
  const sole = soleResult(pieces);
  if (sole) return { items: sole.items, compound: sole.compound };
  return { items: [assemble(source, first.start, last.end, pieces, misfitIn(scope))] };
}

function soleResult(pieces: readonly Piece[]): Extract<Piece, { kind: "result" }> | null {
  const real = pieces.filter((piece) => piece.kind !== "kept" || piece.token.kind !== "comment");
  const semicolon = real.at(-1);
  if (semicolon?.kind === "kept" && semicolon.token.text === ";") real.pop();
  const only = real[0];
  return real.length === 1 && only?.kind === "result" ? only : null;
}

/** Reads tokens from left to right into pieces. */
function walk(source: string, tokens: readonly Token[], scope: MacroScope): { pieces: Piece[] } {
  const pieces: Piece[] = [];
  const expand = (part: readonly Token[]): Expansion => expandTokens(source, part, scope);
  for (let i = 0; i < tokens.length; ) {
    const token = tokens[i] as Token;
    const clause = token.kind === "macro" ? clauseOperator(tokens, i, pieces, scope, expand) : null;
    if (clause) {
      i = clause.next;
      continue;
    }
    const end = endOfName(tokens, i);
    if (end > i + 1) {
      pieces.push(joinedName(tokens, i, end, scope));
      i = end;
      continue;
    }
    if (token.kind === "macro") {
      const call = readCall(source, tokens, i, scope);
      if (call) {
        const result = callMacro(call, scope);
        const last = tokens[call.last] as Token;
        pieces.push({ kind: "result", start: token.start, end: last.end, token, compound: false, ...result });
        i = call.last + 1;
        continue;
      }
    }
    pieces.push(simplePiece(tokens, i, pieces, scope));
    i++;
  }
  return { pieces };
}

function simplePiece(
  tokens: readonly Token[],
  i: number,
  pieces: readonly Piece[],
  scope: MacroScope,
): Piece {
  const token = tokens[i] as Token;
  const { start, end } = token;
  const written: Piece = { kind: "kept", token, start, end };
  switch (token.kind) {
    case "macro": {
      const value = variable(token, scope);
      if (isNamePlace(tokens, i, pieces) && value.literal)
        return { kind: "text", start, end, text: dottedName(value.plain, scope) };
      return { kind: "result", start, end, items: [value.sql], compound: false, token };
    }
    case "macro-braced":
      return { kind: "text", start, end, text: nameAsSql(variable(token, scope).plain, scope.family) };
    case "macro-string": {
      const content =
        token.text[1] === "`"
          ? nameContent(token.text.slice(1))
          : stringContent(token.text.slice(1), scope.family);
      return { kind: "text", start, end, text: quoteString(interpolate(content, scope), scope.family) };
    }
    case "quoted": {
      if (!token.text.includes("@")) return written;
      const name = interpolate(nameContent(token.text), scope);
      return name === nameContent(token.text)
        ? written
        : { kind: "text", start, end, text: quoteIdentifier(name, scope.family) };
    }
    case "word": {
      const value = scope.bare.get(token.text.toLowerCase());
      if (!value || !isFreeName(tokens, i)) return written;
      const alias = tokens[i - 1]?.text.toUpperCase() === "AS";
      return {
        kind: "result",
        start,
        end,
        items: [alias ? nameAsSql(value.plain, scope.family) : value.sql],
        compound: false,
        token,
      };
    }
    default:
      return written;
  }
}

type LocatedCall = MacroCall & { readonly last: number };

/** The call that starts at `@name`, or null when it is a variable. */
function readCall(
  source: string,
  tokens: readonly Token[],
  i: number,
  scope: MacroScope,
): LocatedCall | null {
  const token = tokens[i] as Token;
  const open = tokens[i + 1];
  if (open?.text !== "(") return null;
  const name = token.text.slice(1);
  const known = name.toUpperCase() in builtins || scope.functions.has(name.toLowerCase());
  if (!known && lookUp(scope, name) && open.start > token.end) return null;
  const close = closeOf(tokens, i + 1);
  if (close < 0) throw macroError(scope, token, `The "(" of ${token.text} is never closed`);
  const inner = tokens.slice(i + 2, close).filter((part) => part.kind !== "comment");
  const parts = splitAtCommas(inner).map(toArgument);
  // A trailing comma is as good as none.
  if (parts.at(-1)?.tokens.length === 0) parts.pop();
  const late = parts.findIndex(
    (part, j) => part.key === null && parts.slice(0, j).some((earlier) => earlier.key !== null),
  );
  if (late >= 0) throw macroError(scope, token, `${token.text} has a positional argument after a named one`);
  return {
    name: name.toUpperCase(),
    token,
    source,
    inner,
    arguments: parts,
    scope,
    last: close,
    expand: (part) => expandTokens(source, part, scope),
    apply: (lambda, values) => applyLambda(source, lambda, values, scope, token),
  };
}

function callMacro(call: MacroCall, scope: MacroScope): Expansion {
  if (scope.depth > maxDepth)
    throw macroError(scope, call.token, `Macro "${call.name.toLowerCase()}" calls itself without end`);
  const defined = scope.functions.get(call.name.toLowerCase());
  if (defined) {
    const values = call.arguments.flatMap((argument) => call.expand(argument.tokens).items);
    const texts = values.map((value) => textOfSql(value, scope.family));
    // The body stands elsewhere and does not see what lambdas around the call bind.
    const inside = { ...scope, line: defined.line, bare: new Map(), depth: scope.depth + 1 };
    return applyLambda(defined.source, defined, texts, inside, call.token);
  }
  const builtin = Object.hasOwn(builtins, call.name) ? builtins[call.name] : undefined;
  if (builtin) return builtin(call);
  throw undefinedMacro(call, scope);
}

/** Expands a lambda's body with its parameters bound; a single tuple is spread over several parameters. */
function applyLambda(
  source: string,
  lambda: Lambda,
  values: readonly MacroText[],
  scope: MacroScope,
  token: Token,
): Expansion {
  if (values.length !== lambda.parameters.length) {
    throw macroError(
      scope,
      token,
      `${token.text} passes ${values.length} value${values.length === 1 ? "" : "s"} to a lambda with ${lambda.parameters.length} parameters`,
      `The parameters are ${lambda.parameters.join(", ")}.`,
    );
  }
  const locals = new Map(scope.locals);
  const bare = new Map(scope.bare);
  lambda.parameters.forEach((name, i) => {
    locals.set(name, values[i] as MacroText);
    bare.set(name, values[i] as MacroText);
  });
  return expandTokens(source, lambda.body, { ...scope, locals, bare, depth: scope.depth + 1 });
}

function tokenizeIn(text: string, scope: MacroScope): readonly Token[] {
  return tokenize(text, scope.family, scope.file);
}
