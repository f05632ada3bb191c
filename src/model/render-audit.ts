/** One use of an audit on a model → the query of its bad rows (spec project-format 7.2). */
import { SluiceError } from "../errors.ts";
import { isTrue } from "../sql/macro/condition.ts";
import { expandText, withDefinitions } from "../sql/macro/expand.ts";
import type { MacroScope } from "../sql/macro/scope.ts";
import { type MacroText, textOfSql } from "../sql/macro/value.ts";
import { builtinAudit, builtinAuditNames } from "./builtin-audits.ts";
import type { AuditDefinition, AuditUse, Model } from "./model.ts";
import { didYouMean } from "./nearest.ts";
import { expandBlock, onlyStatement, putReferences, withModelDefinitions } from "./render.ts";
import { type RenderContext, scopeOf } from "./render-context.ts";
import { timeFilter } from "./time-filter.ts";

export interface RenderedAudit {
  /** As used, lower-case. */
  readonly name: string;
  /** Gives the bad rows: the audit fails when `SELECT COUNT(*) FROM (sql) AS audit` is not 0. Empty when skipped. */
  readonly sql: string;
  readonly blocking: boolean;
  readonly skip: boolean;
}

/**
 * `context.thisModel` is the audited table; for time-range models its rows are limited to the context's range.
 * Throws AUDIT_INVALID for an unknown audit, MACRO_INVALID for a missing argument.
 */
export function renderAudit(model: Model, use: AuditUse, context: RenderContext): RenderedAudit {
  const name = use.name.toLowerCase();
  const definition = findAudit(model, name, use);
  const modelScope = withModelDefinitions(model, scopeOf(model, { ...context, stage: "auditing" }, "query"));
  const blocking = blockingOf(definition, use, modelScope);
  if (definition.skip) return { name, sql: "", blocking, skip: true };
  const locals = new Map<string, MacroText>(modelScope.locals);
  for (const [key, text] of [...Object.entries(definition.defaults), ...Object.entries(use.args)]) {
    locals.set(key.toLowerCase(), textOfSql(expandText(text, modelScope) ?? "NULL", context.family));
  }
  locals.set("this_model", textOfSql(auditedRows(model, context), context.family));
  const absent = new Map([...missingArguments(definition, use), ...modelScope.absent]);
  const scope = withDefinitions(
    { ...modelScope, file: definition.path || model.path, locals, absent },
    definition.statements,
  );
  const place = { file: scope.file, line: definition.query.line };
  const sql = onlyStatement(expandBlock(definition.query, model, scope, context), place, `the audit ${name}`);
  return { name, sql: putReferences({ path: scope.file }, sql, context), blocking, skip: false };
}

function findAudit(model: Model, name: string, use: AuditUse): AuditDefinition {
  const given = Object.entries(use.args).filter(([, text]) => text.trim().toUpperCase() !== "NULL");
  const own = model.auditDefinitions.find((audit) => audit.name.toLowerCase() === name);
  const found = own ?? builtinAudit(name, model.dialect, new Set(given.map(([key]) => key.toLowerCase())));
  if (found) return found;
  const known = [...model.auditDefinitions.map((audit) => audit.name), ...builtinAuditNames];
  const hint = didYouMean(name, known, "Write it in audits/, or use a built-in one.");
  throw new SluiceError("AUDIT_INVALID", `Audit '${name}' is undefined`, {
    place: { file: model.path },
    ...(hint === undefined ? {} : { hint }),
  });
}

function blockingOf(definition: AuditDefinition, use: AuditUse, scope: MacroScope): boolean {
  const own = Object.entries(use.args).find(([key]) => key.toLowerCase() === "blocking")?.[1];
  if (own === undefined) return definition.blocking;
  const token = { kind: "word", text: own, start: 0, end: own.length, line: 1 } as const;
  return isTrue(expandText(own, scope) ?? "FALSE", scope, token);
}

/** The table, or its rows of the context's time range. */
function auditedRows(model: Model, context: RenderContext): string {
  const { kind } = model;
  if (kind.name !== "INCREMENTAL_BY_TIME_RANGE" || context.start === undefined || context.end === undefined)
    return context.thisModel;
  const type = model.columns?.find((column) => column.name === kind.timeColumn)?.type ?? null;
  const filter = timeFilter(
    kind.timeColumn,
    type,
    kind.timeFormat,
    context.start,
    context.end,
    context.family,
  );
  return `(SELECT * FROM ${context.thisModel} WHERE ${filter})`;
}

function missingArguments(definition: AuditDefinition, use: AuditUse): [string, string][] {
  const given = Object.keys(use.args).join(", ") || "none";
  const used = definition.query.text.matchAll(/@\{?([a-z_]\w*)/gi);
  return [...used].map((match) => [
    (match[1] as string).toLowerCase(),
    `The audit ${definition.name} needs the argument ${match[1]}; given: ${given}.`,
  ]);
}
