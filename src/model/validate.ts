/** Rules between the parts of one model (spec project-format 3.12). */
import { normaliseIdentifier } from "../sql/dialect.ts";
import { headerError } from "../sql/header.ts";
import { readCall } from "../sql/header-values.ts";
import { isIncremental, isMaterialized, isSymbolic, type Model } from "./model.ts";
import { nearest } from "./nearest.ts";
import { columnsIn } from "./partitions.ts";
import type { Properties } from "./properties.ts";

/** Throws MODEL_INVALID for the first rule a model breaks; `line` is the block's. */
export function checkModel(model: Model, properties: Properties, line: number): void {
  const fail = (key: string, message: string, hint: string): never => {
    throw headerError(properties.source, properties.has(key) ? properties.line(key) : line, message, hint);
  };
  if (model.kind.name === "EMBEDDED" && model.hasAudits)
    fail(
      "audits",
      "an embedded model cannot have audits: it has no table",
      "Remove them, or choose another kind.",
    );
  checkSignals(properties);
  checkPartitions(model, properties, fail);
  checkTimeColumn(model, fail);
  if (
    model.kind.name === "INCREMENTAL_UNMANAGED" &&
    model.kind.insertOverwrite &&
    model.partitionedBy.length === 0
  ) {
    fail("kind", "insert_overwrite needs partitioned_by", "Add partitioned_by.");
  }
  if (
    model.physicalVersion !== undefined &&
    !(isIncremental(model.kind) && "forwardOnly" in model.kind && model.kind.forwardOnly)
  ) {
    fail(
      "physical_version",
      "physical_version needs a forward-only kind",
      "Set forward_only true, or remove it.",
    );
  }
  const typed = model.columns?.every((column) => column.type !== null) ?? false;
  if (model.selfReferencing && !typed && model.query && !isSelfOnlyByDependsOn(model)) {
    fail(
      "columns",
      `the model ${model.displayName} reads itself, so every column needs a type`,
      "Cast each column, or write columns (name TYPE, …).",
    );
  }
}

/** `freshness` is the only signal that is not Python, and it is always true on engines without modification times. */
function checkSignals(properties: Properties): void {
  for (const item of properties.list("signals")) {
    if (/^[([]/.test(item.text)) continue;
    const { name } = readCall(item, properties.source);
    if (name.toLowerCase() === "freshness") continue;
    throw headerError(
      properties.source,
      item.line,
      `the signal ${name} does not exist`,
      "Only freshness is built in; signals written in Python are not supported.",
    );
  }
}

type Fail = (key: string, message: string, hint: string) => never;

/** `depends_on` may name the model itself without its query reading it; nothing is read then while columns are unknown. */
function isSelfOnlyByDependsOn(model: Model): boolean {
  return model.columns === null && model.query?.jinja === true;
}

function checkPartitions(model: Model, properties: Properties, fail: Fail): void {
  const written = properties.has("partitioned_by")
    ? "partitioned_by"
    : properties.has("clustered_by")
      ? "clustered_by"
      : null;
  if (
    written &&
    (isSymbolic(model.kind) || !isMaterialized(model.kind)) &&
    properties.list(written).length > 0
  ) {
    fail(
      written,
      `a model of kind ${model.kind.name} has no table, so ${written} has no place`,
      `Remove ${written}, or choose another kind.`,
    );
  }
  if (model.kind.name === "INCREMENTAL_BY_PARTITION" && model.partitionedBy.length === 0) {
    fail("kind", "the kind INCREMENTAL_BY_PARTITION needs partitioned_by", "Add partitioned_by.");
  }
  const columns = model.columns?.map((column) => column.name);
  if (!columns) return;
  const own = properties
    .list("partitioned_by")
    .flatMap((item) => columnsIn(item.text, properties.source.family));
  const missing = own.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    fail(
      "partitioned_by",
      `partitioned_by names the column ${missing}, which the query does not return`,
      suggestion(missing, columns),
    );
  }
}

function checkTimeColumn(model: Model, fail: Fail): void {
  if (model.kind.name !== "INCREMENTAL_BY_TIME_RANGE" || !model.columns) return;
  const columns = model.columns.map((column) => column.name);
  const { timeColumn } = model.kind;
  if (!columns.includes(timeColumn)) {
    fail(
      "kind",
      `the time column ${timeColumn} is not among the columns of the query`,
      suggestion(timeColumn, columns),
    );
  }
}

function suggestion(name: string, columns: readonly string[]): string {
  const candidate =
    columns.find((column) => normaliseIdentifier(column, "duckdb") === name.toLowerCase()) ??
    nearest(name, columns);
  return candidate ? `Did you mean ${candidate}?` : `The query returns ${columns.join(", ")}.`;
}
