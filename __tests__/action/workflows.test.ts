/** The example workflows themselves, from the pull request to production, with the rights they ask for and no others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  dispatchEvent,
  mergeGroupEvent,
  pullRequestEvent,
  pushEvent,
  scheduleEvent,
  type Trigger,
} from "../support/github/events.ts";
import { close } from "../support/github/pull-requests.ts";
import { mallory, type PullRequest } from "../support/github/repository.ts";
import { projectRoot } from "../support/github/runner/action-file.ts";
import { countOrders, ShopWorld, shopConfig } from "../support/github/shop-world.ts";
import type { JobOutcome } from "../support/github/workflow/job.ts";
import { runWorkflow } from "../support/github/workflow/run.ts";
import type { WorkflowOptions } from "../support/github/workflow/work.ts";
import { shop } from "../support/small-project.ts";

let world: ShopWorld;
afterEach(() => expect(world.github.violations).toEqual([]));

const revenue = "SELECT * FROM shop.revenue ORDER BY shop";

function example(name: string): string {
  return readFileSync(join(projectRoot, "examples/workflows", name), "utf8");
}

type Jobs = Readonly<Record<string, JobOutcome>>;

/** Runs a workflow; null when the event does not start it. */
async function run(
  trigger: Trigger,
  content: string,
  more: Partial<WorkflowOptions> = {},
): Promise<Jobs | null> {
  const outcome = await runWorkflow(world.github, trigger, {
    path: ".github/workflows/sluice.yml",
    content,
    machine: world.environment,
    ...more,
  });
  return outcome.triggered ? outcome.jobs : null;
}

function results(jobs: Jobs | null): Readonly<Record<string, string>> | null {
  return jobs && Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, job.result]));
}

/** How the Sluice step of a job ended. */
function outcomeOf(jobs: Jobs | null, id: string): string | undefined {
  return jobs?.[id]?.steps.findLast((step) => step.result)?.outputs["outcome"];
}

function logOf(jobs: Jobs | null): string {
  const steps = Object.values(jobs ?? {}).flatMap((job) => job.steps);
  return steps.flatMap((step) => step.result?.log ?? []).join("\n");
}

