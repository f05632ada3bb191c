/** For what moment, tables and environment a model's texts are rendered. */
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import { createScope, type MacroScope } from "../sql/macro/scope.ts";
import { textOfConfigured, textOfSql } from "../sql/macro/value.ts";
import type { Column } from "../sql/name-parts.ts";
import type { MacroValue, Model, ModelName } from "./model.ts";
import { toModelName } from "./name.ts";
import { absentTimeVariables, hasTimeRange, timeVariables } from "./time-variables.ts";

export type RuntimeStage =
  | "loading"
  | "creating"
  | "evaluating"
  | "promoting"
  | "demoting"
  | "auditing"
  | "testing"
  | "before_all"
  | "after_all";

/** What stands for a model in rendered SQL: a quoted name, or an EMBEDDED model, which is inlined. */
export type Resolution =
  | { readonly kind: "table"; readonly sql: string }
  | { readonly kind: "embedded"; readonly model: Model };

export interface RenderContext {
  /** Of the engine the text is for. */
  readonly family: DialectFamily;
  readonly stage: RuntimeStage;
  /** UTC milliseconds, `end` exclusive; absent = the first day of the epoch. */
  readonly start?: number;
  readonly end?: number;
  readonly executionTime: number;
  /** `@this_model` as SQL text: a quoted name. */
  readonly thisModel: string;
  /** Null leaves the name as it is written: no model of this project. */
  readonly resolve: (name: ModelName) => Resolution | null;
  readonly gateway: string;
  readonly defaultCatalog?: string | undefined;
  /** `@this_env` and the like; win over everything else of the same name. */
  readonly extra?: Readonly<Record<string, MacroValue>>;
  /** Override configuration variables (unit tests). */
  readonly variables?: Readonly<Record<string, MacroValue>>;
  /** Columns of a model or table, for @STAR, @UNION and @DEDUPLICATE; null = not known. */
  readonly columnsOf?: (name: ModelName) => readonly Column[] | null;
  readonly pythonMacros?: ReadonlyMap<string, SourcePlace>;
}

const firstDay = { start: 0, end: 86_400_000 };

/**
 * What names mean in a model's texts. `text` is `query` for the query and audits, which in FULL and VIEW models have no
 * range of time, `statement` for everything around it.
 */
export function scopeOf(model: Model, context: RenderContext, text: "query" | "statement"): MacroScope {
  const { family } = context;
  const ranged = text === "statement" || hasTimeRange(model.kind);
  const range = { start: context.start ?? firstDay.start, end: context.end ?? firstDay.end };
  const locals = new Map(timeVariables(ranged ? range : null, context.executionTime, family));
  locals.set("gateway", textOfConfigured((model.gateway ?? context.gateway).toLowerCase(), family));
  locals.set("this_model", textOfSql(context.thisModel, family));
  locals.set("default_catalog", textOfConfigured(context.defaultCatalog ?? null, family));
  if (context.stage !== "loading") locals.set("model_kind_name", textOfConfigured(model.kind.name, family));
  for (const [name, value] of Object.entries({ ...context.variables, ...context.extra })) {
    locals.set(name.toLowerCase(), textOfConfigured(value, family));
  }
  return createScope({
    family,
    file: model.path,
    stage: context.stage,
    locals,
    blueprint: model.blueprint,
    variables: { ...model.variables, ...context.variables },
    absent: ranged ? new Map() : absentTimeVariables(model.kind),
    pythonMacros: context.pythonMacros ?? new Map(),
    columnsOf: columnsByText(context),
    defaultCatalog: context.defaultCatalog,
  });
}

/** A model may only be rendered for an engine of its own family. Throws NOT_SUPPORTED. */
export function assertFamily(model: Model, modelFamily: DialectFamily, context: RenderContext): void {
  if (modelFamily === context.family) return;
  throw new SluiceError(
    "NOT_SUPPORTED",
    `The model is written in ${model.dialect}, but its engine speaks ${context.family}`,
    {
      place: { file: model.path },
      hint: "Sluice does not translate SQL: write the model in the engine's dialect.",
    },
  );
}

function columnsByText(context: RenderContext): ((name: string) => readonly Column[] | null) | undefined {
  const { columnsOf, family, defaultCatalog } = context;
  if (!columnsOf) return undefined;
  return (name) => columnsOf(toModelName(parseName(name, family), family, defaultCatalog));
}
