/** Restatements of production: who else forgets, and what a crash in the middle leaves. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import type { ApplyEvent } from "../../src/plan/events.ts";
import type { PlanOptions } from "../../src/plan/options.ts";
import type { PlanDocument } from "../../src/plan/plan.ts";
import { type SmallProject, shop, smallProject } from "../support/small-project.ts";

const now = Date.UTC(2024, 0, 4);
let project: SmallProject;

beforeEach(async () => {
  project = await smallProject();
});
afterEach(() => project[Symbol.asyncDispose]());

async function within<T>(work: (context: Context) => Promise<T>): Promise<T> {
  await using context = new Context({ paths: [project.path], now: () => now, env: {} });
  return await work(context);
}

async function apply(environment: string, options: PlanOptions = {}, breaker?: () => boolean) {
  return within(async (context) => {
    const plan = await context.plan(environment, { skipTests: true, ...options });
    const events: ApplyEvent[] = [];
    const outcome = await context.apply(plan, {
      onEvent: (event) => events.push(event),
      ...(breaker === undefined ? {} : { circuitBreaker: breaker }),
    });
    const computed = events.flatMap((event) =>
      event.kind === "step-finished" && event.step.kind === "backfill" ? [event.step.id as string] : [],
    );
    return { plan, outcome, computed };
  });
}

/** Applies until so many batches have finished. */
async function stoppedAfter(batches: number, document: PlanDocument) {
  return within(async (context) => {
    const computed: string[] = [];
    const outcome = await context.apply(document, {
      onEvent: (event) => {
        if (event.kind === "step-finished" && event.step.kind === "backfill" && !event.already)
          computed.push(event.step.id);
      },
      circuitBreaker: () => computed.length < batches,
      // Stopped between two batches, not after those that would share a commit.
      sharedCommits: 0,
    });
    return { outcome, computed };
  });
}

test("a version that no environment has any more forgets the restated range as well", async () => {
  await apply("prod");
  const revenue = shop["models/revenue.sql"] as string;
  const doubled = { "models/revenue.sql": revenue.replace("SUM(o.amount)", "2 * SUM(o.amount)") };
  await project.write(doubled);
  await apply("dev");
  await within((context) => context.invalidate("dev", { sync: true }));
  await project.sql("UPDATE raw.orders SET amount = 100 WHERE id = 1");
  const { plan } = await apply("prod", { restateModels: ["shop.orders"] });
  expect(plan.document.steps.filter((step) => step.kind === "clear-intervals")).toHaveLength(1);
  expect((await apply("dev")).computed).toEqual([expect.stringMatching(/^backfill:shop\.revenue:/)]);
  expect(await project.sql("SELECT * FROM shop__dev.revenue ORDER BY shop")).toEqual([
    { shop: "a", revenue: 210 },
    { shop: "b", revenue: 14 },
  ]);
});

/** Kinds that are computed in batches and as a whole or not at all; each gives the ids and amounts of raw.orders. */
const wholeKinds = [
  "INCREMENTAL_BY_UNIQUE_KEY (unique_key id, batch_size 1)",
  "INCREMENTAL_BY_PARTITION",
  "INCREMENTAL_UNMANAGED (disable_restatement false)",
  "SCD_TYPE_2_BY_COLUMN (unique_key id, columns [amount], disable_restatement false)",
];

test.each(wholeKinds)("a history of kind %s, restated", async (kind) => {
  await project.write({
    "models/latest.sql": `MODEL (
  name shop.latest,
  kind ${kind},
  ${kind.includes("PARTITION") ? "partitioned_by id," : ""}
  start '2024-01-01',
  description 'the latest'
);
SELECT id, amount FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds
`,
  });
  await apply("prod");
  await project.sql("UPDATE raw.orders SET amount = amount + 1");
  const old = [
    { id: 1, amount: 10 },
    { id: 2, amount: 5 },
    { id: 3, amount: 7 },
  ];
  const seen = () => project.sql("SELECT id, amount FROM shop.latest ORDER BY id, amount");
  const { document } = await within((context) => context.plan("prod", { restateModels: ["shop.latest"] }));
  const batches = document.steps.filter((step) => step.kind === "backfill").length;
  const beside = document.steps.filter((step) => step.kind === "backfill" && step.beside === true).length;
  expect(beside).toBe(batches > 1 ? batches : 0);
  for (let stop = 1; stop < batches; stop++) {
    const { outcome, computed } = await stoppedAfter(1, document);
    expect([outcome.reason, computed.length]).toEqual(["breaker-open", 1]);
    expect(await seen()).toEqual(old);
  }
  const { outcome, computed } = await stoppedAfter(Number.POSITIVE_INFINITY, document);
  expect([outcome.reason, computed.length]).toEqual(["applied", 1]);
  expect(await seen()).toEqual(old.map((row) => ({ ...row, amount: row.amount + 1 })));
  expect(
    await project.sql(
      "SELECT table_name AS t FROM information_schema.tables WHERE table_name LIKE 'sluice\\_\\_%' ESCAPE '\\' AND table_name <> 'sluice__pointer'",
    ),
  ).toEqual([]);
  expect((await within((context) => context.run("prod"))).reason).toBe("nothing-to-do");
});

