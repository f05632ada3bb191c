import { describe, expect, test } from "vitest";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import {
  aNode,
  embedded,
  fixtureNow,
  full,
  jan,
  PlanningWorld,
  summary,
  timeRange,
  view,
} from "../../support/planning-world.ts";
import type { ModelSample } from "../../support/snapshot-samples.ts";

const src = aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id, 2 AS x" });
const a = (sql = "SELECT id, x FROM db.src", more: Partial<ModelSample> = {}) =>
  aNode({ name: "db.a", kind: full, sql, dependsOn: ["db.src"], ...more });
const b = aNode({ name: "db.b", kind: full, sql: "SELECT id FROM db.a", dependsOn: ["db.a"] });
const v = aNode({ name: "db.v", kind: view, sql: "SELECT id FROM db.a", dependsOn: ["db.a"] });
const inc = (sql = "SELECT id, ds FROM db.src", more: Partial<ModelSample> = {}) =>
  aNode({ name: "db.inc", kind: timeRange(), sql, dependsOn: ["db.src"], ...more });
const fo = (sql = "SELECT id, ds FROM db.src", more: Partial<ModelSample> = {}) =>
  aNode({ name: "db.fo", kind: timeRange({ forwardOnly: true }), sql, dependsOn: ["db.src"], ...more });

const wider = "SELECT id, x, 3 AS y FROM db.src";
const narrower = "SELECT id FROM db.src";

function fixture(): PlanningWorld {
  const world = new PlanningWorld([src, a(), b, v, inc(), fo()]);
  world.deploy();
  return world;
}

const viewsOf = (plan: PlanDocument) =>
  plan.steps.flatMap((step) =>
    step.kind === "switch" ? step.views.map((one) => `${one.view.schema}.${one.view.table}`) : [],
  );
const tablesShown = (plan: PlanDocument) =>
  Object.fromEntries(
    plan.steps.flatMap((step) =>
      step.kind === "switch" ? step.views.map((one) => [one.model, one.table.table]) : [],
    ),
  );
const kinds = (plan: PlanDocument, model: string) =>
  plan.steps.filter((step) => "model" in step && step.model === model).map((step) => step.kind);
const side = (plan: PlanDocument, name: string) => {
  const model = plan.models.find((one) => one.name === name);
  return model === undefined
    ? "as in prod"
    : `${model.deployable ? "deployable" : "dev table"}, ${model.representative ? "production read" : "dev read"}`;
};

