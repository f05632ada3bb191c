/** Staleness is seen early: open pull requests learn who moved what they touch or read, after an apply and on a schedule. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { scheduleEvent } from "../support/github/events.ts";
import { applyPermissions } from "../support/github/job.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
let reader: PullRequest;
let other: PullRequest;
beforeAll(async () => {
  world = await ShopWorld.promoted();
  world.options = { inProcess: {} };
  reader = world.openPull({
    branch: "reader",
    changes: {
      "models/days.sql":
        "MODEL (name shop.days, kind FULL);\n\nSELECT r.shop, r.revenue FROM shop.revenue AS r\n",
    },
  });
  other = world.openPull({
    branch: "other",
    changes: { "models/one.sql": "MODEL (name shop.one, kind FULL);\n\nSELECT 1::INT AS one\n" },
  });
  await world.plan(reader);
  await world.plan(other);
});
afterAll(async () => {
  expect(world.github.violations).toEqual([]);
  await world[Symbol.asyncDispose]();
});

const conclusions = (pull: PullRequest) =>
  world.github.repository.checks
    .filter(({ sha }) => sha === pull.head.sha)
    .map(({ conclusion }) => conclusion);
const restarted = () =>
  world.github.calls.filter(({ operation }) => operation === "actions/re-run-workflow").length;

test("after an apply a plan that reads the changed model is red, planned again, and told who; an unrelated one still applies", async () => {
  const moving = world.openPull({ branch: "moving", changes: countOrders });
  await world.plan(moving);
  world.merge(moving);
  const applied = await world.apply(moving, { permissions: { ...applyPermissions, actions: "write" } });
  expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
  expect(conclusions(reader)).toEqual(["success", "failure"]);
  const check = world.github.repository.checks.findLast(({ sha }) => sha === reader.head.sha);
  expect(check?.title).toBe(`Stale: moved by pull request ${moving.number}`);
  expect(check?.summary).toContain("shop.revenue");
  expect(restarted()).toBe(1);
  expect(conclusions(other)).toEqual(["success"]);

  world.merge(other);
  const unrelated = await world.apply(other);
  expect(unrelated.outputs["outcome"], unrelated.log.join("\n")).toBe("applied");
  expect(conclusions(reader)).toHaveLength(2);
});

test("after a rollback, and on a schedule where an apply could not tell", async () => {
  await world.plan(reader, { action: "synchronize" });
  expect(conclusions(reader)).toEqual(["success", "failure", "success"]);
  const back = await world.dispatch({
    command: "rollback",
    "rollback-to": "1",
    "open-pull-requests": "ignore",
  });
  expect(back.outputs["outcome"], back.log.join("\n")).toBe("applied");
  expect(conclusions(reader)).toHaveLength(3);
  const looked = await world.run(scheduleEvent(world.github));
  expect(looked.log.join("\n")).toContain(`Pull request ${reader.number}: its plan is stale now`);
  expect(conclusions(reader)).toEqual(["success", "failure", "success", "failure"]);
  expect(world.github.repository.checks.findLast(({ sha }) => sha === reader.head.sha)?.title).toMatch(
    /^Stale: moved by the apply of https:/,
  );
});
