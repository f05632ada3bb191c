/** `@name` and `@{name}` inside the text of `@'…'`, of a quoted name or of `@SQL('…')`. */
import { lookUp, type MacroScope } from "./scope.ts";

/** The text with every known variable's bare text in place; unknown names stay as written. */
export function interpolate(text: string, scope: MacroScope): string {
  return text.replace(
    /@\{\s*([\p{L}_][\p{L}\p{N}_]*)\s*\}|@([\p{L}_][\p{L}\p{N}_]*)/gu,
    (whole, braced?: string, bare?: string) => {
      return lookUp(scope, (braced ?? bare) as string)?.plain ?? whole;
    },
  );
}
