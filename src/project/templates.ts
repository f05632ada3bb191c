/** Template texts from disk: the ones that ship with Sluice, each replaced by the project's own when there is one. */
import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SluiceError } from "../errors.ts";

const words = ["comment", "summary", "apply"] as const;

/** Same shape as the report room's `TemplateTexts`. */
export interface LoadedTemplates {
  readonly comment: string;
  readonly summary: string;
  readonly apply: string;
  readonly partials: Readonly<Record<string, string>>;
}

/**
 * Reads `comment.hbs`, `summary.hbs`, `apply.hbs` and `partials/*.hbs`.
 * `override` is a file that replaces `comment.hbs`, or a folder with any of the same files; what it lacks is taken
 * from Sluice.
 */
export async function loadTemplates(override?: string): Promise<LoadedTemplates> {
  const own = templateFolder();
  if (override !== undefined && !existsSync(override)) {
    throw new SluiceError("CONFIG_INVALID", `the template ${override} does not exist`, {
      hint: "Create it, or remove comment.template from sluice.yaml.",
    });
  }
  const single = override !== undefined && statSync(override).isFile();
  const folders = override === undefined || single ? [own] : [own, override];
  const texts: Record<string, string> = {};
  const partials: Record<string, string> = {};
  for (const folder of folders) {
    for (const word of words) {
      const file = join(folder, `${word}.hbs`);
      if (existsSync(file)) texts[word] = await readFile(file, "utf8");
    }
    const inside = join(folder, "partials");
    if (!existsSync(inside)) continue;
    for (const file of await readdir(inside)) {
      if (file.endsWith(".hbs")) partials[file.slice(0, -4)] = await readFile(join(inside, file), "utf8");
    }
  }
  if (single) texts["comment"] = await readFile(override, "utf8");
  const { comment = "", summary = "", apply = "" } = texts;
  return { comment, summary, apply, partials };
}

/** `templates/` beside `src/`, `lib/` or `dist/`: the nearest one upwards from this file. */
function templateFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, "templates");
    if (existsSync(join(candidate, "comment.hbs"))) return candidate;
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new SluiceError("INTERNAL", "the templates of Sluice are missing from its installation", {
    hint: "Install it again.",
  });
}
