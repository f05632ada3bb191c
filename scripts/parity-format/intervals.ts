/** Missing intervals and batches of every model, for given loaded ones. */

import type { ModelFacts } from "../../src/model/model.ts";
import { alignInward, batches, missingIntervals, rangeEnd, startDates } from "../../src/plan/intervals.ts";
import type { Project } from "../../src/project/project.ts";
import { exclusiveEnd, minuteFloor, parseInstant } from "../../src/time/instant.ts";
import { type Interval, mergeIntervals } from "../../src/time/intervals.ts";
import type { Stage } from "./case.ts";
import { differences } from "./compare.ts";
import { openProject, recordedName } from "./project.ts";

interface Item {
  readonly start: string;
  readonly end?: string;
  readonly execution_time?: string;
  readonly ignore_cron?: boolean;
  readonly end_bounded?: boolean;
  readonly loaded?: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

interface Expected {
  readonly in: Item;
  readonly missing: unknown;
  readonly batches: unknown;
}

export async function checkIntervals(stage: Stage): Promise<readonly string[]> {
  const project = await openProject(stage);
  return (stage.expect["plans"] as readonly Expected[]).flatMap(({ in: item, missing, batches: expected }) =>
    differences(
      JSON.stringify(item),
      { missing, batches: expected },
      plan(project, item, minuteFloor(stage.now)),
    ),
  );
}

function plan(project: Project, item: Item, now: number) {
  const executionTime = item.execution_time === undefined ? now : parseInstant(item.execution_time, now).at;
  const startOf = startDates(project.facts, executionTime);
  const start = parseInstant(item.start, executionTime).at;
  const end =
    item.end === undefined
      ? { until: executionTime, dateOnly: false }
      : rangeEnd(parseInstant(item.end, executionTime));
  const found: { missing: Record<string, unknown>; batches: Record<string, unknown> } = {
    missing: {},
    batches: {},
  };
  for (const facts of [...project.facts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const from = Math.max(start, startOf(facts.name));
    if (from > end.until) continue;
    const missing = missingIntervals(facts, loadedOf(facts, item, executionTime), {
      start: from,
      end,
      executionTime,
      ...(item.ignore_cron === undefined ? {} : { ignoreCron: item.ignore_cron }),
      ...(item.end_bounded === undefined ? {} : { endBounded: item.end_bounded }),
    });
    if (missing.length === 0) continue;
    const name = recordedName(facts, project.settings.defaultCatalog);
    found.missing[name] = missing.map(describe);
    found.batches[name] = batches(facts, missing).map(describe);
  }
  return found;
}

function loadedOf(facts: ModelFacts, item: Item, executionTime: number): readonly Interval[] {
  const given = item.loaded?.[facts.displayName] ?? [];
  return mergeIntervals(
    given.flatMap(([start, end]): readonly Interval[] => {
      const until = exclusiveEnd(parseInstant(end, executionTime));
      const whole = alignInward(facts, parseInstant(start, executionTime).at, until);
      return whole === null ? [] : [whole];
    }),
  );
}

function describe([start, end]: Interval): readonly string[] {
  return [start, end].map((at) => new Date(at).toISOString().replace(".000Z", "Z"));
}
