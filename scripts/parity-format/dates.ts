/** Date-like texts, and ranges made inclusive. */
import { SluiceError } from "../../src/errors.ts";
import { inclusiveEnd } from "../../src/time/format.ts";
import { exclusiveEnd, minuteFloor, parseInstant, parseRange } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";
import { differences } from "./compare.ts";

interface ExpectedInstant {
  readonly in: string;
  readonly instant?: string;
  readonly date_only?: boolean;
  readonly categorical?: boolean;
  readonly error?: unknown;
}

interface ExpectedRange {
  readonly start: string;
  readonly end: string;
  readonly inclusive: readonly [string, string];
  readonly error?: unknown;
}

export async function checkDates(stage: Stage): Promise<readonly string[]> {
  const now = minuteFloor(stage.now);
  const instants = (stage.expect["instants"] ?? []) as readonly ExpectedInstant[];
  const ranges = (stage.expect["ranges"] ?? []) as readonly ExpectedRange[];
  return [
    ...instants.flatMap((expected) => checkInstant(expected, now, stage.recorded.note ?? "")),
    ...ranges.flatMap((expected) => checkRange(expected, now)),
  ];
}

function checkInstant(expected: ExpectedInstant, now: number, note: string): readonly string[] {
  try {
    const { at, dateOnly, categorical } = parseInstant(expected.in, now);
    if (expected.error !== undefined)
      return [`'${expected.in}': expected a refusal, got ${isoMicros(at * 1000)}`];
    // Instants are kept in milliseconds.
    const instant = Math.floor(Date.parse(expected.instant ?? ""));
    return differences(
      `'${expected.in}'`,
      { at: isoMicros(instant * 1000), dateOnly: expected.date_only, categorical: expected.categorical },
      { at: isoMicros(at * 1000), dateOnly, categorical },
    );
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const mayRefuse = expected.error !== undefined || note.includes(`rejects ${expected.in}`);
    return mayRefuse ? [] : [`'${expected.in}': ${error.sentence}`];
  }
}

function checkRange(expected: ExpectedRange, now: number): readonly string[] {
  const path = `${expected.start} to ${expected.end}`;
  const start = parseInstant(expected.start, now);
  const until = exclusiveEnd(parseInstant(expected.end, now));
  const found = differences(path, expected.inclusive, [
    isoMicros(start.at * 1000),
    isoMicros(inclusiveEnd(until)),
  ]);
  const refused = isRefused(() => parseRange(expected.start, expected.end, now));
  return refused === (expected.error !== undefined)
    ? found
    : [...found, `${path}: ${refused ? "refused" : "not refused"}`];
}

function isRefused(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof SluiceError) return true;
    throw error;
  }
}

/** `2024-01-01T00:00:00Z`, with six digits of fraction when there is one. */
function isoMicros(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return fraction === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, "0")}Z`;
}
