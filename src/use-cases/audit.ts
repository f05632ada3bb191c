/** Runs the audits of an environment's models on what readers see, over a range of time. */
import type { Engine } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { parseEnvironmentName, physicalName, prod, viewName } from "../environment/naming.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { renderAudit } from "../model/render-audit.ts";
import type { RenderContext } from "../model/render-context.ts";
import { prepareRendering } from "../model/render-jinja.ts";
import type { TimeLike } from "../plan/options.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { snapshotKey } from "../state/state.ts";
import { exclusiveEnd, parseInstant } from "../time/instant.ts";
import type { Workspace } from "./workspace.ts";

export interface AuditOptions {
  /** Default: prod. */
  readonly environment?: string;
  /** Default: everything that was ever computed. */
  readonly start?: TimeLike;
  readonly end?: TimeLike;
  /** Names of models; all when left out. */
  readonly models?: readonly string[];
}

export interface AuditOutcome {
  readonly model: string;
  readonly audit: string;
  readonly status: "pass" | "fail" | "skipped" | "error";
  readonly badRows: number;
  readonly blocking: boolean;
  /** Of an audit that could not run. */
  readonly message?: string;
}

export interface AuditReport {
  readonly environment: string;
  readonly results: readonly AuditOutcome[];
  readonly passed: number;
  /** Found rows or could not run. */
  readonly failed: number;
}

/** Throws PLAN_REFUSED when the environment does not exist. */
export async function runAudits(workspace: Workspace, options: AuditOptions): Promise<AuditReport> {
  const environment = parseEnvironmentName(options.environment ?? prod);
  const engine = await workspace.engine();
  const { record, snapshots, models } = await readEnvironmentModels(workspace, environment);
  const wanted = options.models ? new Set(options.models) : null;
  const results: AuditOutcome[] = [];
  for (const [name, model] of [...models].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (wanted && !wanted.has(name) && !wanted.has(model.displayName)) continue;
    results.push(
      ...(await auditModel(
        engine,
        model,
        contextFor(workspace, engine, model, record, snapshots, models, options),
      )),
    );
  }
  const passed = results.filter((result) => result.status === "pass").length;
  const failed = results.filter((result) => result.status === "fail" || result.status === "error").length;
  return { environment, results, passed, failed };
}

async function readEnvironmentModels(workspace: Workspace, environment: EnvironmentName) {
  const state = await workspace.state();
  const stored = await workspace.stored();
  const record = stored.environments.get(environment);
  if (record === undefined) {
    throw new SluiceError("PLAN_REFUSED", `the environment ${environment} does not exist`, {
      hint: "Apply a plan to it first.",
    });
  }
  const byKey = await state.readModels(record.members);
  await prepareRendering(byKey.values());
  const snapshots = new Map<ModelName, Snapshot>();
  const models = new Map<ModelName, Model>();
  for (const member of record.members) {
    const snapshot = stored.snapshots.get(snapshotKey(member));
    const model = byKey.get(snapshotKey(member));
    if (snapshot) snapshots.set(member.name, snapshot);
    if (model) models.set(member.name, model);
  }
  return { record, snapshots, models };
}

function contextFor(
  workspace: Workspace,
  engine: Engine,
  model: Model,
  record: Environment,
  snapshots: ReadonlyMap<ModelName, Snapshot>,
  models: ReadonlyMap<ModelName, Model>,
  options: AuditOptions,
): RenderContext {
  const now = workspace.options.now();
  const instant = (what: string, given: TimeLike) =>
    parseInstant(given instanceof Date ? given.toISOString() : given, now, { subject: `the ${what}` });
  const view = viewName(model.parts, record.name, record.naming);
  return {
    family: engine.family,
    stage: "auditing",
    start: options.start === undefined ? 0 : instant("start", options.start).at,
    end: options.end === undefined ? now : exclusiveEnd(instant("end", options.end)),
    executionTime: now,
    thisModel: engine.name(model.kind.name === "EXTERNAL" ? model.parts : view),
    gateway: model.gateway ?? "",
    defaultCatalog: model.defaultCatalog,
    resolve: (name) => {
      const other = models.get(name);
      if (other?.kind.name === "EMBEDDED") return { kind: "embedded", model: other };
      const snapshot = snapshots.get(name);
      return snapshot && other?.kind.name !== "EXTERNAL"
        ? { kind: "table", sql: engine.name(physicalName(snapshot, false)) }
        : null;
    },
  };
}

async function auditModel(
  engine: Engine,
  model: Model,
  context: RenderContext,
): Promise<readonly AuditOutcome[]> {
  const results: AuditOutcome[] = [];
  const alone = model.node === "audit";
  const uses = alone ? [{ name: model.displayName, args: {} }] : model.audits;
  for (const use of uses) {
    const about = { model: model.name, audit: use.name.toLowerCase() };
    try {
      const audit = renderAudit(model, use, context);
      if (audit.skip) {
        results.push({ ...about, status: "skipped", badRows: 0, blocking: audit.blocking });
        continue;
      }
      const [row] = await engine.query(`SELECT COUNT(*) AS bad_rows FROM (${audit.sql}) AS audit`);
      const badRows = Number(row?.["bad_rows"] ?? 0);
      results.push({ ...about, status: badRows > 0 ? "fail" : "pass", badRows, blocking: audit.blocking });
    } catch (error) {
      results.push({ ...about, status: "error", badRows: 0, blocking: !alone, message: messageOf(error) });
    }
  }
  return results;
}
