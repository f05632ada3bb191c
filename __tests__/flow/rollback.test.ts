/** The way back on a real warehouse: one switch, no backfill, and a sentence for all that cannot come back. */
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { applyPlan } from "../../src/apply/apply.ts";
import { Context, type PlanOptions } from "../../src/context.ts";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { PlanDocument } from "../../src/plan/plan.ts";
import { Plan } from "../../src/plan/reviewed-plan.ts";
import { openState } from "../../src/state/sql-state.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";
import { dyingEngine } from "./apply/dying-engine.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 8);

async function at<T>(
  project: SmallProject,
  days: number,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  await using context = new Context({
    paths: [project.path],
    env: {},
    now: () => start + days * day,
    owner: "test",
  });
  return await work(context);
}

async function deploy(project: SmallProject, days = 0, environment = "prod", options: PlanOptions = {}) {
  const outcome = await at(project, days, async (context) =>
    context.apply(await context.plan(environment, { skipTests: true, ...options })),
  );
  expect(outcome.reason).toBe("applied");
}

const orders = shop["models/orders.sql"] ?? "";
const change = (project: SmallProject, factor: number) =>
  project.write({ "models/orders.sql": orders.replace("o.amount::", `(o.amount * ${factor})::`) });

const revenue = async (project: SmallProject, schema = "shop") =>
  (await project.sql(`SELECT SUM(revenue) AS sum FROM ${schema}.revenue`))[0]?.["sum"];

/** prod at version 2: every amount doubled, revenue of shops with a model more. */
async function twoVersions(): Promise<SmallProject> {
  const project = await smallProject();
  await deploy(project);
  await change(project, 2);
  await project.write({
    "models/extra.sql": "MODEL (name shop.extra, kind VIEW);\nSELECT COUNT(*) AS n FROM shop.orders",
  });
  await deploy(project);
  expect(await revenue(project)).toBe(44);
  return project;
}

test("one switch goes back, another one forth again", async () => {
  await using project = await twoVersions();
  const plan = await at(project, 0, (context) => context.rollback("prod"));
  const document = plan.toJSON();
  expect(document.models.map(({ name, change }) => [name, change])).toEqual([
    ["shop.extra", "removed"],
    ["shop.orders", "directly_modified"],
    ["shop.revenue", "indirectly_modified"],
  ]);
  expect(document.models[1]?.diff).toContain("-  (o.amount * 2)::DOUBLE".slice(3));
  expect(document.steps.map(({ kind }) => kind)).toEqual([
    "ensure-schema",
    "ensure-schema",
    "switch",
    "finalise",
  ]);
  // A plan like any other: it may be reviewed and applied elsewhere.
  const reviewed = Plan.from(JSON.stringify(document));
  const outcome = await at(project, 0, (context) => context.apply(reviewed));
  expect(outcome).toMatchObject({ reason: "applied", environmentVersion: 3 });
  expect(await revenue(project)).toBe(22);
  await expect(project.sql("SELECT * FROM shop.extra")).rejects.toThrow();
  expect((await at(project, 0, (context) => context.apply(reviewed))).reason).toBe("already-applied");

  // The project still says what was rolled back: a plan shows it, and nothing is computed to have it again.
  const again = await at(project, 0, (context) => context.plan("prod", { skipTests: true }));
  expect(again.requiresBackfill).toBe(false);

  const forth = await at(project, 0, async (context) => context.apply(await context.rollback("prod")));
  expect(forth).toMatchObject({ reason: "applied", environmentVersion: 4 });
  expect(await revenue(project)).toBe(44);
  expect(await project.sql("SELECT n FROM shop.extra")).toEqual([{ n: "3" }]);
  const unchanged = await at(project, 0, (context) => context.plan("prod", { skipTests: true }));
  expect(unchanged.toJSON().hasChanges).toBe(false);
});

