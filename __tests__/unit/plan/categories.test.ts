import { describe, expect, test } from "vitest";
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
import type { ModelSample } from "../../support/snapshot-samples.ts";

const src = aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id, 2 AS x" });
const a = (sample: Partial<ModelSample> = {}) =>
  aNode({ name: "db.a", kind: full, sql: "SELECT id, x FROM db.src", dependsOn: ["db.src"], ...sample });
const b = aNode({ name: "db.b", kind: full, sql: "SELECT id FROM db.a", dependsOn: ["db.a"] });
const v = aNode({ name: "db.v", kind: view, sql: "SELECT id FROM db.a", dependsOn: ["db.a"] });
const inc = (sample: Partial<ModelSample> = {}) =>
  aNode({
    name: "db.inc",
    kind: timeRange(),
    sql: "SELECT id, ds FROM db.src",
    dependsOn: ["db.src"],
    ...sample,
  });
const loaded = (content: string, more: Partial<ModelSample> = {}) =>
  aNode({ name: "db.seed", kind: seed, seed: { content, digest: content as never }, ...more });

function fixture(): PlanningWorld {
  const world = new PlanningWorld([src, a(), b, v, inc(), loaded("id,x\n1,2\n")]);
  world.deploy();
  return world;
}

describe("a first plan", () => {
  test("adds everything and fills it up to today", () => {
    const world = new PlanningWorld([src, a(), b, v]);
    const plan = world.plan();
    expect(plan.models.map((model) => [model.name, model.change, model.category])).toEqual([
      ["db.a", "added", "BREAKING"],
      ["db.b", "added", "BREAKING"],
      ["db.src", "added", "BREAKING"],
      ["db.v", "added", "BREAKING"],
    ]);
    expect(
      plan.models.every((model) => JSON.stringify(model.intervals) === JSON.stringify([[jan(1), jan(8)]])),
    ).toBe(true);
    expect(plan.hasChanges && plan.requiresBackfill && plan.environment.isNew).toBe(true);
  });

  test("leaves nothing to do after it", () => {
    const plan = fixture().plan();
    expect([plan.hasChanges, plan.requiresBackfill, plan.models, plan.steps]).toEqual([false, false, [], []]);
  });
});

describe("a direct change", () => {
  test.each([
    {
      why: "a column more at the end",
      sql: "SELECT id, x, 3 AS y FROM db.src",
      expected: {
        a: "NON_BREAKING new 1-8",
        b: "INDIRECT_NON_BREAKING new kept none",
        v: "INDIRECT_NON_BREAKING new kept 1-8",
      },
    },
    {
      why: "a column more at the start",
      sql: "SELECT 3 AS y, id, x FROM db.src",
      expected: {
        a: "NON_BREAKING new 1-8",
        b: "INDIRECT_NON_BREAKING new kept none",
        v: "INDIRECT_NON_BREAKING new kept 1-8",
      },
    },
    {
      why: "a column less",
      sql: "SELECT id FROM db.src",
      expected: { a: "BREAKING new 1-8", b: "INDIRECT_BREAKING new 1-8", v: "INDIRECT_BREAKING new 1-8" },
    },
    {
      why: "a filter",
      sql: "SELECT id, x FROM db.src WHERE x > 1",
      expected: { a: "BREAKING new 1-8", b: "INDIRECT_BREAKING new 1-8", v: "INDIRECT_BREAKING new 1-8" },
    },
    {
      why: "layout only",
      sql: "SELECT id,\n   x FROM db.src",
      expected: { a: "unmodified", b: "unmodified", v: "unmodified" },
    },
  ])("$why", ({ sql, expected }) => {
    const plan = fixture().edit(a({ sql })).plan();
    expect({ a: summary(plan, "db.a"), b: summary(plan, "db.b"), v: summary(plan, "db.v") }).toEqual(
      expected,
    );
    expect([summary(plan, "db.src"), summary(plan, "db.inc")]).toEqual(["unmodified", "unmodified"]);
  });

  test.each([
    { why: "description", change: { description: "words" } },
    { why: "owner", change: { owner: "ann" } },
    { why: "cron", change: { cron: "@weekly" } },
  ])("$why alone is metadata for the model and those below", ({ change }) => {
    const plan = fixture().edit(a(change)).plan();
    expect([summary(plan, "db.a"), summary(plan, "db.b"), summary(plan, "db.v")]).toEqual([
      "METADATA new kept none",
      "METADATA new kept none",
      "METADATA new kept none",
    ]);
    expect(plan.requiresBackfill).toBe(false);
  });

  test("lookback is breaking", () => {
    expect(
      summary(
        fixture()
          .edit(inc({ kind: timeRange({ lookback: 2 }) }))
          .plan(),
        "db.inc",
      ),
    ).toBe("BREAKING new 1-8");
  });

  test("an earlier start is metadata, and the days before are missing", () => {
    const plan = fixture()
      .edit(inc({ start: "2022-12-31" }))
      .plan();
    expect(plan.models.find((model) => model.name === "db.inc")).toMatchObject({
      category: "METADATA",
      intervals: [[Date.UTC(2022, 11, 31), jan(1)]],
    });
  });

  test.each([
    { why: "FULL becomes a view", change: a({ kind: view }), name: "db.a" },
    { why: "time range becomes FULL", change: inc({ kind: full }), name: "db.inc" },
  ])("$why: breaking, and not forward-only even where the plan is", ({ change, name }) => {
    expect(
      summary(
        fixture()
          .edit(change)
          .plan({ options: { forwardOnly: true } }),
        name,
      ),
    ).toBe("BREAKING new 1-8");
  });

  test("a statement that changes leaves the answer open, so it is breaking", () => {
    const plan = fixture()
      .edit(a({ preStatements: [{ text: "SET x = 1", line: 1 }] }))
      .plan();
    expect(plan.models.find((model) => model.name === "db.a")).toMatchObject({
      category: "BREAKING",
      reasons: [{ code: "statements" }],
    });
  });

  test.each([
    { why: "a cell", content: "id,x\n1,3\n", expected: "BREAKING new 1-8" },
    { why: "a column", content: "id,x,y\n1,2,3\n", expected: "NON_BREAKING new 1-8" },
    { why: "a row", content: "id,x\n1,2\n2,2\n", expected: "BREAKING new 1-8" },
  ])("a seed with another value in $why", ({ content, expected }) => {
    expect(summary(fixture().edit(loaded(content)).plan(), "db.seed")).toBe(expected);
  });

  test("a seed whose description changes is not loaded again", () => {
    expect(
      summary(
        fixture()
          .edit(loaded("id,x\n1,2\n", { description: "words" }))
          .plan(),
        "db.seed",
      ),
    ).toBe("METADATA new kept none");
  });

  test("unknown columns below make it breaking", () => {
    const world = new PlanningWorld([
      src,
      a(),
      aNode({ ...b, columns: null, name: "db.b", sql: "SELECT * FROM db.a", dependsOn: ["db.a"] }),
    ]);
    world.deploy();
    expect(summary(world.edit(a({ sql: "SELECT id, x, 3 AS y FROM db.src" })).plan(), "db.a")).toBe(
      "BREAKING new 1-8",
    );
  });
});

