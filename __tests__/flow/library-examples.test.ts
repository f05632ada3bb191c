/** The examples of the library run as they stand, each on a small project of its own. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main as automated } from "../../examples/library/automated-deployment.ts";
import { main as pipeline } from "../../examples/library/complete-pipeline.ts";
import { main as forwardOnly } from "../../examples/library/forward-only.ts";
import { main as gapPrevention } from "../../examples/library/gap-prevention.ts";
import { main as maintenanceWindow } from "../../examples/library/maintenance-window.ts";
import {
  applyThere,
  planHere,
  main as planHereApplyThere,
} from "../../examples/library/plan-here-apply-there.ts";
import { main as production } from "../../examples/library/production-deployment.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterAll(() => {
  vi.restoreAllMocks();
});

const revenue = (project: SmallProject) =>
  project.sql("SELECT shop, revenue FROM shop.revenue ORDER BY shop");
const changed = (project: SmallProject, from: string, to: string) => {
  const text = (shop["models/orders.sql"] ?? "").replace(from, to);
  return project.write({ "models/orders.sql": text });
};

test("production deployment fills and promotes", async () => {
  await using project = await smallProject();
  const outcome = await production(project.path);
  expect(outcome.reason).toBe("applied");
  expect(await revenue(project)).toEqual([
    { shop: "a", revenue: 15 },
    { shop: "b", revenue: 7 },
  ]);
});

test("automated deployment applies at once, and finds nothing to do the second time", async () => {
  await using project = await smallProject();
  const plan = await automated(project.path);
  expect(plan.contextDiff.added).toEqual(["raw.orders", "shop.orders", "shop.revenue"]);
  expect(await revenue(project)).toHaveLength(2);
  const again = await automated(project.path);
  expect(again.newSnapshots).toEqual([]);
});

test("gap prevention lets an added column pass and stops at a breaking change", async () => {
  await using project = await smallProject();
  await production(project.path);
  await changed(project, "AS ds\n", "AS ds, 1 AS one\n");
  expect((await gapPrevention(project.path))?.reason).toBe("applied");
  await changed(project, "o.amount::DOUBLE", "(o.amount * 2)::DOUBLE");
  expect(await gapPrevention(project.path)).toBeNull();
});

test("forward-only keeps the table and its rows", async () => {
  await using project = await smallProject();
  await production(project.path);
  await changed(project, "o.amount::DOUBLE", "(o.amount * 2)::DOUBLE");
  const outcome = await forwardOnly(project.path, "2024-01-02");
  expect(outcome.reason).toBe("applied");
  expect(await project.sql("SELECT SUM(amount) AS amount FROM shop.orders")).toEqual([{ amount: 22 }]);
});

test.each([
  ["02:30", "applied"],
  ["04:00", "breaker-open"],
])("the maintenance window at %s: %s", async (time, reason) => {
  await using project = await smallProject();
  const outcome = await maintenanceWindow(project.path, () => Date.parse(`2024-05-01T${time}:00Z`));
  expect(outcome.reason).toBe(reason);
  expect(outcome.production).toBe(reason === "applied" ? "switched" : "unchanged");
});

test("a plan made here is applied there, once, and not after production moved", async () => {
  await using project = await smallProject();
  const file = join(project.path, "plan.json");
  expect((await planHereApplyThere(project.path, file)).reason).toBe("applied");
  expect((await applyThere(project.path, file)).reason).toBe("already-applied");

  await changed(project, "o.amount::DOUBLE", "(o.amount * 2)::DOUBLE");
  await planHere(project.path, file);
  await changed(project, "o.amount::DOUBLE", "(o.amount * 3)::DOUBLE");
  await production(project.path);
  expect((await applyThere(project.path, file)).reason).toBe("stale");
});

test("the complete pipeline tests, applies and audits", async () => {
  await using project = await smallProject();
  const result = await pipeline(project.path);
  expect(result).toMatchObject({ testsFailed: 0, outcome: { reason: "applied" }, auditsFailed: 0 });
});

test("the complete pipeline stops at a failing test", async () => {
  await using project = await smallProject();
  await project.write({ "models/revenue.sql": (shop["models/revenue.sql"] ?? "").replace("SUM(", "MAX(") });
  expect(await pipeline(project.path)).toEqual({ testsFailed: 1, outcome: null, auditsFailed: 0 });
});