describe("sluice.yml", () => {
  const content = example("sluice.yml");
  let pull: PullRequest;

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    world.github.repository.requiredByRules = [{ name: "sluice / plan (prod)", appId: 15368 }];
    pull = world.openPull({ branch: "count-orders", changes: countOrders });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("a pull request is planned with rights to read the warehouse, and applied by nobody", async () => {
    const jobs = await run(pullRequestEvent(world.github, pull, "opened"), content);
    expect(results(jobs), logOf(jobs)).toEqual({ plan: "success", apply: "skipped" });
    expect(outcomeOf(jobs, "plan")).toBe("planned");
    expect(jobs?.["plan"]).toMatchObject({
      permissions: { contents: "read", "pull-requests": "write", checks: "write" },
      concurrency: { group: `sluice-plan-${pull.number}`, cancels: true },
    });
    expect(world.comments(pull)).toHaveLength(1);
  });

  test("a label does not start it", async () => {
    expect(await run(pullRequestEvent(world.github, pull, "labeled"), content)).toBeNull();
  });

  test("a fork's pull request gets an offline plan, though the file asks for more rights", async () => {
    const theirs = world.openPull({ branch: "patch-1", changes: countOrders, fork: true, author: mallory });
    const jobs = await run(pullRequestEvent(world.github, theirs, "opened"), content);
    expect(results(jobs), logOf(jobs)).toEqual({ plan: "success", apply: "skipped" });
    expect(jobs?.["plan"]?.permissions).toEqual({
      contents: "read",
      "pull-requests": "read",
      checks: "read",
    });
    expect(world.comments(theirs)).toEqual([]);
  });

  test("the merge queue is planned under the same name", async () => {
    const trigger = mergeGroupEvent(world.github, pull);
    const jobs = await run(trigger, content);
    expect(results(jobs), logOf(jobs)).toEqual({ plan: "success", apply: "skipped" });
    expect(world.github.repository.checks.at(-1)).toMatchObject({
      name: "sluice / plan (prod)",
      sha: trigger.sha,
    });
  });

  test("closed unmerged, only the plan job cleans up", async () => {
    const other = world.openPull({ branch: "given-up", changes: countOrders });
    close(other);
    const jobs = await run(pullRequestEvent(world.github, other, "closed"), content);
    expect(results(jobs), logOf(jobs)).toEqual({ plan: "success", apply: "skipped" });
  });

  test("merged, nothing is applied before the environment's reviewers agree", async () => {
    world.merge(pull);
    expect(results(await run(pullRequestEvent(world.github, pull, "closed"), content))).toEqual({
      plan: "skipped",
      apply: "skipped",
    });
    const jobs = await run(pushEvent(world.github, "main"), content, { approve: () => false });
    expect(results(jobs)).toEqual({ plan: "skipped", apply: "failure" });
    expect((await world.sql(revenue))[0]).toEqual({ shop: "a", revenue: 15 });
  });

  test("approved, the push applies exactly that plan, one at a time and never cancelled", async () => {
    const asked: string[] = [];
    const jobs = await run(pushEvent(world.github, "main"), content, {
      approve: (environment) => asked.push(environment) > 0,
    });
    expect(results(jobs), logOf(jobs)).toEqual({ plan: "skipped", apply: "success" });
    expect(outcomeOf(jobs, "apply")).toBe("applied");
    expect(asked).toEqual(["production"]);
    expect(jobs?.["apply"]?.concurrency).toEqual({
      group: "sluice-apply-prod",
      cancels: false,
      queue: "max",
    });
    expect((await world.sql(revenue))[0]).toEqual({ shop: "a", revenue: 15, orders: "2" });
    expect(world.comments(pull)[0]?.body).toMatch(/state=applied /);
  });

  test("a right taken away ends in a sentence that names it", async () => {
    const poor = world.openPull({
      branch: "poor",
      changes: { "models/revenue.sql": null, "tests/test_revenue.yaml": null },
    });
    const jobs = await run(
      pullRequestEvent(world.github, poor, "opened"),
      content.replace("checks: write", "checks: read"),
    );
    expect(results(jobs)).toMatchObject({ plan: "failure" });
    expect(logOf(jobs)).toContain("checks: write");
  });
});

