/** What the plan says about each model: change, category and why, table, ranges, columns, readers (design 4.2). */
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { descendantsOf } from "../snapshot/lineage.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import type { Decided } from "./categorise.ts";
import { columnChangesOf, noColumnChanges } from "./columns.ts";
import type { Candidate } from "./comparison.ts";
import { definitionLines } from "./definition-text.ts";
import { driftReasons } from "./drift.ts";
import { evolutionOf, schemaEffectOf } from "./evolution.ts";
import type { PlannedModel } from "./plan.ts";
import { idOf, isPromoted, type PlanShape } from "./shape.ts";
import { unifiedDiff } from "./text-diff.ts";

/** In order of names: all models that change, are computed, gain a view, or are not read from their production table. */
export function plannedModels(shape: PlanShape): readonly PlannedModel[] {
  const followers = followersIn(shape);
  const current = [...shape.decided.values()]
    .filter((node) => isWorthSaying(node, shape))
    .map((node) => describe(node, followers, shape));
  const removed = shape.input.comparison.removed.map((snapshot) => describeRemoved(snapshot, shape));
  return [...current, ...removed].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isWorthSaying(node: Decided, shape: PlanShape): boolean {
  const { name } = node.snapshot;
  if (node.candidate.change !== "unmodified" || shape.missing.has(name)) return true;
  if (driftReasons(node, shape.drift).length > 0) return true;
  if (!shape.deployability.deployable(name) || !shape.deployability.representative(name)) return true;
  return isPromoted(name, shape) !== shape.input.comparison.promotedBefore.has(name);
}

function describe(node: Decided, followers: ReadonlySet<ModelName>, shape: PlanShape): PlannedModel {
  const { snapshot, candidate, isNew } = node;
  const { facts, name } = snapshot;
  const unmodified = candidate.change === "unmodified";
  return {
    name,
    displayName: facts.displayName,
    kind: facts.kind.name,
    change: candidate.change,
    category: unmodified ? null : snapshot.category,
    forwardOnly: snapshot.forwardOnly,
    reasons: [...node.reasons, ...driftReasons(node, shape.drift)],
    snapshot: idOf(node),
    previous: candidate.before === null ? null : bareId(candidate.before),
    isNewSnapshot: isNew,
    version: snapshot.version,
    reuse: candidate.before?.version === snapshot.version ? "unchanged" : isNew ? "new" : "tested-in-pr",
    intervals: facts.node === "audit" ? [] : (shape.missing.get(name) ?? []),
    deployable: shape.deployability.deployable(name),
    representative: shape.deployability.representative(name),
    columns: columnsFor(node, shape),
    ...schemaEffectOf(node, shape),
    downstream: downstreamOf(node, followers, shape),
    parents: shape.input.comparison.lineage.dependencies.get(name) ?? [],
    path: facts.path,
    ...(facts.owner === undefined ? {} : { owner: facts.owner }),
    diff: diffOf(node, shape),
  };
}

/** Where the engine was asked about the table, its answer counts. */
function columnsFor(node: Decided, shape: PlanShape): PlannedModel["columns"] {
  const evolution = evolutionOf(node, shape);
  if (evolution?.known) return evolution.changes;
  if (node.candidate.change !== "directly_modified") return noColumnChanges;
  return columnChangesOf(node, shape) ?? noColumnChanges;
}

function describeRemoved(snapshot: Snapshot, shape: PlanShape): PlannedModel {
  const { facts } = snapshot;
  return {
    name: snapshot.name,
    displayName: facts.displayName,
    kind: facts.kind.name,
    change: "removed",
    category: null,
    forwardOnly: false,
    reasons: [{ code: "removed", text: "the project no longer has the model" }],
    snapshot: null,
    previous: bareId(snapshot),
    isNewSnapshot: false,
    version: null,
    reuse: "unchanged",
    intervals: [],
    deployable: null,
    representative: null,
    columns: noColumnChanges,
    destructive: [],
    additive: [],
    downstream: [],
    parents: facts.dependsOn.filter((parent) => shape.decided.has(parent)),
    path: facts.path,
    ...(facts.owner === undefined ? {} : { owner: facts.owner }),
    diff: "",
  };
}

/** Descendants that change because of this model and others above them; only for models that changed by themselves. */
function downstreamOf(
  { candidate }: Decided,
  followers: ReadonlySet<ModelName>,
  shape: PlanShape,
): readonly ModelName[] {
  if (followers.size === 0 || !isOwnChange(candidate)) return [];
  return [...descendantsOf([candidate.facts.name], shape.input.comparison.lineage)]
    .filter((name) => followers.has(name))
    .sort();
}

function isOwnChange({ change, before, fingerprint }: Candidate): boolean {
  if (change === "metadata_updated") return before?.fingerprint.metadata !== fingerprint.metadata;
  return change === "added" || change === "directly_modified";
}

/** Models that change because another did. */
function followersIn(shape: PlanShape): ReadonlySet<ModelName> {
  const followers = [...shape.input.comparison.candidates.values()].filter(
    ({ change }) => change === "indirectly_modified" || change === "metadata_updated",
  );
  return new Set(followers.map((candidate) => candidate.facts.name));
}

function diffOf({ candidate, snapshot }: Decided, shape: PlanShape): string {
  const after = shape.input.models.get(snapshot.name);
  if (after === undefined || candidate.before === null || candidate.change === "indirectly_modified")
    return "";
  const before = shape.input.previousModels.get(keyOf(candidate.before));
  return before === undefined ? "" : unifiedDiff(definitionLines(before), definitionLines(after));
}

function bareId({ name, identifier }: SnapshotId): SnapshotId {
  return { name, identifier };
}