describe("a new development environment", () => {
  test("without changes is refused, and says against what", () => {
    expect(() => fixture().plan({ environment: "dev" })).toThrow("nothing differs from prod");
  });

  test("with include_unmodified shows every model, builds and computes nothing", () => {
    const plan = fixture().plan({ environment: "dev", options: { includeUnmodified: true } });
    expect(viewsOf(plan)).toEqual([
      "db__dev.a",
      "db__dev.b",
      "db__dev.fo",
      "db__dev.inc",
      "db__dev.src",
      "db__dev.v",
    ]);
    expect(plan.steps.map((step) => step.kind)).toEqual([
      "ensure-schema",
      "ensure-schema",
      "switch",
      "finalise",
    ]);
    expect(plan.requiresBackfill).toBe(false);
  });

  test("may come into being for changed statements alone", () => {
    const plan = fixture().plan({
      environment: "dev",
      settings: { statements: { beforeAll: ["SELECT 1"], afterAll: [] } },
    });
    expect([plan.hasChanges, plan.environment.statementsChanged, plan.requiresBackfill]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("shows only what changed, and prod later takes the tables as they are", () => {
    const world = fixture();
    const dev = world.edit(a(narrower)).deploy({ environment: "dev" });
    expect(viewsOf(dev)).toEqual(["db__dev.a", "db__dev.b", "db__dev.v"]);
    expect(dev.environment).toMatchObject({
      isDev: true,
      createdFrom: "prod",
      promoted: ["db.a", "db.b", "db.v"],
      ttl: 604_800_000,
    });
    const prod = world.plan();
    expect([summary(prod, "db.a"), summary(prod, "db.b"), summary(prod, "db.v")]).toEqual([
      "BREAKING stored none",
      "INDIRECT_BREAKING stored none",
      "INDIRECT_BREAKING stored none",
    ]);
    expect([prod.snapshots.length, prod.requiresBackfill, viewsOf(prod)]).toEqual([
      0,
      false,
      ["db.a", "db.b", "db.v"],
    ]);
    expect(prod.models.map((model) => model.reuse)).toEqual(["tested-in-pr", "tested-in-pr", "tested-in-pr"]);
  });

  test("sanitises its name, and expires counted as new", () => {
    const world = fixture();
    const first = world.edit(a(wider)).deploy({ environment: "Feature/Ticket-7.a" });
    expect(viewsOf(first)[0]).toBe("db__feature_ticket_7_a.a");
    const later = world
      .edit(a(narrower))
      .plan({ environment: "feature_ticket_7_a", at: fixtureNow + 8 * 86_400_000 });
    expect(later.environment).toMatchObject({ isNew: true, from: 1, to: 2, createdFrom: "prod" });
    expect(world.plan({ environment: "feature_ticket_7_a" }).environment.isNew).toBe(false);
  });

  test("takes create_from as its baseline and warns when that does not exist", () => {
    const world = fixture();
    world.edit(a(narrower)).deploy({ environment: "one" });
    expect(() => world.plan({ environment: "two", options: { createFrom: "one" } })).toThrow(
      "nothing differs from one",
    );
    const orphan = world.plan({ environment: "two", options: { createFrom: "missing" } });
    expect(orphan.warnings.map((warning) => warning.code)).toContain("create-from");
    expect(orphan.models.every((model) => model.change === "added")).toBe(true);
  });

  test("is compared with prod each time where the project says so", () => {
    const world = fixture();
    const settings = { alwaysRecreateEnvironment: true };
    world.edit(a(narrower)).deploy({ environment: "dev", settings });
    const again = world.plan({ environment: "dev", settings });
    expect(summary(again, "db.a")).toBe("BREAKING stored none");
  });
});

describe("an indirect non-breaking view in development", () => {
  test("is built in its dev object and, once there, shown over the changed table", () => {
    const world = fixture();
    const dev = world.edit(a(wider)).deploy({ environment: "dev" });
    expect(side(dev, "db.v")).toBe("dev table, dev read");
    expect(summary(dev, "db.v")).toBe("INDIRECT_NON_BREAKING new kept 1-8");
    expect(tablesShown(dev)["db.v"]).toMatch(/__dev$/);
    const prod = world.plan();
    expect(summary(prod, "db.v")).toBe("INDIRECT_NON_BREAKING stored kept 1-8");
    expect(kinds(prod, "db.v")).toEqual(["backfill"]);
  });

  test("gets an object of its own in prod, so the one being read is never redefined", () => {
    const world = fixture();
    const before = tablesShown(world.plan({ environment: "dev", options: { includeUnmodified: true } }))[
      "db.v"
    ];
    const plan = world.edit(a(wider)).plan();
    expect(tablesShown(plan)["db.v"]).not.toBe(before);
    const step = plan.steps.find((one) => one.kind === "backfill" && one.model === "db.v");
    expect(step).toMatchObject({ live: false, reads: { "db.a": { table: tablesShown(plan)["db.a"] } } });
  });
});

describe("forward-only", () => {
  test("a plan keeps the table and previews the last day in a dev table", () => {
    const plan = fixture()
      .edit(inc("SELECT id, ds, 1 AS y FROM db.src"))
      .plan({ environment: "dev", options: { forwardOnly: true } });
    expect(summary(plan, "db.inc")).toBe("NON_BREAKING fwd new kept 7-8");
    expect(side(plan, "db.inc")).toBe("dev table, dev read");
    expect(plan.restatements).toEqual([{ name: "db.inc", interval: [jan(7), jan(8)] }]);
  });

  test("what only reads the changed table has nothing to preview", () => {
    const reader = aNode({
      name: "db.reader",
      kind: timeRange(),
      sql: "SELECT id, ds FROM db.inc",
      dependsOn: ["db.inc"],
    });
    const world = fixture().edit(reader);
    world.deploy();
    const plan = world
      .edit(inc("SELECT id, ds, 1 AS y FROM db.src"))
      .plan({ environment: "dev", options: { forwardOnly: true } });
    expect(summary(plan, "db.reader")).toBe("INDIRECT_NON_BREAKING fwd new kept none");
  });

  test("a model does so by itself", () => {
    const plan = fixture().edit(fo("SELECT id, ds, 1 AS y FROM db.src")).plan({ environment: "dev" });
    expect(summary(plan, "db.fo")).toBe("NON_BREAKING fwd new kept 7-8");
  });

  test("without preview its dev table stays empty", () => {
    const plan = fixture()
      .edit(fo("SELECT id, ds, 1 AS y FROM db.src"))
      .plan({ environment: "dev", options: { enablePreview: false } });
    expect(summary(plan, "db.fo")).toBe("NON_BREAKING fwd new kept none");
    expect(kinds(plan, "db.fo")).toEqual(["create-table", "record-intervals"]);
  });

  test("a change of its rows alone needs nothing in prod but the record", () => {
    const plan = fixture().edit(fo("SELECT id + 1 AS id, ds FROM db.src")).plan();
    expect(summary(plan, "db.fo")).toBe("BREAKING fwd new kept none");
    expect(kinds(plan, "db.fo")).toEqual(["record-intervals"]);
    expect(plan.steps.find((step) => step.kind === "record-intervals")).toMatchObject({
      dev: true,
      interval: [jan(1), jan(8)],
    });
  });

  test("planned again, the preview is not repeated", () => {
    const world = fixture().edit(fo("SELECT id, ds, 1 AS y FROM db.src"));
    const dev = world.deploy({ environment: "dev" });
    expect(dev.steps.find((step) => step.id === "backfill:db.fo:2023-01-07/2023-01-08")).toMatchObject({
      dev: true,
      first: true,
    });
    expect(world.plan({ environment: "dev" }).requiresBackfill).toBe(false);
  });

  test("a new column evolves the live table in prod, which keeps its version", () => {
    const changed = fo("SELECT id, ds, 1 AS y FROM db.src", {
      columns: [
        { name: "id", type: "INT" },
        { name: "y", type: "INT" },
      ],
    });
    const { steps, models } = fixture().edit(changed).plan();
    expect(steps.filter((step) => step.kind === "evolve-table")).toHaveLength(1);
    expect(models.find((model) => model.name === changed.name)?.reuse).toBe("unchanged");
  });

  test("dropping a column is refused by the model's policy, in every environment", () => {
    const changed = fo("SELECT ds FROM db.src", { columns: [{ name: "ds", type: "DATE" }] });
    expect(() => fixture().edit(changed).plan({ environment: "dev" })).toThrow("destructive");
    expect(
      fixture()
        .edit(changed)
        .plan({ environment: "dev", selections: { allowDestructive: ["db.fo"] } })
        .models.find((model) => model.name === "db.fo")?.destructive,
    ).toEqual(["id"]);
  });

  test("a new forward-only model: a preview in dev, all of it in prod, one table for all branches", () => {
    const world = new PlanningWorld([src, inc()]);
    world.deploy();
    const dev = world.edit(fo()).deploy({ environment: "dev" });
    expect([summary(dev, "db.fo"), side(dev, "db.fo")]).toEqual(["BREAKING new 7-8", "dev table, dev read"]);
    expect(summary(world.plan(), "db.fo")).toBe("BREAKING stored 1-8");
    const other = world.edit(fo("SELECT id + 1 AS id, ds FROM db.src")).plan({ environment: "other" });
    const [one, two] = [dev, other].map(
      (plan) => plan.snapshots.find((planned) => planned.snapshot.name === "db.fo")?.snapshot,
    );
    expect(one?.version).toBe(two?.version);
    expect(one?.devVersion).not.toBe(two?.devVersion);
  });

  test("a child of one that gains a column is built in full, in its dev table", () => {
    const child = (sql: string) => aNode({ name: "db.child", kind: full, sql, dependsOn: ["db.inc"] });
    const world = new PlanningWorld([src, inc(), child("SELECT id FROM db.inc")]);
    world.deploy();
    world
      .edit(inc("SELECT id, ds, 1 AS y FROM db.src"))
      .deploy({ environment: "dev", options: { forwardOnly: true } });
    const plan = world.edit(child("SELECT id, 2 AS z FROM db.inc")).plan({ environment: "dev" });
    expect([summary(plan, "db.child"), side(plan, "db.child")]).toEqual([
      "NON_BREAKING new 1-8",
      "dev table, dev read",
    ]);
  });

  test("undone after its deployment, the old snapshot cannot come back: it is stamped", () => {
    const world = fixture();
    world.edit(fo("SELECT id + 1 AS id, ds FROM db.src")).deploy();
    const plan = world.edit(fo()).plan();
    expect(summary(plan, "db.fo")).toBe("BREAKING fwd new kept none");
    world.apply(plan);
    expect(world.plan().hasChanges).toBe(false);
  });

  test("from a date on, prod computes again, dev previews from its start", () => {
    const options = { forwardOnly: true, effectiveFrom: "2023-01-04" };
    const world = fixture().edit(inc("SELECT id + 1 AS id, ds FROM db.src"));
    expect(
      summary(world.plan({ environment: "dev", options: { ...options, start: "2023-01-06" } }), "db.inc"),
    ).toBe("BREAKING fwd new kept 6-8");
    expect(summary(world.plan({ options }), "db.inc")).toBe("BREAKING fwd new kept 4-8");
    world.deploy({ environment: "dev", options: { ...options, start: "2023-01-06" } });
    expect(summary(world.deploy({ options }), "db.inc")).toBe("BREAKING fwd stored kept 4-8");
    expect(world.plan().requiresBackfill).toBe(false);
  });
});

describe("selections", () => {
  test("select_models takes only that change and what follows from it", () => {
    const world = fixture().edit(a(wider), inc("SELECT id FROM db.src"));
    const plan = world.plan({
      environment: "dev",
      options: { selectModels: ["db.a"] },
      selections: { select: ["db.a"], backfill: ["db.a"] },
    });
    expect([summary(plan, "db.a"), summary(plan, "db.inc")]).toEqual(["NON_BREAKING new 1-8", "unmodified"]);
    expect(plan.models.find((model) => model.name === "db.v")).toMatchObject({
      category: "INDIRECT_NON_BREAKING",
      intervals: [],
    });
    expect(plan.environment.promoted).toEqual(["db.a"]);
    expect(viewsOf(plan)).toEqual(["db__dev.a"]);
    expect(plan.snapshots.map((planned) => planned.model.name)).toEqual(["db.a", "db.b", "db.v"]);
  });

  test("backfill_models categorises all and computes only those", () => {
    const plan = fixture()
      .edit(a(wider), inc("SELECT ds FROM db.src"))
      .plan({
        environment: "dev",
        options: { backfillModels: ["db.a"] },
        selections: { backfill: ["db.a"] },
      });
    expect([summary(plan, "db.a"), summary(plan, "db.inc")]).toEqual([
      "NON_BREAKING new 1-8",
      "BREAKING new none",
    ]);
    expect(plan.environment.promoted).toEqual(["db.a"]);
    expect(kinds(plan, "db.inc")).toEqual([]);
  });

  test.each(["selectModels", "restateModels", "backfillModels"])(
    "%s that matches nothing is refused by name",
    (option) => {
      expect(() =>
        fixture()
          .edit(a(wider))
          .plan({ environment: "dev", options: { [option]: ["db.nope"] } }),
      ).toThrow(`${option} matches no model: db.nope`);
    },
  );
});

describe("models that go", () => {
  test("a leaf loses its view and nothing is computed", () => {
    const plan = fixture().remove("db.v").plan();
    const switched = plan.steps.find((step) => step.kind === "switch");
    expect(switched).toMatchObject({ drops: [{ schema: "db", table: "v" }], views: [] });
    expect(plan.models.map((model) => [model.name, model.change])).toEqual([["db.v", "removed"]]);
  });

  test("one that is read is refused, naming both", () => {
    expect(() => fixture().remove("db.a").plan()).toThrow("db.a is removed, but db.b still reads it");
  });

  test("an external table may go", () => {
    const world = new PlanningWorld([
      aNode({ name: "raw.t", kind: { name: "EXTERNAL" } }),
      aNode({ name: "db.r", kind: full, sql: "SELECT id FROM raw.t", dependsOn: ["raw.t"] }),
    ]);
    world.deploy();
    expect(summary(world.remove("raw.t").plan(), "db.r")).toBe("INDIRECT_BREAKING new 1-8");
  });

  test("a view that becomes embedded is dropped, and its reader is built with its text", () => {
    const reader = aNode({ name: "db.top", kind: full, sql: "SELECT id FROM db.v", dependsOn: ["db.v"] });
    const world = new PlanningWorld([src, a(), v, reader]);
    world.deploy();
    const plan = world
      .edit(aNode({ name: "db.v", kind: embedded, sql: "SELECT id FROM db.a", dependsOn: ["db.a"] }))
      .plan();
    expect(plan.steps.find((step) => step.kind === "switch")).toMatchObject({
      drops: [{ schema: "db", table: "v" }],
    });
    const build = plan.steps.find((step) => step.kind === "backfill" && step.model === "db.top");
    expect(build).toMatchObject({ inlines: [{ name: "db.v" }] });
    expect(Object.keys((build as { reads: object }).reads)).toEqual(["db.a"]);
  });
});

describe("where the views go", () => {
  test("moves with the suffix target, and the old places are cleared", () => {
    const world = fixture();
    world.edit(a(wider)).deploy({ environment: "dev" });
    const plan = world.edit(a(narrower)).plan({ environment: "dev", settings: { suffixTarget: "table" } });
    expect(viewsOf(plan)).toEqual(["db.a__dev", "db.b__dev", "db.v__dev"]);
    expect(plan.steps.find((step) => step.kind === "switch")).toMatchObject({
      drops: [
        { schema: "db__dev", table: "a" },
        { schema: "db__dev", table: "b" },
        { schema: "db__dev", table: "v" },
      ],
      pointer: { schema: "sluice", table: "sluice__pointer__dev" },
    });
  });

  test("a name too long for the warehouse is refused while planning", () => {
    const world = fixture().edit(aNode({ name: `db.${"x".repeat(45)}`, kind: full, sql: "SELECT 1 AS id" }));
    expect(() => world.plan({ maxIdentifierLength: 64 })).toThrow(/of 69 characters, the warehouse takes 64/);
    expect(world.plan({ maxIdentifierLength: 128 }).hasChanges).toBe(true);
  });

  test("so is one whose temporary names are too long, where all others fit", () => {
    expect(() => fixture().plan({ maxIdentifierLength: 60 })).not.toThrow();
    expect(() => fixture().plan({ maxIdentifierLength: 50 })).toThrow(
      /temporary object.*the warehouse takes 50/,
    );
  });
});

test("an environment that would need a catalog of its own is refused by name", () => {
  const settings = { suffixTarget: "catalog" } as const;
  expect(() =>
    fixture().plan({ environment: "dev", settings, options: { includeUnmodified: true } }),
  ).toThrow(/catalog of its own.*not supported/);
});
