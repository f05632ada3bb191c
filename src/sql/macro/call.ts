/** One macro call, and how a built-in macro reads its arguments. */
import type { SluiceError } from "../../errors.ts";
import type { Token } from "../lexer.ts";
import { type Argument, type Lambda, toLambda } from "./argument-list.ts";
import { type MacroScope, macroError } from "./scope.ts";
import { itemsOf, type MacroText, textOfSql } from "./value.ts";

/** What a macro gives: nothing, one SQL text, or several. */
export interface Expansion {
  readonly items: readonly string[];
  readonly compound?: boolean;
}

export const nothing: Expansion = { items: [] };

export function one(sql: string, compound = false): Expansion {
  return { items: [sql], compound };
}

/** A call with its arguments unexpanded, so that a macro decides what is evaluated. */
export interface MacroCall {
  /** Upper-case, without `@`. */
  readonly name: string;
  readonly token: Token;
  readonly source: string;
  /** Tokens between the parentheses, comments left out. */
  readonly inner: readonly Token[];
  readonly arguments: readonly Argument[];
  readonly scope: MacroScope;
  /** Expands tokens of `source` in the scope of the call. */
  readonly expand: (tokens: readonly Token[]) => Expansion;
  /** Applies a lambda of this call to values. */
  readonly apply: (lambda: Lambda, values: readonly MacroText[]) => Expansion;
}

export type Builtin = (call: MacroCall) => Expansion;

/** MACRO_INVALID at the call. */
export function callError(call: MacroCall, message: string, hint?: string): SluiceError {
  return macroError(call.scope, call.token, message, hint);
}

/** The argument as one SQL text; several values are joined. */
export function sqlOf(call: MacroCall, argument: Argument): string {
  return call.expand(argument.tokens).items.join(", ");
}

/** The argument's bare text: content of a string, name of a column. */
export function plainOf(call: MacroCall, argument: Argument): string {
  return textOfSql(sqlOf(call, argument), call.scope.family).plain;
}

/** The values of arguments; a single `[…]` or `(…)` is unpacked. */
export function valuesOf(call: MacroCall, list: readonly Argument[]): string[] {
  const items = list.flatMap((argument) => call.expand(argument.tokens).items);
  return items.length === 1 ? itemsOf(items[0] as string, call.scope.family) : [...items];
}

/** The last argument as a lambda, and the arguments before it. */
export function itemsAndLambda(call: MacroCall): { readonly items: string[]; readonly lambda: Lambda } {
  const last = call.arguments.at(-1);
  const lambda = last && toLambda(last.tokens);
  if (!lambda) {
    throw callError(
      call,
      `@${call.name} needs a lambda as its last argument`,
      `Write @${call.name}([a, b], x -> …).`,
    );
  }
  return { items: valuesOf(call, call.arguments.slice(0, -1)), lambda };
}

/** Binds positional and `key := value` arguments to parameter names; the first `required` must be there. */
export function bind(
  call: MacroCall,
  parameters: readonly string[],
  required: number,
): ReadonlyMap<string, Argument> {
  const bound = new Map<string, Argument>();
  call.arguments.forEach((argument, i) => {
    const key = argument.key ?? parameters[i];
    if (key === undefined)
      throw callError(call, `@${call.name} takes at most ${parameters.length} arguments`);
    if (!parameters.includes(key)) {
      throw callError(
        call,
        `@${call.name} has no argument "${key}"`,
        `Its arguments are ${parameters.join(", ")}.`,
      );
    }
    bound.set(key, argument);
  });
  const missing = parameters.slice(0, required).find((name) => !bound.has(name));
  if (missing !== undefined) {
    throw callError(
      call,
      `@${call.name} needs the argument "${missing}"`,
      `Its arguments are ${parameters.join(", ")}.`,
    );
  }
  return bound;
}

/** An operand that can stand beside any operator. */
export function asOperand(sql: string): string {
  return /^(?:[\w$.]+|"[^"]*"|`[^`]*`|'[^']*'|\w+\([^()]*\)|\([^()]*\)|CASE\b[\s\S]*\bEND)$/i.test(sql)
    ? sql
    : `(${sql})`;
}
