/** What somebody changed by hand in the warehouse: named by status, put right by the next plan, step by step. */
import { expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

const now = Date.UTC(2024, 0, 4, 6);

async function open<T>(project: SmallProject, work: (context: Context) => Promise<T>): Promise<T> {
  await using context = new Context({ paths: [project.path], env: {}, now: () => now, owner: "test" });
  return await work(context);
}

async function live(): Promise<SmallProject> {
  const project = await smallProject({
    ...shop,
    "models/top.sql":
      "MODEL (name shop.top, kind VIEW);\n\nSELECT shop FROM shop.revenue WHERE revenue > 10\n",
  });
  await open(project, async (context) => {
    expect((await context.apply(await context.plan("prod"))).reason).toBe("applied");
  });
  return project;
}

/** Physical name of a model, as SQL text. */
async function tableOf(project: SmallProject, model: string): Promise<string> {
  const [row] = await project.sql(
    `SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'sluice__shop' AND table_name LIKE 'shop__${model}__%'`,
  );
  return `sluice__shop.${row?.["t"]}`;
}

const found = (project: SmallProject) =>
  open(project, async (context) => {
    const { drift } = await context.status();
    expect(drift.unchecked).toBeNull();
    return drift.findings.map(({ kind, model, repair }) => [kind, model, repair]);
  });

test("nothing was changed", async () => {
  await using project = await live();
  expect(await found(project)).toEqual([]);
  await open(project, async (context) => {
    expect((await context.plan("prod")).toJSON().steps).toEqual([]);
  });
});

test("views that were replaced, dropped or pointed elsewhere are set right by the plan's switch", async () => {
  await using project = await live();
  const rows = await project.sql("SELECT * FROM shop.revenue ORDER BY 1");
  await project.sql(`CREATE OR REPLACE VIEW shop.revenue AS SELECT 'x' AS shop, 1.0::DOUBLE AS revenue;
    CREATE OR REPLACE VIEW shop.orders AS SELECT * FROM raw.orders;
    DROP VIEW shop.top; DROP VIEW sluice.sluice__pointer`);
  expect(await found(project)).toEqual([
    ["pointer-missing", null, "plan"],
    ["view-changed", "shop.orders", "plan"],
    ["view-changed", "shop.revenue", "plan"],
    ["view-missing", "shop.top", "plan"],
  ]);
  await open(project, async (context) => {
    const { drift } = await context.status();
    expect(drift.findings.map(({ text }) => text)[1]).toMatch(
      /^its view shop\.orders was changed by hand: it shows raw\.orders instead of sluice__shop\./,
    );
  });
  await open(project, async (context) => {
    const plan = await context.plan("prod");
    const { models, steps, hasChanges, warnings } = plan.toJSON();
    expect(hasChanges).toBe(true);
    expect(
      models.map(({ name, change, reasons }) => [name, change, reasons.map(({ code }) => code)]),
    ).toEqual([
      ["shop.orders", "unmodified", ["drift"]],
      ["shop.revenue", "unmodified", ["drift"]],
      ["shop.top", "unmodified", ["drift"]],
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(["drift"]);
    expect(steps.map(({ kind }) => kind)).toEqual(["ensure-schema", "ensure-schema", "switch", "finalise"]);
    expect(steps.find(({ kind }) => kind === "switch")?.sentence).toBe(
      "Switch prod: set 3 views right that were changed by hand, all at once",
    );
    expect((await context.apply(plan)).reason).toBe("applied");
  });
  expect(await project.sql("SELECT * FROM shop.revenue ORDER BY 1")).toEqual(rows);
  expect(await project.sql("SELECT * FROM shop.top")).toEqual([{ shop: "a" }]);
  expect(await found(project)).toEqual([]);
});

test("a table that is gone is computed again, and a physical view made again", async () => {
  await using project = await live();
  const rows = await project.sql("SELECT * FROM shop.revenue ORDER BY 1");
  const [orders, revenue, top] = [
    await tableOf(project, "orders"),
    await tableOf(project, "revenue"),
    await tableOf(project, "top"),
  ];
  await project.sql(`DROP TABLE ${orders}; DROP TABLE ${revenue}; DROP VIEW ${top}`);
  expect(await found(project)).toEqual([
    ["table-missing", "shop.orders", "plan"],
    ["table-missing", "shop.revenue", "plan"],
    ["table-missing", "shop.top", "plan"],
  ]);
  await open(project, async (context) => {
    const plan = await context.plan("prod");
    expect(
      plan
        .toJSON()
        .models.map(({ name, intervals, reasons }) => [name, intervals.length > 0, reasons[0]?.code]),
    ).toEqual([
      ["shop.orders", true, "drift"],
      ["shop.revenue", true, "drift"],
      ["shop.top", true, "drift"],
    ]);
    expect((await context.apply(plan)).reason).toBe("applied");
  });
  expect(await project.sql("SELECT * FROM shop.revenue ORDER BY 1")).toEqual(rows);
  expect(await project.sql("SELECT * FROM shop.top")).toEqual([{ shop: "a" }]);
  expect(await found(project)).toEqual([]);
});

test("a rebuild that is stopped in the middle is not taken for a whole table, and half a rebuild is refused", async () => {
  await using project = await smallProject({
    ...shop,
    "models/orders.sql": (shop["models/orders.sql"] ?? "").replace(
      "(time_column ds)",
      "(time_column ds, batch_size 1)",
    ),
  });
  await open(project, async (context) => context.apply(await context.plan("prod")));
  await project.sql(`DROP TABLE ${await tableOf(project, "orders")}`);
  await open(project, async (context) => {
    await expect(context.plan("prod", { skipBackfill: true })).rejects.toMatchObject({
      code: "PLAN_REFUSED",
      message: expect.stringMatching(/ of shop\.orders is gone, and this plan does not compute it$/),
    });
    const plan = await context.plan("prod");
    const { steps } = plan.toJSON();
    expect(steps.map(({ kind }) => kind).filter((kind) => kind !== "ensure-schema")).toEqual([
      "clear-intervals",
      "create-table",
      "backfill",
      "backfill",
      "backfill",
      "switch",
      "finalise",
    ]);
    const backfilled: string[] = [];
    const outcome = await context.apply(plan, {
      circuitBreaker: () => backfilled.length === 0,
      // Stopped after the first batch, not after those that would share its commit.
      sharedCommits: 0,
      onEvent: (event) => {
        if (event.kind === "step-finished" && event.step.kind === "backfill") backfilled.push(event.step.id);
      },
    });
    expect(outcome).toMatchObject({ reason: "breaker-open", production: "unchanged" });
  });
  const rows = async (): Promise<number> => {
    const [row] = await project.sql(`SELECT COUNT(*)::INT AS n FROM ${await tableOf(project, "orders")}`);
    return Number(row?.["n"]);
  };
  expect(await rows()).toBeLessThan(3);
  // What is left counts as due, whether the plan goes on or a cadence run comes first.
  await open(project, async (context) => {
    expect((await context.run("prod")).reason).toBe("applied");
  });
  expect(await rows()).toBe(3);
});

test("what somebody has to decide is named: other columns, a table under a view's name", async () => {
  await using project = await live();
  const [orders, revenue] = [await tableOf(project, "orders"), await tableOf(project, "revenue")];
  await project.sql(`ALTER TABLE ${orders} RENAME COLUMN amount TO total; ALTER TABLE ${revenue} ADD COLUMN note VARCHAR;
    DROP VIEW shop.top; CREATE TABLE shop.top AS SELECT 1 AS one`);
  const findings = await open(project, async (context) => (await context.status()).drift.findings);
  expect(
    findings.map(({ kind, text, repair }) => [kind, text.replace(/__[a-z2-7]{13}/, ""), repair]),
  ).toEqual([
    ["table-changed", "its table sluice__shop.shop__orders was changed by hand: it has lost amount", "hand"],
    ["table-changed", "its table sluice__shop.shop__revenue was changed by hand: it has gained note", "hand"],
    ["view-is-table", "a table stands under the name of its view shop.top", "hand"],
  ]);
  await open(project, async (context) => {
    await expect(context.plan("prod")).rejects.toMatchObject({
      code: "PLAN_REFUSED",
      message: "a table stands under the name of its view shop.top",
    });
  });
});

test("a history that cannot be computed again is refused by name", async () => {
  await using project = await smallProject({
    ...shop,
    "models/log.sql":
      "MODEL (name shop.log, kind INCREMENTAL_UNMANAGED);\n\nSELECT o.shop::VARCHAR AS shop FROM raw.orders AS o\n",
  });
  await open(project, async (context) => context.apply(await context.plan("prod")));
  await project.sql(`DROP TABLE ${await tableOf(project, "log")}`);
  await open(project, async (context) => {
    await expect(context.plan("prod")).rejects.toMatchObject({
      code: "PLAN_REFUSED",
      message: expect.stringMatching(/^the table sluice__shop\.shop__log__\w+ of shop\.log is gone/),
    });
  });
});

test("what a model does to its own view is no drift", async () => {
  await using project = await smallProject({
    ...shop,
    "models/revenue.sql": `${shop["models/revenue.sql"]};

ON_VIRTUAL_UPDATE_BEGIN;
CREATE OR REPLACE VIEW @this_model AS SELECT 'hidden' AS shop, 1.0::DOUBLE AS revenue;
ON_VIRTUAL_UPDATE_END;
`,
  });
  await open(project, async (context) => context.apply(await context.plan("prod")));
  expect(await project.sql("SELECT shop FROM shop.revenue")).toEqual([{ shop: "hidden" }]);
  expect(await found(project)).toEqual([]);
});

test("however many models there are, the catalogs are asked the same number of times", async () => {
  const asked = async (models: number): Promise<number> => {
    const names = Array.from({ length: models }, (_, n) => `v${n}`);
    await using project = await smallProject(
      Object.fromEntries(
        names.map((name) => [
          `models/${name}.sql`,
          `MODEL (name shop.${name}, kind FULL);\n\nSELECT 1 AS one\n`,
        ]),
      ),
    );
    await open(project, async (context) => context.apply(await context.plan("prod")));
    return await open(project, async (context) => {
      let queries = 0;
      await context.inspect(async (engine) => {
        const query = engine.query.bind(engine);
        engine.query = (sql, values) => {
          queries++;
          return query(sql, values);
        };
      });
      expect((await context.status()).drift).toEqual({ unchecked: null, findings: [] });
      return queries;
    });
  };
  expect(await asked(12)).toBe(await asked(2));
});

test("a development environment looks at its own tables, and is not looked at while it moves", async () => {
  await using project = await live();
  await project.write({
    "models/revenue.sql": (shop["models/revenue.sql"] ?? "").replace("SUM(o.amount)", "SUM(o.amount * 2)"),
  });
  await open(project, async (context) => context.apply(await context.plan("dev", { skipTests: true })));
  await project.sql("CREATE OR REPLACE VIEW shop__dev.revenue AS SELECT 1 AS one");
  await open(project, async (context) => {
    const { drift } = await context.status("dev");
    expect(drift.findings.map(({ kind, object }) => [kind, object])).toEqual([
      ["view-changed", "shop__dev.revenue"],
    ]);
    await context.inspect(async (_, state) => {
      await using _lock = await state.lock("dev" as never, "somebody", { wait: 0 });
      expect((await context.status("dev")).drift).toEqual({
        unchecked: "An apply holds the lock.",
        findings: [],
      });
    });
    expect((await context.status("nowhere")).drift.unchecked).toBe("The environment does not exist.");
  });
});
