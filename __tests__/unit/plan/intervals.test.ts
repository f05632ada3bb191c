import { describe, expect, test } from "vitest";
import type { ModelKind, ModelName } from "../../../src/model/model.ts";
import {
  alignInward,
  batches,
  type MissingRequest,
  missingIntervals,
  rangeEnd,
  type StartNode,
  startDates,
  type TimedNode,
} from "../../../src/plan/intervals.ts";
import { cronFloor, intervalUnitOf } from "../../../src/time/cron.ts";
import { exclusiveEnd, parseInstant } from "../../../src/time/instant.ts";
import type { Interval } from "../../../src/time/intervals.ts";
import { mergeIntervals } from "../../../src/time/intervals.ts";
import { unitCeil, unitFloor, unitMilliseconds, unitNext } from "../../../src/time/unit.ts";

type Incremental = Extract<ModelKind, { name: "INCREMENTAL_BY_TIME_RANGE" }>;

function incremental(options: Partial<Incremental> = {}): ModelKind {
  return {
    name: "INCREMENTAL_BY_TIME_RANGE",
    timeColumn: "ds",
    timeFormat: "%Y-%m-%d",
    partitionByTimeColumn: true,
    forwardOnly: false,
    disableRestatement: false,
    onDestructiveChange: "ERROR",
    onAdditiveChange: "ALLOW",
    ...options,
  };
}

function node(options: Partial<StartNode> = {}): StartNode {
  const cron = options.cron ?? "@daily";
  return {
    displayName: "t.m",
    path: "models/m.sql",
    kind: incremental(),
    cron,
    cronTz: "UTC",
    intervalUnit: intervalUnitOf(cron),
    allowPartials: false,
    dependsOn: [],
    ...options,
  };
}

/** `02/04` → days of January 2024, end exclusive; `02T06/02T09` with hours. */
function range(text: string): Interval {
  const [start = "", end = ""] = text.split("/");
  const at = (part: string): number => {
    const [day, time = "00"] = part.split("T");
    return Date.parse(`2024-01-${day}T${time.length === 2 ? `${time}:00` : time}Z`);
  };
  return [at(start), at(end)];
}

function show(ranges: readonly Interval[]): string[] {
  const part = (at: number): string => {
    const text = new Date(at).toISOString();
    const day = text.startsWith("2024-01") ? text.slice(8, 10) : text.slice(0, 10);
    return text.endsWith("T00:00:00.000Z") ? day : `${day}T${text.slice(11, 16).replace(":00", "")}`;
  };
  return ranges.map(([start, end]) => `${part(start)}/${part(end)}`);
}

const now = Date.parse("2024-01-10T07:30:00Z");

function ask(start: string, end: string | null = null, rest: Partial<MissingRequest> = {}): MissingRequest {
  const executionTime = rest.executionTime ?? now;
  return {
    start: parseInstant(start, executionTime).at,
    end:
      end === null ? { until: executionTime, dateOnly: false } : rangeEnd(parseInstant(end, executionTime)),
    executionTime,
    ...rest,
  };
}

