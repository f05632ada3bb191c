/** Macro expansion as loading does it: at fixed stages and times, never at the clock's (spec project-format 3.6, 5.4). */
import type { SourcePlace } from "../errors.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { quoteString } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import { expandStatement, isDefinition, withDefinitions } from "../sql/macro/expand.ts";
import { createScope, type MacroScope, scopeAt } from "../sql/macro/scope.ts";
import { type MacroText, textOfConfigured, textOfSql } from "../sql/macro/value.ts";
import type { Column } from "../sql/name-parts.ts";
import type { ModelContext } from "./context.ts";
import type { MacroValue, ModelKind, SqlText } from "./model.ts";
import { toModelName } from "./name.ts";
import { type JinjaContext, renderJinjaStatements } from "./render-jinja.ts";
import { absentTimeVariables, hasTimeRange, timeVariables } from "./time-variables.ts";

/** A moment of a model's life at which its texts are expanded. Milliseconds; `end` exclusive. */
export interface ExpansionMoment {
  readonly stage: string;
  readonly start: number;
  readonly end: number;
  readonly execution: number;
}

/** While loading it is the first day of the epoch. */
export const loadingMoment: ExpansionMoment = { stage: "loading", start: 0, end: 86_400_000, execution: 0 };

/** Two evaluations that differ in every date variable: what depends on stage or time shows in one of them. */
export const evaluatingMoments: readonly ExpansionMoment[] = [
  {
    stage: "evaluating",
    start: Date.UTC(2023, 10, 7, 5),
    end: Date.UTC(2023, 10, 8, 5),
    execution: Date.UTC(2023, 10, 9, 17, 31, 12),
  },
  {
    stage: "evaluating",
    start: Date.UTC(2031, 2, 23, 14),
    end: Date.UTC(2031, 2, 24, 14),
    execution: Date.UTC(2031, 2, 29, 2, 47, 53),
  },
];

export interface ExpansionContext {
  readonly family: DialectFamily;
  readonly file: string;
  readonly gateway: string;
  readonly variables: Readonly<Record<string, MacroValue>>;
  readonly blueprint: Readonly<Record<string, string>>;
  readonly pythonMacros: ReadonlyMap<string, SourcePlace>;
  /** Those the texts call. */
  readonly jinjaMacros: Readonly<Record<string, string>>;
  readonly defaultCatalog?: string;
  readonly columnsOf?: ModelContext["columnsOf"];
  readonly thisModel?: string;
  /** The kind decides whether a query has `@start_*`; absent = all variables are there. */
  readonly kind?: ModelKind;
}

/** Scope of one moment; `forQuery` leaves out what queries of this kind do not have. */
export function momentScope(
  context: ExpansionContext,
  moment: ExpansionMoment,
  forQuery: boolean,
): MacroScope {
  const hasRange = !forQuery || !context.kind || hasTimeRange(context.kind);
  const locals = new Map(momentVariables(moment, hasRange, context.family));
  const set = (name: string, sql: string): void => void locals.set(name, textOfSql(sql, context.family));
  locals.set("gateway", textOfConfigured(context.gateway, context.family));
  if (context.thisModel !== undefined) set("this_model", context.thisModel);
  set(
    "default_catalog",
    context.defaultCatalog === undefined ? "NULL" : quoteString(context.defaultCatalog, context.family),
  );
  return createScope({
    family: context.family,
    file: context.file,
    stage: moment.stage,
    locals,
    blueprint: context.blueprint,
    variables: context.variables,
    absent: hasRange ? new Map() : absentTimeVariables(context.kind as ModelKind),
    pythonMacros: context.pythonMacros,
    ...(context.defaultCatalog === undefined ? {} : { defaultCatalog: context.defaultCatalog }),
    columnsOf: context.columnsOf && ((written) => columnsOfWritten(written, context)),
  });
}

function columnsOfWritten(written: string, context: ExpansionContext): readonly Column[] | null {
  const parts = parseName(written, context.family, { code: "MACRO_INVALID", place: { file: context.file } });
  return context.columnsOf?.(toModelName(parts, context.family, context.defaultCatalog)) ?? null;
}

const remembered = new WeakMap<ExpansionMoment, Map<string, ReadonlyMap<string, MacroText>>>();

/** The moments are few and fixed, the models many. */
function momentVariables(
  moment: ExpansionMoment,
  hasRange: boolean,
  family: DialectFamily,
): ReadonlyMap<string, MacroText> {
  const key = `${family} ${hasRange}`;
  const ofMoment = remembered.get(moment) ?? new Map<string, ReadonlyMap<string, MacroText>>();
  remembered.set(moment, ofMoment);
  const variables = ofMoment.get(key) ?? timeVariables(hasRange ? moment : null, moment.execution, family);
  ofMoment.set(key, variables);
  return variables;
}

/** Whether expansion could change anything. */
export function isPlainText(text: SqlText): boolean {
  return !text.jinja && !text.text.includes("@");
}

/** The texts after expansion, in order, definitions left out; a Jinja block may give several statements, or none. */
export function expandTexts(
  texts: readonly SqlText[],
  scope: MacroScope,
  context: Pick<ExpansionContext, "variables" | "jinjaMacros">,
): string[] {
  const jinja: JinjaContext = {
    macros: context.jinjaMacros,
    variables: context.variables,
    resolveTable: (name) => name,
  };
  return texts
    .filter((text) => text.jinja || !isDefinition(text.text))
    .flatMap((text) => {
      const at = scopeAt(scope, text.line);
      const statements = text.jinja ? renderJinjaStatements(text, scope, jinja) : [text.text];
      return statements.flatMap((sql) => (sql.includes("@") ? expandStatement(sql, at) : [sql]));
    });
}

/** The scope with all `@DEF`s of a model's statements, in the order pre, post, virtual update. */
export function scopeWithDefinitions(scope: MacroScope, statements: readonly SqlText[]): MacroScope {
  return statements.some((statement) => statement.text.includes("@"))
    ? withDefinitions(scope, statements)
    : scope;
}
