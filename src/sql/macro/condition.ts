/** Constant conditions and values of macros, with errors that name their place. */
import type { Token } from "../lexer.ts";
import { evaluateConstant } from "./constant.ts";
import { type Constant, isColumn, NotConstant, truthOf } from "./constant-value.ts";
import { lookUp, type MacroScope, macroError } from "./scope.ts";

/** The value of a constant expression that has no macros left. Throws MACRO_INVALID at `token`. */
export function constantOf(sql: string, scope: MacroScope, token: Token): Constant {
  try {
    return evaluateConstant(sql, scope.family, lookUp(scope, "execution_ts")?.plain);
  } catch (error) {
    if (!(error instanceof NotConstant)) throw error;
    throw macroError(
      scope,
      token,
      `The condition "${shorten(sql)}" cannot be evaluated before the query runs: ${error.what} is not known there`,
      "Use literals, macro variables, comparisons, AND, OR, NOT, IN, LIKE, BETWEEN, CASE and simple functions.",
    );
  }
}

/** Whether a condition holds; NULL does not. */
export function isTrue(sql: string, scope: MacroScope, token: Token): boolean {
  return truthOf(constantOf(sql, scope, token));
}

/** A constant as SQL text; a string becomes SQL itself (spec project-format 5.6, @EVAL). */
export function constantAsSql(value: Constant): string {
  if (value === null) return "NULL";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (isColumn(value)) return value.column;
  if (Array.isArray(value)) return `(${value.map(constantAsSql).join(", ")})`;
  return String(value);
}

function shorten(sql: string): string {
  const line = sql.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}
