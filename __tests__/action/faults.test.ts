/** GitHub fails under the process the runner starts, with the pauses it really makes: a sample of the fault matrix. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../support/github/faults.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
let pull: PullRequest;

beforeAll(async () => {
  world = await ShopWorld.promoted();
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  const violations = [...world.github.violations];
  world.github.faults.clear();
  world.github.forgive();
  expect(violations).toEqual([]);
});

describe("while planning", () => {
  test.each<Fault>([
    { call: "issues/list-comments", kind: "dropped" },
    { call: "CreateArtifact", kind: { status: 503 } },
  ])("$call fails once with $kind: planned all the same", async (fault) => {
    pull = world.openPull({ branch: "survives", changes: countOrders });
    world.github.faults.add(fault);
    const result = await world.plan(pull);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("planned");
    expect(openChecks()).toEqual([]);
  });

  test.each<Fault & { check: string | null }>([
    { call: "checks/create", kind: { status: 403 }, check: null },
    { call: "issues/create-comment", kind: { status: 410 }, check: "failure" },
  ])("$call always fails with $kind: github-error, told", async ({ check, ...fault }) => {
    pull = world.openPull({ branch: "fails", changes: countOrders });
    world.github.faults.add({ ...fault, times: 50 });
    const result = await world.plan(pull);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("github-error");
    expect(result.exitCode).toBe(1);
    expect(result.issues.map(({ kind }) => kind)).toContain("error");
    expect(openChecks()).toEqual([]);
    const own = world.github.repository.checks.filter(({ sha }) => sha === pull.head.sha);
    expect(own.map(({ conclusion }) => conclusion)).toEqual(check === null ? [] : [check]);
  });
});

describe("while applying", () => {
  beforeAll(async () => {
    pull = world.openPull({ branch: "merged", changes: countOrders });
    await world.plan(pull);
    world.merge(pull);
  });

  test.each<Fault & { reason: string }>([
    { call: "actions/download-artifact", kind: { status: 410 }, reason: "plan-expired" },
    { call: "blob GET", kind: { status: 404 }, reason: "github-error" },
  ])("$call always fails with $kind: $reason, nothing applied", async ({ reason, ...fault }) => {
    world.github.faults.add({ ...fault, times: 50 });
    const result = await world.apply(pull);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
    expect(result.exitCode).toBeGreaterThan(0);
    expect(await world.sql("SELECT count(*)::INT AS entries FROM sluice._ledger")).toEqual([{ entries: 1 }]);
    expect(openChecks()).toEqual([]);
  });

  test("comments, deployments and checks that fail while it runs do not stop an apply", async () => {
    const { faults } = world.github;
    faults.add({ call: "issues/update-comment", kind: { status: 403 }, times: 50 });
    faults.add({ call: "repos/create-deployment", kind: { status: 403 }, times: 50 });
    const result = await world.apply(pull, { inputs: { "deployment-environment": "production" } });
    expect(result.outputs, result.log.join("\n")).toMatchObject({
      outcome: "applied",
      production: "switched",
    });
    expect(result.issues.map(({ kind }) => kind)).toContain("warning");
    expect(openChecks()).toEqual([]);
  });
});

/** Checks that would stay pending for ever. */
function openChecks(): readonly string[] {
  return world.github.repository.checks
    .filter(({ status }) => status !== "completed")
    .map(({ name }) => name);
}
