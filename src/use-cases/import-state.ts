/**
 * Takes over a production that SQLMesh built (ADR 10): reads its state, proves model by model that what stands in the
 * warehouse is what the project says, and records what was proved. Shows first; only `apply` writes, and never to SQLMesh.
 */
import { type AdoptedModel, adoptedSnapshot, foreignTable, type ModelAdoption } from "../adopt/adoption.ts";
import { compareDefinition } from "../adopt/compare-definition.ts";
import type { ForeignProduction, ForeignSnapshot } from "../adopt/foreign-production.ts";
import { readForeignProduction } from "../adopt/read-production.ts";
import type { Engine } from "../engine/engine.ts";
import { describeName } from "../environment/naming.ts";
import type { Model, ModelFacts, ModelName } from "../model/model.ts";
import type { Project } from "../project/project.ts";
import { type Identity, identifyAll, versionKey } from "../snapshot/fingerprint.ts";
import { hasPhysicalObject } from "../snapshot/kind.ts";
import { type Lineage, lineageOf } from "../snapshot/lineage.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { snapshotKey } from "../state/state.ts";
import { recordImport } from "./import-record.ts";
import { type ImportObjects, readImportObjects, tableReasons } from "./import-tables.ts";
import { planningSettings } from "./planning-settings.ts";
import type { Workspace } from "./workspace.ts";

export interface ImportOptions {
  /** Schema of SQLMesh's state tables. Default `sqlmesh`. */
  readonly from?: string;
  /** Record what was proved; otherwise it is only shown. */
  readonly apply?: boolean;
  /** Milliseconds to wait for an apply. Default one minute. */
  readonly lockWait?: number;
}

export interface ImportReport {
  readonly environment: "prod";
  /** Version of SQLMesh that wrote the state. */
  readonly sqlmeshVersion: string;
  /** Every model of the project, parents first. */
  readonly models: readonly ModelAdoption[];
  /** Models of SQLMesh's production that the project does not have: their views and tables stay as they are. */
  readonly leftAlone: readonly string[];
  /** `shown`: nothing was written. `unchanged`: this very import was recorded before. */
  readonly result: "shown" | "imported" | "unchanged";
  /** Of production after it; null when nothing is recorded. */
  readonly environmentVersion: number | null;
}

/** Throws STATE_INVALID without a state of SQLMesh, PLAN_REFUSED for a production that is Sluice's already, LOCK_HELD. */
export async function importState(
  workspace: Workspace,
  request: ImportOptions & { readonly owner: string },
): Promise<ImportReport> {
  const [project, engine, state] = [
    await workspace.project(),
    await workspace.engine(),
    await workspace.state(),
  ];
  const production = await readForeignProduction({
    engine: state.engine ?? engine,
    schema: request.from ?? "sqlmesh",
    defaultCatalog: project.settings.defaultCatalog,
  });
  const proof = await prove(workspace, project, engine, production);
  const known = new Set(proof.models.map(({ name }) => name));
  const report = {
    environment: "prod" as const,
    sqlmeshVersion: production.tool,
    models: proof.models,
    leftAlone: [
      ...[...production.snapshots.values()].filter(({ name }) => !known.has(name)).map(({ name }) => name),
      ...production.unreadable,
    ].sort(),
  };
  if (request.apply !== true) return { ...report, result: "shown", environmentVersion: null };
  const recorded = await recordImport(workspace, {
    ...request,
    adopted: proof.adopted,
    source: production.planId,
  });
  return { ...report, ...recorded };
}

interface Proof {
  readonly models: readonly ModelAdoption[];
  readonly adopted: readonly AdoptedModel[];
}

interface Surroundings {
  readonly project: Project;
  readonly engine: Engine;
  readonly production: ForeignProduction;
  readonly lineage: Lineage;
  readonly objects: ImportObjects;
  /** What Sluice has on record of these definitions, by `snapshotKey`. */
  readonly stored: ReadonlyMap<string, Snapshot>;
  readonly now: number;
  readonly ttl: number;
  readonly taken: Map<ModelName, AdoptedModel>;
}

