/** Apply on merge: exactly the reviewed plan, once, in order, and told on GitHub. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { pushEvent } from "../support/github/events.ts";
import type { JobResult } from "../support/github/job.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
afterEach(() => expect(world.github.violations).toEqual([]));

const revenue = "SELECT * FROM shop.revenue ORDER BY shop";

describe("a pull request is merged", () => {
  let pull: PullRequest;
  let planned: JobResult;
  let applied: JobResult;
  /** What the comment said whenever GitHub was called. */
  const shown = new Set<string>();

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    pull = world.openPull({ branch: "count-orders", changes: countOrders });
    const { run } = await world.plan(pull, { inProcess: {} });
    planned = await world.plan(pull, { again: run });
    // Runs of the same commit that stored no plan: newer ones of the same workflow, and pages of others.
    for (let each = 0; each < 190; each++) {
      const path = each < 40 ? run.path : ".github/workflows/build.yml";
      world.github.repository.runs.push({ ...run, id: world.github.repository.nextId(), path });
    }
    world.merge(pull);
    world.github.onCall = () => shown.add(/state=(\w+)/.exec(world.comments(pull)[0]?.body ?? "")?.[1] ?? "");
    applied = await world.apply(pull, { inputs: { "deployment-environment": "production" } });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("the reviewed plan, of its run's newest attempt and among many runs, is found and applied", () => {
    expect(applied.exitCode, applied.log.join("\n")).toBe(0);
    expect(applied.outputs).toMatchObject({
      outcome: "applied",
      production: "switched",
      "environment-version": "2",
      "plan-id": planned.outputs["plan-id"],
      "plan-digest": planned.outputs["plan-digest"],
      "pull-request": String(pull.number),
    });
  });

  test("readers see the new version", async () => {
    expect(await world.sql(revenue)).toEqual([
      { shop: "a", revenue: 15, orders: "2" },
      { shop: "b", revenue: 7, orders: "1" },
    ]);
  });

  test("the check sits on the merge commit, and the one comment says applied", () => {
    const checks = world.github.repository.checks.filter((check) => check.sha === pull.mergeSha);
    expect(checks.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ["sluice / apply (prod)", "success"],
    ]);
    expect(world.comments(pull).map(({ body }) => body)).toEqual([
      expect.stringMatching(/^<!-- sluice:shop:prod state=applied /),
    ]);
  });

  test("while it ran, the comment said so", () => {
    expect([...shown]).toEqual(["planned", "applying", "applied"]);
  });

  test("the deployment ends with success", () => {
    const [deployment] = world.github.repository.deployments;
    expect(deployment).toMatchObject({ sha: pull.mergeSha, environment: "production" });
    expect(deployment?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success"]);
  });

  test("the push of the same merge finds the plan applied and does nothing", async () => {
    const result = await world.run(pushEvent(world.github, "main"));
    expect(result.outputs, result.log.join("\n")).toMatchObject({
      outcome: "already-applied",
      production: "switched",
    });
    expect(result.exitCode).toBe(0);
    expect(world.comments(pull)[0]?.body).toMatch(/state=applied /);
  });

  test("a re-run does nothing either", async () => {
    const result = await world.apply(pull, { again: applied.run });
    expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome: "already-applied" });
  });
});

