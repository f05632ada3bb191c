/** A project, a state and a clock in memory: plans are real, applying them is played by bookkeeping. */

import { environmentChange } from "../../src/apply/environment-record.ts";
import { digestOf } from "../../src/digest.ts";
import type { Environment, EnvironmentName } from "../../src/environment/environment.ts";
import { parseEnvironmentName } from "../../src/environment/naming.ts";
import type { Model, ModelKind, ModelName } from "../../src/model/model.ts";
import { buildPlan } from "../../src/plan/build.ts";
import {
  type Comparison,
  candidateIds,
  compareToBaseline,
  type Selections,
  type StoredFacts,
} from "../../src/plan/comparison.ts";
import { normaliseOptions, type PlanOptions } from "../../src/plan/options.ts";
import type { PlanDocument, PlannedModel } from "../../src/plan/plan.ts";
import { defaultPlanningSettings, type PlanningSettings } from "../../src/plan/settings.ts";
import { keyOf } from "../../src/snapshot/fingerprint.ts";
import type { Interval, Snapshot, SnapshotId } from "../../src/snapshot/snapshot.ts";
import type { Column } from "../../src/sql/name-parts.ts";
import { mergeIntervals } from "../../src/time/intervals.ts";
import { aModel, type ModelSample } from "./snapshot-samples.ts";

export const jan = (day: number, hour = 0): number => Date.UTC(2023, 0, day, hour);

/** As in the recorded fixture: every model starts 1 January, the clock shows 8 January 15:00. */
export const fixtureNow = jan(8, 15);

export const view: ModelKind = { name: "VIEW", materialized: false };
export const full: ModelKind = { name: "FULL" };
export const embedded: ModelKind = { name: "EMBEDDED" };
export const seed: ModelKind = { name: "SEED", path: "seed.csv", batchSize: 1000, csv: {} };

export function timeRange(
  more: Partial<Extract<ModelKind, { name: "INCREMENTAL_BY_TIME_RANGE" }>> = {},
): ModelKind {
  return {
    name: "INCREMENTAL_BY_TIME_RANGE",
    timeColumn: "ds",
    timeFormat: "%Y-%m-%d",
    partitionByTimeColumn: true,
    forwardOnly: false,
    disableRestatement: false,
    onDestructiveChange: "ERROR",
    onAdditiveChange: "ALLOW",
    ...more,
  };
}

