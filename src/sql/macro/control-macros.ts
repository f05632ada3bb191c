/** Macros that decide and repeat: @IF, @EACH, @FILTER, @REDUCE, @EVAL, @VAR and their like. */
import { type Token, tokenize } from "../lexer.ts";
import { type Argument, splitAtCommas } from "./argument-list.ts";
import {
  type Builtin,
  bind,
  callError,
  type Expansion,
  itemsAndLambda,
  type MacroCall,
  nothing,
  one,
  sqlOf,
  valuesOf,
} from "./call.ts";
import { constantAsSql, constantOf, isTrue } from "./condition.ts";
import { interpolate } from "./interpolate.ts";
import { configured, type MacroScope } from "./scope.ts";
import { itemsOf, type MacroText, textOfSql } from "./value.ts";

export const controlMacros: Readonly<Record<string, Builtin>> = {
  IF: expandIf,
  EACH: expandEach,
  FILTER: expandFilter,
  REDUCE: expandReduce,
  EVAL: (call) => {
    const [expression] = call.arguments;
    if (!expression || call.arguments.length > 1) throw callError(call, "@EVAL needs exactly one expression");
    return one(constantAsSql(constantOf(sqlOf(call, expression), call.scope, call.token)));
  },
  AND: (call) => joinConditions(call, "AND"),
  OR: (call) => joinConditions(call, "OR"),
  SQL: expandSql,
  VAR: (call) => variableByName(call, (name) => configured(call.scope, name)),
  BLUEPRINT_VAR: (call) =>
    variableByName(call, (name) => {
      const value = call.scope.blueprint[name.toLowerCase()];
      return value === undefined ? undefined : textOfSql(value, call.scope.family);
    }),
  DEF: (call) => {
    throw callError(
      call,
      "@DEF must be a statement of its own",
      "Move it before the query and end it with a semicolon.",
    );
  },
  INSERT_SEED: () => nothing,
};

const statementWords =
  /^(?:insert|update|delete|create|alter|drop|grant|revoke|set|call|merge|truncate|analyze|analyse|copy|vacuum|pragma|attach|detach|load|install|use|comment|refresh|optimize|lock|unlock|replace|do|explain|checkpoint|export|import|begin|commit)$/i;

function expandIf(call: MacroCall): Expansion {
  const [condition, ...branches] = joinStatements(call);
  if (!condition || branches.length === 0 || branches.length > 2) {
    throw callError(
      call,
      "@IF needs a condition, a value and perhaps another value",
      "Write @IF(condition, value, otherwise).",
    );
  }
  const chosen = isTrue(call.expand(condition).items[0] ?? "NULL", call.scope, call.token)
    ? branches[0]
    : branches[1];
  if (!chosen) return nothing;
  // A branch that is `x AS y` or a statement is expanded like any text.
  return call.expand(chosen);
}

/** `@IF(c, INSERT INTO t VALUES (1), …)`: the commas of a statement are its own. */
function joinStatements(call: MacroCall): (readonly Token[])[] {
  const joined: Token[][] = [];
  for (const part of splitAtCommas(call.inner)) {
    const last = joined.at(-1);
    if (last && startsStatement(last) && !startsStatement(part)) {
      const from = call.inner.indexOf(last[0] as Token);
      const until = part.at(-1);
      const end = until ? call.inner.indexOf(until) + 1 : call.inner.length;
      joined[joined.length - 1] = call.inner.slice(from, end);
    } else joined.push(part);
  }
  return joined.filter((part) => part.length > 0);
}

function startsStatement(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  return (
    first?.kind === "word" &&
    statementWords.test(first.text) &&
    second !== undefined &&
    second.text !== "(" &&
    second.text !== "."
  );
}

function expandEach(call: MacroCall): Expansion {
  const { items, lambda } = itemsAndLambda(call);
  const results = items.flatMap(
    (item) => call.apply(lambda, spread(item, lambda.parameters.length, call.scope)).items,
  );
  return { items: results.filter((result) => result.toUpperCase() !== "NULL") };
}

function expandFilter(call: MacroCall): Expansion {
  const { items, lambda } = itemsAndLambda(call);
  const kept = items.filter((item) => {
    const condition =
      call.apply(lambda, spread(item, lambda.parameters.length, call.scope)).items[0] ?? "NULL";
    return isTrue(condition, call.scope, call.token);
  });
  return { items: kept };
}

function expandReduce(call: MacroCall): Expansion {
  const { items, lambda } = itemsAndLambda(call);
  if (lambda.parameters.length !== 2)
    throw callError(call, "@REDUCE needs a lambda with two parameters", "Write (x, y) -> x + y.");
  if (items.length === 0)
    throw callError(call, "@REDUCE has nothing to reduce", "Give it at least one item.");
  const texts = items.map((item) => textOfSql(item, call.scope.family));
  const result = texts.reduce((left, right) =>
    textOfSql(call.apply(lambda, [left, right]).items.join(", "), call.scope.family),
  );
  return one(result.sql);
}

/** A tuple gives one value to each of several parameters. */
function spread(item: string, parameters: number, scope: MacroScope): MacroText[] {
  const parts = parameters > 1 ? itemsOf(item, scope.family) : [item];
  return parts.map((part) => textOfSql(part, scope.family));
}

function joinConditions(call: MacroCall, operator: "AND" | "OR"): Expansion {
  const operands = valuesOf(call, call.arguments).filter((operand) => operand.toUpperCase() !== "NULL");
  if (operands.length === 0) return one("TRUE");
  if (operands.length === 1)
    return one(operands[0] as string, hasConnective(operands[0] as string, call.scope));
  const wrapped = operands.map((operand) => (hasConnective(operand, call.scope) ? `(${operand})` : operand));
  return one(wrapped.join(` ${operator} `), true);
}

function hasConnective(sql: string, scope: MacroScope): boolean {
  let depth = 0;
  for (const token of tokenize(sql, scope.family)) {
    if (token.text === "(") depth++;
    else if (token.text === ")") depth--;
    else if (depth === 0 && /^(?:and|or|xor|\|\||&&)$/i.test(token.text)) return true;
  }
  return false;
}

function expandSql(call: MacroCall): Expansion {
  const text = bind(call, ["sql", "into"], 1).get("sql") as Argument;
  const value = textOfSql(sqlOf(call, text), call.scope.family);
  if (!value.literal) throw callError(call, "@SQL needs a string literal", "Write @SQL('a + @x').");
  return one(interpolate(value.plain, call.scope));
}

function variableByName(call: MacroCall, find: (name: string) => MacroText | undefined): Expansion {
  const bound = bind(call, ["var_name", "default"], 1);
  const name = textOfSql(sqlOf(call, bound.get("var_name") as Argument), call.scope.family);
  if (!name.literal) {
    throw callError(
      call,
      `@${call.name} needs the variable's name as a string literal`,
      `Write @${call.name}('name').`,
    );
  }
  const value = find(name.plain);
  if (value) return one(value.sql);
  const fallback = bound.get("default");
  return fallback ? call.expand(fallback.tokens) : one("NULL");
}
