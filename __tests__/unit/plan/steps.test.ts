import { describe, expect, test } from "vitest";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import type { Step } from "../../../src/plan/step.ts";
import {
  aNode,
  fixtureNow,
  full,
  jan,
  PlanningWorld,
  seed,
  timeRange,
  view,
} from "../../support/planning-world.ts";

const src = aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id" });
const loaded = aNode({ name: "db.seed", kind: seed, seed: { content: "id\n1\n", digest: "d" as never } });
const inc = (kind = timeRange()) =>
  aNode({ name: "db.inc", kind, sql: "SELECT id, ds FROM db.src", dependsOn: ["db.src"] });
const v = aNode({
  name: "db.v",
  kind: view,
  sql: "SELECT id FROM db.inc JOIN db.seed USING (id)",
  dependsOn: ["db.inc", "db.seed"],
});

const ids = (plan: PlanDocument) => plan.steps.map((step) => step.id.replace(/[a-z2-7]{13}/g, "…"));
const byId = (plan: PlanDocument, start: string): Step => {
  const step = plan.steps.find((one) => one.id.startsWith(start));
  if (step === undefined) throw new Error(`no step ${start} in ${ids(plan).join(", ")}`);
  return step;
};

/** Everything a step waits for, directly or not. */
function ancestors(plan: PlanDocument, start: string): ReadonlySet<string> {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  const open = [...byId(plan, start).needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    seen.add(id);
    open.push(...(steps.get(id)?.needs ?? []));
  }
  return seen;
}

describe("the steps of a first plan", () => {
  const plan = new PlanningWorld([src, loaded, inc(), v]).plan({
    settings: { statements: { beforeAll: ["SELECT 1"], afterAll: ["SELECT 2"] } },
  });

  test("come in an order that can be carried out, and have sentences", () => {
    expect(ids(plan)).toEqual([
      "before_all",
      "schema:sluice__db",
      "seed:db.seed",
      "backfill:db.src:2023-01-01/2023-01-08",
      "create:db.inc",
      "backfill:db.inc:2023-01-01/2023-01-08",
      "backfill:db.v:2023-01-01/2023-01-08",
      "schema:db",
      "schema:sluice",
      "switch",
      "finalise",
      "after_all",
    ]);
    expect(plan.steps.map((step) => step.sentence)).toEqual([
      "Run 1 statement of before_all",
      "Make sure the schema sluice__db exists",
      "Load the seed db.seed",
      "Compute db.src in full",
      "Create the empty table of db.inc",
      "Compute db.inc for 2023-01-01 to 2023-01-07",
      "Create the view db.v",
      "Make sure the schema db exists",
      "Make sure the schema sluice exists",
      "Switch prod: point 4 views at the new tables, all at once",
      "Record prod as complete",
      "Run 1 statement of after_all",
    ]);
  });

  test("wait for what they need, and the switch for everything", () => {
    const seen = new Set<string>();
    for (const step of plan.steps) {
      expect(step.needs.every((id) => seen.has(id))).toBe(true);
      seen.add(step.id);
    }
    expect(ancestors(plan, "backfill:db.v")).toEqual(new Set(ids(plan).slice(0, 6)));
    expect(ancestors(plan, "switch").size).toBe(9);
  });

  test("say which tables are written and read", () => {
    const step = byId(plan, "backfill:db.inc");
    const source = byId(plan, "backfill:db.src");
    expect(step).toMatchObject({
      dev: false,
      live: false,
      first: true,
      batch: 1,
      batches: 1,
      interval: [jan(1), jan(8)],
      inlines: [],
    });
    expect(step).toMatchObject({
      table: { schema: "sluice__db" },
      reads: { "db.src": (source as { table: object }).table },
    });
    expect(step.done).toMatchObject({ kind: "intervals-recorded", dev: false, interval: [jan(1), jan(8)] });
  });

  test("with an engine that renames, views are built before they move", () => {
    const renaming = new PlanningWorld([src]).plan({ switch: "rename" });
    expect(ids(renaming).slice(-3)).toEqual(["build-views", "switch", "finalise"]);
    expect(byId(renaming, "switch").needs).toEqual(["build-views"]);
  });
});

