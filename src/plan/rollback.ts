/**
 * A rollback is a plan whose target is a former record of the environment (design 10): the same document, the same apply.
 * It moves views back to tables that are still there, and computes nothing. Pure.
 */
import { canonicalJson, type Digest } from "../digest.ts";
import type { Environment, EnvironmentView } from "../environment/environment.ts";
import { describeName, physicalName, prod, showsByView, viewName } from "../environment/naming.ts";
import type { Model, ModelName } from "../model/model.ts";
import { partsOf } from "../model/name.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Snapshot, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { documentDigest, workDigest } from "./document.ts";
import { normaliseOptions } from "./options.ts";
import type { PlanDocument, PlanSource } from "./plan.ts";
import { planFormat } from "./plan.ts";
import { lossWarnings, type Rewritten, refuseLost } from "./rollback-losses.ts";
import { rolledBackModels } from "./rollback-models.ts";
import { rollbackSteps } from "./rollback-steps.ts";
import { switchWarnings } from "./switch-warnings.ts";

export interface RollbackInput {
  readonly current: Environment;
  /** The record to go back to. */
  readonly target: Environment;
  /** Members of both, as far as they are stored, by `snapshotKey`. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly intervals: ReadonlyMap<string, SnapshotIntervals>;
  /** Definitions of changed members of both, for the text of the change. */
  readonly models: ReadonlyMap<string, Model>;
  /**
   * What the target's plan made its views show. Only a development environment needs it: in prod every view shows its
   * model's own table.
   */
  readonly shown: readonly EnvironmentView[];
  readonly exists: (table: NameParts) => boolean;
  /** Ranges that were computed again since the target was live. */
  readonly rewritten: readonly Rewritten[];
  readonly engine: PlanDocument["engine"];
  /** As {@link Switching.renameWaits}. */
  readonly renameWaits: boolean;
  /** Milliseconds; null = the environment never expires. */
  readonly ttl: number | null;
  readonly planId: string;
  readonly toolVersion: string;
  /** UTC epoch milliseconds. */
  readonly now: number;
  readonly source?: PlanSource;
}

/** Every view a record of the environment shows, by name. Members whose facts are lost are left out: they are refused. */
export function viewsOfRecord(
  record: Environment,
  snapshots: ReadonlyMap<string, Snapshot>,
  shown: readonly EnvironmentView[],
): readonly EnvironmentView[] {
  const tables = new Map(shown.map((view) => [view.model, view.table]));
  return record.members.flatMap((member) => {
    const snapshot = snapshots.get(keyOf(member));
    if (snapshot === undefined || !member.promoted || !showsByView(snapshot.facts, record.name)) return [];
    const { name, identifier } = member;
    const own = physicalName(snapshot, false);
    return [
      {
        model: name,
        snapshot: { name, identifier },
        view: viewName(snapshot.facts.parts, record.name, record.naming),
        table: record.name === prod ? own : (tables.get(name) ?? own),
      },
    ];
  });
}

/** The plan, complete and digested. Throws PLAN_REFUSED with the list of what cannot be restored. */
export function buildRollback(input: RollbackInput): PlanDocument {
  const { current, target, snapshots, engine, renameWaits, now } = input;
  const isDev = target.name !== prod;
  const all = viewsOfRecord(target, snapshots, input.shown);
  refuseLost(target, all, snapshots, input.exists);
  const views = isDev ? all : all.filter((view) => moves(view, current, target));
  const today = Math.floor(now / day) * day;
  const steps = rollbackSteps({
    target,
    views,
    drops: droppedViews(input, all),
    switchMode: engine.switch,
  });
  const body = {
    format: planFormat,
    tool: { name: "sluice", version: input.toolVersion },
    environment: {
      name: target.name,
      naming: target.naming,
      from: current.version,
      to: current.version + 1,
      isNew: false,
      createdFrom: null,
      isDev,
      ttl: input.ttl,
      promoted: isDev ? promotedNames(target) : null,
      statements: target.statements,
      statementsChanged: canonicalJson(target.statements) !== canonicalJson(current.statements),
    },
    base: {
      environmentVersion: current.version,
      planId: current.planId,
      digest: current.planDigest as Digest,
    },
    ...(input.source ? { source: input.source } : {}),
    rollback: { version: target.version, digest: target.planDigest },
    engine,
    options: normaliseOptions(
      target.name,
      { skipTests: true, skipLinter: true, skipBackfill: true },
      noDefaults,
    ),
    start: today,
    end: today,
    hasChanges: true,
    requiresBackfill: false,
    models: rolledBackModels(input),
    snapshots: [],
    steps,
    restatements: [],
    tests: { ran: 0, failed: 0, skipped: true },
    warnings: [
      ...lossWarnings({
        target: membersOf(target, snapshots),
        current: new Map(membersOf(current, snapshots).map((snapshot) => [snapshot.name, snapshot])),
        intervals: input.intervals,
        rewritten: input.rewritten,
      }),
      ...switchWarnings({ ...engine, renameWaits }, steps, { environment: current, snapshots }),
    ],
  } as const;
  const document = { ...body, id: input.planId, createdAt: new Date(now).toISOString() };
  const work = workDigest(document);
  const undigested = { ...document, work, digest: work };
  return { ...undigested, digest: documentDigest(undigested) };
}

const day = 86_400_000;

const noDefaults = { forwardOnly: false, includeUnmodified: false, enablePreview: false, devOnly: false };

/** In prod a view stays where the same snapshot is shown under the same name. */
function moves(view: EnvironmentView, current: Environment, target: Environment): boolean {
  if (current.finalizedAt === null) return true;
  if (canonicalJson(current.naming) !== canonicalJson(target.naming)) return true;
  const now = current.members.find(({ name }) => name === view.model);
  return !now?.promoted || now.identifier !== view.snapshot.identifier;
}

function droppedViews(
  { current, snapshots }: RollbackInput,
  kept: readonly EnvironmentView[],
): readonly NameParts[] {
  const names = new Set(kept.map(({ view }) => describeName(view)));
  return current.members
    .filter((member) => member.promoted)
    .flatMap((member) => {
      const facts = snapshots.get(keyOf(member))?.facts;
      if (facts !== undefined && !showsByView(facts, current.name)) return [];
      return [viewName(facts?.parts ?? partsOf(member.name), current.name, current.naming)];
    })
    .filter((view) => !names.has(describeName(view)));
}

function promotedNames({ members }: Environment): readonly ModelName[] {
  return members.filter(({ promoted }) => promoted).map(({ name }) => name);
}

function membersOf({ members }: Environment, snapshots: ReadonlyMap<string, Snapshot>): readonly Snapshot[] {
  return members.flatMap((member) => snapshots.get(keyOf(member)) ?? []);
}