async function prove(
  workspace: Workspace,
  project: Project,
  engine: Engine,
  production: ForeignProduction,
): Promise<Proof> {
  const now = workspace.options.now();
  const settings = planningSettings(project.settings, now);
  const lineage = lineageOf(project.facts);
  const identities = identifyAll(project.facts, lineage);
  const candidates = new Map<ModelName, Snapshot>();
  for (const name of lineage.order) {
    const [facts, identity] = [project.facts.get(name), identities.get(name)];
    if (facts === undefined || identity === undefined) continue;
    candidates.set(
      name,
      snapshotFor(facts, identity, production.snapshots.get(name), now, settings.snapshotTtl),
    );
  }
  const surroundings: Surroundings = {
    project,
    engine,
    production,
    lineage,
    stored: await (await workspace.state()).readSnapshots([...candidates.values()]),
    objects: await readImportObjects(engine, [...candidates.values()], settings),
    now,
    ttl: settings.snapshotTtl,
    taken: new Map(),
  };
  const models: ModelAdoption[] = [];
  // Parents first: nothing is adopted without what it reads.
  for (const [, snapshot] of candidates) models.push(await proveOne(snapshot, surroundings));
  return { models, adopted: [...surroundings.taken.values()] };
}

function snapshotFor(
  facts: ModelFacts,
  identity: Identity,
  foreign: ForeignSnapshot | undefined,
  now: number,
  ttl: number,
): Snapshot {
  return adoptedSnapshot(facts, identity, foreign ?? null, { now, ttl }, versionKey(identity.fingerprint));
}

async function proveOne(snapshot: Snapshot, around: Surroundings): Promise<ModelAdoption> {
  const { facts, name } = snapshot;
  const foreign = around.production.snapshots.get(name);
  const model = await around.project.model(name);
  const table =
    foreign === undefined ? null : hasPhysicalObject(facts) ? foreignTable(snapshot, foreign) : null;
  const found = await findReasons(snapshot, model, foreign, around);
  const adopted = found.reasons.length === 0;
  const intervals = adopted ? (foreign?.intervals ?? []) : [];
  if (adopted) around.taken.set(name, { snapshot, model, intervals });
  return {
    name,
    kind: facts.kind.name,
    adopted,
    ...found,
    table: table === null ? null : describeName(table),
    intervals,
  };
}

/** Its identity stands for that table: the next plan of production uses it. */
const builtBefore =
  "Sluice has a table of its own for it, built for a development environment; remove that and run sluice clean --ignore-ttl to take over SQLMesh's";

async function findReasons(
  snapshot: Snapshot,
  model: Model,
  foreign: ForeignSnapshot | undefined,
  around: Surroundings,
): Promise<Pick<ModelAdoption, "reasons" | "notes">> {
  // Nothing is built of an external table: its name is all there is to take over.
  if (snapshot.facts.kind.name === "EXTERNAL") return { reasons: [], notes: [] };
  if (foreign === undefined)
    return {
      reasons: ["SQLMesh's production has no such model, or its definition is not on record"],
      notes: [],
    };
  const known = around.stored.get(snapshotKey(snapshot));
  const reasons = [
    ...(known === undefined || known.version === snapshot.version ? [] : [builtBefore]),
    ...compareDefinition(model, foreign.node),
    ...(around.lineage.dependencies.get(snapshot.name) ?? [])
      .filter((parent) => !around.taken.has(parent))
      .map((parent) => `it reads ${parent}, which is not adopted`),
  ];
  if (reasons.length > 0 || !hasPhysicalObject(snapshot.facts)) return { reasons, notes: [] };
  const notes = foreign.forwardOnly
    ? ["its table was kept by a forward-only change: older rows are of older definitions"]
    : [];
  const table = await tableReasons({ snapshot, model, foreign, ...around });
  return { reasons: table.reasons, notes: [...notes, ...table.notes] };
}
