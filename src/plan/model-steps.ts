import { describeName, physicalName } from "../environment/naming.ts";
import { dependsOnPast, hasPhysicalObject, isPlainView } from "../snapshot/kind.ts";
import type { Interval, SnapshotId } from "../snapshot/snapshot.ts";
import { hullOf, intersectIntervals, subtractIntervals } from "../time/intervals.ts";
import type { Decided } from "./categorise.ts";
import { isLost } from "./drift.ts";
import { addRestoring, addWidening } from "./evolve-steps.ts";
import { describeInterval, intervalKey } from "./interval-words.ts";
import type { NodeWork } from "./node-work.ts";
import { type OnSnapshot, onSnapshot } from "./on-snapshot.ts";
import { isRebuiltBeside, swapStep } from "./rebuild-steps.ts";
import { nothingRecorded } from "./recorded.ts";
import { type PlanShape, storedIntervals } from "./shape.ts";
import type { PostCondition, Step, StepId } from "./step.ts";
import { type StepList, stepId } from "./step-list.ts";

/** Adds the steps of one model and returns those that its children wait for. `needs`: what must be done before any of them. */
export function addModelSteps(
  work: NodeWork,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const { node } = work;
  const dev = !shape.deployability.deployable(node.snapshot.name);
  const on = onSnapshot(node, dev, shape);
  const title = node.snapshot.facts.displayName;
  const begun = addForgetting(node, shape, steps, needs);
  if (node.snapshot.facts.kind.name === "SEED") return addSeed(work, on, shape, steps, begun);
  const created = addCreates(work, shape, steps, begun);
  const made = created.length > 0 ? created : begun;
  // One or the other: a change that alters the table says itself what becomes of its types.
  const evolved = [...addRestoring(work, shape, steps, made), ...addWidening(work, shape, steps, made)];
  const ready = evolved.length > 0 ? evolved : made;
  const computed =
    node.snapshot.facts.node === "audit"
      ? addAudit(work.batches[0] ?? null, on, title, steps, ready)
      : addBatches(work, on, title, steps, ready, shape);
  const audited = addAudit(work.audit, on, title, steps, computed ?? ready) ?? computed;
  return addRecords(work, on, shape, steps, audited ?? ready) ?? audited ?? ready;
}

/** What is recorded of a table that is gone is forgotten before anything of it is computed. */
function addForgetting(
  node: Decided,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const lost = [false, true].filter((dev) => isLost(node, dev, shape.drift));
  if (lost.length === 0) return needs;
  const { name, facts } = node.snapshot;
  return lost.map((dev) => {
    const { redefined = false } = shape.drift.lost.get(describeName(physicalName(node.snapshot, dev))) ?? {};
    return steps.add({
      kind: "clear-intervals",
      id: stepId("forget", name, ...(dev ? ["dev"] : [])),
      needs,
      sentence: redefined
        ? `Forget that the view of ${facts.displayName} was made: it was changed by hand`
        : `Forget what was computed of ${facts.displayName}: its table is gone`,
      done: { kind: "repeatable" },
      snapshot: { name, identifier: node.snapshot.identifier },
      interval: always,
      environments: [],
      lost: dev ? "dev-table" : "table",
    });
  });
}

const always: Interval = [0, Date.UTC(9999, 11, 31)];

function addSeed(
  work: NodeWork,
  on: OnSnapshot,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const title = work.node.snapshot.facts.displayName;
  const interval = hullOf(work.batches);
  const done: PostCondition =
    interval === null
      ? { kind: "table-exists", table: on.table }
      : computedOnce(work.node, on, interval, shape);
  const toLoad = interval !== null || work.create.some(({ dev }) => dev === on.dev);
  const step: Step = {
    kind: "load-seed",
    id: stepId("seed", on.model),
    needs,
    sentence: `Load the seed ${title}`,
    done,
    interval,
    ...on,
  };
  const loaded = toLoad ? [steps.add(step)] : needs;
  return addRecords(work, on, shape, steps, loaded) ?? loaded;
}

/** Objects made before anything is computed. */
function addCreates(
  work: NodeWork,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  const { node } = work;
  const { facts } = node.snapshot;
  const writtenDev = !shape.deployability.deployable(node.snapshot.name);
  const selfMade = work.batches.length > 0 && makesItsTable(node, work.batches.length);
  return work.create
    .filter(({ dev }) => !(dev === writtenDev && selfMade))
    .map(({ dev }) => {
      const on = onSnapshot(node, dev, shape);
      const what = isPlainView(facts) ? "view" : "empty table";
      return steps.add({
        kind: "create-table",
        id: stepId("create", on.model, ...(dev ? ["dev"] : [])),
        needs,
        sentence: `Create the ${what} of ${facts.displayName}`,
        done: { kind: "table-exists", table: on.table },
        ...on,
      });
    });
}

/** The first batch makes the table. Not where it reads the table itself, nor where batches may run at the same time. */
function makesItsTable({ snapshot }: Decided, batches: number): boolean {
  const { facts } = snapshot;
  if (facts.selfReferencing) return false;
  if (isPlainView(facts) || dependsOnPast(facts)) return true;
  return facts.kind.name !== "INCREMENTAL_BY_TIME_RANGE" && batches === 1;
}

