/** Leave to lose columns of live tables: by name, for one plan, with who gave it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import type { PlanOptions } from "../../src/plan/options.ts";
import { buildPlanView, renderText } from "../../src/report/report.ts";
import { type SmallProject, smallProject } from "../support/small-project.ts";

const log = (name: string, columns: string, source: string) => ({
  [`models/${name}.sql`]: `MODEL (name shop.${name}, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true), start '2024-01-01');
SELECT ${columns} FROM ${source} WHERE ds BETWEEN @start_ds AND @end_ds`,
});
let project: SmallProject;

beforeEach(async () => {
  // The lower model takes whatever the upper one gives: its columns go with those above.
  project = await smallProject({
    ...log("upper", "ds, id, shop", "raw.orders"),
    ...log("lower", "*", "shop.upper"),
  });
  expect((await apply()).reason).toBe("applied");
  await project.write(log("upper", "ds, id", "raw.orders"));
});
afterEach(() => project[Symbol.asyncDispose]());

async function within<T>(work: (context: Context) => Promise<T>): Promise<T> {
  await using context = new Context({ paths: [project.path], now: () => Date.UTC(2024, 0, 4), env: {} });
  return await work(context);
}
const plan = (options: PlanOptions = {}) => within((context) => context.plan("prod", options));
const apply = (options: PlanOptions = {}) =>
  within(async (context) => context.apply(await context.plan("prod", options)));
const permission = (...models: readonly string[]) => ({
  permissions: [{ change: "destructive", models, by: "pull request 12 of alice" }] as const,
});

test("without it the plan is refused, and names every model that would lose something, those below included", async () => {
  await expect(plan()).rejects.toMatchObject({
    code: "PLAN_REFUSED",
    message: expect.stringMatching(/shop\.upper .* shop.*; .*shop\.lower .* shop/),
    details: { reason: "destructive", models: ["shop.upper", "shop.lower"] },
  });
  await expect(plan(permission("shop.upper"))).rejects.toMatchObject({ details: { models: ["shop.lower"] } });
  await expect(plan(permission("shop.uper"))).rejects.toThrow(
    "the permission given by pull request 12 of alice names shop.uper, which is no model",
  );
});

test("it stands in the plan, its digest, the report, the ledger, and in no other plan", async () => {
  const given = await plan(permission("shop.upper", "shop.lower"));
  const view = buildPlanView(given.document, { project: "shop" });
  expect(view.destructive.map(({ model }) => model)).toEqual(["shop.lower", "shop.upper"]);
  expect(renderText(view, { color: false, width: 200, diffs: false, steps: false })).toContain(
    "Allowed for this plan alone:\n  shop.upper, shop.lower: destructive changes, by pull request 12 of alice\n",
  );
  const byOptions = await plan({ allowDestructiveModels: ["shop.*"] });
  expect(byOptions.document.options.allowDestructiveModels).toEqual(["shop.lower", "shop.upper"]);
  expect(byOptions.document.work).toBe(given.document.work);
  expect(byOptions.document.digest).not.toBe(given.document.digest);
  const outcome = await within((context) => context.apply(given));
  expect(outcome).toMatchObject({
    reason: "applied",
    permissions: permission("shop.upper", "shop.lower").permissions,
  });
  const [entry] = await within((context) =>
    context.inspect((_, state) => state.readLedgerOf("prod" as never, 1)),
  );
  expect(entry?.outcome).toContain("pull request 12 of alice");
  await project.write(log("upper", "ds", "raw.orders"));
  await expect(plan()).rejects.toThrow(/shop\.upper .* id/);
});
