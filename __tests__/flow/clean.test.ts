/** The clean-up on a real warehouse: what goes, what stays, and what may not run beside it. */
import { expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import { prod } from "../../src/environment/naming.ts";
import { cleaning } from "../../src/state/clean-lock.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 8, 6);

/** A context at so many days after the start; `work` runs within it. */
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

const applied = async (context: Context, environment: string) => {
  const outcome = await context.apply(await context.plan(environment, { skipTests: true }));
  expect(outcome.reason).toBe("applied");
};

const change = (project: SmallProject, factor: number) =>
  project.write({
    "models/orders.sql": (shop["models/orders.sql"] ?? "").replace("o.amount::", `(o.amount * ${factor})::`),
  });

const tables = async (project: SmallProject) =>
  (
    await project.sql(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_schema <> 'sluice' ORDER BY 1`,
    )
  ).map((row) => String(row["name"]).replace(/__[a-z2-7]{13}/, "__…"));

/** Objects whose looks are noted, without their identifiers. */
const noted = async (project: SmallProject) =>
  (await project.sql("SELECT object FROM sluice._shapes ORDER BY 1")).map((row) =>
    String(row["object"]).replace(/__[a-z2-7]{13}/, "__…"),
  );

/** prod, and a development environment that expired with everything it built. */
async function shopWithOldDev(): Promise<SmallProject> {
  const project = await smallProject();
  await at(project, 0, (context) => applied(context, "prod"));
  await change(project, 2);
  await at(project, 0, (context) => applied(context, "dev"));
  await project.write(shop);
  return project;
}

const live = ["raw.orders", "shop.orders", "shop.revenue", "sluice__shop.shop__orders__…"];

test("an expired environment goes with its schemas and tables; prod stays", async () => {
  await using project = await shopWithOldDev();
  const before = await tables(project);
  const looks = await noted(project);
  const dry = await at(project, 8, (context) => context.clean({ dryRun: true }));
  expect([await tables(project), await noted(project)]).toEqual([before, looks]);

  const report = await at(project, 8, (context) => context.clean());
  expect({ ...report, dryRun: true, compactedIntervals: 0 }).toEqual(dry);
  expect(report.environments).toEqual([
    {
      name: "dev",
      version: 1,
      views: ["shop__dev.orders", "shop__dev.revenue", "sluice__dev.sluice__pointer"],
      schemas: ["shop__dev", "sluice__dev"],
      keptSchemas: [],
      failures: [],
    },
  ]);
  expect(report.snapshots.map(({ name, tables }) => [name, tables.length])).toEqual([
    ["shop.orders", 1],
    ["shop.revenue", 1],
  ]);
  expect(await tables(project)).toEqual([...live, "sluice__shop.shop__revenue__…"]);
  expect(looks).toHaveLength(4);
  expect(await noted(project)).toEqual(["sluice__shop.shop__orders__…", "sluice__shop.shop__revenue__…"]);
  expect(await project.sql("SELECT SUM(revenue) AS sum FROM shop.revenue")).toEqual([{ sum: 22 }]);
  const schemas = await project.sql(
    "SELECT schema_name AS s FROM duckdb_schemas() WHERE schema_name LIKE '%__dev'",
  );
  expect(schemas).toEqual([]);

  const again = await at(project, 8, (context) => context.clean());
  expect([again.environments, again.snapshots, again.failures]).toEqual([[], [], []]);
  // What is gone from the warehouse is gone from the state: it is built again when it is wanted again.
  await change(project, 2);
  await at(project, 8, (context) => applied(context, "dev"));
  expect(await project.sql("SELECT SUM(amount) AS sum FROM shop__dev.orders")).toEqual([{ sum: 44 }]);
});

test("what others put into a schema stays, and so does the schema", async () => {
  await using project = await shopWithOldDev();
  await project.sql("CREATE TABLE shop__dev.notes (a INT); CREATE SEQUENCE sluice__dev.numbers");
  const dry = await at(project, 8, (context) => context.clean({ dryRun: true }));
  const report = await at(project, 8, (context) => context.clean());
  expect(report.environments[0]).toMatchObject({
    schemas: [],
    keptSchemas: [
      { schema: "shop__dev", holds: ["notes"] },
      { schema: "sluice__dev", holds: ["numbers"] },
    ],
  });
  expect(dry.environments).toEqual(report.environments);
  expect(await project.sql("SELECT COUNT(*) AS n FROM shop__dev.notes")).toEqual([{ n: "0" }]);
});

test("a table under the name of a view is somebody else's", async () => {
  await using project = await shopWithOldDev();
  await project.sql("DROP VIEW shop__dev.orders; CREATE TABLE shop__dev.orders (a INT)");
  const report = await at(project, 8, (context) => context.clean());
  expect(report.environments[0]?.keptSchemas).toEqual([{ schema: "shop__dev", holds: ["orders"] }]);
  expect(report.failures).toEqual([]);
});

test("an environment that cannot be removed stays on record and does not keep the rest", async () => {
  await using project = await shopWithOldDev();
  await change(project, 3);
  await at(project, 0, (context) => applied(context, "other"));
  await at(project, 8, (context) =>
    context.inspect(async (engine) => {
      const run = engine.statements.dropSchema;
      Object.assign(engine.statements, {
        dropSchema: (schema: { schema?: string }) =>
          schema.schema === "shop__dev" ? "SELECT * FROM nowhere" : run(schema),
      });
      const report = await context.clean();
      expect(report.failures).toMatchObject([{ what: "dev", message: expect.stringContaining("nowhere") }]);
      expect(report.environments.map(({ name, failures }) => [name, failures.length])).toEqual([
        ["dev", 1],
        ["other", 0],
      ]);
      expect((await context.environments()).map(({ name }) => name)).toEqual(["dev", "prod"]);
      // Its versions are still needed.
      expect(report.snapshots.length).toBe(2);
    }),
  );
});

test("a version that left production stays for its time to live from then on", async () => {
  await using project = await smallProject();
  await at(project, 0, (context) => applied(context, "prod"));
  await change(project, 2);
  await at(project, 20, (context) => applied(context, "prod"));
  const count = async (days: number, ignoreTtl = false) =>
    (await at(project, days, (context) => context.clean({ dryRun: true, ignoreTtl }))).snapshots.length;
  expect(await count(26)).toBe(0);
  expect(await count(28)).toBe(2);
  expect(await count(20, true)).toBe(2);
});

test("invalidate with sync removes the environment, not its versions", async () => {
  await using project = await shopWithOldDev();
  await at(project, 1, (context) => context.invalidate("dev", { sync: true }));
  const left = await tables(project);
  expect(left.filter((name) => name.includes("__dev."))).toEqual([]);
  expect(left.filter((name) => name.startsWith("sluice__shop.shop__orders"))).toHaveLength(2);
  await expect(at(project, 1, (context) => context.invalidate("dev"))).rejects.toThrow(/does not exist/);
});

test("a run of prod cleans up first; one that is told not to does not", async () => {
  await using project = await shopWithOldDev();
  const names = () =>
    at(project, 9, async (context) => (await context.environments()).map(({ name }) => name));
  await at(project, 8, (context) => context.run("prod", { skipJanitor: true }));
  expect(await names()).toEqual(["dev", "prod"]);
  expect((await at(project, 9, (context) => context.run("prod"))).reason).toBe("applied");
  expect(await names()).toEqual(["prod"]);
});

test("neither runs beside the other", async () => {
  await using project = await shopWithOldDev();
  await at(project, 8, async (context) => {
    await context.inspect(async (_, state) => {
      {
        await using _busy = await state.lock(prod, "an apply", { wait: 0 });
        await expect(context.clean({ lockWait: 0 })).rejects.toMatchObject({
          code: "LOCK_HELD",
          message: expect.stringContaining("an apply"),
        });
        expect((await context.clean({ dryRun: true })).environments).toHaveLength(1);
      }
      await change(project, 5);
      const plan = await context.plan("prod", { skipTests: true });
      {
        await using _busy = await state.lock(cleaning, "a clean-up", { wait: 0 });
        expect((await context.apply(plan, { lockWait: 0 })).reason).toBe("locked");
      }
      expect((await context.apply(plan, { lockWait: 0 })).reason).toBe("applied");
    });
  });
});

test("the past beyond the time to go back is forgotten, the way back is not", async () => {
  await using project = await smallProject();
  await at(project, 0, (context) => applied(context, "prod"));
  for (const days of [1, 2]) {
    await project.sql(`INSERT INTO raw.orders VALUES (${days + 10}, 'c', 1, '2024-01-0${days + 7}')`);
    await at(project, days, (context) => context.run("prod"));
  }
  await change(project, 2);
  await at(project, 3, (context) => applied(context, "prod"));

  // Within the window everything is needed.
  const early = await at(project, 3, (context) => context.clean());
  expect(early.pruned).toEqual({ environmentRecords: 0, ledgerEntries: 0, planDocuments: 0, journalRows: 0 });

  const dry = await at(project, 9.5, (context) => context.clean({ dryRun: true }));
  expect(dry.pruned).toMatchObject({ environmentRecords: 2, ledgerEntries: 0, planDocuments: 2 });
  expect(dry.pruned.journalRows).toBeGreaterThan(2);
  const report = await at(project, 9.5, (context) => context.clean());
  expect(report.pruned).toEqual(dry.pruned);
  expect(await project.sql("SELECT version FROM sluice._environments ORDER BY 1")).toEqual([
    { version: "3" },
    { version: "4" },
  ]);
  expect(
    await project.sql("SELECT COUNT(*)::INT AS n, COUNT(plan)::INT AS plans FROM sluice._ledger"),
  ).toEqual([{ n: 4, plans: 2 }]);
  await at(project, 9.5, async (context) => {
    expect((await context.status()).ledger).toHaveLength(4);
    expect((await context.apply(await context.rollback("prod"))).reason).toBe("applied");
  });
  const again = await at(project, 9.5, (context) => context.clean());
  expect(again.pruned).toEqual({ environmentRecords: 0, ledgerEntries: 0, planDocuments: 0, journalRows: 0 });
});