describe("missing intervals", () => {
  const rows: readonly {
    what: string;
    model?: Partial<StartNode>;
    have?: string[];
    request: MissingRequest;
    missing: string[];
  }[] = [
    { what: "nothing loaded", request: ask("2024-01-01"), missing: ["01/10"] },
    { what: "a head loaded", have: ["01/05"], request: ask("2024-01-01"), missing: ["05/10"] },
    {
      what: "holes",
      have: ["02/04", "06/07"],
      request: ask("2024-01-01"),
      missing: ["01/02", "04/06", "07/10"],
    },
    { what: "all loaded", have: ["01/10"], request: ask("2024-01-01"), missing: [] },
    {
      what: "a day half loaded is missing whole",
      have: ["01/03T12"],
      request: ask("2024-01-01", "2024-01-04"),
      missing: ["03/05"],
    },
    {
      what: "an end with a time is raised to the day",
      request: ask("2024-01-03", "2024-01-05 12:00:00"),
      missing: ["03/06"],
    },
    {
      what: "an end at midnight excludes that day",
      request: ask("2024-01-03", "2024-01-05 00:00:00"),
      missing: ["03/05"],
    },
    {
      what: "an end in the future stops at the cron",
      request: ask("2024-01-09", "2024-01-20"),
      missing: ["09/10"],
    },
    {
      what: "a start before the model's own",
      model: { start: "2024-01-04" },
      request: ask("2023-12-01"),
      missing: ["04/10"],
    },
    {
      what: "a range wholly before the model's start",
      model: { start: "2024-01-04" },
      request: ask("2024-01-01", "2024-01-03"),
      missing: [],
    },
    {
      what: "nothing from the model's end on",
      model: { start: "2024-01-01", end: "2024-01-05" },
      request: ask("2024-01-01"),
      missing: ["01/06"],
    },
    {
      what: "a range after the model's end",
      model: { start: "2024-01-01", end: "2024-01-05" },
      request: ask("2024-01-06"),
      missing: [],
    },
    {
      what: "a range below one unit",
      request: ask("2024-01-03 01:00:00", "2024-01-03 02:00:00"),
      missing: [],
    },
    {
      what: "one hour of an hourly model",
      model: { cron: "@hourly" },
      request: ask("2024-01-03 01:00:00", "2024-01-03 02:00:00"),
      missing: ["03T01/03T02"],
    },
    {
      what: "a start within an hour",
      model: { cron: "@hourly" },
      request: ask("2024-01-03 02:20:00", "2024-01-03 05:00:00"),
      missing: ["03T02/03T05"],
    },
    {
      what: "a weekly model is due until Sunday",
      model: { cron: "@weekly" },
      request: ask("2024-01-01"),
      missing: ["01/07"],
    },
    {
      what: "a month not over",
      model: { cron: "@monthly" },
      request: ask("2023-12-05"),
      missing: ["2023-12-01/01"],
    },
    {
      what: "a cron in another zone",
      model: { cron: "0 6 * * *", cronTz: "America/New_York" },
      request: ask("2024-01-07"),
      missing: ["07/09"],
    },
    {
      what: "a unit finer than the cron",
      model: { intervalUnit: "hour" },
      request: ask("2024-01-09", null, { ignoreCron: true }),
      missing: ["09/10T07"],
    },
    {
      what: "ignored cron, whole days only",
      request: ask("2024-01-09", null, { ignoreCron: true }),
      missing: ["09/10"],
    },
    {
      what: "partials wait for the cron",
      model: { allowPartials: true },
      request: ask("2024-01-09"),
      missing: ["09/10"],
    },
    {
      what: "partials with ignored cron",
      model: { allowPartials: true },
      request: ask("2024-01-09", null, { ignoreCron: true }),
      missing: ["09/10T07:30"],
    },
    {
      what: "a part loaded is computed again as it grows",
      model: { allowPartials: true },
      have: ["09/10T05"],
      request: ask("2024-01-09", null, { ignoreCron: true }),
      missing: ["10/10T07:30"],
    },
    {
      what: "partials of a short range",
      model: { allowPartials: true },
      request: ask("2024-01-09 01:00", "2024-01-09 03:00"),
      missing: ["09/09T03"],
    },
    {
      what: "end-bounded",
      model: { allowPartials: true },
      request: ask("2024-01-08", "2024-01-09 06:00", { endBounded: true }),
      missing: ["08/09T06"],
    },
    {
      what: "a relative start",
      model: { start: "3 days ago" },
      request: ask("2024-01-01"),
      missing: ["07/10"],
    },
    {
      what: "an empty seed",
      model: { kind: { name: "SEED", path: "s.csv", batchSize: 1000, csv: {} } },
      request: ask("2024-01-06"),
      missing: ["06/10"],
    },
    {
      what: "a loaded seed",
      model: { kind: { name: "SEED", path: "s.csv", batchSize: 1000, csv: {} } },
      have: ["01/02"],
      request: ask("2024-01-06"),
      missing: [],
    },
    {
      what: "an embedded model",
      model: { kind: { name: "EMBEDDED" } },
      request: ask("2024-01-06"),
      missing: [],
    },
    {
      what: "an external model",
      model: { kind: { name: "EXTERNAL" } },
      request: ask("2024-01-06"),
      missing: [],
    },
  ];
  test.each(rows)("$what", ({ model, have = [], request, missing }) => {
    expect(show(missingIntervals(node(model), have.map(range), request))).toEqual(missing);
  });

  test.each([
    { what: "days before the missing one", have: ["01/09"], request: ask("2024-01-01"), missing: ["07/10"] },
    {
      what: "an up-to-date model is not read again",
      have: ["01/10"],
      request: ask("2024-01-01"),
      missing: [],
    },
    {
      what: "before every hole",
      have: ["01/04", "06/09"],
      request: ask("2024-01-01"),
      missing: ["02/06", "07/10"],
    },
    {
      what: "the last days of the range count as missing after it",
      have: ["01/05"],
      request: ask("2024-01-01", "2024-01-05"),
      missing: ["03/06"],
    },
    {
      what: "never before the range",
      have: ["01/07"],
      request: ask("2024-01-05", "2024-01-07"),
      missing: ["05/08"],
    },
    {
      what: "shortened by the days after the model's end",
      model: { start: "2024-01-01", end: "2024-01-07" },
      have: ["01/07"],
      request: ask("2024-01-01", "2024-01-08"),
      missing: ["06/08"],
    },
  ])("lookback 2: $what", ({ model = {}, have, request, missing }) => {
    const kind = incremental({ lookback: 2 });
    expect(show(missingIntervals(node({ kind, ...model }), have.map(range), request))).toEqual(missing);
  });

  test("a wrong start names the model and its file", () => {
    expect(() => missingIntervals(node({ start: "soon" }), [], ask("2024-01-01"))).toThrow(
      expect.objectContaining({ code: "MODEL_INVALID", place: { file: "models/m.sql" } }),
    );
  });
});

