import { describe, expect, test } from "vitest";
import type { ModelName } from "../../../src/model/model.ts";
import { defaultBounds, recordedEnds, startOverrides } from "../../../src/plan/bounds.ts";
import type { StartNode } from "../../../src/plan/intervals.ts";
import { intervalUnitOf } from "../../../src/time/cron.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().slice(0, 16);
const names = (...texts: string[]): ModelName[] => texts as ModelName[];

function node(options: Partial<StartNode> = {}): StartNode {
  const cron = options.cron ?? "@daily";
  return {
    displayName: "t.m",
    path: "models/m.sql",
    kind: { name: "FULL" },
    cron,
    cronTz: "UTC",
    intervalUnit: intervalUnitOf(cron),
    allowPartials: false,
    dependsOn: [],
    ...options,
  };
}

const nodes = new Map<ModelName, StartNode>(
  Object.entries({
    day: node(),
    behind: node(),
    hour: node({ cron: "@hourly" }),
    month: node({ cron: "@monthly" }),
    fresh: node(),
    seed: node({ kind: { name: "SEED", path: "s.csv", batchSize: 1000, csv: {} } }),
  }).map(([key, value]) => [key as ModelName, value]),
);

const prodEnds = recordedEnds(
  new Map(
    Object.entries({
      day: [
        [at("2024-01-01T00:00"), at("2024-01-03T00:00")],
        [at("2024-01-05T00:00"), at("2024-01-08T00:00")],
      ],
      behind: [[at("2024-01-01T00:00"), at("2024-01-04T00:00")]],
      hour: [[at("2024-01-01T00:00"), at("2024-01-07T22:00")]],
      seed: [[at("2024-01-01T00:00"), at("2024-01-12T00:00")]],
      fresh: [],
    } as const).map(([key, value]) => [key as ModelName, value]),
  ),
);

describe("defaults from production", () => {
  test.each([
    {
      what: "all models when nothing else is named",
      input: { modified: [] },
      start: "2024-01-03T00:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "one unit of the modified model",
      input: { modified: names("day") },
      start: "2024-01-07T00:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "the earliest of several",
      input: { modified: names("day", "hour", "behind") },
      start: "2024-01-03T00:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "a new model takes the common end",
      input: { modified: names("fresh") },
      start: "2024-01-07T00:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "a new monthly model",
      input: { modified: names("month") },
      start: "2023-12-01T00:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "the selection goes first",
      input: { modified: names("behind"), selected: names("hour") },
      start: "2024-01-07T21:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "an empty selection counts as none",
      input: { modified: names("hour"), selected: [] },
      start: "2024-01-07T21:00",
      end: "2024-01-08T00:00",
    },
    {
      what: "never beyond the execution time",
      input: { modified: names("day"), executionTime: at("2024-01-07T12:00") },
      start: "2024-01-07T00:00",
      end: "2024-01-07T12:00",
    },
  ])("$what", ({ input, start, end }) => {
    const bounds = defaultBounds({ nodes, prodEnds, executionTime: at("2024-01-11T07:00"), ...input });
    expect([iso(bounds.start), iso(bounds.end)]).toEqual([start, end]);
  });

  test("nothing but seeds recorded: no bounds", () => {
    const ends = new Map(names("seed").map((name) => [name, at("2024-01-12T00:00")]));
    expect(
      defaultBounds({ nodes, prodEnds: ends, modified: names("day"), executionTime: at("2024-01-13T00:00") }),
    ).toEqual({
      start: null,
      end: null,
    });
  });
});

describe("min_intervals", () => {
  const graph = new Map<ModelName, StartNode>(
    Object.entries({
      daily: node(),
      weekly: node({ cron: "@weekly" }),
      monthly: node({ cron: "@monthly" }),
      ended: node({ start: "2020-01-01", end: "2020-01-18" }),
      hourly: node({ cron: "@hourly" }),
      child: node({ dependsOn: names("hourly") }),
    }).map(([key, value]) => [key as ModelName, value]),
  );
  const overrides = (
    selected: string[],
    minIntervals: number,
    endOverrides: Record<string, number> = {},
  ): Record<string, string | null> => {
    const starts = startOverrides({
      nodes: graph,
      selected: names(...selected),
      minIntervals,
      start: at("2020-01-31T00:00"),
      end: at("2020-02-01T00:01"),
      endOverrides: new Map(Object.entries(endOverrides).map(([key, value]) => [key as ModelName, value])),
      executionTime: at("2020-02-01T00:01"),
    });
    return Object.fromEntries([...starts].map(([name, start]) => [name, iso(start)]));
  };

  test("each model goes back by its own cron", () => {
    expect(overrides(["daily", "weekly", "monthly", "ended"], 1)).toEqual({
      daily: "2020-01-31T00:00",
      weekly: "2020-01-19T00:00",
      monthly: "2020-01-01T00:00",
      ended: "2020-01-18T00:00",
    });
  });

  test("a parent covers what its selected child needs", () => {
    expect(overrides(["hourly", "child"], 2)).toEqual({
      hourly: "2020-01-30T00:00",
      child: "2020-01-30T00:00",
    });
  });

  test("counted from the model's own end in production", () => {
    expect(overrides(["daily"], 1, { daily: at("2020-01-20T00:00") })).toEqual({ daily: "2020-01-19T00:00" });
  });

  test("0 changes nothing", () => {
    expect(overrides(["daily"], 0)).toEqual({});
  });
});
