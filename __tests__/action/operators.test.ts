/** What people do by dispatch when something went another way than planned: lost merges, going back, going past a freeze. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pullRequestEvent } from "../support/github/events.ts";
import { planPermissions } from "../support/github/job.ts";
import { close } from "../support/github/pull-requests.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
const revenue = "SELECT * FROM shop.revenue ORDER BY shop";
const before = [
  { shop: "a", revenue: 15 },
  { shop: "b", revenue: 7 },
];
const after = [
  { shop: "a", revenue: 15, orders: "2" },
  { shop: "b", revenue: 7, orders: "1" },
];
const shops = {
  "models/shops.sql": "MODEL (name shop.shops, kind FULL);\n\nSELECT DISTINCT o.shop FROM shop.orders AS o\n",
};

afterEach(async () => {
  expect(world.github.violations).toEqual([]);
  await world[Symbol.asyncDispose]();
});

describe("a merge whose apply never ran", () => {
  beforeEach(async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
  });

  test("is named by the next apply and the next look, and caught up by a plan of both", async () => {
    const lost = world.openPull({ branch: "lost", changes: countOrders });
    const next = world.openPull({ branch: "next", changes: shops });
    await world.plan(lost);
    await world.plan(next);
    world.merge(lost);
    world.merge(next);
    const refused = await world.apply(next);
    expect(refused.outputs, refused.log.join("\n")).toMatchObject({
      outcome: "stale",
      production: "unchanged",
    });
    const named = `Pull request ${lost.number} was merged, but its apply never started`;
    expect(world.comments(next)[0]?.body).toContain(named);
    expect(world.comments(next)[0]?.body).toContain("shop.revenue");
    const status = await world.dispatch({ command: "status" });
    expect(status.summary).toContain(named);

    const planned = await world.dispatch({ command: "plan" });
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
    const applied = await world.dispatch({ command: "apply", "plan-run-id": String(planned.run.id) });
    expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
    expect(await world.sql(revenue)).toEqual(after);
    // Its own job, started late, runs the code of its own merge: that would take the next one's model away again.
    const late = await world.apply(lost);
    expect(late.outputs, late.log.join("\n")).toMatchObject({ outcome: "stale", production: "unchanged" });
    expect(world.comments(lost)[0]?.body).toContain("shop.shops");
    expect(await world.sql("SELECT * FROM shop.shops ORDER BY shop")).toEqual([{ shop: "a" }, { shop: "b" }]);
  });
});

describe("an apply that should not have been", () => {
  test("is rolled back without computing anything, and forward again", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const pull = world.openPull({ branch: "count", changes: countOrders });
    await world.plan(pull);
    world.merge(pull);
    expect((await world.apply(pull)).outputs["outcome"]).toBe("applied");
    expect(await world.sql(revenue)).toEqual(after);
    const back = await world.dispatch({ command: "rollback" });
    expect(back.outputs, back.log.join("\n")).toMatchObject({
      outcome: "applied",
      production: "switched",
      "environment-version": "3",
    });
    expect(back.log.join("\n")).not.toContain("Compute shop.revenue");
    expect(back.issues.map(({ message }) => message).join("\n")).toContain("revert the change");
    expect(await world.sql(revenue)).toEqual(before);
    const drift = await world.dispatch({ command: "drift" });
    expect(drift.outputs["outcome"], drift.log.join("\n")).toBe("stale");
    const forward = await world.dispatch({ command: "rollback", "rollback-to": "2" });
    expect(forward.outputs["outcome"], forward.log.join("\n")).toBe("applied");
    expect(await world.sql(revenue)).toEqual(after);
  });
});

describe("a view that somebody changed by hand", () => {
  test("is named by the look for drift, and set right by the next plan", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const quiet = await world.dispatch({ command: "drift" });
    expect(quiet.outputs, quiet.log.join("\n")).toMatchObject({ outcome: "nothing-to-do" });
    await world.sql("CREATE OR REPLACE VIEW shop.revenue AS SELECT 'nobody' AS shop, 0.0::DOUBLE AS revenue");
    const drift = await world.dispatch({ command: "drift" });
    expect(drift.outputs, drift.log.join("\n")).toMatchObject({ outcome: "stale", "has-changes": "true" });
    expect(drift.outputs["sentence"]).toContain("prod was changed by hand in the warehouse: 1 difference.");
    expect(drift.log.join("\n")).toContain(
      "shop.revenue: its view shop.revenue was changed by hand: it no longer shows one table as it is; the next plan puts it right.",
    );
  });
});

describe("a freeze", () => {
  const freeze = { "sluice.yaml": "freezes:\n  - {from: 2024-01-01, to: 2024-02-01, reason: Year end}\n" };

  test("stops an apply, and is overridden by dispatch with a reason, never by a merge", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const pull = world.openPull({ branch: "frozen", changes: { ...countOrders, ...freeze } });
    const planned = await world.plan(pull);
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
    world.merge(pull);
    const stopped = await world.apply(pull);
    expect(stopped.outputs, stopped.log.join("\n")).toMatchObject({
      outcome: "window-closed",
      production: "unchanged",
    });
    expect(stopped.exitCode).toBe(4);
    expect(stopped.outputs["sentence"]).toContain("Year end");
    const sneaky = await world.apply(pull, { inputs: { override: "freeze", reason: "Because." } });
    expect(sneaky.outputs["outcome"], sneaky.log.join("\n")).toBe("config-error");
    const silent = await world.dispatch({ command: "apply", pr: String(pull.number), override: "freeze" });
    expect(silent.exitCode).toBeGreaterThan(0);
    expect(await world.sql(revenue)).toEqual(before);
    const inputs = {
      command: "apply",
      pr: String(pull.number),
      override: "freeze",
      reason: "Wrong numbers live",
    };
    const applied = await world.dispatch(inputs);
    expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
    expect(world.comments(pull)[0]?.body).toContain("Wrong numbers live");
    expect(await world.sql(revenue)).toEqual(after);
  });
});

describe("an environment for each pull request", () => {
  test("is there while the pull request is open, its tables are reused by the apply, and it goes when it closes", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const inputs = { "review-environment": "pr_{pr}" };
    const pull = world.openPull({ branch: "seen", changes: countOrders });
    const planned = await world.plan(pull, { inputs });
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
    expect(await world.sql(`SELECT * FROM shop__pr_${pull.number}.revenue ORDER BY shop`)).toEqual(after);
    expect(await world.sql(revenue)).toEqual(before);

    const given = world.openPull({ branch: "given-up", changes: shops });
    await world.plan(given, { inputs });
    close(given);
    const closed = await world.run(pullRequestEvent(world.github, given, "closed"), {
      inputs,
      permissions: planPermissions,
    });
    expect(closed.exitCode, closed.log.join("\n")).toBe(0);
    await expect(world.sql(`SELECT * FROM shop__pr_${given.number}.shops`)).rejects.toThrow();

    world.merge(pull);
    const applied = await world.apply(pull);
    expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
    expect(applied.log.join("\n")).not.toContain("Compute shop.revenue");
    expect(await world.sql(revenue)).toEqual(after);
  });
});
