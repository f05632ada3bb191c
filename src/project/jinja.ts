/** Configuration and test files are Jinja templates before they are YAML (spec project-format 1.4). */
import { type ErrorCode, messageOf, SluiceError } from "../errors.ts";
import type { MacroValue } from "../model/model.ts";
import { loadJinja } from "../sql/macro/jinja.ts";

export interface JinjaScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `var()` answers; absent in configuration files. */
  readonly variables?: Readonly<Record<string, MacroValue>>;
  readonly onUnset?: (name: string) => void;
}

/** Whether a text needs rendering at all: most do not, and nunjucks then stays unloaded. */
function isTemplate(text: string): boolean {
  return /\{[{%#]/.test(text);
}

/** Renders a whole file. Throws `code` with the file for a template that cannot be rendered. */
export async function renderJinja(
  text: string,
  file: string,
  scope: JinjaScope,
  code: ErrorCode = "CONFIG_INVALID",
): Promise<string> {
  if (!isTemplate(text)) return text;
  // Guards the engine: a template reaches nothing but what it is given here, and nothing prints as `None`.
  await loadJinja();
  const { default: nunjucks } = await import("nunjucks");
  const environment = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: false });
  environment.addGlobal("env_var", (name: string, fallback?: unknown) => {
    const value = scope.env[name];
    if (value !== undefined) return value;
    if (fallback === undefined) scope.onUnset?.(name);
    return fallback ?? null;
  });
  environment.addGlobal("user", () => loginName(scope.env));
  environment.addGlobal(
    "var",
    (name: string, fallback?: unknown) => scope.variables?.[name.toLowerCase()] ?? fallback ?? null,
  );
  try {
    return environment.renderString(text, {});
  } catch (cause) {
    const line = /\[Line (\d+)/.exec(messageOf(cause))?.[1];
    const reason = messageOf(cause)
      .replace(/^\(unknown path\)\s*(\[.*?\])?\s*/, "")
      .trim();
    throw new SluiceError(code, `the Jinja template cannot be rendered: ${reason}`, {
      place: { file, ...(line ? { line: Number(line) } : {}) },
      cause,
    });
  }
}

function loginName(env: JinjaScope["env"]): string {
  return env["LOGNAME"] ?? env["USER"] ?? env["LNAME"] ?? env["USERNAME"] ?? "";
}
