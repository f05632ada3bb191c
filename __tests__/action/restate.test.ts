/** A restatement that rides in a pull request: shown, part of the plan and its digest, carried out on the merge, once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pushEvent } from "../support/github/events.ts";
import { pushTo } from "../support/github/pull-requests.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
beforeEach(async () => {
  world = await ShopWorld.promoted();
  world.options = { inProcess: {} };
  await world.sql("UPDATE raw.orders SET amount = amount + 1");
});
afterEach(async () => {
  expect(world.github.violations).toEqual([]);
  await world[Symbol.asyncDispose]();
});

const line = "Sluice-Restate: shop.orders 2024-01-02..2024-01-02";
const amounts = async () =>
  (await world.sql("SELECT amount FROM shop.orders ORDER BY id")).map((row) => row["amount"]);
const body = (pull: PullRequest) => world.comments(pull).at(-1)?.body ?? "";

test("is shown, applied with the change on merge, and never again", async () => {
  const pull = world.openPull({ branch: "prices", changes: countOrders, body: `Prices.\r\n\r\n${line}\r\n` });
  const planned = await world.plan(pull);
  expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
  expect(body(pull)).toContain("**History is computed again**\n> - `shop.orders`: 2024-01-02\n");
  expect(body(pull)).toContain(`pull request ${pull.number}: shop.orders, 2024-01-02 to 2024-01-02`);
  world.merge(pull, "squash");
  const applied = await world.apply(pull);
  expect(applied.outputs, applied.log.join("\n")).toMatchObject({
    outcome: "applied",
    "plan-digest": planned.outputs["plan-digest"],
  });
  expect(await amounts()).toEqual([10, 6, 7]);
  await world.sql("UPDATE raw.orders SET amount = amount + 1");
  const pushed = await world.run(pushEvent(world.github, "main"));
  expect(pushed.outputs, pushed.log.join("\n")).toMatchObject({ outcome: "already-applied" });
  const again = await world.dispatch({ command: "plan", pr: String(pull.number) });
  expect(again.outputs, again.log.join("\n")).toMatchObject({ outcome: "nothing-to-do" });
  expect(await amounts()).toEqual([10, 6, 7]);
});

test("may stand in a commit message, and alone be what a pull request is for", async () => {
  const pull = world.openPull({ branch: "words", changes: { "README.md": "Words\n" } });
  pushTo(world.github.repository, pull, { "README.md": "More\n" }, `Prices of January\n\n${line}`);
  const planned = await world.plan(pull);
  expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
  world.merge(pull);
  const applied = await world.apply(pull);
  expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
  expect(await amounts()).toEqual([10, 6, 7]);
});

describe("a description that is changed after the plan", () => {
  test.each([["asks for another range", line, line.replaceAll("-02", "-03")]])(
    "%s: the plan is stale, nothing is sent",
    async (_, before, after) => {
      const pull = world.openPull({ branch: "prices", changes: countOrders, body: before });
      await world.plan(pull);
      pull.body = after;
      world.merge(pull);
      const applied = await world.apply(pull);
      expect(applied.outputs, applied.log.join("\n")).toMatchObject({
        outcome: "stale",
        production: "unchanged",
      });
      expect(body(pull)).toMatch(/restate/i);
      expect(await amounts()).toEqual([10, 5, 7]);
    },
  );
});

test.each([["Sluice-Restate: shop.ordrs", "names shop.ordrs, which is no model"]])(
  "what does not fit is refused in a sentence: %s",
  async (text, sentence) => {
    const pull = world.openPull({ branch: "prices", changes: countOrders, body: text });
    const planned = await world.plan(pull);
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("config-error");
    expect(planned.exitCode).toBeGreaterThan(0);
    expect(body(pull).replaceAll("\\", "").replaceAll("&#8203;", "").replaceAll("`", "")).toContain(sentence);
    expect(world.github.repository.checks.at(-1)?.conclusion).toBe("failure");
  },
);