test("what a plan began to rebuild and nobody goes on with is dropped by the next plan of the table, or by the clean-up", async () => {
  await project.write({
    "models/latest.sql": `MODEL (name shop.latest, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id, batch_size 1), start '2024-01-01');
SELECT id, amount FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds
`,
  });
  await apply("prod");
  const left = async () =>
    (
      await project.sql(
        "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'sluice\\_\\_%' ESCAPE '\\' AND table_name <> 'sluice__pointer'",
      )
    ).length;
  const begin = async () => {
    const { document } = await within((context) => context.plan("prod", { restateModels: ["shop.latest"] }));
    expect((await stoppedAfter(1, document)).outcome.reason).toBe("breaker-open");
    return document;
  };
  const first = await begin();
  await begin();
  expect(await left()).toBe(1);
  // What the first one built is gone: it begins anew.
  expect((await stoppedAfter(2, first)).computed).toHaveLength(2);
  await within((context) => context.clean());
  expect(await left()).toBe(1);
  await within((context) => context.clean({ ignoreTtl: true }));
  expect(await left()).toBe(1);
  await project.write({ "models/other.sql": "MODEL (name shop.other, kind FULL);\nSELECT 1::INT AS n" });
  await apply("prod");
  await within((context) => context.clean());
  expect(await left()).toBe(0);
});

describe("a restatement that sluice.yaml asks for", () => {
  const asks = (entry: string) => project.write({ "sluice.yaml": `restate:\n  - ${entry}\n` });
  const amounts = async () =>
    (await project.sql("SELECT amount FROM shop.orders ORDER BY id")).map((row) => row["amount"]);

  test("rides with the next plan of prod, once, and in its digest", async () => {
    await apply("prod");
    await project.sql("UPDATE raw.orders SET amount = amount + 1");
    const before = await within((context) => context.plan("prod", { skipTests: true }));
    expect(before.document.steps).toEqual([]);
    await asks("{models: [shop.orders], start: 2024-01-02, end: 2024-01-02, reason: a wrong price}");
    const revenue = shop["models/revenue.sql"] as string;
    await project.write({ "models/revenue.sql": revenue.replace("SUM(o.amount)", "2 * SUM(o.amount)") });
    const { plan, outcome, computed } = await apply("prod");
    expect(outcome.reason).toBe("applied");
    expect(computed).toEqual([
      "backfill:shop.orders:2024-01-02/2024-01-03",
      expect.stringMatching(/^backfill:shop.revenue:/),
    ]);
    expect(plan.document.restatements.map(({ name }) => name as string)).toEqual([
      "shop.orders",
      "shop.revenue",
    ]);
    expect(plan.document.work).not.toBe(before.document.work);
    expect(await amounts()).toEqual([10, 6, 7]);
    const after = await within((context) => context.plan("prod", { skipTests: true }));
    expect([after.document.steps, after.document.restatements]).toEqual([[], []]);
    // Another reason asks for nothing new, another range does.
    await asks("{models: [shop.orders], start: 2024-01-02, end: 2024-01-02, reason: prices}");
    expect(
      (await within((context) => context.plan("prod", { skipTests: true }))).document.restatements,
    ).toEqual([]);
    await asks("{models: [shop.orders], start: 2024-01-03}");
    expect((await apply("prod")).computed[0]).toBe("backfill:shop.orders:2024-01-03/2024-01-04");
    expect(await amounts()).toEqual([10, 6, 8]);
  });

  test("leaves development alone, and a new model computes all of its history", async () => {
    await apply("prod");
    await project.sql("UPDATE raw.orders SET amount = amount + 1");
    await asks("{models: [shop.orders, shop.daily], start: 2024-01-03}");
    await project.write({
      "models/daily.sql": `MODEL (name shop.daily, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), start '2024-01-01');
SELECT ds, amount FROM shop.orders WHERE ds BETWEEN @start_ds AND @end_ds`,
    });
    expect(
      (await within((context) => context.plan("dev", { skipTests: true }))).document.restatements,
    ).toEqual([]);
    await apply("prod");
    expect(await project.sql("SELECT amount FROM shop.daily ORDER BY ds")).toEqual([
      { amount: 10 },
      { amount: 5 },
      { amount: 8 },
    ]);
  });

  test.each([
    ["{models: [shop.ordrs]}", /asked for by sluice.yaml names shop.ordrs, which is no model/],
    [
      "{models: [shop.orders], start: 2024-01-03, end: 2024-01-01}",
      /starts 2024-01-03, after its end 2024-01-01/,
    ],
    ["{models: [shop.orders], end: 2030-01-01}", /names 2030-01-01, which lies in the future/],
    ["{models: ['shop.*']}", /restate/],
    ["{models: [shop.orders], start: yesterday}", /restate/],
  ])("is refused in a sentence: %s", async (entry, sentence) => {
    await apply("prod");
    await asks(entry);
    await expect(within((context) => context.plan("prod", { skipTests: true }))).rejects.toThrow(sentence);
  });
});
