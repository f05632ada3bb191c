import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { maxPlanBytes, readPlanText, writePlanText } from "../../../src/plan/plan-file.ts";
import { Plan } from "../../../src/plan/reviewed-plan.ts";
import {
  aNode,
  fixtureNow,
  full,
  PlanningWorld,
  seed,
  timeRange,
  view,
} from "../../support/planning-world.ts";

const world = () =>
  new PlanningWorld([
    aNode({ name: "db.src", kind: full, sql: "SELECT 1 AS id" }),
    aNode({ name: "db.seed", kind: seed, seed: { content: "id\n1\n", digest: "d" as never } }),
    aNode({
      name: "db.inc",
      kind: timeRange({ batchSize: 2 }),
      sql: "SELECT id, ds FROM db.src",
      dependsOn: ["db.src"],
    }),
    aNode({ name: "db.v", kind: view, sql: "SELECT id FROM db.inc", dependsOn: ["db.inc"] }),
  ]);

const statements = { beforeAll: ["SELECT 1"], afterAll: ["SELECT 2"] };
const plan = world().plan({ settings: { statements }, switch: "rename" });
const text = writePlanText(plan);
const edited = (from: string, to: string) => text.replace(from, to);

describe("a plan file", () => {
  test("gives the plan back, through text, bytes and JSON", () => {
    expect(readPlanText(text)).toEqual(plan);
    expect(readPlanText(new TextEncoder().encode(text))).toEqual(plan);
    expect(Plan.from(JSON.parse(JSON.stringify(new Plan(plan)))).document).toEqual(plan);
  });

  test("has the same digest at another time of the same day and under another id", () => {
    const again = world().plan({ settings: { statements }, switch: "rename", at: fixtureNow + 3_600_000 });
    expect([again.digest, again.work]).toEqual([plan.digest, plan.work]);
    expect(again.createdAt).not.toBe(plan.createdAt);
  });

  test("has the same work, but another digest, when only days went by", () => {
    const later = world().plan({ settings: { statements }, switch: "rename", at: fixtureNow + 86_400_000 });
    expect(later.digest).not.toBe(plan.digest);
    expect(later.work).toBe(plan.work);
  });

  test.each([
    { why: "cut in half", content: text.slice(0, text.length / 2), says: "cut off" },
    { why: "empty", content: "", says: "is empty" },
    { why: "no JSON", content: "{ a plan }", says: "is not JSON" },
    { why: "not UTF-8", content: new Uint8Array([0x7b, 0xff, 0x7d]), says: "not UTF-8" },
    { why: "something else", content: '{"hello": 1}', says: "not a plan of Sluice" },
    { why: "from a newer Sluice", content: '{"format": 99, "unheardOf": true}', says: "newer Sluice" },
    {
      why: "with a member too many",
      content: edited('"hasChanges"', '"extra":1,"hasChanges"'),
      says: "is damaged",
    },
    {
      why: "with a step of an unknown kind",
      content: edited('"kind":"finalise"', '"kind":"drop-it"'),
      says: "is damaged",
    },
    {
      why: "edited by one byte",
      content: edited("SELECT 1 AS id", "SELECT 2 AS id"),
      says: "was changed after it was written",
    },
    {
      why: "with another work digest",
      content: text.replace(/"work":"[0-9a-f]{8}/, '"work":"00000000'),
      says: "was changed after it was written",
    },
  ])("$why is refused: $says", ({ content, says }) => {
    expect(() => readPlanText(content)).toThrow(says);
  });

  test("beyond the size limit is not even parsed", () => {
    expect(() => readPlanText({ byteLength: maxPlanBytes + 1 } as Uint8Array)).toThrow("too large");
  });

  test("the published schema is the one that checks", () => {
    expect(readFileSync("docs/schema/plan.schema.json", "utf8")).toBe(
      readFileSync("src/plan/plan.schema.json", "utf8"),
    );
  });
});

describe("a plan in the library", () => {
  test("answers what will happen", () => {
    const reviewed = new Plan(plan);
    expect(reviewed.newSnapshots.map((model) => model.name)).toEqual(["db.inc", "db.seed", "db.src", "db.v"]);
    expect(reviewed.modifiedSnapshots).toEqual([]);
    expect(reviewed.contextDiff).toMatchObject({
      hasChanges: true,
      hasBreakingChanges: false,
      isNewEnvironment: true,
      added: ["db.inc", "db.seed", "db.src", "db.v"],
      modified: [],
    });
    expect(reviewed.backfillIntervals.map((one) => one.model)).toEqual([
      "db.inc",
      "db.seed",
      "db.src",
      "db.v",
    ]);
    expect(reviewed.requiresBackfill).toBe(true);
  });

  test("knows breaking changes and open categories", () => {
    const used = world();
    used.deploy();
    used.edit(aNode({ name: "db.src", kind: full, sql: "SELECT 2 AS id" }));
    expect(new Plan(used.plan()).contextDiff).toMatchObject({
      hasBreakingChanges: true,
      directlyModified: ["db.src"],
      indirectlyModified: ["db.inc", "db.v"],
    });
    const open = new Plan(used.plan({ options: { noAutoCategorization: true } }));
    expect(open.uncategorized.map((model) => model.name)).toEqual(["db.src"]);
    expect(() => open.assertApplicable()).toThrow("db.src has no category");
  });
});
