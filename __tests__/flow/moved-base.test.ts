/** Production moved between plan and apply (design 4.3): unrelated work goes on, touched work is refused with what differs. */
import { expect, test } from "vitest";
import { Context, type Plan } from "../../src/index.ts";
import { type SmallProject, smallProject } from "../support/small-project.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 4, 6);

const shops = "MODEL (name shop.shops, kind FULL);\n\nSELECT DISTINCT o.shop FROM shop.orders AS o\n";
const revenue = `MODEL (name shop.revenue, kind FULL);

SELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, COUNT(*) AS orders
FROM shop.orders AS o
GROUP BY o.shop
`;

test("two pull requests on unrelated models are both applied, neither planned again by a person", async () => {
  await using project = await smallProject();
  await applied(project, start);
  await project.write({ "models/shops.sql": shops });
  const first = await plan(project, start);
  // The second branch does not have the first one's model, but its revenue has a new column.
  await project.remove("models/shops.sql");
  await project.write({ "models/revenue.sql": revenue });
  const second = await plan(project, start);
  expect(second.contextDiff.added).toEqual([]);

  // Both are merged: the first merge's tree, then the second's, which holds both.
  await project.write({ "models/shops.sql": shops });
  expect(await apply(project, first, start)).toMatchObject({ reason: "applied", environmentVersion: 2 });
  expect(await apply(project, second, start)).toMatchObject({ reason: "applied", environmentVersion: 3 });
  expect(await project.sql("SELECT shop, orders::INT AS orders FROM shop.revenue ORDER BY shop")).toEqual([
    { shop: "a", orders: 2 },
    { shop: "b", orders: 1 },
  ]);
  expect(await project.sql("SELECT COUNT(*)::INT AS n FROM shop.shops")).toEqual([{ n: 2 }]);
});

test("a plan of the same model is refused, and says what differs", async () => {
  await using project = await smallProject();
  await applied(project, start);
  await project.write({ "models/revenue.sql": revenue });
  const first = await plan(project, start);
  await project.write({ "models/revenue.sql": revenue.replace("COUNT(*)", "COUNT(DISTINCT o.id)") });
  const second = await plan(project, start);
  expect(await apply(project, second, start)).toMatchObject({ reason: "applied" });
  await project.write({ "models/revenue.sql": revenue });
  const outcome = await apply(project, first, start);
  expect(outcome).toMatchObject({ reason: "stale", production: "unchanged" });
  expect(outcome.sentence).toContain("shop.revenue");
});

test("a cadence run in between: the plan is applied, and fills the day that came", async () => {
  await using project = await smallProject();
  await applied(project, start);
  const orders = (await project.read("models/orders.sql")).replace(
    "AS amount,",
    "AS amount, 'EUR' AS currency,",
  );
  await project.write({ "models/orders.sql": orders });
  const reviewed = await plan(project, start);
  await using runner = new Context({ paths: [project.path], now: () => start + day, env: {} });
  expect(await runner.run("prod")).toMatchObject({ reason: "applied" });
  await runner.close();
  expect(await apply(project, reviewed, start + day)).toMatchObject({ reason: "applied" });
  await using context = new Context({ paths: [project.path], now: () => start + day, env: {} });
  const again = await context.plan("prod");
  expect(again.requiresBackfill).toBe(false);
  expect(again.contextDiff.hasChanges).toBe(false);
});

async function plan(project: SmallProject, now: number): Promise<Plan> {
  await using context = new Context({ paths: [project.path], now: () => now, env: {} });
  return await context.plan("prod", { skipTests: true });
}

async function apply(project: SmallProject, reviewed: Plan, now: number) {
  await using context = new Context({ paths: [project.path], now: () => now, env: {} });
  return await context.apply(reviewed);
}

async function applied(project: SmallProject, now: number): Promise<void> {
  expect(await apply(project, await plan(project, now), now)).toMatchObject({ reason: "applied" });
}