describe("production moves between plan and merge", () => {
  beforeAll(async () => {
    world = await ShopWorld.promoted({
      "models/shops.sql":
        "MODEL (name shop.shops, kind FULL);\n\nSELECT DISTINCT o.shop FROM shop.orders AS o\n",
    });
    world.options = { inProcess: {} };
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const namedShops = {
    "models/shops.sql":
      "MODEL (name shop.shops, kind FULL);\n\nSELECT DISTINCT o.shop, UPPER(o.shop)::VARCHAR AS title FROM shop.orders AS o\n",
  };

  test("two merges within a second that touch different models are both applied, in order", async () => {
    const one = world.openPull({ branch: "one", changes: countOrders });
    const two = world.openPull({ branch: "two", changes: namedShops });
    await world.plan(one);
    await world.plan(two);
    world.merge(one, "squash");
    world.merge(two, "squash");
    // Two processes at a time: the second is started while the first is at work.
    world.options = {};
    const began = Promise.withResolvers<void>();
    const onLine = (line: string) => line.startsWith("Applying plan") && began.resolve();
    const first = world.apply(one, { onLine });
    await Promise.race([began.promise, first]);
    const results = await Promise.all([first, world.apply(two)]);
    world.options = { inProcess: {} };
    for (const result of results) expect(result.exitCode, result.log.join("\n")).toBe(0);
    expect(results.map(({ outputs }) => outputs["outcome"])).toEqual(["applied", "applied"]);
    // Planned when version 2 was next, but the other's is.
    expect(world.comments(two)[0]?.body).toContain("`prod` is at version 3: ");
    expect(world.comments(two)[0]?.body).not.toContain("version 2 as live");
    expect(await world.sql("SELECT * FROM shop.shops ORDER BY shop")).toEqual([
      { shop: "a", title: "A" },
      { shop: "b", title: "B" },
    ]);
    expect((await world.sql(revenue))[0]).toEqual({ shop: "a", revenue: 15, orders: "2" });
  });

  test("two that change one model: the second is stale, refused, and the open pull request is marked when the first arrives", async () => {
    const one = world.openPull({
      branch: "three",
      changes: {
        "models/revenue.sql":
          "MODEL (name shop.revenue, kind FULL);\n\nSELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, COUNT(*)::BIGINT AS orders, MIN(o.ds)::DATE AS first_day FROM shop.orders AS o GROUP BY o.shop\n",
        "tests/test_revenue.yaml": null,
      },
    });
    const two = world.openPull({
      branch: "four",
      changes: {
        "models/revenue.sql":
          "MODEL (name shop.revenue, kind FULL);\n\nSELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, COUNT(*)::BIGINT AS orders, MAX(o.ds)::DATE AS last_day FROM shop.orders AS o GROUP BY o.shop\n",
        "tests/test_revenue.yaml": null,
      },
    });
    await world.plan(one);
    await world.plan(two);
    world.merge(one);
    const first = await world.apply(one);
    expect(first.outputs["outcome"], first.log.join("\n")).toBe("applied");
    expect(
      world.github.repository.checks
        .filter((check) => check.sha === two.head.sha)
        .map((check) => check.conclusion),
    ).toEqual(["success", "failure"]);
    world.merge(two);
    const second = await world.apply(two);
    expect(second.outputs, second.log.join("\n")).toMatchObject({
      outcome: "stale",
      production: "unchanged",
    });
    expect(second.exitCode).toBe(3);
    expect(world.comments(two).at(-1)?.body).toMatch(/state=stale /);
    expect(Object.keys((await world.sql(revenue))[0] ?? {})).toEqual([
      "shop",
      "revenue",
      "orders",
      "first_day",
    ]);
  });
});

describe("a step fails", () => {
  beforeAll(async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("production is unchanged, and comment, check and output name the model and the database's words", async () => {
    const broken = {
      "models/revenue.sql":
        "MODEL (name shop.revenue, kind FULL, audits (at_least_a_hundred));\n\nSELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, 1::INT AS one FROM shop.orders AS o GROUP BY o.shop\n",
      "tests/test_revenue.yaml": null,
      "audits/hundred.sql":
        "AUDIT (name at_least_a_hundred);\n\nSELECT * FROM @this_model WHERE revenue < 100\n",
    };
    const pull = world.openPull({ branch: "audit", changes: broken });
    const planned = await world.plan(pull);
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
    world.merge(pull);
    const before = await world.sql(revenue);
    const result = await world.apply(pull);
    expect(result.outputs, result.log.join("\n")).toMatchObject({
      outcome: "audit-failed",
      production: "unchanged",
      "failed-model": "shop.revenue",
    });
    expect(result.exitCode).toBe(1);
    expect(await world.sql(revenue)).toEqual(before);
    expect(world.comments(pull)[0]?.body).toContain("at_least_a_hundred");
    expect(world.github.repository.checks.at(-1)).toMatchObject({
      sha: pull.mergeSha,
      conclusion: "failure",
    });
  });
});
