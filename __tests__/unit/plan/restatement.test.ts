import { describe, expect, test } from "vitest";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import {
  aNode,
  full,
  jan,
  PlanningWorld,
  seed,
  summary,
  timeRange,
  view,
} from "../../support/planning-world.ts";

const src = aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id" });
const inc = (sql = "SELECT id, ds FROM db.src") =>
  aNode({ name: "db.inc", kind: timeRange(), sql, dependsOn: ["db.src"] });
const sum = (sql = "SELECT id FROM db.inc") =>
  aNode({ name: "db.sum", kind: full, sql, dependsOn: ["db.inc"] });
const v = aNode({ name: "db.v", kind: view, sql: "SELECT id FROM db.inc", dependsOn: ["db.inc"] });
const other = aNode({ name: "db.other", kind: full, sql: "SELECT id FROM db.src", dependsOn: ["db.src"] });

function fixture(): PlanningWorld {
  const world = new PlanningWorld([
    src,
    inc(),
    sum(),
    v,
    other,
    aNode({ name: "db.seed", kind: seed, seed: { content: "id\n1\n", digest: "d" as never } }),
  ]);
  world.deploy();
  return world;
}

function restate(
  world: PlanningWorld,
  names: readonly string[],
  options: PlanOptions = {},
  environment = "prod",
): PlanDocument {
  return world.plan({
    environment,
    options: { restateModels: names, ...options },
    selections: { restate: names },
  });
}

const ranges = (plan: PlanDocument) =>
  Object.fromEntries(plan.restatements.map(({ name, interval }) => [name, interval]));

describe("restating production", () => {
  test("a range of a time range model, and all of what reads it", () => {
    const plan = restate(fixture(), ["db.inc"], { start: "2023-01-03", end: "2023-01-03" });
    expect(ranges(plan)).toEqual({
      "db.inc": [jan(3), jan(4)],
      "db.sum": [jan(1), jan(9)],
      "db.v": [jan(1), jan(9)],
    });
    expect(plan.models.map((model) => model.name)).toEqual(["db.inc", "db.sum", "db.v"]);
    expect([summary(plan, "db.inc"), summary(plan, "db.other")]).toEqual([
      "unmodified stored kept 3-4",
      "unmodified",
    ]);
    expect([plan.requiresBackfill, plan.hasChanges, plan.snapshots]).toEqual([true, false, []]);
  });

  test("is done again though state calls the range done: only the journal tells", () => {
    const plan = restate(fixture(), ["db.inc"], { start: "2023-01-03", end: "2023-01-03" });
    expect(plan.steps.find((step) => step.kind === "backfill" && step.model === "db.inc")).toMatchObject({
      done: { kind: "repeatable" },
      first: false,
      live: true,
      interval: [jan(3), jan(4)],
    });
    expect(plan.steps.find((step) => step.kind === "backfill" && step.model === "db.sum")).toMatchObject({
      done: { kind: "repeatable" },
      first: true,
      live: true,
    });
  });

  test("does not go beyond what production has", () => {
    const plan = restate(fixture(), ["db.inc"]);
    expect(summary(plan, "db.inc")).toBe("unmodified stored kept 1-8");
  });

  test("passes over seeds silently", () => {
    expect(ranges(restate(fixture(), ["db.seed"]))).toEqual({});
  });

  test("passes over models that must not be restated, with a warning; others go on", () => {
    const world = new PlanningWorld([
      src,
      inc(),
      aNode({
        name: "db.kept",
        kind: timeRange({ disableRestatement: true }),
        sql: "SELECT id, ds FROM db.inc",
        dependsOn: ["db.inc"],
      }),
      sum(),
    ]);
    world.deploy();
    const plan = restate(world, ["db.inc"]);
    expect(Object.keys(ranges(plan))).toEqual(["db.inc", "db.sum"]);
    expect(plan.warnings).toMatchObject([{ code: "not-restated", text: expect.stringContaining("db.kept") }]);
  });

  test("leaves local edits out", () => {
    const plan = restate(fixture().edit(inc("SELECT id + 1 AS id, ds FROM db.src")), ["db.inc"], {
      start: "2023-01-03",
      end: "2023-01-03",
    });
    expect(plan.models.every((model) => model.change === "unmodified")).toBe(true);
  });

  test("widens a range to the whole units of what reads it", () => {
    const hourly = aNode({
      name: "db.hour",
      kind: timeRange(),
      sql: "SELECT id, ds FROM db.src",
      intervalUnit: "hour",
      cron: "@hourly",
    });
    const daily = aNode({
      name: "db.day",
      kind: timeRange(),
      sql: "SELECT id, ds FROM db.hour",
      dependsOn: ["db.hour"],
    });
    const world = new PlanningWorld([hourly, daily]);
    world.deploy();
    const plan = restate(world, ["db.hour"], { start: "2023-01-03 02:00:00", end: "2023-01-03 04:00:00" });
    expect(ranges(plan)).toEqual({ "db.hour": [jan(3, 2), jan(3, 4)], "db.day": [jan(3), jan(4)] });
  });
});

describe("other versions", () => {
  test("of restated models and of those below them forget the range", () => {
    const world = fixture();
    world.edit(sum("SELECT id, 1 AS y FROM db.inc")).deploy({ environment: "dev" });
    const dev = world.snapshots.get(
      [...world.snapshots.keys()].findLast((key) => key.startsWith("db.sum@")) ?? "",
    );
    const plan = restate(world, ["db.inc"], { start: "2023-01-03", end: "2023-01-03" });
    const clears = plan.steps.filter((step) => step.kind === "clear-intervals");
    expect(clears).toMatchObject([
      { snapshot: { name: "db.sum", identifier: dev?.identifier }, interval: [jan(1), jan(9)] },
    ]);
    expect(plan.steps.find((step) => step.kind === "switch")?.needs).toContain(clears[0]?.id);
  });

  test("stay as they are when a development environment is restated", () => {
    const world = fixture();
    world.edit(sum("SELECT id, 1 AS y FROM db.inc")).deploy({ environment: "dev" });
    const plan = restate(world, ["db.sum"], {}, "dev");
    expect(plan.steps.some((step) => step.kind === "clear-intervals")).toBe(false);
    expect(Object.keys(ranges(plan))).toEqual(["db.sum"]);
  });
});

describe("restating a development environment", () => {
  test("leaves what is live in prod alone, and says so", () => {
    const world = fixture();
    world.edit(sum("SELECT id, 1 AS y FROM db.inc")).deploy({ environment: "dev" });
    const plan = restate(world, ["db.inc", "db.sum"], {}, "dev");
    expect(Object.keys(ranges(plan))).toEqual(["db.sum"]);
    expect(plan.warnings).toMatchObject([
      { text: expect.stringContaining("db.inc is not restated: this version is live in prod") },
    ]);
  });

  test("that does not exist is refused", () => {
    expect(() => restate(fixture(), ["db.inc"], {}, "nowhere")).toThrow("nothing can be restated in nowhere");
  });
});