/** In order where a batch builds on the one before, at most so many at once where the model says so, else all together. */
function addBatches(
  work: NodeWork,
  on: OnSnapshot,
  title: string,
  steps: StepList,
  ready: readonly StepId[],
  shape: PlanShape,
): readonly StepId[] | null {
  const { batches, node } = work;
  if (batches.length === 0) return null;
  const width = concurrencyOf(node);
  const empty = isEmptyTable(node, on, shape);
  const beside = empty && isRebuiltBeside(node, on, batches);
  const ids: StepId[] = [];
  batches.forEach((interval, index) => {
    const before = ids[index - width];
    ids.push(
      steps.add({
        kind: "backfill",
        id: stepId("backfill", on.model, intervalKey(interval)),
        needs: before === undefined ? ready : [before],
        sentence: `${computeSentence(node, title, interval, index, batches.length)}${beside ? ", beside the live table" : ""}`,
        done: beside ? { kind: "repeatable" } : computedOnce(node, on, interval, shape),
        interval,
        batch: index + 1,
        batches: batches.length,
        first: empty && index === 0,
        ...(beside ? { beside } : {}),
        ...on,
      }),
    );
  });
  if (beside) return [steps.add(swapStep(on, title, batches, ids.slice(-1)))];
  return ids.slice(-Math.min(width, ids.length));
}

/** What is there already is nothing, or is all computed again. */
function isEmptyTable(node: Decided, on: OnSnapshot, shape: PlanShape): boolean {
  if (on.dev && node.isNew) return true;
  const all = shape.recorded.get(on.model) ?? nothingRecorded;
  const restated = shape.restatements.get(on.model);
  const have = on.dev ? all.devIntervals : all.intervals;
  return subtractIntervals(have, restated === undefined ? [] : [restated]).length === 0;
}

function concurrencyOf({ snapshot }: Decided): number {
  const { facts } = snapshot;
  if (dependsOnPast(facts)) return 1;
  return "batchConcurrency" in facts.kind
    ? (facts.kind.batchConcurrency ?? Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
}

function addAudit(
  interval: Interval | null,
  on: OnSnapshot,
  title: string,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] | null {
  if (interval === null) return null;
  return [
    steps.add({
      kind: "audit",
      id: stepId("audit", on.model),
      needs,
      sentence: `Audit ${title} ${describeInterval(interval)}`,
      done: { kind: "repeatable" },
      interval,
      ...on,
    }),
  ];
}

function addRecords(
  work: NodeWork,
  on: OnSnapshot,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] | null {
  const title = work.node.snapshot.facts.displayName;
  const inDev = onSnapshot(work.node, true, shape);
  const add = (kind: string, what: OnSnapshot, interval: Interval, sentence: string) =>
    steps.add({
      kind: "record-intervals",
      id: stepId(kind, on.model, intervalKey(interval)),
      needs,
      sentence,
      done: recorded(what, interval),
      interval,
      ...what,
    });
  const ids = [
    ...work.record.map((interval) =>
      add(
        "record",
        on,
        interval,
        `Record ${title} as computed ${describeInterval(interval)}, without computing it`,
      ),
    ),
    ...work.inherit.map((interval) =>
      add("inherit", inDev, interval, `Leave ${title} ${describeInterval(interval)} out of later previews`),
    ),
  ];
  return ids.length > 0 ? ids : null;
}

function computeSentence(
  { snapshot }: Decided,
  title: string,
  interval: Interval,
  index: number,
  count: number,
): string {
  const { facts } = snapshot;
  if (isPlainView(facts)) return `Create the view ${title}`;
  if (facts.kind.name === "FULL") return `Compute ${title} in full`;
  const part = count > 1 ? `, batch ${index + 1} of ${count}` : "";
  return `Compute ${title} ${describeInterval(interval)}${part}`;
}

/** Where the range is recorded from an earlier time, a record proves nothing: then only the journal tells. */
function computedOnce(node: Decided, on: OnSnapshot, interval: Interval, shape: PlanShape): PostCondition {
  const before = intersectIntervals(storedIntervals(node, on.dev, shape), [interval]);
  return before.length > 0 ? { kind: "repeatable" } : recorded(on, interval);
}

function recorded(
  on: { readonly snapshot: SnapshotId; readonly dev: boolean },
  interval: Interval,
): PostCondition {
  return { kind: "intervals-recorded", snapshot: on.snapshot, dev: on.dev, interval };
}

/** Schemas that the written objects of a model live in. */
export function schemasOf(
  work: NodeWork,
  shape: PlanShape,
): readonly { readonly catalog?: string; readonly schema: string }[] {
  if (!hasPhysicalObject(work.node.snapshot.facts)) return [];
  const names = [
    onSnapshot(work.node, !shape.deployability.deployable(work.node.snapshot.name), shape).table,
  ];
  return names.flatMap(({ catalog, schema }) =>
    schema === undefined ? [] : [{ ...(catalog === undefined ? {} : { catalog }), schema }],
  );
}
