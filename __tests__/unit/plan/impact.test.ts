import { describe, expect, test } from "vitest";
import type { ModelFacts } from "../../../src/model/model.ts";
import {
  type ImpactLimits,
  impactSentence,
  judgePlan,
  judgeRows,
  type MeasuredModel,
  needsMeasuring,
} from "../../../src/plan/impact.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { aModel, factsOf } from "../../support/snapshot-samples.ts";

const day = 86_400_000;

const aMeasure = (more: Partial<MeasuredModel> = {}): MeasuredModel => ({
  model: "shop.orders",
  rows: { before: 1000, after: 1000 },
  nulls: [],
  keys: null,
  ...more,
});

describe("rows", () => {
  const judge = (measure: Partial<MeasuredModel>, limits: ImpactLimits) =>
    judgeRows([aMeasure(measure)], limits).map(({ limit, exceeded, text }) => [limit, exceeded, text]);

  test.each([
    [500, false],
    [499, true],
    [1500, false],
    [1501, true],
  ])("1000 become %i of which half may change", (after, exceeded) => {
    expect(judge({ rows: { before: 1000, after } }, { maxRowChange: 0.5 })[0]?.[1]).toBe(exceeded);
  });

  test("a loss is no gain", () => {
    expect(judge({ rows: { before: 10, after: 99 } }, { maxRowLoss: 0 })[0]?.[1]).toBe(false);
    expect(judge({ rows: { before: 1204, after: 300 } }, { maxRowLoss: 0.1 })).toEqual([
      [
        "max_row_loss",
        true,
        "shop.orders: 1,204 rows become 300, 75.1 % fewer; at most 10 % may get lost (impact.max_row_loss).",
      ],
    ]);
  });

  test("where there was nothing, nothing is lost", () => {
    const limits = { maxRowChange: 0, maxRowLoss: 0, maxNullRateChange: 0, maxKeyLoss: 0 };
    expect(judge({ rows: { before: 0, after: 5 }, keys: { before: 0, lost: 0 } }, limits)).toEqual([]);
  });

  test("of the columns the one that changes most is told", () => {
    const nulls = [
      { column: "a", before: 50, after: 60 },
      { column: "b", before: 900, after: 100 },
    ];
    expect(judge({ nulls }, { maxNullRateChange: 0.25 })).toEqual([
      [
        "max_null_rate_change",
        true,
        "shop.orders: the share of NULLs in b goes from 90 % to 10 %; at most 25 % may change (impact.max_null_rate_change).",
      ],
    ]);
  });

  test("rates count, not numbers", () => {
    const nulls = [{ column: "a", before: 100, after: 200 }];
    expect(judge({ rows: { before: 1000, after: 2000 }, nulls }, { maxNullRateChange: 0 })[0]?.[1]).toBe(
      false,
    );
  });

  test("keys that are gone count though others came", () => {
    expect(judge({ keys: { before: 200, lost: 3 } }, { maxKeyLoss: 0.01 })).toEqual([
      [
        "max_key_loss",
        true,
        "shop.orders: 3 of 200 keys are gone, 1.5 %; at most 1 % may get lost (impact.max_key_loss).",
      ],
    ]);
  });

  test("only limits of rows need measuring", () => {
    expect(needsMeasuring({ maxBackfillModels: 0, maxDroppedColumns: 0 })).toBe(false);
    expect(needsMeasuring({ maxKeyLoss: 0 })).toBe(true);
  });
});

describe("the plan", () => {
  const step = (kind: string, model: string, from: number, to: number) => ({
    kind,
    model,
    interval: [from * day, to * day],
  });
  const plan = {
    steps: [
      step("backfill", "shop.hourly", 0, 1),
      step("backfill", "shop.hourly", 1, 2),
      step("backfill", "shop.full", 0, 30),
      step("load-seed", "shop.seed", 0, 30),
      step("backfill", "shop.unknown", 0, 3),
      { kind: "switch" },
    ],
    models: [
      { displayName: "shop.hourly", columns: { removed: ["a", "b"] }, destructive: ["b"] },
      { displayName: "shop.full", columns: { removed: [] }, destructive: ["c"] },
    ],
  } as unknown as PlanDocument;
  const facts = new Map<string, ModelFacts>(
    [
      aModel({ name: "shop.hourly", intervalUnit: "hour", kind: { name: "EMBEDDED" } }),
      aModel({ name: "shop.full", kind: { name: "FULL" } }),
    ].map((model) => [model.name, factsOf(model)]),
  );
  const judge = (limits: ImpactLimits) => judgePlan(plan, limits, (name) => facts.get(name));

  test.each([
    [{ maxBackfillModels: 3 }, 4, true],
    [{ maxBackfillModels: 4 }, 4, false],
    // Two days of hours, a full refresh, a seed, three days.
    [{ maxBackfillIntervals: 53 }, 53, false],
    [{ maxBackfillIntervals: 52 }, 53, true],
    [{ maxDroppedColumns: 2 }, 3, true],
  ])("%j", (limits, measured, exceeded) => {
    expect(judge(limits)).toMatchObject([{ measured, exceeded, model: null }]);
  });

  test("dropped columns are named, and the sentence says what to do", () => {
    expect(impactSentence(judge({ maxDroppedColumns: 0, maxBackfillModels: 9 }))).toBe(
      "3 columns are dropped (shop.hourly.a, shop.hourly.b, shop.full.c); at most 0 may be (impact.max_dropped_columns). Correct the models, raise the limit in sluice.yaml in a reviewed change, or override impact with a reason.",
    );
    expect(impactSentence(judge({ maxBackfillModels: 9 }))).toBeNull();
    expect(judge({})).toEqual([]);
  });
});
