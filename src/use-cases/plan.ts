/** Plans an environment: reads, compares, loads what the comparison asks for, and builds the document (design 4.1). */
import { randomBytes } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { prepareRendering } from "../model/render-jinja.ts";
import { buildPlan, type PlanInput } from "../plan/build.ts";
import {
  type CompareInput,
  type Comparison,
  candidateIds,
  compareToBaseline,
  type StoredFacts,
} from "../plan/comparison.ts";
import { normaliseOptions, type PlanOptions } from "../plan/options.ts";
import type { PlanDocument, PlanSource, PlanWarning } from "../plan/plan.ts";
import type { Project } from "../project/project.ts";
import type { SnapshotId } from "../snapshot/snapshot.ts";
import { type State, snapshotKey } from "../state/state.ts";
import { withRequests } from "./asked-for.ts";
import { findColumns } from "./columns.ts";
import { readDrift } from "./drift.ts";
import { refuseForeignTables } from "./foreign-tables.ts";
import { lintForPlan } from "./lint.ts";
import { findLiveColumns } from "./live-columns.ts";
import { planningSettings } from "./planning-settings.ts";
import { renderForComparison } from "./rendering.ts";
import { expandSelections } from "./selections.ts";
import { runTests } from "./test.ts";
import { toolVersion } from "./version.ts";
import type { Workspace } from "./workspace.ts";

export interface PlanRequest {
  readonly environment: EnvironmentName;
  readonly options: PlanOptions;
  /** A cadence run: the environment's own models instead of the project's. */
  readonly fromState?: boolean;
  readonly source?: PlanSource;
}

/** The plan's document. Throws LINT_FAILED, TESTS_FAILED, PLAN_REFUSED, NO_CHANGES, or what loading throws. */
export async function makePlan(workspace: Workspace, request: PlanRequest): Promise<PlanDocument> {
  // The warehouse answers while the project is read and compared.
  const drift = workspace.stored().then((stored) => findDriftFor(workspace, request, stored));
  const answered = drift.catch(() => undefined);
  try {
    return await makePlanWith(workspace, request, drift);
  } finally {
    // A plan that is refused leaves no query behind.
    await answered;
  }
}

async function makePlanWith(
  workspace: Workspace,
  request: PlanRequest,
  drift: FinishInput["drift"],
): Promise<PlanDocument> {
  const [project, engine, state] = [
    await workspace.project(),
    await workspace.engine(),
    await workspace.state(),
  ];
  const now = workspace.options.now();
  const { settings } = project;
  const stored = await workspace.stored();
  const asked =
    request.fromState === true
      ? request.options
      : withRequests(request.environment, request.options, project.sluice.restate, stored);
  const options = normaliseOptions(request.environment, asked, {
    forwardOnly: settings.plan.forwardOnly,
    includeUnmodified: settings.plan.includeUnmodified,
    enablePreview: settings.plan.enablePreview,
    devOnly: settings.virtualEnvironmentMode === "dev_only",
  });
  const warnings = [...project.warnings, ...(options.skipLinter ? [] : await lintForPlan(project))];
  const tests = options.skipTests ? { ran: 0, failed: 0, skipped: true } : await runPlanTests(workspace);
  const comparison = await compare(project, state, stored, {
    fromState: request.fromState ?? false,
    environment: request.environment,
    options,
    settings: planningSettings(settings, now),
    now,
  });
  return finish({
    project,
    engine,
    state,
    comparison,
    tests,
    warnings,
    drift,
    ...(request.source ? { source: request.source } : {}),
  });
}

/** Repeats while the comparison asks for more stored ids: snapshots that cannot come back get new identities. */
async function compare(
  project: Project,
  state: State,
  stored: StoredFacts,
  given: Pick<CompareInput, "environment" | "options" | "settings" | "now" | "fromState">,
): Promise<Comparison> {
  let facts = stored;
  let asked: readonly SnapshotId[] = [];
  const own = candidateIds(project.facts);
  let wanted = missing(own, facts);
  const { options, selections } = expandSelections(given.options, project, stored);
  const rest = { ...given, options };
  for (;;) {
    if (wanted.length > 0) facts = merge(facts, await readMore(state, wanted));
    asked = [...asked, ...wanted];
    const comparison = compareToBaseline({
      nodes: project.facts,
      stored: facts,
      lookedUp: [...asked, ...own],
      selections,
      ...rest,
    });
    wanted = missing(comparison.needs.lookUp, facts);
    if (wanted.length > 0) continue;
    const { restate = [], requested = new Map() } = selections;
    const restated = new Set([...restate, ...[...requested.values()].flatMap((names) => [...names])]);
    if (restated.size === 0 || rest.environment !== prod) return comparison;
    const stored = merge(facts, await readAllVersions(state, restated, facts));
    return { ...comparison, input: { ...comparison.input, stored } };
  }
}

