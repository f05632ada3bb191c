/**
 * Door 1, the library: one object per project, with the verbs of SQLMesh's Context (design 11).
 * It holds what was opened and closes it; every verb is a use case.
 */
import { hostname } from "node:os";
import type { CleanReport } from "./apply/clean-up.ts";
import type { Fuse } from "./apply/context.ts";
import type { Digest } from "./digest.ts";
import type { Engine } from "./engine/engine.ts";
import { parseEnvironmentName } from "./environment/naming.ts";
import type { ModelFacts, ModelName } from "./model/model.ts";
import type { ApplyEvent } from "./plan/events.ts";
import type { PlanOptions } from "./plan/options.ts";
import type { Outcome, Override } from "./plan/outcome.ts";
import type { PlanDocument, PlanSource } from "./plan/plan.ts";
import { Plan } from "./plan/reviewed-plan.ts";
import type { SluiceSettings } from "./project/sluice-settings.ts";
import type { BreakerEntry, Lease, State } from "./state/state.ts";
import { applyDocument } from "./use-cases/apply.ts";
import { type AuditOptions, type AuditReport, runAudits } from "./use-cases/audit.ts";
import { setBreaker, unlockEnvironment } from "./use-cases/breaker.ts";
import { type CleanOptions, cleanWorkspace } from "./use-cases/clean.ts";
import { type DagNode, describeDag } from "./use-cases/dag.ts";
import { diffEnvironments, type EnvironmentDiff } from "./use-cases/diff.ts";
import { describeFuses } from "./use-cases/fuses.ts";
import { type ImportOptions, type ImportReport, importState } from "./use-cases/import-state.ts";
import { invalidateEnvironment } from "./use-cases/invalidate.ts";
import { type LintReport, lintProject } from "./use-cases/lint.ts";
import { makePlan } from "./use-cases/plan.ts";
import { type RenderedModel, type RenderOptions, renderOne } from "./use-cases/render.ts";
import { makeRollback } from "./use-cases/rollback.ts";
import { type RunOptions, runEnvironment } from "./use-cases/run.ts";
import {
  type EnvironmentStatus,
  environmentList,
  type ProjectStatus,
  projectStatus,
} from "./use-cases/status.ts";
import { runTests, type TestOptions, type TestReport } from "./use-cases/test.ts";
import { Workspace } from "./use-cases/workspace.ts";

export type { CleanReport } from "./apply/clean-up.ts";
export type { PlanOptions } from "./plan/options.ts";
export type { BreakerEntry } from "./state/state.ts";
export type { DriftReport } from "./use-cases/drift.ts";
export type { ImportOptions, ImportReport } from "./use-cases/import-state.ts";

export interface ContextOptions {
  /** Folders that hold a config.yaml; the first is the project. Default: the working directory. */
  readonly paths?: readonly string[];
  /** Default: SQLMESH_GATEWAY, else the project's default gateway. */
  readonly gateway?: string;
  /** Replaces the project's `.env`. */
  readonly dotenvPath?: string;
  /** The clock, UTC epoch milliseconds. Default: the system's. */
  readonly now?: () => number;
  /** Environment variables the project may read. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Who works here, for the lock and the ledger. Default: host and process id. */
  readonly owner?: string;
  /** Relative database paths start here. Default: the working directory. */
  readonly directory?: string;
  /** Where DuckDB's driver comes from. Default: the installed package. */
  readonly loadDuckdb?: () => Promise<unknown>;
  /** Neither warehouse nor state: every model counts as new, nothing can be applied. */
  readonly offline?: boolean;
}

export interface ApplyOptions {
  /** Asked before every step and right before the switch; **false aborts**. An error or a time-out counts as false. */
  readonly circuitBreaker?: () => boolean | Promise<boolean>;
  /** Asked at the same moments, with a reason and a sentence of their own. */
  readonly fuses?: readonly Fuse[];
  /** Leave to go on although a window, a freeze or the impact limits of sluice.yaml say stop; kept with the outcome. */
  readonly overrides?: readonly Override[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
  /** Milliseconds to wait for another apply of this environment. */
  readonly lockWait?: number;
  /** Milliseconds of work that may share one commit on DuckDB. Default 250; 0 commits each step by itself. */
  readonly sharedCommits?: number;
  /** When production moved since the plan: plan again and go on if the work is the same. Default true. */
  readonly replan?: boolean;
}

/** One project and its warehouse. Close it, or declare it with `await using`. */
export class Context implements AsyncDisposable {
  readonly #workspace: Workspace;
  readonly #owner: string;

