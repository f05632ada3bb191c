import { describe, expect, test } from "vitest";
import type { PlanOptions } from "../../../src/plan/options.ts";
import {
  aNode,
  fixtureNow,
  full,
  jan,
  PlanningWorld,
  summary,
  timeRange,
} from "../../support/planning-world.ts";
import type { ModelSample } from "../../support/snapshot-samples.ts";

const src = aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id" });
const inc = (sql = "SELECT id, ds FROM db.src", more: Partial<ModelSample> = {}) =>
  aNode({ name: "db.inc", kind: timeRange(), sql, dependsOn: ["db.src"], ...more });
const wider = "SELECT id, ds, 1 AS y FROM db.src";
const later = jan(11, 15);

function fixture(): PlanningWorld {
  const world = new PlanningWorld([src, inc()]);
  world.deploy();
  return world;
}

describe("what production has bounds a plan", () => {
  test("three days later, a changed and a new model are filled only as far as the others", () => {
    const fresh = aNode({
      name: "db.fresh",
      kind: full,
      sql: "SELECT id FROM db.src",
      dependsOn: ["db.src"],
    });
    const plan = fixture().edit(inc(wider), fresh).plan({ at: later });
    expect([summary(plan, "db.inc"), summary(plan, "db.fresh"), summary(plan, "db.src")]).toEqual([
      "NON_BREAKING new 1-8",
      "BREAKING new 1-8",
      "unmodified",
    ]);
  });

  test("with run everything is filled up to now", () => {
    const plan = fixture()
      .edit(inc(wider))
      .plan({ at: later, options: { run: true } });
    expect([summary(plan, "db.inc"), summary(plan, "db.src")]).toEqual([
      "NON_BREAKING new 1-11",
      "unmodified stored kept 8-11",
    ]);
  });

  test("a development start after that asks for the range up to now", () => {
    const plan = fixture()
      .edit(inc(wider))
      .plan({ environment: "dev", at: later, options: { start: "2023-01-09" } });
    expect(summary(plan, "db.inc")).toBe("NON_BREAKING new 9-11");
  });

  test("an explicit end takes the place of the bounds", () => {
    const plan = fixture()
      .edit(inc(wider))
      .plan({ environment: "dev", at: later, options: { start: "2023-01-05", end: "2023-01-09" } });
    expect(summary(plan, "db.inc")).toBe("NON_BREAKING new 5-10");
  });
});

describe("ranges of a development plan", () => {
  test.each([
    {
      why: "a day as the end includes that day",
      options: { start: "2023-01-03", end: "2023-01-05" },
      expected: "3-6",
    },
    {
      why: "a time as the end does not",
      options: { start: "2023-01-03", end: "2023-01-05 00:00:00" },
      expected: "3-5",
    },
    {
      why: "a relative start counts from the execution time",
      options: { start: "3 days ago" },
      expected: "5-8",
    },
    {
      why: "less than a day of a daily model is nothing",
      options: { start: "2023-01-03 00:00:00", end: "2023-01-03 01:00:00" },
      expected: "none",
    },
  ])("$why", ({ options, expected }) => {
    expect(summary(fixture().edit(inc(wider)).plan({ environment: "dev", options }), "db.inc")).toBe(
      `NON_BREAKING new ${expected}`,
    );
  });

  test("the execution time is an upper bound", () => {
    const plan = fixture()
      .edit(inc(wider))
      .plan({ environment: "dev", options: { executionTime: "2023-01-04" } });
    expect(summary(plan, "db.inc")).toBe("NON_BREAKING new 1-4");
  });

  test("a model that depends on its past cannot begin in the middle: dev table, and prod computes all", () => {
    const self = (sql: string) => aNode({ name: "db.sum", kind: timeRange(), sql, selfReferencing: true });
    const world = new PlanningWorld([self("SELECT id, ds FROM db.sum")]);
    world.deploy();
    const dev = world
      .edit(self("SELECT id + 1 AS id, ds FROM db.sum"))
      .deploy({ environment: "dev", options: { start: "2023-01-06" } });
    expect(dev.models.find((model) => model.name === "db.sum")).toMatchObject({
      deployable: false,
      representative: false,
      intervals: [[jan(6), jan(8)]],
    });
    expect(summary(world.plan(), "db.sum")).toBe("BREAKING stored 1-8");
  });

  test("min_intervals moves the start of a model back", () => {
    const weekly = inc(wider, { cron: "@weekly" });
    const plan = fixture()
      .edit(weekly)
      .plan({ environment: "dev", options: { start: "2023-01-08", minIntervals: 1, end: "2023-01-08" } });
    expect(plan.models.find((model) => model.name === "db.inc")?.intervals[0]?.[0]).toBe(jan(1));
  });
});

describe("partial intervals", () => {
  const partial = inc(undefined, { allowPartials: true });
  const due = (options: PlanOptions) => {
    const world = new PlanningWorld([src, partial]);
    world.deploy();
    return summary(world.plan({ options }), "db.inc");
  };

  test.each([
    { options: { run: true, ignoreCron: true }, expected: "unmodified stored kept 8-8T15" },
    { options: { run: true }, expected: "unmodified" },
    { options: { ignoreCron: true }, expected: "unmodified" },
  ])("$options: $expected", ({ options, expected }) => {
    expect(due(options)).toBe(expected);
  });
});

describe("ranges that make no sense are refused by name", () => {
  test.each<{ environment: string; options: PlanOptions; says: string }>([
    { environment: "prod", options: { start: "2023-01-03" }, says: "start cannot be given for prod" },
    { environment: "prod", options: { end: "2023-01-03" }, says: "end cannot be given for prod" },
    { environment: "dev", options: { start: "2023-01-05", end: "2023-01-03" }, says: "lies after the end" },
    { environment: "dev", options: { end: "2023-01-12" }, says: "lies in the future" },
    {
      environment: "dev",
      options: { forwardOnly: true, effectiveFrom: "2023-01-12" },
      says: "lies in the future",
    },
    { environment: "dev", options: { effectiveFrom: "2023-01-03" }, says: "needs a forward-only plan" },
    { environment: "dev", options: { start: "soonish" }, says: "soonish" },
  ])("$environment $options: $says", ({ environment, options, says }) => {
    expect(() => fixture().edit(inc(wider)).plan({ environment, options })).toThrow(says);
  });
});

test("a plan at another hour of the day says the same", () => {
  const one = fixture().edit(inc(wider)).plan({ at: fixtureNow });
  const two = fixture()
    .edit(inc(wider))
    .plan({ at: fixtureNow + 7_000_000 });
  expect(two.digest).toBe(one.digest);
});
