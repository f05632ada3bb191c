/** Killed or cancelled in the middle: production shows the old version in full, and a dispatch finishes what is left. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SluiceError } from "../../src/errors.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
let pull: PullRequest;
const revenue = "SELECT * FROM shop.revenue ORDER BY shop";
const before = [
  { shop: "a", revenue: 15 },
  { shop: "b", revenue: 7 },
];
const after = [
  { shop: "a", revenue: 15, orders: "2" },
  { shop: "b", revenue: 7, orders: "1" },
];

/** Some seconds of work, so that there is a middle. */
const slow = `MODEL (name shop.slow, kind FULL);

SELECT SUM(a.range * b.range % 7)::BIGINT AS total FROM RANGE(100000) AS a CROSS JOIN RANGE(2000) AS b
`;

beforeEach(async () => {
  world = await ShopWorld.promoted();
});
afterEach(async () => {
  expect(world.github.violations).toEqual([]);
  await world[Symbol.asyncDispose]();
});

/** Aborts as soon as the log has such a line. */
function when(line: RegExp) {
  const controller = new AbortController();
  const onLine = (text: string) => {
    if (line.test(text)) controller.abort();
  };
  return { signal: controller.signal, onLine };
}

async function finish(which: Readonly<Record<string, string>>): Promise<void> {
  world.options = { inProcess: {} };
  const resumed = await world.dispatch({ command: "apply", ...which });
  expect(resumed.outputs, resumed.log.join("\n")).toMatchObject({
    outcome: "applied",
    production: "switched",
    "environment-version": "2",
  });
  expect(await world.sql(revenue)).toEqual(after);
  expect(world.github.repository.checks.filter(({ status }) => status !== "completed")).toEqual([]);
  const again = await world.apply(pull);
  expect(again.outputs["outcome"], again.log.join("\n")).toBe("already-applied");
}

describe("an apply", () => {
  let digest: string;
  beforeEach(async () => {
    pull = world.openPull({ branch: "count-orders", changes: { ...countOrders, "models/slow.sql": slow } });
    const planned = await world.plan(pull, { inProcess: {} });
    expect(planned.exitCode, planned.log.join("\n")).toBe(0);
    digest = planned.outputs["plan-digest"] ?? "";
    world.merge(pull);
  });

  test("whose machine dies", async () => {
    const { signal, onLine } = when(/^done in .*sluice__shop/);
    const killed = await world.apply(pull, { crash: signal, onLine });
    expect(killed.exitCode, killed.log.join("\n")).toBe("SIGKILL");
    expect(await world.sql(revenue)).toEqual(before);
    await finish({ pr: String(pull.number) });
  });

  test("that is cancelled ends itself in time, concludes its check and frees the lock", async () => {
    const { signal, onLine } = when(/^done in .*sluice__shop/);
    const began = { at: 0 };
    signal.addEventListener("abort", () => (began.at = performance.now()));
    const cancelled = await world.apply(pull, { cancel: signal, onLine });
    expect(performance.now() - began.at).toBeLessThan(9_900);
    expect(cancelled.outputs, cancelled.log.join("\n")).toMatchObject({
      outcome: "cancelled",
      production: "unchanged",
    });
    expect(cancelled.exitCode).toBe(130);
    expect(await world.sql(revenue)).toEqual(before);
    expect(world.github.repository.checks.at(-1)).toMatchObject({
      sha: pull.mergeSha,
      status: "completed",
      conclusion: "failure",
    });
    await finish({ "plan-digest": digest });
  });
});

describe("a plan", () => {
  beforeEach(() => {
    pull = world.openPull({
      branch: "more",
      changes: { "models/revenue.sql": null, "tests/test_revenue.yaml": null },
    });
  });
  afterEach(() => {
    world.github.onCall = () => undefined;
  });

  const ended = (): readonly (string | null)[] =>
    world.github.repository.checks
      .filter(({ sha }) => sha === pull.head.sha)
      .map(({ conclusion }) => conclusion);

  /** Between the check and its conclusion, while the comment is on its way. */
  function whenPlanning(): AbortSignal {
    const controller = new AbortController();
    world.github.onCall = (operation) => {
      if (operation === "issues/list-comments")
        controller.abort(
          new SluiceError("CANCELLED", "The run was cancelled", { hint: "Run the job again." }),
        );
    };
    return controller.signal;
  }

  test("that is cancelled, or runs out of time, ends its check red and says so", async () => {
    const cancelled = await world.plan(pull, { cancel: whenPlanning(), inProcess: {} });
    expect(cancelled.outputs["outcome"], cancelled.log.join("\n")).toBe("cancelled");
    expect(cancelled.exitCode).toBe(130);
    expect(ended()).toEqual(["failure"]);
    expect(world.comments(pull)[0]?.body).toContain("cancelled");
  });

  test("whose machine dies leaves a check that its next attempt ends", async () => {
    const killed = await world.plan(pull, { crash: whenPlanning() });
    expect(killed.exitCode).toBe("SIGKILL");
    expect(ended()).toEqual([null]);
    world.github.onCall = () => undefined;
    const again = await world.plan(pull, { again: killed.run, inProcess: {} });
    expect(again.outputs["outcome"], again.log.join("\n")).toBe("planned");
    expect(ended()).toEqual(["success", "success"]);
  });
});
