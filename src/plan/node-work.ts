/** What has to be done for each model before views can move: objects to create, ranges to compute (spec plan-and-apply 7, 11.1). */
import { canonicalJson } from "../digest.ts";
import type { RetypedColumn } from "../environment/drift.ts";
import { prod } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { bearsModelName, hasPhysicalObject, isOnlyExecutionTime } from "../snapshot/kind.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import { hullOf, subtractIntervals } from "../time/intervals.ts";
import type { Decided } from "./categorise.ts";
import { typesToRestore } from "./drift.ts";
import { type Evolution, evolvesLive } from "./evolution.ts";
import { batches } from "./intervals.ts";
import { viewMoves } from "./promotion.ts";
import { nothingRecorded } from "./recorded.ts";
import { type PlanShape, surelyExists } from "./shape.ts";

export interface NodeWork {
  readonly node: Decided;
  /** Objects to create empty: of the written table, and of the shown one where that is another. */
  readonly create: readonly { readonly dev: boolean }[];
  /** Ranges to compute, one per batch; for FULL and VIEW the hull of what is missing. */
  readonly batches: readonly Interval[];
  /** Ranges to record as done without computing them. */
  readonly record: readonly Interval[];
  /** Ranges that a forward-only snapshot takes over for its dev table, which a later preview does not compute again. */
  readonly inherit: readonly Interval[];
  /** The live table it keeps gets the columns of the new definition. */
  readonly evolution: Evolution | null;
  /** Types that somebody changed by hand in the table it keeps, and that it gets back. */
  readonly restored: readonly RetypedColumn[];
  /** Audits of what is there already, since only audits changed. */
  readonly audit: Interval | null;
}

/** Work by model, parents first; models without any are left out. */
export function workOfPlan(shape: PlanShape): ReadonlyMap<ModelName, NodeWork> {
  const { lineage } = shape.input.comparison;
  const needed = new Set<ModelName>();
  const found: NodeWork[] = [];
  // From the leaves up: what a model reads must be there as well.
  for (const name of lineage.order.toReversed()) {
    const node = shape.decided.get(name);
    if (node === undefined) continue;
    const work = workOf(node, shape, needed.has(name));
    if (work === null) continue;
    found.push(work);
    for (const parent of lineage.parents.get(name) ?? []) needed.add(parent);
  }
  return new Map(found.toReversed().map((work) => [work.node.snapshot.name, work]));
}

function workOf(node: Decided, shape: PlanShape, needed: boolean): NodeWork | null {
  const { options } = shape.input.comparison.input;
  const { snapshot } = node;
  const missing = options.skipBackfill ? [] : (shape.missing.get(snapshot.name) ?? []);
  const computed = options.emptyBackfill ? [] : batchesOf(node, missing);
  const record = options.emptyBackfill ? missing : [];
  const create = hasPhysicalObject(snapshot.facts)
    ? objectsToCreate(node, shape, missing.length > 0, needed)
    : [];
  const audit = computed.length === 0 ? auditOnly(node, shape) : null;
  const inherit = inheritedForDev(node, shape);
  const evolution = evolvesLive(node, shape);
  const { environment } = shape.input.comparison.input;
  const restored = environment === prod ? typesToRestore(node, shape.drift, evolution !== null) : [];
  const lists = [create, computed, record, inherit, restored];
  if (lists.every((list) => list.length === 0) && audit === null && evolution === null) return null;
  return { node, create, batches: computed, record, inherit, evolution, restored, audit };
}

function batchesOf(node: Decided, missing: readonly Interval[]): readonly Interval[] {
  const { facts } = node.snapshot;
  const hull = hullOf(missing);
  if (hull === null) return [];
  return isOnlyExecutionTime(facts.kind) || facts.kind.name === "SEED" || facts.node === "audit"
    ? [hull]
    : batches(facts, missing);
}

/** Without what this plan computes: that is recorded when it is done. */
function inheritedForDev({ snapshot, isNew }: Decided, shape: PlanShape): readonly Interval[] {
  if (!isNew || !snapshot.forwardOnly) return [];
  const { devIntervals } = shape.recorded.get(snapshot.name) ?? nothingRecorded;
  return subtractIntervals(devIntervals, shape.missing.get(snapshot.name) ?? []);
}

/** What is computed, what a moving view will show, and what another model reads; each only when it is not surely there. */
function objectsToCreate(
  node: Decided,
  shape: PlanShape,
  computed: boolean,
  needed: boolean,
): NodeWork["create"] {
  const { name } = node.snapshot;
  const objects = new Set<boolean>();
  if (computed) objects.add(!shape.deployability.deployable(name));
  if (needed || viewMoves(node, shape) || isShownWithoutView(node, shape))
    objects.add(!shape.deployability.representative(name));
  return [...objects].filter((dev) => !surelyExists(node, dev, shape)).map((dev) => ({ dev }));
}

/** Readers find the table under the model's own name, so that it must be there, empty or not. */
function isShownWithoutView({ candidate, snapshot }: Decided, shape: PlanShape): boolean {
  const { environment } = shape.input.comparison.input;
  return environment === prod && candidate.change !== "unmodified" && bearsModelName(snapshot.facts);
}

/** The range in which to audit again; null when audits are as before or there is nothing to audit (spec 7.2, stage 5). */
function auditOnly(node: Decided, shape: PlanShape): Interval | null {
  const { snapshot, candidate, isNew } = node;
  if (!isNew || snapshot.category !== "METADATA" || !snapshot.facts.hasAudits || candidate.before === null)
    return null;
  const after = shape.input.models.get(snapshot.name);
  const before = shape.input.previousModels.get(keyOf(candidate.before));
  if (after === undefined || before === undefined) return null;
  const same =
    canonicalJson([after.audits, after.auditDefinitions]) ===
    canonicalJson([before.audits, before.auditDefinitions]);
  return same ? null : hullOf(shape.recorded.get(snapshot.name)?.intervals ?? []);
}
