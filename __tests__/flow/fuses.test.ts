/** The fuses of sluice.yaml around real applies: what they measure, what they stop, and who may let it through. */
import { expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import type { Outcome, Override } from "../../src/plan/outcome.ts";
import { sluice } from "../support/sluice-process.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

const wednesdayNoon = Date.UTC(2024, 0, 10, 12);

async function within<T>(project: SmallProject, work: (context: Context) => Promise<T>, now = wednesdayNoon) {
  await using context = new Context({ paths: [project.path], env: {}, now: () => now, owner: "test" });
  return await work(context);
}

const deploy = (project: SmallProject, overrides: readonly Override[] = [], environment = "prod") =>
  within(project, async (context) =>
    context.apply(await context.plan(environment, { skipTests: true }), { overrides }),
  );

const orders = shop["models/orders.sql"] ?? "";
const settings = (project: SmallProject, text: string) => project.write({ "sluice.yaml": text });
const rows = async (project: SmallProject) =>
  (await project.sql("SELECT COUNT(*) AS n FROM shop.orders"))[0]?.["n"];

/** prod with three orders, and a change that loses one of them and an amount. */
async function lossyChange(): Promise<SmallProject> {
  const project = await smallProject();
  await deploy(project);
  const lossy = orders
    .replace("o.amount::DOUBLE", "NULLIF(o.amount, 10)::DOUBLE")
    .replace("WHERE o.ds", "WHERE o.id <> 3 AND o.ds")
    .replace("start '2024-01-01',", "start '2024-01-01', grain (id),");
  await project.write({ "models/orders.sql": lossy });
  return project;
}

const limits = (outcome: Outcome) =>
  Object.fromEntries(
    (outcome.impact ?? []).map((finding) => [`${finding.limit} ${finding.model}`, finding.exceeded]),
  );

test("rows, keys and NULLs are measured before views move, and stop them", async () => {
  await using project = await lossyChange();
  await settings(
    project,
    "impact: {max_row_loss: 0.1, max_row_change: 0.5, max_key_loss: 0.5, max_null_rate_change: 0.4}",
  );
  const outcome = await deploy(project);
  expect(outcome).toMatchObject({ reason: "impact", production: "unchanged" });
  expect(outcome.sentence).toContain(
    "shop.orders: 3 rows become 2, 33.3 % fewer; at most 10 % may get lost (impact.max_row_loss).",
  );
  expect(limits(outcome)).toEqual({
    "max_row_loss shop.orders": true,
    "max_row_change shop.orders": false,
    "max_key_loss shop.orders": false,
    "max_null_rate_change shop.orders": true,
    "max_row_loss shop.revenue": true,
    "max_row_change shop.revenue": false,
    "max_null_rate_change shop.revenue": false,
  });
  expect(await rows(project)).toBe("3");
  const { ledger: tried } = await within(project, (context) => context.status());
  const ledger = tried.find(({ planId }) => planId === outcome.planId);
  expect(JSON.parse(ledger?.outcome ?? "{}")).toMatchObject({ reason: "impact", impact: outcome.impact });

  // What was built stays built: with leave, only the switch is left.
  const by = { fuse: "impact", reason: "agreed with finance", by: "alice" } as const;
  const passed = await deploy(project, [by]);
  expect(passed).toMatchObject({ reason: "applied", overrides: [by] });
  expect(await rows(project)).toBe("2");
});

test("keys that vanish are found though the number of rows is kept", async () => {
  await using project = await lossyChange();
  await project.write({
    "models/orders.sql": orders
      .replace("o.id::INT", "(o.id + 1)::INT")
      .replace("start '2024-01-01',", "start '2024-01-01', grain id,"),
  });
  await settings(project, "impact: {max_row_change: 0, max_key_loss: 0.2}");
  const outcome = await deploy(project);
  expect(outcome.sentence).toContain("shop.orders: 1 of 3 keys are gone, 33.3 %");
});

test("the plan's own size stops before the first step", async () => {
  await using project = await lossyChange();
  await settings(
    project,
    "impact: {max_backfill_models: 1, max_backfill_intervals: 9, max_dropped_columns: 0}",
  );
  const lines = await within(project, async (context) =>
    context.fuses(await context.plan("prod", { skipTests: true })),
  );
  expect(lines).toEqual([
    "Goes beyond a limit: 2 models are computed; at most 1 may be (impact.max_backfill_models).",
    // Nine days, and one full refresh.
    "Goes beyond a limit: 10 intervals are computed; at most 9 may be (impact.max_backfill_intervals).",
    "0 columns are dropped; at most 0 may be (impact.max_dropped_columns).",
  ]);
  const outcome = await deploy(project);
  expect([outcome.reason, outcome.stepsDone]).toEqual(["impact", 0]);
  // A development environment is for trying.
  expect((await deploy(project, [], "dev")).reason).toBe("applied");
});

test("measuring that does not end in time counts as a stop", async () => {
  await using project = await lossyChange();
  await settings(project, "impact: {max_row_loss: 1, time_limit_seconds: 0.0001}");
  const outcome = await deploy(project);
  expect(outcome).toMatchObject({ reason: "impact", production: "unchanged" });
  expect(outcome.sentence).toMatch(/could not be measured: it took longer than 0.0001 seconds/);
});

test("outside its windows prod is left alone; a run fills it all the same", async () => {
  await using project = await lossyChange();
  await settings(project, "windows: [{from: '02:00', to: '04:00', timezone: Europe/Berlin}]");
  const outcome = await deploy(project);
  expect(outcome).toMatchObject({ reason: "window-closed", production: "unchanged", stepsDone: 0 });
  expect(outcome.sentence).toContain("The next window opens 2024-01-11 02:00 Europe/Berlin.");
  expect((await deploy(project, [], "dev")).reason).toBe("applied");
  const tomorrow = wednesdayNoon + 86_400_000;
  const run = await within(project, (context) => context.run("prod", { skipJanitor: true }), tomorrow);
  expect(run.reason).toBe("applied");
  const night = Date.UTC(2024, 0, 12, 1, 30);
  const applied = await within(
    project,
    async (context) => context.apply(await context.plan("prod", { skipTests: true })),
    night,
  );
  expect(applied.reason).toBe("applied");
});

test("who may override is said by name, why by whoever does", async () => {
  await using project = await lossyChange();
  await settings(
    project,
    "freezes: [{from: 2024-01-01, to: 2024-01-31, reason: inventory}]\noverrides: {freeze: [alice]}",
  );
  const leave = (more: Partial<Override>): Override => ({
    fuse: "freeze",
    reason: "hotfix",
    by: "alice",
    ...more,
  });
  expect((await deploy(project, [leave({ fuse: "impact" })])).sentence).toContain(
    "prod is frozen until 2024-02-01 00:00 UTC: inventory. Apply again when it is open, or override freeze with a reason.",
  );
  await expect(deploy(project, [leave({ by: "bob" })])).rejects.toThrow("bob may not override freeze");
  await expect(deploy(project, [leave({ reason: " " })])).rejects.toThrow("needs a reason");
  await expect(deploy(project, [leave({ fuse: "audits" as "freeze" })])).rejects.toThrow(
    "no fuse that can be",
  );
  expect(await deploy(project, [leave({})])).toMatchObject({ reason: "applied", overrides: [leave({})] });
});

test("the command line shows fuses, stops with their exit code, and takes an override", async () => {
  await using project = await lossyChange();
  await settings(project, "impact: {max_row_loss: 0.1}");
  const run = (...words: string[]) =>
    sluice([...words, "--paths", project.path], {
      env: { SLUICE_NOW: "2024-01-10T12:00:00Z", USER: "carol" },
    });
  const shown = await run("plan", "--skip-tests");
  expect(shown.stdout).toContain(
    "Fuses:\n  Measured right before the switch: rows may become fewer by at most 10 %.",
  );
  const stopped = await run("plan", "--skip-tests", "--auto-apply");
  expect([stopped.code, stopped.stdout.includes("Beyond its limit: shop.orders: 3 rows become 2")]).toEqual([
    4,
    true,
  ]);
  const passed = await run(
    "plan",
    "--skip-tests",
    "--auto-apply",
    "--override",
    "impact",
    "--reason",
    "agreed",
  );
  expect([passed.code, passed.stdout.includes("Overridden by carol: impact. Reason: agreed")]).toEqual([
    0,
    true,
  ]);
});