  constructor(options: ContextOptions = {}) {
    this.#workspace = new Workspace({
      paths: options.paths ?? ["."],
      env: options.env ?? process.env,
      now: options.now ?? Date.now,
      directory: options.directory ?? process.cwd(),
      ...(options.loadDuckdb === undefined ? {} : { loadDuckdb: options.loadDuckdb }),
      ...(options.offline === undefined ? {} : { offline: options.offline }),
      ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
      ...(options.dotenvPath === undefined ? {} : { dotenvPath: options.dotenvPath }),
    });
    this.#owner = options.owner ?? `${hostname()}:${process.pid}`;
  }

  /** Reads and checks the whole project; throws what is wrong with it. */
  async load(): Promise<void> {
    await this.#workspace.project();
  }

  /** Every model of the project by name. */
  async facts(): Promise<ReadonlyMap<ModelName, ModelFacts>> {
    return (await this.#workspace.project()).facts;
  }

  /**
   * What would change in an environment, and everything that would be done for it; nothing is touched.
   * With `autoApply` the plan is applied at once and the returned plan carries its outcome.
   */
  async plan(
    environment?: string,
    options: PlanOptions & { readonly source?: PlanSource } = {},
  ): Promise<Plan> {
    const { source, ...rest } = options;
    const name = await this.#workspace.environmentName(environment);
    const document = await makePlan(this.#workspace, {
      environment: name,
      options: rest,
      ...(source ? { source } : {}),
    });
    // Made here and now: only a document that comes from elsewhere is doubted.
    const plan = new Plan(document);
    const { settings } = await this.#workspace.config();
    if ((rest.autoApply ?? settings.plan.autoApply) && !rest.explain) await this.apply(plan);
    return plan;
  }

  /**
   * A plan that goes back to what a former version of an environment showed, without computing anything: the last one
   * that showed something else, or `to`. Nothing is touched until it is applied. Throws PLAN_REFUSED, with a list, where
   * something cannot be restored; what stays as it is stands in the plan's warnings.
   */
  async rollback(
    environment?: string,
    options: { readonly to?: number; readonly source?: PlanSource } = {},
  ): Promise<Plan> {
    const name = await this.#workspace.environmentName(environment);
    return Plan.from(await makeRollback(this.#workspace, { environment: name, ...options }));
  }

  /** Does what the plan says, and nothing else; every ending is an outcome, only wrong use throws. */
  async apply(plan: Plan | PlanDocument, options: ApplyOptions = {}): Promise<Outcome> {
    const document = plan instanceof Plan ? plan.toJSON() : Plan.from(plan).toJSON();
    return applyDocument(this.#workspace, { document, owner: this.#owner, ...options });
  }

  /** Computes what has become due since the last time, with the code that is live; nothing else changes. */
  async run(environment?: string, options: RunOptions = {}): Promise<Outcome> {
    const name = await this.#workspace.environmentName(environment);
    return runEnvironment(this.#workspace, { environment: name, owner: this.#owner, ...options });
  }

  /** Marks a development environment for removal; `sync` removes it at once. Throws PLAN_REFUSED for prod. */
  async invalidate(environment: string, options: { readonly sync?: boolean } = {}): Promise<void> {
    const name = parseEnvironmentName(environment);
    await invalidateEnvironment(this.#workspace, name, this.#owner);
    if (options.sync) await cleanWorkspace(this.#workspace, { owner: this.#owner, only: name });
  }

  /** Drops expired environments and the versions that nothing needs any more; `dryRun` only says which. */
  clean(options: CleanOptions = {}): Promise<CleanReport> {
    return cleanWorkspace(this.#workspace, { owner: this.#owner, ...options });
  }

  /**
   * Takes over a production that SQLMesh built, as far as its tables are proved to be what the project says; the report
   * says model by model why not. Without `apply` nothing is written; SQLMesh's own state never is.
   */
  importState(options: ImportOptions = {}): Promise<ImportReport> {
    return importState(this.#workspace, { owner: this.#owner, ...options });
  }

  /** Runs the project's unit tests on the test connection. */
  test(options: TestOptions = {}): Promise<TestReport> {
    return runTests(this.#workspace, options);
  }

  /** Runs the audits of promoted models over a range. */
  audit(options: AuditOptions = {}): Promise<AuditReport> {
    return runAudits(this.#workspace, options);
  }

  lint(): Promise<LintReport> {
    return lintProject(this.#workspace);
  }

  /** The SQL a model would run. */
  render(model: string, options: RenderOptions = {}): Promise<RenderedModel> {
    return renderOne(this.#workspace, model, options);
  }

  /** Models and what they read, parents first. */
  dag(): Promise<readonly DagNode[]> {
    return describeDag(this.#workspace);
  }

  environments(): Promise<readonly EnvironmentStatus[]> {
    return environmentList(this.#workspace);
  }

  /** What is live, what is being applied, who holds the lock, what was applied last. */
  async status(environment?: string): Promise<ProjectStatus> {
    return projectStatus(this.#workspace, await this.#workspace.environmentName(environment));
  }

  /** Over the sources of all models and the statements around a plan. */
  async projectDigest(): Promise<Digest> {
    return (await this.#workspace.project()).digest;
  }

  /** Without a warehouse unit tests run only where DuckDB speaks the dialect of the models. */
  async canTestOffline(): Promise<boolean> {
    return (await this.#workspace.config()).settings.family === "duckdb";
  }

  /** What sluice.yaml says, with defaults. */
  async sluiceSettings(): Promise<SluiceSettings> {
    return this.#workspace.sluiceSettings();
  }

  /** What sluice.yaml says about applying this plan now: windows, freezes, limits; one sentence each. */
  async fuses(plan: Plan | PlanDocument): Promise<readonly string[]> {
    return describeFuses(this.#workspace, plan instanceof Plan ? plan.toJSON() : plan);
  }

  /** The kill switch: while it is open no apply sends a statement. Throws USAGE without a reason. */
  async setBreaker(open: boolean, reason: string, by: string = this.#owner): Promise<BreakerEntry> {
    return setBreaker(this.#workspace, { open, reason, by });
  }

  /** Takes the lock of an environment from its owner, dead or not; the lease that was removed. */
  async unlock(environment?: string): Promise<Lease | null> {
    return unlockEnvironment(this.#workspace, await this.#workspace.environmentName(environment));
  }

  diff(from: string, to: string): Promise<EnvironmentDiff> {
    return diffEnvironments(this.#workspace, parseEnvironmentName(from), parseEnvironmentName(to));
  }

  /** For tools: the open warehouse and state. Lives as long as this context. */
  async inspect<T>(work: (engine: Engine, state: State) => Promise<T>): Promise<T> {
    return work(await this.#workspace.engine(), await this.#workspace.state());
  }

  close(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#workspace[Symbol.asyncDispose]();
  }
}
