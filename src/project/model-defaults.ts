/** `model_defaults`: YAML values → the text they would have in a MODEL block (spec project-format 2.5). */
import { SluiceError } from "../errors.ts";
import type { ModelDefaults } from "../model/context.ts";
import { didYouMean } from "../model/nearest.ts";
import { type Dialect, type DialectFamily, dialects, isDialect, quoteString } from "../sql/dialect.ts";
import type { RawConfig } from "./config-file.ts";
import { isRecord } from "./merge.ts";

const propertyKeys = [
  "cron",
  "owner",
  "start",
  "table_format",
  "storage_format",
  "interval_unit",
  "allow_partials",
  "enabled",
  "formatting",
  "optimize_query",
  "on_destructive_change",
  "on_additive_change",
  "batch_concurrency",
] as const;
const booleanKeys: ReadonlySet<string> = new Set(["allow_partials", "enabled", "optimize_query"]);

/** Throws CONFIG_INVALID without a dialect, and for a dialect or a value that cannot be used. */
export function toModelDefaults(
  defaults: Readonly<Record<string, unknown>>,
  raw: RawConfig,
  family: DialectFamily,
): ModelDefaults {
  const properties: Record<string, string> = {};
  for (const key of propertyKeys) {
    const value = defaults[key];
    if (value === undefined || value === null) continue;
    if (booleanKeys.has(key) && typeof value === "string" && !value.includes("@")) {
      throw fault(
        raw,
        key,
        `model_defaults.${key} must be true or false, not the text "${value}"`,
        "Write it without quotes.",
      );
    }
    properties[key] = textOf(value, family);
  }
  return {
    dialect: dialectOf(defaults, raw),
    properties,
    physicalProperties: propertyTexts(defaults["physical_properties"], family),
    virtualProperties: propertyTexts(defaults["virtual_properties"], family),
    sessionProperties: propertyTexts(defaults["session_properties"], family),
    audits: auditTexts(defaults["audits"]),
    preStatements: (defaults["pre_statements"] as string[] | undefined) ?? [],
    postStatements: (defaults["post_statements"] as string[] | undefined) ?? [],
    onVirtualUpdate: (defaults["on_virtual_update"] as string[] | undefined) ?? [],
  };
}

function dialectOf(defaults: Readonly<Record<string, unknown>>, raw: RawConfig): Dialect {
  const written = defaults["dialect"];
  if (typeof written !== "string" || written === "") {
    throw fault(
      raw,
      "",
      "model_defaults with a dialect is required",
      "Add `model_defaults: {dialect: duckdb}` to the configuration.",
    );
  }
  const [name = "", ...settings] = written
    .toLowerCase()
    .split(",")
    .map((part) => part.trim());
  if (settings.length > 0) {
    throw new SluiceError(
      "NOT_SUPPORTED",
      `the dialect "${written}" has settings, which Sluice does not support`,
      {
        place: placeOf(raw, "dialect"),
        hint: `Write dialect: ${name}.`,
      },
    );
  }
  if (!isDialect(name)) {
    throw fault(
      raw,
      "dialect",
      `the dialect ${name} is not supported`,
      didYouMean(name, dialects, `Sluice knows ${dialects.join(", ")}.`) ?? "",
    );
  }
  return name;
}

/** A text with `@` is a macro, unless it is a cron alias. */
function textOf(value: unknown, family: DialectFamily): string {
  if (typeof value !== "string") return String(value);
  const isCronAlias = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i.test(value);
  return value.includes("@") && !isCronAlias ? value : quoteString(value, family);
}

function propertyTexts(value: unknown, family: DialectFamily): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === null ? "NULL" : textOf(item, family)]),
  );
}

function auditTexts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((item) =>
    typeof item === "string" ? item : String(item),
  );
}

function fault(raw: RawConfig, key: string, message: string, hint: string): SluiceError {
  return new SluiceError("CONFIG_INVALID", message, { place: placeOf(raw, key), hint });
}

function placeOf(raw: RawConfig, key: string): { file: string; line?: number } {
  const line = raw.source.lineOf(key ? ["model_defaults", key] : ["model_defaults"]);
  return { file: raw.file, ...(line ? { line } : {}) };
}
