/** Every built-in macro by its upper-case name (spec project-format 5.6). */
import type { Builtin } from "./call.ts";
import { controlMacros } from "./control-macros.ts";
import { expressionMacros } from "./expression-macros.ts";
import { tableMacros } from "./table-macros.ts";

export const builtins: Readonly<Record<string, Builtin>> = {
  ...controlMacros,
  ...expressionMacros,
  ...tableMacros,
};