/** The rule of the specification, unit by unit. */
function unitByUnit(
  model: TimedNode,
  have: readonly Interval[],
  request: MissingRequest,
): readonly Interval[] {
  const { intervalUnit: unit, allowPartials } = model;
  const ownEnd =
    model.end === undefined ? null : exclusiveEnd(parseInstant(model.end, request.executionTime));
  const { until, dateOnly } = request.end;
  if (ownEnd !== null && ownEnd <= request.start) return [];
  if (!dateOnly && !allowPartials && until - request.start < unitMilliseconds(unit)) return [];
  const ceiling = allowPartials ? until : unitCeil(unit, until);
  let upper = request.ignoreCron
    ? request.executionTime
    : cronFloor(model.cron, request.executionTime, model.cronTz);
  if (request.endBounded) upper = Math.min(upper, ceiling);
  if (!allowPartials) upper = unitFloor(unit, upper);
  const end = Math.min(ceiling, upper);
  const units: Interval[] = [];
  for (let at = unitFloor(unit, request.start); at < end; at = unitNext(unit, at))
    units.push([at, Math.min(unitNext(unit, at), end)]);
  const missing = units.map(([from, to]) => !have.some(([low, high]) => low <= from && to <= high));
  if (!missing.includes(true)) return [];
  let lookback = "lookback" in model.kind ? (model.kind.lookback ?? 0) : 0;
  if (ownEnd !== null) for (let at = ownEnd; unitNext(unit, at) <= end; at = unitNext(unit, at)) lookback--;
  const reopened = units.filter((_, i) => missing[i] || (lookback > 0 && (missing[i + lookback] ?? true)));
  return mergeIntervals(reopened.filter(([from]) => ownEnd === null || from < ownEnd));
}

test("ranges give what counting single units gives, over thousands of drawn cases", () => {
  let seed = 20240110;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const hour = 3_600_000;
  const first = Date.UTC(2023, 10, 1);
  for (let i = 0; i < 3000; i++) {
    const cron = (["@hourly", "@daily", "@weekly", "@monthly", "30 7 * * *", "0 */6 * * *"] as const)[
      draw(6)
    ] as string;
    const span = (cron === "@monthly" ? 300 : cron === "@hourly" ? 3 : 20) * 24;
    const have = mergeIntervals(
      Array.from({ length: draw(4) }, (): Interval => {
        const start = unitFloor(intervalUnitOf(cron), first + draw(span) * hour);
        return [
          start,
          draw(5) === 0 ? start + draw(30) * hour : unitCeil(intervalUnitOf(cron), start + draw(span) * hour),
        ];
      }),
    );
    const start = first + draw(span) * hour;
    const model = node({
      cron,
      kind: draw(2) === 0 ? incremental() : incremental({ lookback: 1 + draw(4) }),
      allowPartials: draw(3) === 0,
      ...(draw(4) === 0 ? { end: new Date(first + draw(span) * hour).toISOString().slice(0, 10) } : {}),
    });
    const dateOnly = draw(2) === 0;
    const request: MissingRequest = {
      start,
      end: {
        until: dateOnly ? unitCeil("day", start + (1 + draw(span)) * hour) : start + (1 + draw(span)) * hour,
        dateOnly,
      },
      executionTime: first + draw(2 * span) * hour,
      ignoreCron: draw(3) === 0,
      endBounded: draw(2) === 0,
    };
    expect(missingIntervals(model, have, request), JSON.stringify({ model, have, request })).toEqual(
      unitByUnit(model, have, request),
    );
  }
});

