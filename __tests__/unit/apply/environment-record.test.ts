import { describe, expect, test } from "vitest";
import { checkBase } from "../../../src/apply/base.ts";
import { environmentChange } from "../../../src/apply/environment-record.ts";
import type { Digest } from "../../../src/digest.ts";
import type { Environment } from "../../../src/environment/environment.ts";
import { prod } from "../../../src/environment/naming.ts";
import type { ModelName } from "../../../src/model/model.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import type { SnapshotIdentifier } from "../../../src/snapshot/snapshot.ts";
import { aPlan, aPlannedModel } from "../../support/plan-samples.ts";

const id = (name: string, identifier: string) => ({
  name: name as ModelName,
  identifier: identifier as SnapshotIdentifier,
});
const member = (name: string, identifier = "old") => ({ ...id(name, identifier), promoted: true });

function record(parts: Partial<Environment> = {}): Environment {
  return {
    name: prod,
    version: 4,
    naming: { suffixTarget: "schema" },
    members: [member("s.a"), member("s.b"), member("s.c")],
    planId: "before",
    planDigest: "d",
    previousPlanId: null,
    startAt: null,
    endAt: null,
    finalizedAt: 1,
    expiresAt: null,
    previousFinalized: null,
    statements: { beforeAll: [], afterAll: [] },
    ...parts,
  };
}

function plan(environment: Partial<PlanDocument["environment"]> = {}): PlanDocument {
  const base = aPlan();
  return {
    ...base,
    id: "mine",
    environment: { ...base.environment, name: prod, isNew: false, promoted: null, ttl: null, ...environment },
    base: { environmentVersion: 4, planId: "before", digest: "d" as Digest },
    models: [
      aPlannedModel({ name: "s.b", snapshot: id("s.b", "new") }),
      aPlannedModel({ name: "s.c", change: "removed" }),
      aPlannedModel({ name: "s.d", change: "added", snapshot: id("s.d", "new") }),
    ],
    steps: [],
  };
}

describe("the record after a plan", () => {
  test("keeps what did not change, takes what did, forgets what is removed", () => {
    const { before, after } = environmentChange(plan(), new Map([[prod, record()]]), 1000);
    expect(before?.version).toBe(4);
    expect(after.members).toEqual([member("s.a"), member("s.b", "new"), member("s.d", "new")]);
    expect(after).toMatchObject({ version: 5, planId: "mine", previousPlanId: "before", finalizedAt: null });
    expect(after.previousFinalized).toEqual(record().members);
  });

  test("of an unfinished promotion keeps the last complete one", () => {
    const unfinished = record({ finalizedAt: null, previousFinalized: [member("s.z")] });
    const { after } = environmentChange(plan(), new Map([[prod, unfinished]]), 1000);
    expect(after.previousFinalized).toEqual([member("s.z")]);
  });

  test("of a new environment starts from the one it is created from, and expires", () => {
    const dev = "dev" as Environment["name"];
    const document = plan({
      name: dev,
      isNew: true,
      createdFrom: prod,
      promoted: ["s.b" as ModelName],
      ttl: 500,
    });
    const { before, after } = environmentChange(document, new Map([[prod, record()]]), 1000);
    expect(before).toBeNull();
    expect(after.members.map(({ name, promoted }) => [name, promoted])).toEqual([
      ["s.a", false],
      ["s.b", true],
      ["s.d", false],
    ]);
    expect(after).toMatchObject({ version: 1, expiresAt: 1500, previousPlanId: null });
  });
});

test.each([
  { what: "untouched", now: record(), kind: "as-planned" },
  { what: "this plan, finished", now: record({ planId: "mine", version: 5 }), kind: "live" },
  {
    what: "this plan, not finished",
    now: record({ planId: "mine", version: 5, finalizedAt: null }),
    kind: "live",
  },
  { what: "moved on", now: record({ planId: "theirs", version: 5 }), kind: "moved" },
  { what: "the same number by another plan", now: record({ planId: "theirs" }), kind: "moved" },
  { what: "gone", now: null, kind: "moved" },
])("an environment that is $what is $kind", ({ now, kind }) => {
  expect(checkBase(plan(), now).kind).toBe(kind);
});

test("another base may be accepted by its number", () => {
  const moved = record({ planId: "theirs", version: 7 });
  expect([checkBase(plan(), moved, 7).kind, checkBase(plan(), moved, 6).kind]).toEqual([
    "as-planned",
    "moved",
  ]);
});
