/** `kind`: name and properties → {@link ModelKind} with every default (spec project-format 4). */
import { type HeaderProperty, type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readKind } from "../sql/header-values.ts";
import { type KindDefaults, KindReader } from "./kind-reader.ts";
import type { KindName, ModelKind } from "./model.ts";
import { didYouMean } from "./nearest.ts";

const incremental = ["on_destructive_change", "on_additive_change", "auto_restatement_cron"];
const batch = [
  ...incremental,
  "batch_size",
  "batch_concurrency",
  "lookback",
  "forward_only",
  "disable_restatement",
];
const scd = [
  ...incremental,
  "unique_key",
  "valid_from_name",
  "valid_to_name",
  "invalidate_hard_deletes",
  "time_data_type",
  "batch_size",
  "forward_only",
  "disable_restatement",
];

/** Kinds a MODEL block can name. */
type WrittenKind = Exclude<KindName, "STANDALONE_AUDIT">;

const properties: Readonly<Record<Exclude<WrittenKind, "SCD_TYPE_2_BY_TIME">, readonly string[]>> = {
  VIEW: ["materialized"],
  FULL: [],
  INCREMENTAL_BY_TIME_RANGE: [
    ...batch,
    "time_column",
    "auto_restatement_intervals",
    "partition_by_time_column",
  ],
  INCREMENTAL_BY_UNIQUE_KEY: [...batch, "unique_key", "when_matched", "merge_filter"],
  INCREMENTAL_BY_PARTITION: [...incremental, "disable_restatement"],
  INCREMENTAL_UNMANAGED: [...incremental, "insert_overwrite", "forward_only", "disable_restatement"],
  SCD_TYPE_2: [...scd, "updated_at_name", "updated_at_as_valid_from"],
  SCD_TYPE_2_BY_COLUMN: [...scd, "columns", "execution_time_as_valid_from", "updated_at_name"],
  SEED: ["path", "batch_size", "csv_settings"],
  EMBEDDED: [],
  EXTERNAL: [],
};

const required: Partial<Record<string, readonly string[]>> = {
  INCREMENTAL_BY_TIME_RANGE: ["time_column"],
  INCREMENTAL_BY_UNIQUE_KEY: ["unique_key"],
  SCD_TYPE_2: ["unique_key"],
  SCD_TYPE_2_BY_COLUMN: ["unique_key", "columns"],
  SEED: ["path"],
};

const pythonKinds: Readonly<Record<string, string>> = {
  MANAGED: "it needs an engine that manages tables",
  CUSTOM: "it needs a Python class",
  DBT_CUSTOM: "it belongs to dbt projects",
};

/** Reads a kind. Throws MODEL_INVALID with the line for an unknown kind or property, a missing one or a wrong value. */
export function parseKind(value: HeaderValue, source: HeaderSource, defaults: KindDefaults): ModelKind {
  const { name: written, properties: given } = readKind(value, source);
  const why = pythonKinds[written];
  if (why)
    throw headerError(
      { ...source, code: "NOT_SUPPORTED" },
      value.line,
      `the kind ${written} is not supported: ${why}`,
      "Use FULL or an incremental kind.",
    );
  const family = written === "SCD_TYPE_2_BY_TIME" ? "SCD_TYPE_2" : written;
  const known = Object.hasOwn(properties, family) ? properties[family as keyof typeof properties] : undefined;
  const kindNames = [...Object.keys(properties), "SCD_TYPE_2_BY_TIME"].filter((name) => name !== "EXTERNAL");
  if (!known) {
    throw headerError(
      source,
      value.line,
      `there is no model kind ${written}`,
      didYouMean(written, kindNames, `The kinds are ${kindNames.join(", ")}.`),
    );
  }
  checkNames(written, known, given, source);
  const read = new KindReader(new Map(given.map((p) => [p.key, p])), source, defaults);
  for (const key of required[family] ?? []) {
    if (!read.has(key))
      throw headerError(
        source,
        value.line,
        `the kind ${written} needs ${key}`,
        `Write ${written} (${key} …).`,
      );
  }
  return build(written as WrittenKind, read);
}

function checkNames(
  kind: string,
  known: readonly string[],
  given: readonly HeaderProperty[],
  source: HeaderSource,
): void {
  for (const { key, keyLine } of given) {
    if (known.includes(key)) continue;
    const alwaysForward = kind === "INCREMENTAL_BY_PARTITION" && key === "forward_only";
    const hint = alwaysForward
      ? "This kind is always forward-only: remove it."
      : didYouMean(key, known, known.length > 0 ? `It has ${known.join(", ")}.` : "It has none.");
    throw headerError(source, keyLine, `the kind ${kind} has no property '${key}'`, hint);
  }
}

function build(name: WrittenKind, read: KindReader): ModelKind {
  switch (name) {
    case "VIEW":
      return { name, materialized: read.boolean("materialized", false) };
    case "FULL":
    case "EMBEDDED":
    case "EXTERNAL":
      return { name };
    case "SEED":
      return {
        name,
        path: read.text("path").replaceAll("\\", "/"),
        batchSize: read.integer("batch_size") ?? 1000,
        csv: read.csv(),
      };
    case "INCREMENTAL_BY_TIME_RANGE": {
      const { column, format } = read.timeColumn();
      return {
        name,
        timeColumn: column,
        timeFormat: format,
        partitionByTimeColumn: read.boolean("partition_by_time_column", true),
        ...read.incremental(false, false),
        ...read.concurrency(),
      };
    }
    case "INCREMENTAL_BY_UNIQUE_KEY":
      read.refuseMergeLogic();
      return {
        name,
        uniqueKey: read.expressions("unique_key"),
        ...read.incremental(false, false),
        batchConcurrency: read.singleConcurrency(),
      };
    case "INCREMENTAL_BY_PARTITION":
      return { name, ...read.incremental(true, false) };
    case "INCREMENTAL_UNMANAGED":
      return {
        name,
        insertOverwrite: read.boolean("insert_overwrite", false),
        ...read.incremental(true, true),
      };
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN":
      return buildScd(name, read);
  }
}

function buildScd(
  name: "SCD_TYPE_2" | "SCD_TYPE_2_BY_TIME" | "SCD_TYPE_2_BY_COLUMN",
  read: KindReader,
): ModelKind {
  const byColumn = name === "SCD_TYPE_2_BY_COLUMN";
  const updatedAt = read.has("updated_at_name")
    ? read.column("updated_at_name")
    : byColumn
      ? undefined
      : "updated_at";
  return {
    name,
    uniqueKey: read.expressions("unique_key"),
    validFrom: read.has("valid_from_name") ? read.column("valid_from_name") : "valid_from",
    validTo: read.has("valid_to_name") ? read.column("valid_to_name") : "valid_to",
    invalidateHardDeletes: read.boolean("invalidate_hard_deletes", false),
    timeDataType: read.raw("time_data_type") ?? "TIMESTAMP",
    updatedAtAsValidFrom: read.boolean("updated_at_as_valid_from", false),
    executionTimeAsValidFrom: read.boolean("execution_time_as_valid_from", false),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(byColumn
      ? { columns: read.raw("columns")?.trim() === "*" ? ("*" as const) : read.expressions("columns") }
      : {}),
    ...read.incremental(true, true),
  };
}