test("ten thousand models over a thousand days take less than a second of work", () => {
  const executionTime = Date.UTC(2024, 0, 10, 7);
  const start = executionTime - 1000 * 86_400_000;
  const kind = incremental({ lookback: 3 });
  const have: readonly Interval[] = [[unitFloor("day", start), Date.UTC(2024, 0, 8)]];
  // Processor time: a busy machine does not count.
  const started = process.cpuUsage();
  for (let i = 0; i < 10_000; i++) {
    missingIntervals(node({ kind }), have, {
      start,
      end: { until: executionTime, dateOnly: false },
      executionTime,
    });
  }
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
});

describe("batches", () => {
  test.each([
    {
      what: "no batch size: one per run",
      kind: incremental(),
      missing: ["01/04", "05/13"],
      cut: ["01/04", "05/13"],
    },
    {
      what: "five days at most",
      kind: incremental({ batchSize: 5 }),
      missing: ["01/13"],
      cut: ["01/06", "06/11", "11/13"],
    },
    {
      what: "counted from each run",
      kind: incremental({ batchSize: 5 }),
      missing: ["01/04", "05/13"],
      cut: ["01/04", "05/10", "10/13"],
    },
    {
      what: "a part at the end",
      kind: incremental({ batchSize: 2 }),
      missing: ["01/04T07:30"],
      cut: ["01/03", "03/04T07:30"],
    },
    { what: "FULL has none", kind: { name: "FULL" } as const, missing: ["01/13"], cut: ["01/13"] },
    {
      what: "a seed counts rows",
      kind: { name: "SEED", path: "s.csv", batchSize: 1, csv: {} } as const,
      missing: ["01/04"],
      cut: ["01/04"],
    },
    { what: "nothing missing", kind: incremental({ batchSize: 1 }), missing: [], cut: [] },
  ])("$what", ({ kind, missing, cut }) => {
    expect(show(batches({ kind, intervalUnit: "day" }, missing.map(range)))).toEqual(cut);
  });

  test("months are counted by the calendar", () => {
    const missing: Interval = [Date.UTC(2024, 0, 1), Date.UTC(2024, 5, 1)];
    expect(show(batches({ kind: incremental({ batchSize: 2 }), intervalUnit: "month" }, [missing]))).toEqual([
      "01/2024-03-01",
      "2024-03-01/2024-05-01",
      "2024-05-01/2024-06-01",
    ]);
  });
});

describe("start of a model", () => {
  const name = (text: string): ModelName => text as ModelName;
  const start = (nodes: Record<string, Partial<StartNode>>, of: string): string => {
    const graph = new Map(Object.entries(nodes).map(([key, options]) => [name(key), node(options)]));
    return new Date(startDates(graph, now)(name(of))).toISOString().slice(0, 10);
  };

  test.each([
    { what: "its own", nodes: { a: { start: "2023-05-01" } }, at: "2023-05-01" },
    { what: "one interval before the last tick", nodes: { a: {} }, at: "2024-01-09" },
    { what: "one month", nodes: { a: { cron: "@monthly" } }, at: "2023-12-01" },
    {
      what: "the earliest parent's",
      nodes: {
        a: { dependsOn: ["b", "c"] as ModelName[] },
        b: { start: "2023-05-01" },
        c: { start: "2023-02-01" },
      },
      at: "2023-02-01",
    },
    {
      what: "a grandparent's",
      nodes: {
        a: { dependsOn: ["b"] as ModelName[] },
        b: { dependsOn: ["c"] as ModelName[] },
        c: { start: "2023-02-01" },
      },
      at: "2023-02-01",
    },
    {
      what: "its own although the parent's is earlier",
      nodes: { a: { start: "2023-05-01", dependsOn: ["b"] as ModelName[] }, b: { start: "2023-02-01" } },
      at: "2023-05-01",
    },
    {
      what: "not that of an unknown table or of itself",
      nodes: { a: { dependsOn: ["a", "raw.t"] as ModelName[] } },
      at: "2024-01-09",
    },
  ])("$what", ({ nodes, at }) => {
    expect(start(nodes, "a")).toBe(at);
  });

  test("chains longer than the call stack", () => {
    const graph = new Map<ModelName, StartNode>();
    for (let i = 0; i < 50_000; i++) graph.set(name(`m${i}`), node({ dependsOn: [name(`m${i + 1}`)] }));
    graph.set(name("m50000"), node({ start: "2023-02-01" }));
    expect(startDates(graph, now)(name("m0"))).toBe(Date.UTC(2023, 1, 1));
  });
});

test("what may be recorded is the whole units inside", () => {
  expect(alignInward(node(), ...range("01T06/04T06"))).toEqual(range("02/04"));
  expect(alignInward(node(), ...range("01T06/01T18"))).toBeNull();
  expect(alignInward(node({ allowPartials: true }), ...range("02/04T06"))).toEqual(range("02/04T06"));
});
