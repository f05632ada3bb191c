/** What a rollback says about each model that is not as it was. Pure. */

import { changeBetween } from "../snapshot/compare.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import { compareColumns, noColumnChanges } from "./columns.ts";
import { definitionLines } from "./definition-text.ts";
import type { PlannedModel } from "./plan.ts";
import type { RollbackInput } from "./rollback.ts";
import { unifiedDiff } from "./text-diff.ts";

/** In order of names: models that change, come back, or go away. */
export function rolledBackModels(input: RollbackInput): readonly PlannedModel[] {
  const now = byName(input.current.members, input);
  const then = byName(input.target.members, input);
  const names = [...new Set([...now.keys(), ...then.keys()])].sort();
  return names.flatMap((name) => {
    const [before, after] = [now.get(name), then.get(name)];
    if (after === undefined) return before === undefined ? [] : [leaving(before)];
    return before?.identifier === after.identifier ? [] : [returning(after, before, input)];
  });
}

function byName(members: readonly SnapshotId[], { snapshots }: RollbackInput): ReadonlyMap<string, Snapshot> {
  const found = members.flatMap((member) => snapshots.get(keyOf(member)) ?? []);
  return new Map(found.map((snapshot) => [snapshot.name, snapshot]));
}

function returning(after: Snapshot, before: Snapshot | undefined, input: RollbackInput): PlannedModel {
  const { target } = input;
  const parents = new Set<string>(target.members.map(({ name }) => name));
  const columns =
    before?.facts.columns && after.facts.columns
      ? compareColumns(after.facts.columns, before.facts.columns)
      : noColumnChanges;
  return {
    ...common(after),
    change: before === undefined ? "added" : changeBetween(after, before),
    // As serious as the change that is undone.
    category: (before?.version === after.version ? after : (before ?? after)).category ?? "BREAKING",
    forwardOnly: after.forwardOnly,
    reasons: [{ code: "rollback", text: `goes back to what version ${target.version} showed` }],
    snapshot: idOf(after),
    previous: before === undefined ? null : idOf(before),
    version: after.version,
    reuse: before?.version === after.version ? "unchanged" : "tested-in-pr",
    deployable: true,
    representative: true,
    columns,
    parents: after.facts.dependsOn.filter((name) => parents.has(name)),
    diff: diffOf(after, before, input),
  };
}

function leaving(before: Snapshot): PlannedModel {
  return {
    ...common(before),
    change: "removed",
    category: null,
    forwardOnly: false,
    reasons: [{ code: "rollback", text: "was not there yet" }],
    snapshot: null,
    previous: idOf(before),
    version: null,
    reuse: "unchanged",
    deployable: null,
    representative: null,
    columns: noColumnChanges,
    parents: [],
    diff: "",
  };
}

function common({ name, facts }: Snapshot) {
  return {
    name,
    displayName: facts.displayName,
    kind: facts.kind.name,
    isNewSnapshot: false,
    intervals: [],
    destructive: [],
    additive: [],
    downstream: [],
    path: facts.path,
    ...(facts.owner === undefined ? {} : { owner: facts.owner }),
  } as const;
}

function diffOf(after: Snapshot, before: Snapshot | undefined, { models }: RollbackInput): string {
  const to = models.get(keyOf(after));
  const from = before === undefined ? undefined : models.get(keyOf(before));
  return to === undefined || from === undefined
    ? ""
    : unifiedDiff(definitionLines(from), definitionLines(to));
}

function idOf({ name, identifier }: SnapshotId): SnapshotId {
  return { name, identifier };
}
