/** Which move of production makes which open plan stale. */
import { expect, test } from "vitest";
import { shortHash } from "../../../src/digest.ts";
import { type Move, stalenessOf } from "../../../src/github/moves.ts";
import { type PlanRecord, planRecord, readRecord, writeRecord } from "../../../src/github/record.ts";
import { aPlan, aPlannedModel, days } from "../../support/plan-samples.ts";

const facts = { runId: 1, attempt: 1, artifactId: 1, fileDigest: "0".repeat(64) };
const move = (version: number, ...names: readonly string[]): Move => ({
  version,
  by: `pull request ${version}`,
  models: new Map(names.map((name) => [shortHash(name), name])),
});
const record = (parts: Parameters<typeof aPlan>[0] = {}): PlanRecord => {
  const plan = aPlan({
    base: { environmentVersion: 5, planId: null, digest: null },
    models: [aPlannedModel({ name: "shop.daily", change: "added", parents: ["shop.orders"] as never })],
    ...parts,
  });
  return readRecord(writeRecord(planRecord(plan, facts))) as PlanRecord;
};

test.each([
  ["nothing moved", [], null],
  ["moved before the plan", [move(5, "shop.daily")], null],
  ["unrelated models", [move(6, "shop.other")], null],
  ["a cadence run", [move(6)], null],
  ["the same model", [move(6, "shop.daily", "shop.other")], { by: "pull request 6", models: ["shop.daily"] }],
  ["a model it reads", [move(6, "shop.orders")], { by: "pull request 6", models: ["shop.orders"] }],
  [
    "the first of two that touch it",
    [move(8, "shop.daily"), move(7, "shop.orders"), move(6)],
    { by: "pull request 7", models: ["shop.orders"] },
  ],
  ["a plan that is no longer known", [{ ...move(6), models: null }], { by: "pull request 6", models: [] }],
  [
    "a history that does not reach back",
    [move(8, "shop.other")],
    { by: "pull request 8, and others before it", models: [] },
  ],
])("%s", (_, moves, expected) => {
  expect(stalenessOf(record(), moves)).toEqual(expected);
});

test("a plan that touches too much to list is stale with every move that touches anything", () => {
  const all = { ...record(), models: null };
  expect(stalenessOf(all, [move(6)])).toBeNull();
  expect(stalenessOf(all, [move(6, "shop.x")])).toEqual({ by: "pull request 6", models: ["shop.x"] });
});

test("what is only restated counts as touched", () => {
  const restated = record({
    models: [aPlannedModel({ name: "shop.orders", change: "unmodified" })],
    restatements: [{ name: "shop.orders" as never, interval: days(1, 3) }],
  });
  expect(stalenessOf(restated, [move(6, "shop.orders")])).not.toBeNull();
});
