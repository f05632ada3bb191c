/**
 * A model's texts → the SQL that runs: macros expanded, Jinja rendered, references put in place. Nothing is parsed and
 * printed again (design D3).
 */
import { SluiceError, type SourcePlace } from "../errors.ts";
import { familyOf } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import { expandStatement, isDefinition, withDefinitions } from "../sql/macro/expand.ts";
import { type MacroScope, scopeAt } from "../sql/macro/scope.ts";
import { toEngineSql } from "../sql/permissive.ts";
import { spliceReferences } from "../sql/references.ts";
import type { Model, SqlText } from "./model.ts";
import { toModelName } from "./name.ts";
import { assertFamily, type RenderContext, scopeOf } from "./render-context.ts";
import { type JinjaContext, renderJinjaStatements } from "./render-jinja.ts";

/** Where a model's statements stand around its query. */
export type StatementRole = "pre" | "post" | "virtual";

/**
 * The query to run. Throws MACRO_INVALID or SQL_INVALID with file and line, INTERNAL for a model without query (SEED, EXTERNAL).
 */
export function renderQuery(model: Model, context: RenderContext): string {
  return putReferences(model, expandQuery(model, context), context);
}

/** The query with its macros expanded and the names as written. */
export function expandQuery(model: Model, context: RenderContext): string {
  assertFamily(model, familyOf(model.dialect), context);
  const { query } = model;
  if (!query) throw new SluiceError("INTERNAL", `${model.displayName} has no query to render`);
  const scope = withModelDefinitions(model, scopeOf(model, context, "query"));
  return onlyStatement(
    expandBlock(query, model, scope, context),
    { file: model.path, line: query.line },
    "the query",
  );
}

/** The statements of one role to run, in order; definitions and statements that macros removed are left out. */
export function renderStatements(model: Model, role: StatementRole, context: RenderContext): string[] {
  assertFamily(model, familyOf(model.dialect), context);
  const texts = { pre: model.preStatements, post: model.postStatements, virtual: model.onVirtualUpdate }[
    role
  ];
  if (texts.length === 0) return [];
  const scope = withModelDefinitions(model, scopeOf(model, context, "statement"));
  return texts
    .filter((text) => !isDefinition(text.text))
    .flatMap((text) => expandBlock(text, model, scope, context))
    .map((sql) => putReferences(model, sql, context));
}

/** The statements a text becomes: Jinja is rendered first, and may give several. Names stay as written. */
export function expandBlock(
  text: SqlText,
  model: Model,
  scope: MacroScope,
  context: RenderContext,
): string[] {
  const at = scopeAt(scope, text.line);
  const statements = text.jinja
    ? renderJinjaStatements(text, scope, jinjaContext(model, context))
    : [text.text];
  return statements.flatMap((statement) => expandStatement(statement, at)).map(withoutSemicolon);
}

/** Throws MACRO_INVALID when macros and Jinja left nothing, or more than one statement. */
export function onlyStatement(statements: readonly string[], place: SourcePlace, what: string): string {
  const [sql] = statements;
  if (sql !== undefined && statements.length === 1) return sql;
  const message =
    sql === undefined ? `Nothing is left of ${what}` : `There are ${statements.length} statements in ${what}`;
  throw new SluiceError("MACRO_INVALID", `${message} after its macros were expanded`, {
    place,
    hint: "Exactly one SELECT must remain under every condition.",
  });
}

function jinjaContext(model: Model, context: RenderContext): JinjaContext {
  const { family, defaultCatalog } = context;
  return {
    macros: model.jinjaMacros,
    variables: { ...model.variables, ...context.variables },
    resolveTable: (name) => {
      const found = context.resolve(toModelName(parseName(name, family), family, defaultCatalog));
      return found?.kind === "table" ? found.sql : name;
    },
  };
}

/** Every `@DEF` of the model, in the order pre, post, virtual update: visible to all its texts. */
export function withModelDefinitions(model: Model, scope: MacroScope): MacroScope {
  return withDefinitions(scope, [...model.preStatements, ...model.postStatements, ...model.onVirtualUpdate]);
}

/** Puts tables, and EMBEDDED models as subqueries, where models are named. */
export function putReferences(model: Pick<Model, "path">, sql: string, context: RenderContext): string {
  try {
    return spliceReferences(toEngineSql(sql, context.family), context.family, (reference) => {
      if (reference.file || reference.keep) return null;
      const found = context.resolve(toModelName(reference.parts, context.family, context.defaultCatalog));
      if (!found) return null;
      return found.kind === "table" ? found.sql : `(${renderQuery(found.model, context)})`;
    });
  } catch (error) {
    if (!(error instanceof SluiceError) || (error.place && error.place.file !== "<sql>")) throw error;
    throw new SluiceError(error.code, error.message, {
      place: { file: model.path },
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** A statement as an engine takes it: alone, without the semicolon that ends it. */
function withoutSemicolon(sql: string): string {
  return sql.replace(/;\s*$/, "").trim();
}