describe("a star over a model whose columns change", () => {
  const columns = (...names: readonly string[]) => names.map((name) => ({ name, type: "INT" }));
  const base = (sql: string, ...names: readonly string[]) =>
    aNode({ name: "db.base", kind: full, sql, columns: columns(...names) });
  const copy = (sql = "SELECT * FROM db.base") =>
    aNode({ name: "db.copy", kind: full, sql, dependsOn: ["db.base"], columns: null });
  const copies = aNode({
    name: "db.copies",
    kind: view,
    sql: "SELECT * FROM db.copy",
    dependsOn: ["db.copy"],
    columns: null,
  });
  const reader = aNode({
    name: "db.reader",
    kind: full,
    sql: "SELECT id FROM db.copies",
    dependsOn: ["db.copies"],
  });

  test.each([
    {
      why: "a column more",
      sql: "SELECT 1 AS id, 0 AS y, 2 AS x",
      names: ["id", "y", "x"],
      copy: undefined,
      star: "NON_BREAKING new 1-8",
      read: "INDIRECT_NON_BREAKING new kept none",
    },
    {
      why: "another order",
      sql: "SELECT 0 AS y, 1 AS id",
      names: ["y", "id"],
      copy: undefined,
      star: "BREAKING new 1-8",
      read: "INDIRECT_BREAKING new 1-8",
    },
    {
      why: "a column more under DISTINCT",
      sql: "SELECT 1 AS id, 0 AS y, 2 AS x",
      names: ["id", "y", "x"],
      copy: "SELECT DISTINCT * FROM db.base",
      star: "BREAKING new 1-8",
      read: "INDIRECT_BREAKING new 1-8",
    },
    {
      why: "other rows, same columns",
      sql: "SELECT 2 AS id, 0 AS y",
      names: ["id", "y"],
      copy: undefined,
      star: "INDIRECT_BREAKING new 1-8",
      read: "INDIRECT_BREAKING new 1-8",
    },
  ])("$why", ({ sql, names, copy: text, star, read }) => {
    const world = new PlanningWorld([base("SELECT 1 AS id, 0 AS y", "id", "y"), copy(text), copies, reader]);
    world.deploy();
    const plan = world
      .edit(base(sql, ...names))
      .plan({ columnsOf: (name) => (name.startsWith("db.cop") ? columns("id") : null) });
    expect([summary(plan, "db.copy"), summary(plan, "db.reader")]).toEqual([star, read]);
  });
});

