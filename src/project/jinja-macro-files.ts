/** The Jinja macros under `macros/`, by name (spec project-format 5.11). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { findJinjaMacros } from "../sql/macro/jinja-definitions.ts";
import { listFiles } from "./source-files.ts";

/** Name → definition; of two with one name the later file's holds. Throws MACRO_INVALID for one that is never closed. */
export function loadJinjaMacros(
  root: string,
  isIgnored: (path: string) => boolean,
): ReadonlyMap<string, string> {
  const macros = new Map<string, string>();
  for (const path of listFiles(root, "macros", [".sql"])) {
    if (isIgnored(path)) continue;
    const found = findJinjaMacros(readFileSync(join(root, path), "utf8"), ({ name, line }) => {
      throw new SluiceError("MACRO_INVALID", `the Jinja macro ${name} is never closed`, {
        place: { file: path, line },
        hint: "End it with {% endmacro %}.",
      });
    });
    for (const [name, text] of found) macros.set(name, text);
  }
  return macros;
}
