/** Going back and cleaning up where production's tables bear the models' own names (`virtual_environment_mode: dev_only`). */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 8, 6);
let project: SmallProject;

beforeEach(async () => {
  project = await smallProject({
    ...shop,
    "models/best.sql": "MODEL (name shop.best, kind VIEW);\nSELECT MAX(revenue) AS best FROM shop.revenue",
  });
  await project.write({
    "config.yaml": `${await project.read("config.yaml")}virtual_environment_mode: dev_only\n`,
  });
  await deploy();
});
afterEach(() => project[Symbol.asyncDispose]());

async function at<T>(days: number, work: (context: Context) => Promise<T>): Promise<T> {
  const now = () => start + days * day;
  await using context = new Context({ paths: [project.path], env: {}, now, owner: "test" });
  return await work(context);
}

async function deploy(environment = "prod"): Promise<void> {
  const outcome = await at(0, async (context) =>
    context.apply(await context.plan(environment, { skipTests: true })),
  );
  expect(outcome.reason).toBe("applied");
}

const best = (query: string) =>
  project.write({ "models/best.sql": `MODEL (name shop.best, kind VIEW);\n${query}` });
const ofBest = async () => (await project.sql("SELECT best FROM shop.best"))[0]?.["best"];
const objects = async () =>
  (
    await project.sql(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('sluice', 'raw') ORDER BY 1`,
    )
  ).map((row) => String(row["name"]).replace(/__[a-z2-7]{13}(?=$|__)/, "__…"));

test("a view goes back and forth again, and the tables stay as they are", async () => {
  expect(await ofBest()).toBe(15);
  await best("SELECT MIN(revenue) AS best FROM shop.revenue");
  await deploy();
  expect(await ofBest()).toBe(7);
  const back = () => at(0, async (context) => context.apply(await context.rollback("prod")));
  expect((await back()).reason).toBe("applied");
  expect(await ofBest()).toBe(15);
  expect((await back()).reason).toBe("applied");
  expect(await ofBest()).toBe(7);
});

test("what was done to a table in place does not come back with it, and the plan says so", async () => {
  await project.write({
    "models/revenue.sql":
      "MODEL (name shop.revenue, kind FULL);\nSELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, COUNT(*)::BIGINT AS n FROM shop.orders AS o GROUP BY o.shop",
    "tests/test_revenue.yaml": "",
  });
  await deploy();
  const plan = await at(0, (context) => context.rollback("prod"));
  expect(plan.document.warnings).toEqual([
    { code: "rollback-keeps-rows", text: expect.stringContaining("tables of shop.revenue is not undone") },
  ]);
  expect((await at(0, (context) => context.apply(plan))).reason).toBe("applied");
  expect(await ofBest()).toBe(15);
});

test("the clean-up drops what development built, and nothing of production", async () => {
  const before = await objects();
  expect(before).toEqual(expect.arrayContaining(["shop.best", "shop.orders", "shop.revenue"]));
  const orders = shop["models/orders.sql"] ?? "";
  await project.write({ "models/orders.sql": orders.replace("o.amount::", "(o.amount * 2)::") });
  await deploy("dev");
  expect((await objects()).length).toBeGreaterThan(before.length);
  await project.write({ "models/orders.sql": orders });
  const report = await at(8, (context) => context.clean());
  expect(report.failures).toEqual([]);
  expect(report.environments.map(({ name }) => name as string)).toEqual(["dev"]);
  expect(await objects()).toEqual(before);
  expect(await ofBest()).toBe(15);
  await at(8, (context) => context.clean({ ignoreTtl: true }));
  expect(await objects()).toEqual(before);
});