describe("batches", () => {
  const needs = (kind: ReturnType<typeof timeRange>, self = false) => {
    const model = aNode({
      name: "db.inc",
      kind,
      sql: "SELECT id, ds FROM db.src",
      dependsOn: ["db.src"],
      selfReferencing: self,
    });
    const plan = new PlanningWorld([src, model]).plan();
    return plan.steps
      .filter((step) => step.kind === "backfill" && step.model === "db.inc")
      .map((step) => step.needs.map((id) => id.replace(/^backfill:db\.inc:/, "")));
  };

  test("run together unless told otherwise", () => {
    expect(needs(timeRange({ batchSize: 3 }))).toEqual([
      ["create:db.inc"],
      ["create:db.inc"],
      ["create:db.inc"],
    ]);
  });

  test("at most so many at once as batch_concurrency says", () => {
    expect(needs(timeRange({ batchSize: 2, batchConcurrency: 2 }))).toEqual([
      ["create:db.inc"],
      ["create:db.inc"],
      ["2023-01-01/2023-01-03"],
      ["2023-01-03/2023-01-05"],
    ]);
  });

  test("in order where each builds on the one before, in a table that is there to be read", () => {
    expect(needs(timeRange({ batchSize: 4 }), true)).toEqual([["create:db.inc"], ["2023-01-01/2023-01-05"]]);
  });

  test("a self-reading model reads its own table", () => {
    const model = aNode({
      name: "db.inc",
      kind: timeRange(),
      sql: "SELECT id, ds FROM db.inc",
      selfReferencing: true,
    });
    const step = byId(new PlanningWorld([model]).plan(), "backfill:db.inc");
    expect(step).toMatchObject({ reads: { "db.inc": (step as { table: object }).table } });
  });
});

describe("without computing", () => {
  test("skip_backfill makes empty tables, loads seeds and records nothing", () => {
    const plan = new PlanningWorld([src, loaded, inc(), v]).plan({ options: { skipBackfill: true } });
    expect(ids(plan).slice(1, 5)).toEqual(["seed:db.seed", "create:db.src", "create:db.inc", "create:db.v"]);
    expect(plan.requiresBackfill).toBe(false);
    expect(plan.steps.some((step) => step.done.kind === "intervals-recorded")).toBe(false);
    expect(plan.warnings.map((warning) => warning.code)).toEqual(["skip-backfill"]);
  });

  test("empty_backfill makes the same tables and records everything, so the next plan has nothing to do", () => {
    const world = new PlanningWorld([src, loaded, inc(), v]);
    const plan = world.deploy({ options: { emptyBackfill: true } });
    expect(plan.steps.filter((step) => step.kind === "record-intervals").map((step) => step.id)).toEqual([
      "record:db.seed:2023-01-01/2023-01-08",
      "record:db.src:2023-01-01/2023-01-08",
      "record:db.inc:2023-01-01/2023-01-08",
      "record:db.v:2023-01-01/2023-01-08",
    ]);
    expect(plan.steps.some((step) => step.kind === "backfill")).toBe(false);
    expect(world.plan().steps).toEqual([]);
  });

  test("a model that starts later gets an empty table", () => {
    const world = new PlanningWorld([src]);
    world.deploy();
    const plan = world
      .edit(
        aNode({
          name: "db.later",
          kind: full,
          sql: "SELECT id FROM db.src",
          dependsOn: ["db.src"],
          start: "2023-02-01",
        }),
      )
      .plan();
    expect(ids(plan)).toContain("create:db.later");
    expect(plan.requiresBackfill).toBe(false);
  });
});

describe("no_gaps", () => {
  const changed = aNode({
    name: "db.inc",
    kind: timeRange(),
    sql: "SELECT id FROM db.src",
    dependsOn: ["db.src"],
  });

  test("refuses a new version that lacks days the old one has", () => {
    const world = new PlanningWorld([src, inc()]);
    world.deploy();
    world.edit(changed);
    expect(() => world.plan({ options: { noGaps: true, skipBackfill: true } })).toThrow(
      "db.inc would lack 2023-01-01 to 2023-01-07",
    );
    expect(world.plan({ options: { noGaps: true } }).requiresBackfill).toBe(true);
    expect(world.plan({ options: { noGaps: true, emptyBackfill: true } }).steps.length).toBeGreaterThan(0);
  });

  test("has nothing to say about a new model", () => {
    const world = new PlanningWorld([src]);
    world.deploy();
    expect(world.edit(inc()).plan({ options: { noGaps: true, skipBackfill: true } }).hasChanges).toBe(true);
  });
});

describe("audits that change alone", () => {
  const audited = (name: string) =>
    aNode({
      name: "db.inc",
      kind: timeRange(),
      sql: "SELECT id, ds FROM db.src",
      dependsOn: ["db.src"],
      hasAudits: true,
      audits: [{ name, args: {} }],
    });

  test("run over what is there before anything moves", () => {
    const world = new PlanningWorld([src, audited("not_null")]);
    world.deploy();
    const plan = world.edit(audited("unique_values")).plan();
    expect(byId(plan, "audit:db.inc")).toMatchObject({ interval: [jan(1), jan(8)], live: true, dev: false });
    expect(ancestors(plan, "switch").has("audit:db.inc")).toBe(true);
  });
});

describe("live tables", () => {
  test("are marked, so that apply can spare their readers", () => {
    const world = new PlanningWorld([src, inc()]);
    world.deploy();
    const plan = world.plan({ options: { run: true }, at: fixtureNow + 86_400_000 });
    expect(byId(plan, "backfill:db.inc")).toMatchObject({
      live: true,
      first: false,
      interval: [jan(8), jan(9)],
    });
  });
});
