/** Python artefacts: Sluice does not run them, but says which one is missing (spec project-format 1.6). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { ModelWarning } from "../model/context.ts";
import { listFiles } from "./source-files.ts";

/** Lower-case names of the functions under a `@macro` decorator → where they are. */
export function loadPythonMacros(
  root: string,
  isIgnored: (path: string) => boolean,
): ReadonlyMap<string, SourcePlace> {
  const macros = new Map<string, SourcePlace>();
  for (const file of listFiles(root, "macros", [".py"]).filter((path) => !isIgnored(path))) {
    const text = readFileSync(join(root, file), "utf8");
    for (const match of text.matchAll(
      /^@(?:\w+\.)?macro\b(?:\(([^)]*)\))?[\s\S]*?^(?:async\s+)?def\s+(\w+)/gm,
    )) {
      const named = /^\s*["']([^"']+)["']/.exec(match[1] ?? "")?.[1];
      const line = text.slice(0, match.index).split("\n").length;
      macros.set((named ?? (match[2] as string)).toLowerCase(), { file, line });
    }
  }
  return macros;
}

/** Throws NOT_SUPPORTED for the first Python model. */
export function refusePythonModels(root: string, isIgnored: (path: string) => boolean): void {
  for (const file of listFiles(root, "models", [".py"]).filter((path) => !isIgnored(path))) {
    const text = readFileSync(join(root, file), "utf8");
    const match = /^@(?:\w+\.)?model\(\s*(?:name\s*=\s*)?(?:["']([^"']+)["'])?/m.exec(text);
    if (!match) continue;
    const name = match[1] ? ` ${match[1]}` : "";
    throw new SluiceError("NOT_SUPPORTED", `the Python model${name} is not supported`, {
      place: { file, line: text.slice(0, match.index).split("\n").length },
      hint: "Exclude the file with ignore_patterns and register its table in external_models.yaml, or write it in SQL.",
    });
  }
}

/** Folders of Python that have no effect: one warning each, when something but `__init__.py` is in them. */
export function pythonWarnings(root: string): ModelWarning[] {
  const folders = { macros: "macros", linter: "lint rules", signals: "signals" } as const;
  return Object.entries(folders).flatMap(([folder, what]) => {
    const file = listFiles(root, folder, [".py"]).find((path) => !path.endsWith("__init__.py"));
    if (file === undefined) return [];
    return [{ code: "python-ignored", text: `${what} written in Python are not run`, file }];
  });
}
