/** Audits as attached to models, and how many bad rows they find. */
import type { Engine } from "../../src/engine/engine.ts";
import { SluiceError } from "../../src/errors.ts";
import type { AuditUse, Model } from "../../src/model/model.ts";
import { renderQuery } from "../../src/model/render.ts";
import { renderAudit } from "../../src/model/render-audit.ts";
import type { RenderContext } from "../../src/model/render-context.ts";
import type { Project } from "../../src/project/project.ts";
import type { Stage } from "./case.ts";
import { differences, isRecord, sameSql, show } from "./compare.ts";
import { findByWritten, openProject } from "./project.ts";
import { contextMaker } from "./rendering.ts";
import { openWarehouse } from "./warehouse.ts";

interface AuditFacts {
  readonly model?: string;
  readonly audit: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly blocking?: boolean;
  readonly skipped?: boolean;
  readonly bad_rows?: number;
  readonly error?: unknown;
}

export async function checkAudit(stage: Stage): Promise<readonly string[]> {
  const project = await openProject(stage);
  await using engine = await openWarehouse(stage, project);
  const contextOf = await contextMaker(stage, project, engine);
  const actual: AuditFacts[] = [];
  for (const written of (stage.args["models"] ?? []) as readonly string[]) {
    const model = await modelOf(project, written);
    for (const use of model.audits)
      actual.push({ model: written, ...(await runAudit(engine, model, use, contextOf(model))) });
  }
  for (const written of (stage.args["standalone"] ?? []) as readonly string[]) {
    const model = await modelOf(project, written);
    actual.push(await runStandalone(engine, model, contextOf(model)));
  }
  return compareAudits(stage.expect["audits"] as readonly AuditFacts[], actual);
}

async function modelOf(project: Project, written: string): Promise<Model> {
  const facts = findByWritten(project, written);
  if (facts === undefined) throw new Error(`no model or audit ${written}`);
  return project.model(facts.name);
}

async function runAudit(
  engine: Engine,
  model: Model,
  use: AuditUse,
  context: RenderContext,
): Promise<AuditFacts> {
  const base = { audit: use.name.toLowerCase(), args: use.args };
  try {
    const { sql, blocking, skip } = renderAudit(model, use, context);
    if (skip) return { ...base, blocking, skipped: true };
    return { ...base, blocking, bad_rows: await countRows(engine, sql) };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { ...base, error: error.sentence };
  }
}

/** A standalone audit's bad rows are its query. */
async function runStandalone(engine: Engine, model: Model, context: RenderContext): Promise<AuditFacts> {
  return { audit: model.displayName, bad_rows: await countRows(engine, renderQuery(model, context)) };
}

async function countRows(engine: Engine, sql: string): Promise<number> {
  const [row] = await engine.query(`SELECT COUNT(*) AS n FROM (${sql}) AS audit`);
  return Number(row?.["n"]);
}

function compareAudits(expected: readonly AuditFacts[], actual: readonly AuditFacts[]): readonly string[] {
  const label = (one: AuditFacts): string => `${one.model ?? ""} ${one.audit}`.trim();
  const names = differences("audits", expected.map(label), actual.map(label));
  if (names.length > 0) return names;
  return expected.flatMap((wanted, i) => {
    const own = actual[i] as AuditFacts;
    const path = `${label(wanted)} ${show(wanted.args ?? {})}`;
    if (wanted.error !== undefined) return own.error === undefined ? [`${path}: expected a refusal`] : [];
    if (own.error !== undefined) return [`${path}: ${String(own.error)}`];
    return [
      ...(wanted.args === undefined ? [] : compareArgs(path, wanted.args, own.args ?? {})),
      ...differences(
        path,
        {
          blocking: own.blocking === undefined ? undefined : wanted.blocking,
          skipped: wanted.skipped,
          bad_rows: wanted.bad_rows,
        },
        { blocking: own.blocking, skipped: own.skipped, bad_rows: own.bad_rows },
      ),
    ];
  });
}

function compareArgs(
  path: string,
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
): readonly string[] {
  const lower = new Map(Object.entries(actual).map(([key, text]) => [key.toLowerCase(), text]));
  const keys = differences(`${path} args`, Object.keys(expected).sort(), [...lower.keys()].sort());
  if (keys.length > 0 || !isRecord(expected)) return keys;
  return Object.entries(expected).flatMap(([key, text]) => {
    const own = lower.get(key) ?? "";
    return sameSql(text, own) || sameSql(looser(text), looser(own))
      ? []
      : [`${path} args.${key}: expected ${text}, got ${own}`];
  });
}

/** `NOT x IS NULL` is how one generator writes `x IS NOT NULL`; `b` in double quotes is a text in MySQL. */
function looser(text: string): string {
  return text
    .replace(/'/g, "")
    .replace(/\bNOT (\w+) IS NULL/gi, "$1 IS NOT NULL")
    .replace(/\bNOT (\w+) IN\b/gi, "$1 NOT IN");
}
