/** Jinja blocks (spec project-format 5.11): what they see, and the SQL they become before macros expand. */
import { SluiceError } from "../errors.ts";
import { JinjaFault, loadJinja, renderJinjaBlock } from "../sql/macro/jinja.ts";
import type { MacroScope } from "../sql/macro/scope.ts";
import { textOfSql } from "../sql/macro/value.ts";
import { splitFile } from "../sql/statements.ts";
import type { MacroValue, Model, SqlText } from "./model.ts";

/** What a block sees besides the variables of its scope. */
export interface JinjaContext {
  /** Definitions by name. */
  readonly macros: Readonly<Record<string, string>>;
  /** What `var()` answers, by lower-case name. */
  readonly variables: Readonly<Record<string, MacroValue>>;
  /** The SQL that stands for a table by its name as written. */
  readonly resolveTable: (name: string) => string;
}

/** To be awaited before models with Jinja blocks are rendered; loads the engine only when one of them has some. */
export async function prepareRendering(models: Iterable<Model>): Promise<void> {
  for (const model of models) {
    if (!usesJinja(model)) continue;
    await loadJinja();
    return;
  }
}

/** To be awaited before texts are read that may hold Jinja blocks. */
export async function prepareTexts(texts: Iterable<string>): Promise<void> {
  for (const text of texts) {
    if (!/\bJINJA_(?:QUERY|STATEMENT)_BEGIN\b/i.test(text)) continue;
    await loadJinja();
    return;
  }
}

function usesJinja(model: Model): boolean {
  const texts = [...model.preStatements, ...model.postStatements, ...model.onVirtualUpdate];
  const audits = model.auditDefinitions.flatMap((audit) => [audit.query, ...audit.statements]);
  return [...texts, ...audits, ...(model.query ? [model.query] : [])].some((text) => text.jinja === true);
}

/**
 * The statements a block becomes, in which macros are still to be expanded; none when it renders to nothing. `scope` gives
 * the variables, for audits with their arguments. Throws MACRO_INVALID with file and line.
 */
export function renderJinjaStatements(
  text: SqlText,
  scope: MacroScope,
  jinja: JinjaContext,
): readonly string[] {
  const rendered = renderJinjaText(text, scope, jinja);
  return splitFile(rendered, scope.family, scope.file).flatMap((part) =>
    part.kind === "statement" ? [part.sql.text] : [],
  );
}

function renderJinjaText(text: SqlText, scope: MacroScope, jinja: JinjaContext): string {
  const render = (source: string): string =>
    renderJinjaBlock({ text: source, macros: Object.values(jinja.macros), names: { ...names, render } });
  const names = namesOf(scope, jinja);
  try {
    return render(text.text);
  } catch (error) {
    if (!(error instanceof JinjaFault)) throw error;
    throw new SluiceError("MACRO_INVALID", `The Jinja block cannot be rendered: ${error.message}`, {
      place: { file: scope.file, line: text.line + (error.line ?? 1) - 1 },
      hint: "Only variables, var(), blueprint_var(), gateway(), resolve_table() and the project's Jinja macros are known.",
      cause: error,
    });
  }
}

function namesOf(scope: MacroScope, jinja: JinjaContext): Record<string, unknown> {
  const locals = [...scope.locals].map(([name, value]) => [name, jinjaValue(name, value.plain)] as const);
  return {
    ...Object.fromEntries(locals),
    var: (name: string, otherwise: MacroValue = null) => jinja.variables[name.toLowerCase()] ?? otherwise,
    blueprint_var: (name: string, otherwise: MacroValue = null) => {
      const value = scope.blueprint[name.toLowerCase()];
      return value === undefined ? otherwise : textOfSql(value, scope.family).plain;
    },
    gateway: () => scope.locals.get("gateway")?.plain ?? null,
    resolve_table: (name: string) => jinja.resolveTable(name),
  };
}

/** Variables are bare values in Jinja: `CAST('2024-01-01' AS DATE)` is the date, whole numbers are numbers. */
function jinjaValue(name: string, plain: string): unknown {
  const cast = /^CAST\('([^']*)' AS [\w() ]+\)$/.exec(plain)?.[1];
  if (cast !== undefined) return cast;
  return /_(?:millis|hour)$/.test(name) ? Number(plain) : plain;
}
