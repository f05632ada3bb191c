/** What is said about macros that do not exist and results that do not fit. */
import type { Token } from "../lexer.ts";
import { builtins } from "./builtins.ts";
import type { MacroCall } from "./call.ts";
import type { Misfit } from "./pieces.ts";
import { type MacroScope, macroError, nearest } from "./scope.ts";

/** The error for a call of what is neither built in nor defined. */
export function undefinedMacro(call: MacroCall, scope: MacroScope): Error {
  const name = call.token.text.slice(1);
  const python = scope.pythonMacros.get(name.toLowerCase());
  if (python) {
    return macroError(
      scope,
      call.token,
      `Macro "${name}" is implemented in Python (${python.file}), which Sluice does not run`,
      "Write it as a SQL macro with @DEF, or as a Jinja macro.",
    );
  }
  const near = nearest(name.toLowerCase(), [
    ...scope.functions.keys(),
    ...Object.keys(builtins).map((key) => key.toLowerCase()),
  ]);
  const spelled = near && near.toUpperCase() in builtins ? near.toUpperCase() : near;
  return macroError(
    scope,
    call.token,
    `Macro "${name}" does not exist`,
    spelled ? `Did you mean @${spelled}?` : "Define it with @DEF in the model.",
  );
}

/** Throws for a result that does not fit its place. */
export function misfitIn(scope: MacroScope): (why: Misfit, token: Token) => never {
  return (why, token) => {
    const message: Record<Misfit, [string, string]> = {
      "operand-removed": [
        `${token.text} gives nothing where a value is needed`,
        "Give @IF an else branch, or use @WHERE, @AND and the like to switch off the whole clause.",
      ],
      "projections-removed": [
        "Every column of the SELECT list was removed by macros",
        "Keep at least one column.",
      ],
      "list-as-operand": [
        `${token.text} gives several values where one is needed`,
        "Put it in a list: a SELECT list, GROUP BY, IN ( … ) or the arguments of a function.",
      ],
    };
    throw macroError(scope, token, ...message[why]);
  };
}
