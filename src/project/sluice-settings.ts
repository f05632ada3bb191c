/** `sluice.yaml`: Sluice's own settings, beside the configuration that SQLMesh reads too (design 8). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { zonedInstant } from "../time/zone.ts";
import { isRecord } from "./merge.ts";
import { checkSchema } from "./schema-check.ts";
import schema from "./sluice.schema.json" with { type: "json" };
import { parseYaml } from "./yaml.ts";

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** Promotions happen only between `from` and `to` (`HH:MM`) on these days; past midnight when `to` is earlier. */
export interface PromotionWindow {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly days: readonly Weekday[];
  readonly environments: readonly string[];
}

/** No promotion from `from` up to `to`, dates or instants as text, read in `timezone`; a date as `to` includes its day. */
export interface Freeze {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly reason?: string;
  readonly environments: readonly string[];
}

/** Limits measured before views move; absent = no limit. Shares are fractions of one. */
export interface ImpactLimits {
  readonly maxRowChange?: number;
  readonly maxRowLoss?: number;
  readonly maxKeyLoss?: number;
  readonly maxNullRateChange?: number;
  readonly maxDroppedColumns?: number;
  readonly maxBackfillIntervals?: number;
  readonly maxBackfillModels?: number;
}

export interface RequiredCheck {
  readonly name: string;
  readonly appId?: number;
}

/** History to compute again with the next plan of production, once. */
export interface RestateEntry {
  readonly models: readonly string[];
  /** Days, both included. */
  readonly start?: string;
  readonly end?: string;
  readonly id?: string;
  readonly reason?: string;
}

export interface SluiceSettings {
  readonly windows: readonly PromotionWindow[];
  readonly freezes: readonly Freeze[];
  readonly impact: ImpactLimits;
  /** Measuring rows that takes longer counts as a stop. */
  readonly impactTimeLimitSeconds: number;
  /** Who may override which fuse; absent = whoever may apply. */
  readonly overrides: Readonly<Partial<Record<"window" | "freeze" | "impact", readonly string[]>>>;
  readonly requiredChecks: readonly RequiredCheck[];
  readonly requiredChecksGraceMinutes: number;
  readonly comment: {
    readonly template?: string;
    readonly maxModels?: number;
    readonly diffs: boolean;
    readonly lineage: boolean;
  };
  readonly lock: { readonly waitSeconds: number };
  readonly planTtlHours?: number;
  readonly restate: readonly RestateEntry[];
}

const file = "sluice.yaml";

/** Defaults when there is no such file. Throws CONFIG_INVALID with the line, unknown keys included. */
export function loadSluiceSettings(root: string): SluiceSettings {
  const path = join(root, file);
  const yaml = existsSync(path) ? parseYaml(readFileSync(path, "utf8"), file) : null;
  const value = yaml?.value ?? {};
  if (!isRecord(value))
    throw new SluiceError("CONFIG_INVALID", "sluice.yaml must hold a mapping", { place: { file, line: 1 } });
  const source = yaml ?? { file, lineOf: () => undefined };
  const checked = checkSchema(
    value,
    { schema, what: "sluice.yaml", code: "CONFIG_INVALID" },
    { source, at: [] },
  ) as Record<string, unknown>;
  checkZones(checked, source);
  checkFreezes(checked, source);
  return toSettings(checked);
}

function toSettings(value: Readonly<Record<string, unknown>>): SluiceSettings {
  const impact = value["impact"] as Record<string, number>;
  const limits = {
    maxRowChange: impact["max_row_change"],
    maxRowLoss: impact["max_row_loss"],
    maxKeyLoss: impact["max_key_loss"],
    maxNullRateChange: impact["max_null_rate_change"],
    maxDroppedColumns: impact["max_dropped_columns"],
    maxBackfillIntervals: impact["max_backfill_intervals"],
    maxBackfillModels: impact["max_backfill_models"],
  };
  const comment = value["comment"] as {
    template?: string;
    max_models?: number;
    diffs: boolean;
    lineage: boolean;
  };
  const ttl = value["plan_ttl_hours"] as number | undefined;
  return {
    windows: value["windows"] as PromotionWindow[],
    freezes: value["freezes"] as Freeze[],
    impact: Object.fromEntries(
      Object.entries(limits).filter(([, limit]) => limit !== undefined),
    ) as ImpactLimits,
    impactTimeLimitSeconds: impact["time_limit_seconds"] as number,
    overrides: value["overrides"] as SluiceSettings["overrides"],
    requiredChecks: (value["required_checks"] as (string | { name: string; app_id?: number })[]).map(
      (check) =>
        typeof check === "string"
          ? { name: check }
          : { name: check.name, ...(check.app_id === undefined ? {} : { appId: check.app_id }) },
    ),
    requiredChecksGraceMinutes: value["required_checks_grace_minutes"] as number,
    comment: {
      diffs: comment.diffs,
      lineage: comment.lineage,
      ...(comment.template === undefined ? {} : { template: comment.template }),
      ...(comment.max_models === undefined ? {} : { maxModels: comment.max_models }),
    },
    restate: value["restate"] as RestateEntry[],
    lock: { waitSeconds: (value["lock"] as { wait_seconds: number }).wait_seconds },
    ...(ttl === undefined ? {} : { planTtlHours: ttl }),
  };
}

function checkZones(
  value: Readonly<Record<string, unknown>>,
  source: { lineOf(path: readonly (string | number)[]): number | undefined },
): void {
  for (const key of ["windows", "freezes"]) {
    for (const [index, entry] of (value[key] as { timezone: string }[]).entries()) {
      if (isTimeZone(entry.timezone)) continue;
      const line = source.lineOf([key, index, "timezone"]);
      throw new SluiceError("CONFIG_INVALID", `there is no time zone ${entry.timezone}`, {
        place: { file, ...(line ? { line } : {}) },
        hint: "Write an IANA name, such as Europe/Berlin.",
      });
    }
  }
}

function checkFreezes(
  value: Readonly<Record<string, unknown>>,
  source: { lineOf(path: readonly (string | number)[]): number | undefined },
): void {
  for (const [index, freeze] of (value["freezes"] as Freeze[]).entries()) {
    for (const key of ["from", "to"] as const) {
      if (zonedInstant(freeze[key], freeze.timezone) !== null) continue;
      const line = source.lineOf(["freezes", index, key]);
      throw new SluiceError("CONFIG_INVALID", `${key} of a freeze is "${freeze[key]}", which is not a date`, {
        place: { file, ...(line ? { line } : {}) },
        hint: "Write 2024-12-23 or 2024-12-23 18:00.",
      });
    }
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
