/** Whether a kind keeps the table that SQLMesh's kind kept: what never changes rows is left out (spec plan-and-apply 1.3). */
import type { Model, ModelKind } from "../model/model.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { sameSql } from "./compare-texts.ts";
import { flagOf, listOf, objectOf, type Recorded, textOf } from "./recorded.ts";

/** A property by SQLMesh's word: `sql` is compared as an expression or a list of them, `plain` as it is. */
type Property =
  | { readonly name: string; readonly sql: readonly string[] }
  | { readonly name: string; readonly plain: string | number | boolean };

/** Words of what differs; empty when the kinds are the same. */
export function kindDifferences(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  const kind = objectOf(node["kind"]);
  const name = textOf(kind?.["name"]);
  if (kind === null || name === null) return ["kind"];
  if (timed(name) !== timed(model.kind.name)) return [`kind (${name} there)`];
  const differing = propertiesOf(model.kind).filter((property) => !isSame(property, kind, family));
  const names = differing.map((property) => property.name);
  // What Sluice has no word for shapes rows as well.
  const extra = ["when_matched", "merge_filter"].filter((key) => textOf(kind[key]) !== null);
  return [...names, ...extra];
}

/** Two names of one kind. */
function timed(name: string): string {
  return name === "SCD_TYPE_2" ? "SCD_TYPE_2_BY_TIME" : name;
}

function propertiesOf(kind: ModelKind): readonly Property[] {
  switch (kind.name) {
    case "VIEW":
      return [{ name: "materialized", plain: kind.materialized }];
    case "INCREMENTAL_BY_TIME_RANGE":
      return [
        { name: "time_column", sql: [kind.timeColumn] },
        { name: "format", plain: kind.timeFormat },
        { name: "lookback", plain: kind.lookback ?? 0 },
        { name: "partition_by_time_column", plain: kind.partitionByTimeColumn },
      ];
    case "INCREMENTAL_BY_UNIQUE_KEY":
      return [
        { name: "unique_key", sql: kind.uniqueKey },
        { name: "lookback", plain: kind.lookback ?? 0 },
      ];
    case "INCREMENTAL_UNMANAGED":
      return [{ name: "insert_overwrite", plain: kind.insertOverwrite }];
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN":
      return scdProperties(kind);
    default:
      return [];
  }
}

function scdProperties(kind: Extract<ModelKind, { readonly validFrom: string }>): readonly Property[] {
  return [
    { name: "unique_key", sql: kind.uniqueKey },
    { name: "valid_from_name", sql: [kind.validFrom] },
    { name: "valid_to_name", sql: [kind.validTo] },
    { name: "invalidate_hard_deletes", plain: kind.invalidateHardDeletes },
    { name: "updated_at_name", sql: kind.updatedAt === undefined ? [] : [kind.updatedAt] },
    { name: "updated_at_as_valid_from", plain: kind.updatedAtAsValidFrom },
    { name: "execution_time_as_valid_from", plain: kind.executionTimeAsValidFrom },
    ...(kind.columns === undefined
      ? []
      : [{ name: "columns", sql: kind.columns === "*" ? ["*"] : kind.columns }]),
  ];
}

/** Where SQLMesh wrote nothing, its default holds. */
const defaults: Readonly<Record<string, string | number | boolean>> = {
  lookback: 0,
  format: "%Y-%m-%d",
  partition_by_time_column: true,
};

function isSame(property: Property, kind: Recorded, family: DialectFamily): boolean {
  const recorded = recordedValue(property.name, kind);
  if ("sql" in property) {
    const there = Array.isArray(recorded) ? listOf(recorded) : recorded === undefined ? [] : [recorded];
    return (
      there.length === property.sql.length &&
      property.sql.every((own, at) => sameSql(own, textOf(there[at]) ?? "", family))
    );
  }
  const there = recorded ?? defaults[property.name] ?? false;
  if (typeof property.plain === "boolean") return flagOf(there) === property.plain;
  return String(there) === String(property.plain);
}

function recordedValue(name: string, kind: Recorded): unknown {
  if (name !== "time_column" && name !== "format") return kind[name] ?? undefined;
  const column = objectOf(kind["time_column"]);
  return (name === "time_column" ? column?.["column"] : column?.["format"]) ?? undefined;
}
