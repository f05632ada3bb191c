/** Writes a decided plan down: the document and its two digests (design 4.2, 4.3). */
import { canonicalJson, type Digest, digestOf } from "../digest.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { type Permission, permittedModels } from "./permissions.ts";
import type { PlanDocument, PlannedSnapshot, PlanWarning } from "./plan.ts";
import { planFormat } from "./plan.ts";
import { plannedModels } from "./planned-models.ts";
import { asksToRestate } from "./restate-requests.ts";
import { type PlanShape, statementsOf } from "./shape.ts";
import type { Step } from "./step.ts";

export interface DocumentParts {
  readonly hasChanges: boolean;
  readonly steps: readonly Step[];
  readonly warnings: readonly PlanWarning[];
}

export function writeDocument(shape: PlanShape, parts: DocumentParts): PlanDocument {
  const { input } = shape;
  const { comparison } = input;
  const { options, now } = comparison.input;
  const { type, flavour, version, switch: how } = input.engine;
  const engine = { type, flavour, version, switch: how };
  const existing = comparison.existing;
  const body = {
    format: planFormat,
    tool: { name: "sluice", version: input.toolVersion },
    environment: describeEnvironment(shape),
    base: {
      environmentVersion: existing?.version ?? 0,
      planId: existing?.planId ?? null,
      digest: (existing?.planDigest ?? null) as Digest | null,
    },
    ...(input.source ? { source: input.source } : {}),
    engine,
    options,
    ...spanOf(shape),
    hasChanges: parts.hasChanges,
    requiresBackfill:
      !options.skipBackfill &&
      !options.emptyBackfill &&
      ([...shape.missing.keys()].some((name) => isModel(name, shape)) || shape.restatements.size > 0),
    models: plannedModels(shape),
    snapshots: newSnapshots(shape),
    steps: parts.steps,
    restatements: [...shape.restatements]
      .map(([name, interval]) => ({ name, interval }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    tests: input.tests,
    warnings: parts.warnings,
  } as const;
  const document = { ...body, id: input.planId, createdAt: new Date(now).toISOString() };
  return { ...document, digest: digestOfBody(body), work: workDigest(document) };
}

/** An audit that is due computes nothing. */
function isModel(name: ModelName, shape: PlanShape): boolean {
  return shape.decided.get(name)?.snapshot.facts.node === "model";
}

/** Names of plans are random; the base is known by its version and its digest. */
function digestOfBody(
  body: Omit<PlanDocument, "id" | "createdAt" | "estimates" | "digest" | "work">,
): Digest {
  const { planId: _planId, ...base } = body.base;
  return digestOf({ ...body, base });
}

/**
 * Over the whole document but what differs between two equal plans: `id`, `createdAt`, `estimates`, the digests, and the
 * random name of the plan that is its base.
 */
export function documentDigest(document: PlanDocument): Digest {
  const {
    id: _id,
    createdAt: _createdAt,
    estimates: _estimates,
    digest: _digest,
    work: _work,
    ...body
  } = document;
  return digestOfBody(body);
}

type Undigested = Omit<PlanDocument, "digest" | "work">;

/**
 * Over what will be done, not over readings that move by themselves: no ranges of time, no versions of the environment,
 * nothing about models that only catch up. A cadence run or another team's plan leaves it as it is.
 */
export function workDigest(document: Undigested): Digest {
  const changed = document.models.filter((model) => model.change !== "unmodified");
  const names = new Set<string>(changed.map((model) => model.name));
  const { name, naming, isDev, promoted, statements } = document.environment;
  const { options } = document;
  return digestOf({
    environment: { name, naming, statements, promoted: isDev ? promoted : null },
    engine: { type: document.engine.type, switch: document.engine.switch },
    rules: {
      forwardOnly: options.forwardOnly,
      skipBackfill: options.skipBackfill,
      emptyBackfill: options.emptyBackfill,
      effectiveFrom: options.effectiveFrom ?? null,
      restateModels: options.restateModels ?? null,
      ...(options.restateRequests === undefined ? {} : { restateRequests: options.restateRequests }),
      ...permitted(options),
    },
    models: changed.map(({ name: model, change, category, forwardOnly, snapshot, version }) => ({
      model,
      change,
      category,
      forwardOnly,
      snapshot,
      version,
    })),
    snapshots: document.snapshots.map(({ snapshot }) => [
      snapshot.name,
      snapshot.identifier,
      snapshot.fingerprint,
    ]),
    restatements: asksToRestate(options) ? document.restatements.map((restatement) => restatement.name) : [],
    // What a rollback takes back was reviewed with it: whatever came on top since is another matter.
    ...(document.rollback === undefined
      ? {}
      : { undone: changed.map(({ name: model, previous }) => ({ model, previous })) }),
    // What is set right was reviewed as such; equal plans without any keep their digest.
    ...repairsOf(document),
    targets: targetsOf(document.steps, names),
  });
}

function repairsOf({ models }: Undigested): { readonly repairs?: readonly ModelName[] } {
  const repairs = models.filter(
    ({ change, reasons }) => change === "unmodified" && reasons.some(({ code }) => code === "drift"),
  );
  return repairs.length === 0 ? {} : { repairs: repairs.map(({ name }) => name) };
}

/** What the plan may do to live tables is part of what it does. */
function permitted(options: PlanDocument["options"]): Readonly<Record<string, readonly string[]>> {
  const of = (change: Permission["change"]) => [...permittedModels(options, change)].sort();
  const lists = { destructive: of("destructive"), additive: of("additive") };
  return Object.fromEntries(Object.entries(lists).filter(([, models]) => models.length > 0));
}

/** Kinds of steps and what they write, each once. */
function targetsOf(steps: readonly Step[], names: ReadonlySet<string>): readonly string[] {
  const targets = new Set<string>();
  for (const step of steps) {
    if (step.kind === "switch") {
      for (const view of step.views)
        if (names.has(view.model)) targets.add(canonicalJson(["view", view.view, view.table]));
      for (const drop of step.drops) targets.add(canonicalJson(["drop", drop]));
    } else if ("model" in step && names.has(step.model)) {
      targets.add(canonicalJson([step.kind, step.model, step.table, step.dev]));
    }
  }
  return [...targets].sort();
}

function describeEnvironment(shape: PlanShape): PlanDocument["environment"] {
  const { comparison } = shape.input;
  const { environment, settings } = comparison.input;
  const from = comparison.existing?.version ?? 0;
  const pinned = environment === prod || settings.pinnedEnvironments.includes(environment);
  return {
    name: environment,
    naming: shape.naming,
    from,
    to: from + 1,
    isNew: comparison.isNew,
    createdFrom:
      comparison.isNew && comparison.baseline !== null ? (comparison.baseline.name as EnvironmentName) : null,
    isDev: environment !== prod,
    ttl: pinned ? null : comparison.input.fromState && !comparison.isNew ? "kept" : settings.environmentTtl,
    promoted: shape.promoted === null ? null : [...shape.promoted].sort(),
    statements: statementsOf(comparison),
    statementsChanged: statementsChanged(shape),
  };
}

/** Compared with what the baseline ran. */
export function statementsChanged(shape: PlanShape): boolean {
  const { comparison } = shape.input;
  const before = comparison.baseline?.statements ?? { beforeAll: [], afterAll: [] };
  return canonicalJson(before) !== canonicalJson(statementsOf(comparison));
}

/** The stretch of time the plan is about; the same all day, unless something shorter than a day is due. */
function spanOf(shape: PlanShape): { readonly start: number; readonly end: number } {
  const { range } = shape;
  const day = 86_400_000;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const intervals of shape.missing.values()) {
    for (const [from, to] of intervals) {
      start = Math.min(start, from);
      end = Math.max(end, to);
    }
  }
  const limit = Math.floor(range.end.until / day) * day;
  return {
    start: Number.isFinite(start) ? start : (range.start ?? limit),
    end: Number.isFinite(end) ? end : limit,
  };
}

function newSnapshots(shape: PlanShape): readonly PlannedSnapshot[] {
  const planned: PlannedSnapshot[] = [];
  for (const { snapshot, isNew } of shape.decided.values()) {
    const model = shape.input.models.get(snapshot.name);
    if (isNew && model !== undefined) planned.push({ snapshot, model });
  }
  return planned.sort((a, b) => (a.snapshot.name < b.snapshot.name ? -1 : 1));
}