describe("sluice-dispatch.yml", () => {
  const content = example("sluice-dispatch.yml");
  const path = ".github/workflows/sluice-dispatch.yml";
  const dispatch = (inputs: Readonly<Record<string, string>>) =>
    run(dispatchEvent(world.github, inputs), content, { path });

  beforeAll(async () => {
    world = await ShopWorld.promoted();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("status looks, without the writer's environment", async () => {
    const jobs = await dispatch({ command: "status" });
    expect(results(jobs), logOf(jobs)).toEqual({ look: "success", act: "skipped" });
    expect(logOf(jobs)).toContain("prod is at version 1");
  });

  test("an apply whose job was lost is caught up by its pull request's number", async () => {
    const pull = world.openPull({ branch: "lost", changes: countOrders });
    await run(pullRequestEvent(world.github, pull, "opened"), example("sluice.yml"));
    world.merge(pull);
    const jobs = await dispatch({ command: "apply", pr: String(pull.number) });
    expect(results(jobs), logOf(jobs)).toEqual({ look: "skipped", act: "success" });
    expect(outcomeOf(jobs, "act")).toBe("applied");
  });

  test("what is merged without a plan is planned by hand, and applied by the run that planned it", async () => {
    const pull = world.openPull({
      branch: "unplanned",
      changes: { "models/revenue.sql": null, "tests/test_revenue.yaml": null },
    });
    world.merge(pull);
    const planned = await dispatch({ command: "plan", pr: String(pull.number) });
    expect(outcomeOf(planned, "look"), logOf(planned)).toBe("planned");
    const planRun = world.github.repository.runs.at(-1);
    const applied = await dispatch({ command: "apply", "plan-run-id": String(planRun?.id) });
    expect(outcomeOf(applied, "act"), logOf(applied)).toBe("applied");
    await expect(world.sql(revenue)).rejects.toThrow("revenue");
  });

  test("the breaker opens at once, waiting in no queue", async () => {
    const jobs = await dispatch({ command: "breaker-open", reason: "Incident 12" });
    expect(results(jobs), logOf(jobs)).toEqual({ look: "skipped", act: "success" });
    expect(jobs?.["act"]?.concurrency?.group).toMatch(/^sluice-breaker-\d+$/);
    await dispatch({ command: "breaker-close", reason: "Over" });
  });

  test("what became due is run, what nobody needs is dropped, and a lock that nobody holds is said to be free", async () => {
    for (const [command, says] of [
      ["run", /prod/],
      ["clean", /Dropped 0 expired environments and \d+ versions? that nothing needs/],
      ["unlock", /Nobody holds the lock of prod/],
    ] as const) {
      const jobs = await dispatch({ command, reason: "By hand" });
      expect(results(jobs), logOf(jobs)).toEqual({ look: "skipped", act: "success" });
      expect(["applied", "nothing-to-do"]).toContain(outcomeOf(jobs, "act"));
      expect(logOf(jobs)).toMatch(says);
    }
  });

  test("the morning's look finds no drift", async () => {
    const jobs = await run(scheduleEvent(world.github), content, { path });
    expect(results(jobs), logOf(jobs)).toEqual({ look: "success", act: "skipped" });
  });
});

describe("forks.yml", () => {
  beforeAll(async () => {
    world = await ShopWorld.promoted();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each([
    { whose: "a stranger's", fork: true, jobs: { check: "success", plan: "skipped", apply: "skipped" } },
    { whose: "our", fork: false, jobs: { check: "skipped", plan: "success", apply: "skipped" } },
  ])("$whose pull request", async ({ fork, jobs: expected }) => {
    const pull = world.openPull({
      branch: "patch",
      changes: countOrders,
      fork,
      ...(fork ? { author: mallory } : {}),
    });
    const jobs = await run(pullRequestEvent(world.github, pull, "opened"), example("forks.yml"));
    expect(results(jobs), logOf(jobs)).toEqual(expected);
  });
});

describe("monorepo.yml", () => {
  const content = example("monorepo.yml");
  const inFolder = (folder: string, files: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
  const finance = shopConfig.replace("WAREHOUSE", "FINANCE");

  beforeAll(async () => {
    const nothing = Object.fromEntries(["config.yaml", ...Object.keys(shop)].map((path) => [path, null]));
    world = await ShopWorld.open({
      ...nothing,
      ...inFolder("warehouse/shop", { ...shop, "config.yaml": shopConfig }),
      ...inFolder("warehouse/finance", {
        "config.yaml": finance,
        "models/rates.sql":
          "MODEL (name finance.rates, kind FULL);\n\nSELECT 'EUR' AS currency, 1.1::DOUBLE AS rate\n",
      }),
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("two projects have their own checks, comments and artifacts, and both arrive", async () => {
    const machine = {
      ...world.environment,
      FINANCE: world.warehouse.replace("warehouse.duckdb", "finance.duckdb"),
    };
    const pull = world.openPull({ branch: "both", changes: inFolder("warehouse/shop", countOrders) });
    const planned = await run(pullRequestEvent(world.github, pull, "opened"), content, { machine });
    expect(results(planned), logOf(planned)).toMatchObject({
      "plan-shop": "success",
      "plan-finance": "success",
    });
    const names = world.github.repository.checks.map(({ name }) => name).sort();
    expect(names).toEqual([
      "sluice / plan (warehouse/finance: prod)",
      "sluice / plan (warehouse/shop: prod)",
    ]);
    expect(world.comments(pull)).toHaveLength(2);
    expect(new Set(world.github.artifacts.listed(() => true).map(({ name }) => name)).size).toBe(2);

    world.merge(pull, "squash");
    const applied = await run(pushEvent(world.github, "main"), content, { machine });
    expect(results(applied), logOf(applied)).toMatchObject({
      "apply-shop": "success",
      "apply-finance": "success",
    });
    expect((await world.sql(revenue))[0]).toEqual({ shop: "a", revenue: 15, orders: "2" });
  });
});
