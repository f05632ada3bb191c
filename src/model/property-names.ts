/** Which properties a MODEL block may have, and what is said about the others (spec project-format 3.5). */
import type { HeaderProperty, HeaderSource } from "../sql/header.ts";
import { headerError } from "../sql/header.ts";
import { didYouMean } from "./nearest.ts";

export const modelProperties: readonly string[] = [
  "name",
  "kind",
  "dialect",
  "description",
  "owner",
  "stamp",
  "tags",
  "cron",
  "cron_tz",
  "interval_unit",
  "start",
  "end",
  "allow_partials",
  "enabled",
  "gateway",
  "depends_on",
  "columns",
  "column_descriptions",
  "audits",
  "signals",
  "grain",
  "grains",
  "references",
  "partitioned_by",
  "clustered_by",
  "physical_properties",
  "virtual_properties",
  "session_properties",
  "table_properties",
  "table_format",
  "storage_format",
  "optimize_query",
  "ignored_rules",
  "formatting",
  "physical_version",
  "grants",
  "grants_target_layer",
  "blueprints",
  "validate_query",
];

/** Known, but set elsewhere: property → what to do. */
const misplaced: Readonly<Record<string, string>> = {
  virtual_environment_mode: "Set it in the configuration.",
  project: "Set it in the configuration.",
  retention: "Remove it.",
  default_catalog: "Write the catalog in the model's name, or set it in the connection.",
};

/** Written but without effect: property → why. */
export const ignoredProperties: Readonly<Record<string, string>> = {
  clustered_by: "no engine of Sluice clusters tables",
  table_format: "no engine of Sluice has table formats",
  storage_format: "no engine of Sluice has storage formats",
  grants: "Sluice does not manage grants yet",
  grants_target_layer: "Sluice does not manage grants yet",
  validate_query: "it was removed from the format",
  table_properties: "it is deprecated: use physical_properties",
};

/** Macros in these are kept and expanded when they are used, not at load (spec 3.6). */
export const lateProperties: ReadonlySet<string> = new Set([
  "audits",
  "signals",
  "physical_properties",
  "virtual_properties",
  "session_properties",
  "table_properties",
  "blueprints",
]);

/** Throws MODEL_INVALID for a property that does not exist, and for two that exclude each other. */
export function checkPropertyNames(properties: readonly HeaderProperty[], source: HeaderSource): void {
  const written = new Map(properties.map((property) => [property.key, property]));
  for (const { key, keyLine } of properties) {
    const elsewhere = misplaced[key];
    if (elsewhere) throw headerError(source, keyLine, `${key} cannot be set in a MODEL block`, elsewhere);
    if (!modelProperties.includes(key)) {
      throw headerError(
        source,
        keyLine,
        `a MODEL block has no property '${key}'`,
        didYouMean(key, modelProperties, "See the list of model properties."),
      );
    }
  }
  for (const [one, other] of [
    ["grain", "grains"],
    ["table_properties", "physical_properties"],
  ] as const) {
    const second = written.get(other);
    if (written.has(one) && second)
      throw headerError(
        source,
        second.keyLine,
        `${one} and ${other} exclude each other`,
        "Keep one of the two.",
      );
  }
}
