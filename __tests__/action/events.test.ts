/** What each event makes the Action do, and leave alone (design 7). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  mergeGroupEvent,
  type PullAction,
  pullRequestEvent,
  pushEvent,
  scheduleEvent,
} from "../support/github/events.ts";
import { planPermissions } from "../support/github/job.ts";
import { close, pushToBranch } from "../support/github/pull-requests.ts";
import { dependabot, mallory } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
beforeAll(async () => {
  world = await ShopWorld.promoted();
  world.options = { inProcess: {} };
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  expect(world.github.violations).toEqual([]);
  world.github.calls.length = 0;
});

/** Operations that change something on GitHub. */
function writes(): readonly string[] {
  return world.github.calls.filter((call) => call.method !== "GET").map((call) => call.operation);
}

describe("planned", () => {
  test.each<{ action: PullAction; draft: boolean }>([
    { action: "opened", draft: true },
    { action: "ready_for_review", draft: false },
  ])("pull_request $action, draft: $draft", async ({ action, draft }) => {
    const pull = world.openPull({ branch: action, changes: countOrders, draft });
    const result = await world.plan(pull, { action });
    expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome: "planned" });
    expect(world.comments(pull)).toHaveLength(1);
  });

  test("merge_group, on the commit of the queue and under the same name, without a comment", async () => {
    const pull = world.openPull({ branch: "queued", changes: countOrders });
    const trigger = mergeGroupEvent(world.github, pull);
    const result = await world.run(trigger, { permissions: planPermissions });
    expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome: "planned" });
    expect(world.github.repository.checks.at(-1)).toMatchObject({
      name: "sluice / plan (prod)",
      sha: trigger.sha,
      conclusion: "success",
    });
    expect(world.comments(pull)).toEqual([]);
  });
});

describe("planned without credentials", () => {
  test.each([
    { whose: "a fork", pull: { fork: true, author: mallory } },
    { whose: "Dependabot", pull: { author: dependabot } },
  ])("$whose: summary and log only", async ({ pull: given, whose }) => {
    const pull = world.openPull({ branch: "theirs", changes: countOrders, ...given });
    const result = await world.plan(pull, { env: { WAREHOUSE: "" } });
    expect(result.exitCode, result.log.join("\n")).toBe(0);
    expect(result.outputs).toMatchObject({ outcome: "planned", offline: "true" });
    expect(result.summary).toContain("Offline plan");
    expect(result.summary).toContain(whose);
    expect(world.github.calls.filter((call) => call.status >= 400)).toEqual([]);
    expect(writes()).toEqual([]);
  });
});

describe("left alone", () => {
  test("a label", async () => {
    const pull = world.openPull({ branch: "labeled", changes: countOrders });
    const result = await world.plan(pull, { action: "labeled" });
    expect(result).toMatchObject({ exitCode: 0, outputs: { outcome: "nothing-to-do" } });
    expect(world.github.calls).toEqual([]);
  });

  test("a pull request to another branch", async () => {
    pushToBranch(world.github.repository, "main", { "NOTES.md": "x\n" });
    world.github.repository.branches.set("dev", world.github.repository.branchSha("main"));
    const pull = world.openPull({ branch: "to-dev", changes: countOrders, base: "dev" });
    const result = await world.plan(pull);
    expect(result).toMatchObject({ exitCode: 0, outputs: { outcome: "nothing-to-do" } });
    expect(writes()).toEqual([]);
  });

  test("a push to another branch", async () => {
    const result = await world.run(pushEvent(world.github, "dev"));
    expect(result).toMatchObject({ exitCode: 0, outputs: { outcome: "nothing-to-do" } });
    expect(world.github.calls).toEqual([]);
  });
});

test("closed unmerged: the comment says so, and nothing else happens", async () => {
  const pull = world.openPull({ branch: "given-up", changes: countOrders });
  await world.plan(pull);
  close(pull);
  world.github.calls.length = 0;
  const result = await world.run(pullRequestEvent(world.github, pull, "closed"), {
    permissions: planPermissions,
  });
  expect(result, result.log.join("\n")).toMatchObject({ exitCode: 0, outputs: { outcome: "nothing-to-do" } });
  expect(world.comments(pull).map(({ body }) => body)).toEqual([expect.stringContaining("state=closed")]);
  expect(writes()).toEqual(["issues/update-comment"]);
});

test("schedule: drift is red and names the models that differ", async () => {
  const same = await world.run(scheduleEvent(world.github));
  expect(same, same.log.join("\n")).toMatchObject({ exitCode: 0, outputs: { outcome: "nothing-to-do" } });
  pushToBranch(world.github.repository, "main", countOrders);
  const drifted = await world.run(scheduleEvent(world.github));
  expect(drifted).toMatchObject({ exitCode: 3, outputs: { outcome: "stale", "has-changes": "true" } });
  expect(drifted.summary).toContain("shop.revenue");
});
