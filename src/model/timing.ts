/** When a model is due: cron, interval unit, start and end (spec project-format 3.5, 10). */
import { SluiceError } from "../errors.ts";
import { headerError } from "../sql/header.ts";
import { checkCron, checkIntervalUnit, intervalUnitOf } from "../time/cron.ts";
import { readInstant } from "../time/instant.ts";
import { intervalUnits } from "../time/unit.ts";
import type { ModelFacts } from "./model.ts";
import type { Properties } from "./properties.ts";

export type Timing = Pick<ModelFacts, "cron" | "cronTz" | "intervalUnit" | "allowPartials" | "start" | "end">;

/** Throws MODEL_INVALID with the line of the property at fault; relative dates are read against `now` (ms). */
export function readTiming(properties: Properties, now: number): Timing {
  const cron = properties.text("cron") ?? "@daily";
  const cronTz = properties.text("cron_tz") ?? "UTC";
  const allowPartials = properties.boolean("allow_partials", false);
  checkZone(cronTz, properties);
  at(properties, "cron", () => checkCron(cron, cronTz));
  const declared = properties.word("interval_unit", intervalUnits);
  const intervalUnit = declared ?? at(properties, "cron", () => intervalUnitOf(cron));
  if (declared) at(properties, "interval_unit", () => checkUnit(declared, cron, allowPartials));
  const start = properties.text("start");
  const end = properties.text("end");
  checkRange(start, end, properties, now);
  return {
    cron,
    cronTz,
    intervalUnit,
    allowPartials,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

function checkUnit(unit: Timing["intervalUnit"], cron: string, allowPartials: boolean): void {
  checkIntervalUnit(unit, cron, allowPartials);
}

const knownZones = new Set(["UTC"]);

function checkZone(zone: string, properties: Properties): void {
  if (knownZones.has(zone)) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    knownZones.add(zone);
  } catch {
    throw headerError(
      properties.source,
      properties.line("cron_tz"),
      `there is no time zone ${zone}`,
      "Write an IANA name, such as Europe/Berlin.",
    );
  }
}

function checkRange(
  start: string | undefined,
  end: string | undefined,
  properties: Properties,
  now: number,
): void {
  const read = (key: string, text: string): number => {
    const instant = readInstant(text, now);
    if (instant) return instant.at;
    throw headerError(
      properties.source,
      properties.line(key),
      `${key} '${text}' is not a date`,
      "Write, for example, '2024-01-31' or '1 week ago'.",
    );
  };
  const from = start === undefined ? undefined : read("start", start);
  const to = end === undefined ? undefined : read("end", end);
  if (to === undefined) return;
  if (from === undefined)
    throw headerError(
      properties.source,
      properties.line("end"),
      "an end needs a start",
      "Add start to the block.",
    );
  if (from > to)
    throw headerError(
      properties.source,
      properties.line("end"),
      `the start ${start} lies after the end ${end}`,
      "Swap them.",
    );
}

/** Gives an error of the time room its place. */
function at<T>(properties: Properties, key: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof SluiceError) || cause.place) throw cause;
    throw new SluiceError("MODEL_INVALID", cause.message, {
      place: { file: properties.source.file, line: properties.line(key) },
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}
