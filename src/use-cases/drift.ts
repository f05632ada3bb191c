/** Looks for what was changed by hand beneath an environment: a fixed number of catalog queries, however many models there are. */
import { readPointer } from "../apply/pointer.ts";
import { type Engine, nameKey, type ObjectType } from "../engine/engine.ts";
import { type DriftFinding, findDrift, type RecordedModel } from "../environment/drift.ts";
import type { Environment, EnvironmentName, EnvironmentView } from "../environment/environment.ts";
import { describeName, physicalName, pointerName, prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { StoredFacts } from "../plan/comparison.ts";
import { viewsOfRecord } from "../plan/rollback.ts";
import { hasPhysicalObject, isPlainView } from "../snapshot/kind.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { State } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";
import { readNoted } from "./noted-shapes.ts";
import type { Workspace } from "./workspace.ts";

export interface DriftOptions {
  /** What was read of state a moment ago: nothing of it is read again before something is found. */
  readonly known?: Pick<StoredFacts, "environments" | "snapshots">;
}

export interface DriftReport {
  /** Why nothing can be told now, one sentence; null when everything was looked at. */
  readonly unchecked: string | null;
  readonly findings: readonly DriftFinding[];
}

/** Nothing is told while the environment moves: its record and the catalogs would be of different times. */
export async function readDrift(
  workspace: Workspace,
  name: EnvironmentName,
  options: DriftOptions = {},
): Promise<DriftReport> {
  const [engine, state] = [await workspace.engine(), await workspace.state()];
  const { environments, snapshots } = options.known ?? (await withoutSnapshots(state));
  const record = environments.get(name);
  if (record === undefined || isOver(record, workspace.options.now()))
    return unchecked("The environment does not exist.");
  if (record.finalizedAt === null) return unchecked("Its last promotion is not complete.");
  const models = await recordedModels(state, record, snapshots);
  if (models === null) return unchecked("The plan that made it is no longer stored.");
  const [busy, found] = await together(isBusy(state, name), compareRecord(engine, state, record, models));
  if (busy) return unchecked("An apply holds the lock.");
  const findings = await withoutOwnChanges(state, found, models);
  if (findings.length === 0) return { unchecked: null, findings };
  const now = (await state.readEnvironments()).get(name);
  const moved =
    now?.version !== record.version || now.planId !== record.planId || (await isBusy(state, name));
  return moved ? unchecked("It moved while it was looked at.") : { unchecked: null, findings };
}

async function withoutSnapshots(state: State): Promise<NonNullable<DriftOptions["known"]>> {
  return { environments: await state.readEnvironments(), snapshots: new Map() };
}

function unchecked(why: string): DriftReport {
  return { unchecked: why, findings: [] };
}

function isOver({ expiresAt }: Environment, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

async function isBusy(state: State, name: EnvironmentName): Promise<boolean> {
  return (await state.readLeases()).some(({ environment }) => environment === name);
}

async function compareRecord(
  engine: Engine,
  state: State,
  record: Environment,
  models: readonly RecordedModel[],
): Promise<readonly DriftFinding[]> {
  const views = models.flatMap(({ view }) => view ?? []);
  const tables = models.map(({ table }) => table);
  const [physicalViews, filled] = [true, false].map((isView) =>
    models.filter(({ snapshot }) => isPlainView(snapshot.facts) === isView).map(({ table }) => table),
  ) as [NameParts[], NameParts[]];
  // What production's tables may have gained on the way to a plan that did not arrive is no drift.
  const withColumns = record.name === prod;
  const pointer = pointerName(record.name, record.naming);
  const reading = {
    tables: withColumns ? engine.tableTexts(filled) : Promise.resolve(null),
    texts: engine.viewTexts([...views, ...physicalViews]),
  };
  // The warehouse answers them side by side, and while others use the processor.
  const [told, texts, types, shapes, shown, unfinished] = await together(
    reading.tables,
    reading.texts,
    readTypes(engine, [...views, ...tables], reading),
    state.readShapes((withColumns ? tables : physicalViews).map(describeName)),
    planShown(engine, pointer),
    withColumns ? state.readUnfinishedLedger(record.finalizedAt ?? 0) : [],
  );
  const noted = await readNoted(engine, state, { models, tables: told, texts, shapes });
  const unlike = filled.filter((table) => noted.get(describeName(table))?.same !== true);
  const columns = withColumns ? await engine.columnsOfAll(unlike) : null;
  return findDrift({
    models,
    noted,
    pointer: { name: pointer, planId: record.planId, shown },
    catalog: {
      typeOf: (name) => types.get(nameKey(name)),
      textOf: (name) => texts.get(nameKey(name)),
      columnsOf: (name) => columns?.get(nameKey(name)) ?? null,
    },
    family: engine.family,
    // Servers that move views one by one are known from their documents only.
    knownTexts: engine.traits.switch !== "per-view",
    extraColumns: unfinished.length === 0,
  });
}

/** By {@link nameKey}; what the other catalogs tell is not looked for again. */
async function readTypes(
  engine: Engine,
  names: readonly NameParts[],
  reading: {
    readonly texts: Promise<ReadonlyMap<string, string>>;
    readonly tables: Promise<ReadonlyMap<string, string> | null>;
  },
): Promise<ReadonlyMap<string, ObjectType>> {
  const texts = await reading.texts;
  const tables = engine.traits.everyViewText ? await reading.tables : null;
  const types = new Map<string, ObjectType>();
  const untold: NameParts[] = [];
  for (const name of names) {
    const key = nameKey(name);
    if (texts.has(key)) types.set(key, "view");
    else if (tables?.has(key)) types.set(key, "table");
    else untold.push(name);
  }
  for (const [key, type] of await engine.objects(untold)) types.set(key, type);
  return types;
}

/** A model's own `on_virtual_update` may do anything to its view: what it shows then is no work of anybody's hand. */
async function withoutOwnChanges(
  state: State,
  findings: readonly DriftFinding[],
  models: readonly RecordedModel[],
): Promise<readonly DriftFinding[]> {
  const changed = new Set(findings.filter(({ kind }) => kind === "view-changed").map(({ model }) => model));
  if (changed.size === 0) return findings;
  const suspects = models.map(({ snapshot }) => snapshot).filter(({ name }) => changed.has(name));
  const definitions = await state.readModels(suspects);
  const own = new Set<string | null>(
    [...definitions.values()]
      .filter(({ onVirtualUpdate }) => onVirtualUpdate.length > 0)
      .map(({ name }) => name),
  );
  return findings.filter(({ kind, model }) => kind !== "view-changed" || !own.has(model));
}

/** Null when nothing stands under the pointer's name, empty when it is something else. */
async function planShown(engine: Engine, pointer: NameParts): Promise<string | null> {
  try {
    return await readPointer(engine, pointer);
  } catch (error) {
    if (error instanceof SluiceError && error.code === "ENGINE_FAILED") return "";
    throw error;
  }
}

/** As `Promise.all`, which leaves the others running when one fails: here nothing is under way any more when it ends. */
async function together<T extends readonly unknown[]>(
  ...work: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function recordedModels(
  state: State,
  record: Environment,
  known: ReadonlyMap<string, Snapshot>,
): Promise<readonly RecordedModel[] | null> {
  const shown = record.name === prod ? [] : await shownBy(state, record);
  if (shown === null) return null;
  const unknown = record.members.filter((member) => !known.has(snapshotKey(member)));
  const snapshots =
    unknown.length === 0 ? known : new Map([...known, ...(await state.readSnapshots(unknown))]);
  const views = new Map(viewsOfRecord(record, snapshots, shown).map((view) => [view.model, view]));
  return record.members.flatMap((member): readonly RecordedModel[] => {
    const snapshot = snapshots.get(snapshotKey(member));
    const view = views.get(member.name);
    if (snapshot === undefined || !hasPhysicalObject(snapshot.facts)) return [];
    if (view !== undefined) return [{ snapshot, table: view.table, view: view.view }];
    return record.name === prod ? [{ snapshot, table: physicalName(snapshot, false), view: null }] : [];
  });
}

/** Which table each view of a development environment shows is in the plan that made it; null when that is not kept. */
async function shownBy(state: State, record: Environment): Promise<readonly EnvironmentView[] | null> {
  const plan = await state.readPlan(record.planId);
  return plan === null ? null : plan.steps.flatMap((step) => (step.kind === "switch" ? step.views : []));
}
