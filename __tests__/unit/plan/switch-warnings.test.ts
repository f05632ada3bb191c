/** A plan says so where its views cannot change together. */
import { describe, expect, test } from "vitest";
import type { ModelKind } from "../../../src/model/model.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { loadTemplates } from "../../../src/project/templates.ts";
import { buildPlanView, renderComment, renderText } from "../../../src/report/report.ts";
import { aNode, full, PlanningWorld, timeRange } from "../../support/planning-world.ts";
import type { ModelSample } from "../../support/snapshot-samples.ts";

const models = ["a", "b"].map((name) => aNode({ name: `db.${name}`, kind: full, sql: "SELECT 1 AS id" }));

test("view by view", () => {
  const plan = new PlanningWorld(models).plan({ switch: "per-view" });
  expect(plan.warnings).toEqual([
    {
      code: "not-atomic",
      text: expect.stringMatching(
        /^the 2 views change one after the other, which is not atomic on this engine/,
      ),
    },
  ]);
  const view = buildPlanView(plan, { project: "p", apply: { by: "merge" } });
  const shown = renderText(view, { color: false, width: 400, diffs: false, steps: true });
  expect(shown).toContain("which is not atomic on this engine");
  expect(shown).toContain("one after the other, not atomic on this engine. This is the moment");
});

test("one view and the pointer behind it are no mixture; one statement or transaction neither", () => {
  expect(new PlanningWorld(models.slice(1)).plan({ switch: "per-view" }).warnings).toEqual([]);
  for (const how of ["rename", "transaction"] as const)
    expect(new PlanningWorld(models).plan({ switch: how }).warnings).toEqual([]);
});

test("one statement that waits while it holds names: told where two views of production move that somebody may read", () => {
  const world = new PlanningWorld(models);
  const how = { switch: "rename", renameWaits: true } as const;
  expect(world.deploy(how).warnings).toEqual([]);
  const change = (name: string) => aNode({ name: `db.${name}`, kind: full, sql: "SELECT 2 AS id" });
  const both = world.edit(change("a"), change("b"));
  expect(both.plan(how).warnings).toEqual([
    {
      code: "rename-waits",
      text: expect.stringMatching(
        /^the 2 views move in one statement, but this server \(duckdb\) lets it wait/,
      ),
    },
  ]);
  expect(both.plan({ switch: "rename" }).warnings).toEqual([]);
  expect(both.plan({ ...how, environment: "dev" }).warnings).toEqual([]);
  const one = new PlanningWorld(models);
  one.deploy(how);
  expect(one.edit(change("a")).plan(how).warnings).toEqual([]);
});

test("rows that would come twice are refused where nothing records them in the same transaction", () => {
  const kind = {
    ...timeRange(),
    name: "INCREMENTAL_UNMANAGED",
    insertOverwrite: false,
  } as unknown as ModelKind;
  const world = () => new PlanningWorld([aNode({ name: "db.log", kind, sql: "SELECT 1 AS id" })]);
  expect(world().plan().hasChanges).toBe(true);
  expect(() => world().plan({ transactions: false })).toThrow(/db.log appends rows .* would come twice/);
});

describe("very many views by one rename", () => {
  const number = 600;
  const some = (sql: string, from: number, to: number, more: Partial<ModelSample> = {}) =>
    Array.from({ length: to - from }, (_, n) => aNode({ name: `db.m${from + n}`, kind: full, sql, ...more }));
  const base = new PlanningWorld(some("SELECT 1 AS id", 0, number));
  const first = base.deploy({ switch: "rename" });
  const deployed = base.models;
  /** Production as it was deployed once; plans change nothing of it. */
  const world = (): PlanningWorld => {
    base.models = deployed;
    return base;
  };
  const warnings = (plan: PlanDocument) => plan.warnings.map(({ code }) => code);

  test("the reviewer is told how many, and how long their readers wait", async () => {
    const plan = world()
      .edit(...some("SELECT 2 AS id", 0, 500))
      .plan({ switch: "rename" });
    expect(plan.warnings).toEqual([
      {
        code: "many-views",
        text: "500 views move in one statement, and whoever reads one of them waits while it runs: 0.10 to 15 seconds by what was measured (0.2 to 30 ms for each view, as fast as the server's disk confirms a write)",
      },
    ]);
    const view = buildPlanView(plan, { project: "p", apply: { by: "merge" } });
    const shown = renderText(view, { color: false, width: 400, diffs: false, steps: false });
    expect(shown).toContain("500 views move in one statement");
    expect(renderComment(view, await loadTemplates())).toContain("500 views move in one statement");
  });

  test("not for fewer, nor where views change in a transaction", () => {
    const fewer = world().edit(...some("SELECT 2 AS id", 0, 499));
    expect(warnings(fewer.plan({ switch: "rename" }))).toEqual([]);
    const all = world().edit(...some("SELECT 2 AS id", 0, number));
    expect(warnings(all.plan({ switch: "transaction" }))).toEqual([]);
    expect(warnings(all.plan({ switch: "per-view" }))).toEqual(["not-atomic"]);
  });

  test("views that show what they showed are not counted, new ones only where others wait for them", () => {
    expect(warnings(first)).toEqual([]);
    const words = world()
      .edit(...some("SELECT 1 AS id", 0, number, { description: "other words" }))
      .plan({ switch: "rename" });
    expect(words.models).toHaveLength(number);
    expect(warnings(words)).toEqual([]);
    const one = world().edit(...some("SELECT 2 AS id", number - 1, 2 * number));
    expect(one.plan({ switch: "rename" }).warnings[0]?.text).toMatch(/^601 views move/);
    const more = world().edit(...some("SELECT 1 AS id", number, 2 * number));
    expect(warnings(more.plan({ switch: "rename" }))).toEqual([]);
  });

  test("removed ones are, and other environments have no readers to speak of", () => {
    const removed = world();
    for (let n = 0; n < 550; n++) removed.remove(`db.m${n}`);
    expect(warnings(removed.plan({ switch: "rename" }))).toEqual(["many-views"]);
    const changed = world().edit(...some("SELECT 2 AS id", 0, number));
    expect(warnings(changed.plan({ switch: "rename", environment: "dev" }))).toEqual([]);
  });
});
