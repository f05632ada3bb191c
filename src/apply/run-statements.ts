/** `before_all` and `after_all`: each list in one transaction (spec plan-and-apply 7.2, project-format 2.9). */
import type { MacroValue } from "../model/model.ts";
import { toModelName } from "../model/name.ts";
import { putReferences } from "../model/render.ts";
import { type JinjaContext, prepareTexts, renderJinjaStatements } from "../model/render-jinja.ts";
import type { Step } from "../plan/step.ts";
import { parseName } from "../sql/identifiers.ts";
import { expandStatement } from "../sql/macro/expand.ts";
import type { MacroScope } from "../sql/macro/scope.ts";
import { createScope, scopeAt } from "../sql/macro/scope.ts";
import { textOfConfigured } from "../sql/macro/value.ts";
import { splitFile } from "../sql/statements.ts";
import { commit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { shownViews, viewContext } from "./rendering.ts";

type StatementsStep = Extract<Step, { kind: "run-statements" }>;

export async function runStatements(context: ApplyContext, step: StatementsStep): Promise<void> {
  await prepareTexts(step.statements);
  const statements = renderEnvironmentStatements(context, step);
  await commit(context, {
    step,
    write: async (session) => {
      for (const statement of statements) await session.run(statement);
    },
  });
}

/** Definitions stand in the block itself; `resolve_table` names the environment's view. */
function jinjaContext(context: ApplyContext): JinjaContext {
  const { engine, variables } = context;
  const { family, defaultCatalog } = engine;
  const { resolve } = viewContext(context, "before_all", null);
  return {
    macros: {},
    variables,
    resolveTable: (name) => {
      const found = resolve(toModelName(parseName(name, family), family, defaultCatalog));
      return found?.kind === "table" ? found.sql : name;
    },
  };
}

/** Macros and Jinja expanded, models of the environment named by their views; a statement that macros removed is left out. */
export function renderEnvironmentStatements(context: ApplyContext, step: StatementsStep): readonly string[] {
  const { engine } = context;
  const scope = statementScope(context, step.when);
  const render = viewContext(context, step.when, null);
  return step.statements
    .flatMap((text) => splitFile(text, engine.family, step.when))
    .flatMap((part) => (part.kind === "statement" ? [part.sql] : []))
    .flatMap((sql) => {
      const at = scopeAt(scope, sql.line);
      const texts = sql.jinja ? renderJinjaStatements(sql, at, jinjaContext(context)) : [sql.text];
      return texts.flatMap((text) => expandStatement(text, at));
    })
    .map((sql) => putReferences({ path: step.when }, sql.replace(/;\s*$/, "").trim(), render))
    .filter((sql) => sql !== "");
}

function statementScope(context: ApplyContext, when: StatementsStep["when"]): MacroScope {
  const { engine, plan, variables, gateway } = context;
  const views = shownViews(context);
  const extra: Readonly<Record<string, MacroValue>> = {
    this_env: plan.environment.name,
    gateway,
    default_catalog: engine.defaultCatalog ?? null,
    schemas: [...new Set(views.map((view) => view.schema ?? ""))],
    views: views.map((view) => [view.schema, view.table].filter((part) => part !== undefined).join(".")),
  };
  const locals = Object.entries(extra).map(
    ([name, value]) => [name, textOfConfigured(value, engine.family)] as const,
  );
  return createScope({
    family: engine.family,
    file: when,
    stage: when,
    locals: new Map(locals),
    variables,
    defaultCatalog: engine.defaultCatalog,
  });
}