test("cadence runs are gone over, and what they computed is told", async () => {
  await using project = await twoVersions();
  for (const days of [1, 2])
    expect((await at(project, days, (context) => context.run("prod"))).reason).toBe("applied");
  const plan = await at(project, 2, (context) => context.rollback("prod"));
  expect(plan.toJSON().rollback?.version).toBe(1);
  expect(plan.toJSON().warnings).toEqual([
    { code: "rollback-behind", text: expect.stringContaining("shop.orders (up to 2024-01-08 00:00)") },
  ]);
  expect((await at(project, 2, (context) => context.apply(plan))).reason).toBe("applied");
  const run = await at(project, 2, (context) => context.run("prod"));
  expect(run.reason).toBe("applied");
  expect(await revenue(project)).toBe(22);
});

test("a version is named by its number, and refused in a sentence when it cannot be", async () => {
  await using project = await twoVersions();
  await change(project, 3);
  await deploy(project);
  const plan = await at(project, 0, (context) => context.rollback("prod", { to: 1 }));
  expect(plan.toJSON().environment).toMatchObject({ from: 3, to: 4 });
  await at(project, 0, (context) => context.apply(plan));
  expect(await revenue(project)).toBe(22);
  const refused = (to: number) => at(project, 0, (context) => context.rollback("prod", { to }));
  await expect(refused(9)).rejects.toThrow("prod has no former version 9");
  await expect(refused(4)).rejects.toThrow("prod is at version 4 now");
  await expect(refused(1)).rejects.toThrow("shows what prod shows now");
  await expect(at(project, 0, (context) => context.rollback("nowhere"))).rejects.toThrow("does not exist");
});

test("nothing to go back to", async () => {
  await using project = await smallProject();
  await deploy(project);
  await expect(at(project, 0, (context) => context.rollback())).rejects.toThrow("no earlier version");
});

test("what is gone is listed, and nothing is touched", async () => {
  await using project = await twoVersions();
  const [table] = await project.sql(
    `SELECT table_name AS t FROM information_schema.tables t JOIN sluice._snapshots s ON starts_with(s.name, 'shop.revenue')
     AND t.table_name = 'shop__revenue__' || s.version WHERE s.unpaused_at IS NULL`,
  );
  await project.sql(`DROP TABLE sluice__shop."${table?.["t"]}"`);
  await expect(at(project, 0, (context) => context.rollback())).rejects.toMatchObject({
    code: "PLAN_REFUSED",
    message: `prod cannot go back to version 1: shop.revenue (its table sluice__shop.${table?.["t"]} is gone)`,
  });
});

test("after the clean-up the refusal says so", async () => {
  await using project = await twoVersions();
  await at(project, 8, (context) => context.clean());
  await expect(at(project, 8, (context) => context.rollback())).rejects.toThrow(
    "prod has no earlier version to go back to: those before 2 were cleaned up",
  );
});