/** Versions of restated models and of everything below them, also those that no environment has: they may hold old rows. */
async function readAllVersions(
  state: State,
  restated: ReadonlySet<ModelName>,
  { snapshots }: StoredFacts,
): Promise<Pick<StoredFacts, "snapshots" | "intervals">> {
  const readers = new Map<ModelName, ModelName[]>();
  for (const { name, facts } of snapshots.values())
    for (const parent of facts.dependsOn) readers.set(parent, [...(readers.get(parent) ?? []), name]);
  const names = new Set(restated);
  // A set goes on over what is added to it meanwhile.
  for (const name of names) for (const reader of readers.get(name) ?? []) names.add(reader);
  const found = await state.readSnapshotsByName([...names]);
  const unread = found.filter((snapshot) => !snapshots.has(snapshotKey(snapshot)));
  return {
    snapshots: new Map(unread.map((snapshot) => [snapshotKey(snapshot), snapshot])),
    intervals: await state.readIntervals(unread),
  };
}

function missing(ids: readonly SnapshotId[], facts: StoredFacts): readonly SnapshotId[] {
  return ids.filter((id) => !facts.snapshots.has(snapshotKey(id)));
}

async function readMore(
  state: State,
  ids: readonly SnapshotId[],
): Promise<Pick<StoredFacts, "snapshots" | "intervals">> {
  const snapshots = await state.readSnapshots(ids);
  return { snapshots, intervals: await state.readIntervals([...snapshots.values()]) };
}

function merge(facts: StoredFacts, more: Pick<StoredFacts, "snapshots" | "intervals">): StoredFacts {
  if (more.snapshots.size === 0) return facts;
  return {
    environments: facts.environments,
    snapshots: new Map([...facts.snapshots, ...more.snapshots]),
    intervals: new Map([...facts.intervals, ...more.intervals]),
  };
}

interface FinishInput {
  readonly project: Project;
  readonly engine: Engine;
  readonly state: State;
  readonly comparison: Comparison;
  readonly tests: PlanDocument["tests"];
  readonly warnings: readonly PlanWarning[];
  readonly drift: Promise<Pick<PlanInput, "drift">>;
  readonly source?: PlanSource;
}

async function finish(input: FinishInput): Promise<PlanDocument> {
  const { project, engine, state, comparison } = input;
  const models = await loadModels(project, state, comparison);
  const previousModels = await state.readModels(comparison.needs.previousModels);
  await prepareRendering([...models.values(), ...previousModels.values()]);
  const columns = await findColumns(project, comparison, models);
  await refuseForeignTables(engine, comparison);
  const liveColumns = await findLiveColumns({
    engine,
    comparison,
    now: comparison.input.now,
    load: (name) => definitionOf(name, project, state, comparison, models),
  });
  return buildPlan({
    comparison,
    models,
    previousModels,
    renderQuery: (model) => renderForComparison(model, engine.family),
    columnsOf: columns.of,
    liveColumns,
    ...(await input.drift),
    engine: {
      type: engine.type,
      flavour: engine.flavour,
      version: engine.version,
      switch: engine.traits.switch,
      maxIdentifierLength: engine.traits.maxIdentifierLength,
      transactions: engine.traits.transactions,
      renameWaits: engine.traits.renameWaits,
    },
    planId: randomBytes(16).toString("hex"),
    toolVersion,
    tests: input.tests,
    warnings: input.warnings,
    ...(input.source ? { source: input.source } : {}),
  });
}

/** A cadence run changes nothing but rows, so it sets nothing right either. */
async function findDriftFor(
  workspace: Workspace,
  { environment, fromState = false }: PlanRequest,
  known: StoredFacts,
): Promise<Pick<PlanInput, "drift">> {
  if (fromState || !known.environments.has(environment) || workspace.options.offline) return {};
  const { findings } = await readDrift(workspace, environment, { known });
  return { drift: findings };
}

/** Definitions of new snapshots: from the working tree, or stored where the plan takes a model from an environment. */
async function loadModels(
  project: Project,
  state: State,
  comparison: Comparison,
): Promise<ReadonlyMap<ModelName, Model>> {
  const stored = comparison.needs.models.flatMap((need) => (need.source === "local" ? [] : [need.source]));
  const fromState = stored.length > 0 ? await state.readModels(stored) : new Map<string, Model>();
  const models = new Map<ModelName, Model>();
  for (const { name, source } of comparison.needs.models) {
    const model = source === "local" ? await project.model(name) : fromState.get(snapshotKey(source));
    if (model) models.set(name, model);
  }
  return models;
}

/** Of a node that need not be new: a stored one stays as it was stored. */
async function definitionOf(
  name: ModelName,
  project: Project,
  state: State,
  { candidates }: Comparison,
  models: ReadonlyMap<ModelName, Model>,
): Promise<Model | null> {
  const candidate = candidates.get(name);
  const known = models.get(name);
  if (known !== undefined || candidate === undefined) return known ?? null;
  if (candidate.source === "local") return project.model(name);
  return (await state.readModels([candidate.source])).get(snapshotKey(candidate.source)) ?? null;
}

async function runPlanTests(workspace: Workspace): Promise<PlanDocument["tests"]> {
  const { results, failed } = await runTests(workspace, {});
  if (failed === 0) return { ran: results.length, failed: 0, skipped: false };
  const bad = results.filter((result) => result.status === "fail" || result.status === "error");
  const names = bad
    .slice(0, 5)
    .map((result) => result.name)
    .join(", ");
  throw new SluiceError("TESTS_FAILED", `${failed} of ${results.length} unit tests failed: ${names}`, {
    hint: "Run `sluice test` to see the rows that differ.",
    details: { results: bad },
  });
}
