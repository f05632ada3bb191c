/** What the macros of a MODEL or AUDIT block see (spec project-format 3.6). */
import type { HeaderSource } from "../sql/header.ts";
import type { MacroScope } from "../sql/macro/scope.ts";
import type { Blueprint } from "./blueprints.ts";
import type { ModelContext } from "./context.ts";
import { loadingMoment, momentScope } from "./expansion.ts";

/** No date variables but the epoch's, no `@this_model`. */
export function headerScope(source: HeaderSource, context: ModelContext, blueprint: Blueprint): MacroScope {
  const { gateway, variables, pythonMacros, defaultCatalog } = context;
  const { family, file } = source;
  const expansion = { family, file, gateway, variables, pythonMacros, blueprint, jinjaMacros: {} };
  return momentScope(
    defaultCatalog === undefined ? expansion : { ...expansion, defaultCatalog },
    loadingMoment,
    false,
  );
}