test("a table that another definition changed in place is no way back; history computed again is told", async () => {
  await using project = await smallProject();
  await deploy(project);
  await change(project, 2);
  await deploy(project, 1, "prod", { forwardOnly: true });
  await expect(at(project, 1, (context) => context.rollback())).rejects.toThrow(
    /shop\.orders \(its table was since changed in place/,
  );

  await using other = await twoVersions();
  await other.write({ "models/more.sql": "MODEL (name shop.more, kind FULL);\nSELECT 1 AS one" });
  await deploy(other);
  await deploy(other, 0, "prod", { restateModels: ["shop.orders"], start: "2024-01-01", end: "2024-01-02" });
  const plan = await at(other, 0, (context) => context.rollback("prod"));
  expect(plan.toJSON().models.map(({ name }) => name)).toEqual(["shop.more"]);
  expect(plan.toJSON().warnings.map(({ code, text }) => [code, text.includes("shop.orders")])).toEqual([
    ["rollback-keeps-restated", true],
  ]);
});

test("a development environment goes back to what its plan showed", async () => {
  await using project = await smallProject();
  await deploy(project);
  await change(project, 2);
  await deploy(project, 0, "dev");
  await change(project, 3);
  await deploy(project, 0, "dev");
  expect(await revenue(project, "shop__dev")).toBe(66);
  const outcome = await at(project, 0, async (context) => context.apply(await context.rollback("dev")));
  expect(outcome.reason).toBe("applied");
  expect([await revenue(project, "shop__dev"), await revenue(project)]).toEqual([44, 22]);
});

test("a rollback of a moved environment is planned again, and refused when it would do something else", async () => {
  await using project = await twoVersions();
  const plan = await at(project, 0, (context) => context.rollback("prod"));
  await at(project, 1, (context) => context.run("prod"));
  const other = await at(project, 1, (context) => context.rollback("prod"));
  await change(project, 3);
  await deploy(project, 1);
  const refused = await at(project, 1, (context) => context.apply(other));
  expect(refused).toMatchObject({ reason: "stale", production: "unchanged" });
  expect(await revenue(project)).toBe(66);
  await at(project, 1, async (context) => context.apply(await context.rollback("prod")));
  expect((await at(project, 1, (context) => context.apply(plan))).reason).toBe("applied");
  expect(await revenue(project)).toBe(22);
});

test("the breaker stops it like any apply", async () => {
  await using project = await twoVersions();
  const outcome = await at(project, 0, async (context) =>
    context.apply(await context.rollback("prod"), { circuitBreaker: () => false }),
  );
  expect([outcome.reason, await revenue(project)]).toEqual(["breaker-open", 44]);
});

test("whatever moment it ends at, readers see one version, and the next run finishes it", async () => {
  await using project = await twoVersions();
  const plan = (await at(project, 0, (context) => context.rollback("prod"))).toJSON();
  const file = join(project.path, "rollback.json");
  await writeFile(file, JSON.stringify(plan));
  const whole = [
    { sum: 44, extra: 1 },
    { sum: 22, extra: 0 },
  ];
  let commits = 0;
  {
    await using engine = await copied(project, "undisturbed");
    const counting = dyingEngine(engine, 0, () => {});
    expect((await run(counting.engine, plan)).reason).toBe("applied");
    expect(await look(engine)).toEqual(whole[1]);
    commits = counting.commits();
  }
  for (let moment = 1; moment <= commits; moment++) {
    await using engine = await copied(project, `lost-${moment}`);
    const outcome = await run(dyingEngine(engine, moment, () => {}).engine, plan);
    expect([moment, await look(engine)]).toEqual([moment, whole[outcome.production === "switched" ? 1 : 0]]);
    expect([moment, (await run(engine, plan)).reason]).toEqual([moment, expect.stringMatching(/applied$/)]);
    expect([moment, await look(engine)]).toEqual([moment, whole[1]]);
  }
  const script = fileURLToPath(new URL("./apply/killed-apply.ts", import.meta.url));
  const database = await copy(project, "killed");
  const child = spawnSync(process.execPath, [script, database, file, String(commits - 3)], {
    stdio: "inherit",
  });
  expect(child.signal).toBe("SIGKILL");
  await using engine = await openDuckdb({ type: "duckdb", database }, { directory: "/" });
  expect(whole).toContainEqual(await look(engine));
  expect((await run(engine, plan)).reason).toMatch(/applied$/);
  expect(await look(engine)).toEqual(whole[1]);
});

async function look(engine: Engine): Promise<unknown> {
  const [sum] = await engine.query("SELECT SUM(revenue) AS sum FROM shop.revenue");
  const [extra] = await engine.query(
    "SELECT COUNT(*) AS n FROM duckdb_views() WHERE view_name = 'extra' AND schema_name = 'shop'",
  );
  return { sum: sum?.["sum"], extra: extra?.["n"] };
}

async function run(engine: Engine, plan: PlanDocument) {
  const state = await openState(engine, { tool: "0.0.0" });
  return applyPlan(plan, { engine, state, now: () => start, owner: "test", emit: () => {} });
}

async function copied(project: SmallProject, folder: string): Promise<Engine> {
  return openDuckdb({ type: "duckdb", database: await copy(project, folder) }, { directory: "/" });
}

/** Into a folder of its own, under the same name: views name the catalog, and that is the file's name. */
async function copy(project: SmallProject, folder: string): Promise<string> {
  await mkdir(join(project.path, folder));
  const database = join(project.path, folder, basename(project.database));
  await copyFile(project.database, database);
  await rm(`${database}.wal`, { force: true });
  return database;
}