/** A model whose hashes follow from what it says, as the project room's do. */
export function aNode(sample: ModelSample & { readonly name: string }): Model {
  const model = aModel({ start: "2023-01-01", columns: [{ name: "id", type: "INT" }], ...sample });
  const { kind } = model;
  const shaping = Object.fromEntries(Object.entries(kind).filter(([key]) => !metadataOfKinds.has(key)));
  const query =
    model.query?.text
      .replace(/\/\*.*?\*\//g, "")
      .replace(/\s+/g, " ")
      .trim() ?? "";
  const properties = digestOf({
    shaping,
    stamp: model.stamp,
    partitionedBy: model.partitionedBy,
    unit: model.intervalUnit,
    columns: model.columnsDeclared ? model.columns : null,
  });
  const rendered = digestOf([query, model.preStatements, model.postStatements, model.seed?.content]);
  const words = {
    description: model.description,
    owner: model.owner,
    cron: model.cron,
    start: model.start,
    tags: model.tags,
    audits: model.audits,
  };
  const metadata = digestOf({ words, query, kind });
  return { ...model, hashes: { data: digestOf([properties, rendered]), properties, rendered, metadata } };
}

const metadataOfKinds: ReadonlySet<string> = new Set([
  "forwardOnly",
  "disableRestatement",
  "onDestructiveChange",
  "onAdditiveChange",
  "batchSize",
  "batchConcurrency",
]);

export interface PlanCall {
  readonly environment?: string;
  readonly options?: PlanOptions;
  readonly settings?: Partial<PlanningSettings>;
  readonly at?: number;
  readonly selections?: { readonly [key in keyof Selections]?: readonly string[] };
  readonly switch?: PlanDocument["engine"]["switch"];
  readonly maxIdentifierLength?: number;
  readonly transactions?: boolean;
  readonly renameWaits?: boolean;
  /** What analysis would say about models that select a star. */
  readonly columnsOf?: (name: ModelName) => readonly Column[] | null;
}

export class PlanningWorld {
  models: ReadonlyMap<ModelName, Model>;
  readonly environments = new Map<EnvironmentName, Environment>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly definitions = new Map<string, Model>();
  readonly intervals = new Map<string, readonly Interval[]>();
  #plans = 0;

  constructor(models: readonly Model[]) {
    this.models = byName(models);
  }

  /** Replaces or adds models; `null` removes. */
  edit(...models: readonly Model[]): this {
    this.models = byName([...this.models.values(), ...models]);
    return this;
  }

  remove(name: string): this {
    this.models = new Map([...this.models].filter(([key]) => key !== name));
    return this;
  }

  compare(call: PlanCall = {}): Comparison {
    const environment = parseEnvironmentName(call.environment ?? "prod");
    const options = normaliseOptions(environment, call.options ?? {}, {
      forwardOnly: false,
      includeUnmodified: false,
      enablePreview: true,
      devOnly: false,
    });
    const selections = Object.fromEntries(
      Object.entries(call.selections ?? {}).map(([key, names]) => [key, new Set(names)]),
    ) as Selections;
    let lookedUp: readonly SnapshotId[] = candidateIds(this.models);
    for (;;) {
      const comparison = compareToBaseline({
        environment,
        nodes: this.models,
        stored: this.stored(),
        lookedUp,
        options,
        settings: { ...defaultPlanningSettings, ...call.settings },
        now: call.at ?? fixtureNow,
        selections,
      });
      if (comparison.needs.lookUp.length === 0) return comparison;
      lookedUp = [...lookedUp, ...comparison.needs.lookUp];
    }
  }

  plan(call: PlanCall = {}): PlanDocument {
    const comparison = this.compare(call);
    const models = new Map<ModelName, Model>();
    for (const { name, source } of comparison.needs.models) {
      const model = source === "local" ? this.models.get(name) : this.definitions.get(keyOf(source));
      if (model !== undefined) models.set(name, model);
    }
    this.#plans++;
    return buildPlan({
      comparison,
      models,
      previousModels: this.definitions,
      renderQuery: (model) => model.query?.text ?? null,
      columnsOf: (name) => comparison.nodes.get(name)?.columns ?? call.columnsOf?.(name) ?? null,
      engine: {
        type: "duckdb",
        flavour: "duckdb",
        version: "1.4",
        switch: call.switch ?? "transaction",
        maxIdentifierLength: call.maxIdentifierLength ?? 64,
        transactions: call.transactions ?? true,
        renameWaits: call.renameWaits ?? false,
      },
      planId: String(this.#plans).padStart(32, "0"),
      toolVersion: "0.0.0",
      tests: { ran: 0, failed: 0, skipped: true },
      warnings: [],
    });
  }

  /** Plans and applies. */
  deploy(call: PlanCall = {}): PlanDocument {
    const plan = this.plan(call);
    this.apply(plan, call.at ?? fixtureNow);
    return plan;
  }

  apply(plan: PlanDocument, at = fixtureNow): void {
    for (const { snapshot, model } of plan.snapshots) {
      this.snapshots.set(keyOf(snapshot), { ...snapshot, createdAt: at, updatedAt: at });
      this.definitions.set(keyOf(snapshot), model);
    }
    for (const step of plan.steps) {
      const recording =
        step.kind === "backfill" || step.kind === "load-seed" || step.kind === "record-intervals";
      if (recording && step.interval !== null) this.#record(step.snapshot, step.dev, step.interval);
    }
    const { environment } = plan;
    const { after } = environmentChange(plan, this.environments, at);
    this.environments.set(environment.name, { ...after, finalizedAt: at });
    if (!environment.isDev) this.#unpause(after.members, at);
  }

  stored(): StoredFacts {
    const intervals = new Map(
      [...this.snapshots].map(([key, snapshot]) => [
        key,
        {
          intervals: this.intervals.get(tableKey(snapshot, false)) ?? [],
          devIntervals: this.intervals.get(tableKey(snapshot, true)) ?? [],
        },
      ]),
    );
    return { environments: this.environments, snapshots: this.snapshots, intervals };
  }

  #record(id: SnapshotId, dev: boolean, interval: Interval): void {
    const snapshot = this.snapshots.get(keyOf(id));
    if (snapshot === undefined) throw new Error(`no snapshot ${keyOf(id)}`);
    const key = tableKey(snapshot, dev);
    this.intervals.set(key, mergeIntervals([...(this.intervals.get(key) ?? []), interval]));
  }

  #unpause(members: readonly SnapshotId[], at: number): void {
    for (const member of members) {
      const target = this.snapshots.get(keyOf(member));
      if (target === undefined) throw new Error(`no snapshot ${keyOf(member)}`);
      for (const [key, other] of this.snapshots) {
        if (other.name !== target.name || key === keyOf(target)) continue;
        const lost = other.version === target.version && other.forwardOnly !== target.forwardOnly;
        this.snapshots.set(key, { ...other, unpausedAt: null, unrestorable: other.unrestorable || lost });
      }
      this.snapshots.set(keyOf(target), { ...target, unpausedAt: at });
    }
  }
}

function tableKey(snapshot: Snapshot, dev: boolean): string {
  return dev ? `${snapshot.name}/dev/${snapshot.devVersion}` : `${snapshot.name}/${snapshot.version}`;
}

function byName(models: readonly Model[]): ReadonlyMap<ModelName, Model> {
  return new Map(models.map((model) => [model.name, model]));
}

/** One line about a model: category, f for forward-only, new or stored snapshot, kept version, missing days of January. */
export function summary(plan: PlanDocument, name: string): string {
  const model = plan.models.find((one) => one.name === name);
  return model === undefined ? "unmodified" : summaryOf(model);
}

export function summaryOf(model: PlannedModel): string {
  const word = model.category ?? model.change;
  const flags = [
    model.forwardOnly ? "fwd" : "",
    model.isNewSnapshot ? "new" : "stored",
    model.reuse === "unchanged" ? "kept" : "",
  ]
    .filter(Boolean)
    .join(" ");
  const range = model.intervals.map(([start, end]) => `${dayOf(start)}-${dayOf(end)}`).join(",") || "none";
  return `${word} ${flags} ${range}`;
}

function dayOf(at: number): string {
  const date = new Date(at);
  return at % 86_400_000 === 0 ? String(date.getUTCDate()) : `${date.getUTCDate()}T${date.getUTCHours()}`;
}