describe("modes of categorization", () => {
  const settings = (mode: "semi" | "off") => ({
    autoCategorization: { sql: mode, seed: mode, external: mode },
  });
  test.each([
    { mode: "semi" as const, sql: "SELECT id FROM db.src", expected: null },
    { mode: "semi" as const, sql: "SELECT id, x, 1 AS y FROM db.src", expected: "NON_BREAKING" },
    { mode: "off" as const, sql: "SELECT id, x, 1 AS y FROM db.src", expected: null },
  ])("$mode: $sql is $expected", ({ mode, sql, expected }) => {
    const plan = fixture()
      .edit(a({ sql }))
      .plan({ settings: settings(mode) });
    expect(plan.models.find((model) => model.name === "db.a")?.category).toBe(expected);
  });

  test("a choice by hand decides", () => {
    const plan = fixture()
      .edit(a({ sql: "SELECT id FROM db.src" }))
      .plan({ options: { choices: { "db.a": "non-breaking" } } });
    expect([summary(plan, "db.a"), summary(plan, "db.b")]).toEqual([
      "NON_BREAKING new 1-8",
      "INDIRECT_NON_BREAKING new kept none",
    ]);
  });

  test.each([
    { name: "db.b", why: "follows from the models above" },
    { name: "db.src", why: "is stored already" },
    { name: "db.zz", why: "has no such model" },
  ])("no choice for $name", ({ name, why }) => {
    expect(() =>
      fixture()
        .edit(a({ sql: "SELECT id FROM db.src" }))
        .plan({ options: { choices: { [name]: "breaking" } } }),
    ).toThrow(why);
  });
});

describe("two parents changed apart", () => {
  const parent = (name: string, sql: string) => aNode({ name, kind: full, sql });
  const child = aNode({
    name: "db.child",
    kind: full,
    sql: "SELECT p.id FROM db.p JOIN db.q USING (id)",
    dependsOn: ["db.p", "db.q"],
  });
  const edits: Readonly<Record<string, string>> = {
    breaking: "SELECT 2 AS id",
    "non-breaking": "SELECT 1 AS id, 3 AS y",
  };
  const changed = (name: string, how: string) =>
    how === "metadata"
      ? aNode({ name, kind: full, sql: "SELECT 1 AS id", description: "words" })
      : parent(name, edits[how] ?? "");

  test.each([
    { first: "breaking", second: "breaking", expected: "INDIRECT_BREAKING" },
    { first: "breaking", second: "non-breaking", expected: "INDIRECT_NON_BREAKING" },
    { first: "non-breaking", second: "breaking", expected: "INDIRECT_BREAKING" },
    { first: "non-breaking", second: "non-breaking", expected: "INDIRECT_NON_BREAKING" },
    { first: "breaking", second: "metadata", expected: "METADATA" },
    { first: "metadata", second: "breaking", expected: "INDIRECT_BREAKING" },
    { first: "metadata", second: "non-breaking", expected: "INDIRECT_NON_BREAKING" },
  ])("$first, then $second: the child is $expected", ({ first, second, expected }) => {
    const base = [parent("db.p", "SELECT 1 AS id"), parent("db.q", "SELECT 1 AS id"), child];
    const world = new PlanningWorld(base);
    world.deploy();
    world.edit(changed("db.p", first)).deploy({ environment: "dev_p" });
    world.edit(parent("db.p", "SELECT 1 AS id"), changed("db.q", second)).deploy({ environment: "dev_q" });
    world.edit(changed("db.p", first), parent("db.q", "SELECT 1 AS id")).deploy();
    const plan = world.edit(changed("db.q", second)).plan();
    expect(plan.models.find((model) => model.name === "db.child")?.category).toBe(expected);
  });
});

describe("undoing a change", () => {
  test("brings the stored snapshots back without computing anything", () => {
    const world = fixture();
    world.edit(a({ sql: "SELECT id, x, 3 AS y FROM db.src" })).deploy();
    const plan = world.edit(a()).plan();
    expect([summary(plan, "db.a"), summary(plan, "db.b"), summary(plan, "db.v")]).toEqual([
      "BREAKING stored none",
      "BREAKING stored kept none",
      "BREAKING stored kept none",
    ]);
    expect(plan.snapshots).toEqual([]);
    // The view's object of that time is another one, so it was never redefined over the table that goes away.
    const views = plan.steps.flatMap((step) => (step.kind === "switch" ? step.views : []));
    expect(views.map((one) => one.model)).toEqual(["db.a", "db.b", "db.v"]);
  });
});
