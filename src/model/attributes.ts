/** The properties that describe a model without deciding what it reads: tags, descriptions, partitions, engine properties. */
import { normaliseIdentifier } from "../sql/dialect.ts";
import { readText } from "../sql/header-values.ts";
import type { ModelDraft } from "./build.ts";
import type { ColumnList } from "./columns.ts";
import type { ModelContext } from "./context.ts";
import { readGrains, readReferences } from "./grain.ts";
import type { ModelKind } from "./model.ts";
import { partitionsOf } from "./partitions.ts";
import type { Properties } from "./properties.ts";

/** Reads them over the defaults of the context. */
export function attributesOf(draft: ModelDraft, kind: ModelKind, found: ColumnList, context: ModelContext) {
  const { properties, header } = draft;
  const { defaults } = context;
  const owner = properties.text("owner");
  const description = properties.text("description") ?? header.comment ?? undefined;
  const stamp = properties.text("stamp");
  const physicalVersion = properties.text("physical_version");
  const physicalKey = properties.has("table_properties") ? "table_properties" : "physical_properties";
  return {
    tags: properties.texts("tags"),
    columnsDeclared: properties.has("columns"),
    columnDescriptions: descriptionsOf(properties, found, context),
    partitionedBy: partitionsOf(kind, properties),
    clusteredBy: properties.list("clustered_by").map((item) => item.text),
    physicalProperties: overDefaults(properties.pairs(physicalKey), defaults.physicalProperties),
    virtualProperties: overDefaults(properties.pairs("virtual_properties"), defaults.virtualProperties),
    sessionProperties: overDefaults(properties.pairs("session_properties"), defaults.sessionProperties),
    grains: readGrains(properties),
    references: readReferences(properties),
    ignoredRules: ignoredRulesOf(properties),
    namingConvention: context.namingConvention,
    virtualEnvironmentMode: context.virtualEnvironmentMode,
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(physicalVersion === undefined ? {} : { physicalVersion }),
  };
}

/** Per key; a value NULL removes the default. */
function overDefaults(
  own: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged = { ...defaults, ...own };
  return Object.fromEntries(
    Object.entries(merged).filter(([key, value]) => !(key in defaults && /^(null|none)$/i.test(value))),
  );
}

/** `column_descriptions`, else the comments of the projections. */
function descriptionsOf(
  properties: Properties,
  found: ColumnList,
  context: ModelContext,
): Record<string, string> {
  const written = properties.get("column_descriptions");
  if (!written) return { ...found.descriptions };
  const { family, file } = properties.source;
  const names = found.columns?.map((column) => column.name);
  const descriptions: Record<string, string> = {};
  for (const [key, value] of Object.entries(properties.pairs("column_descriptions"))) {
    const name = normaliseIdentifier(key, family);
    if (names && !names.includes(name)) {
      context.warn({
        code: "column-unknown",
        text: `column_descriptions names ${key}, which is no column of the model`,
        file,
        line: written.line,
      });
      continue;
    }
    descriptions[name] = readText({ text: value, line: written.line }, properties.source);
  }
  return descriptions;
}

function ignoredRulesOf(properties: Properties): readonly string[] | "ALL" {
  const rules = properties.texts("ignored_rules").map((rule) => rule.toLowerCase());
  return rules.length === 1 && rules[0] === "all" ? "ALL" : rules;
}

/** Properties without effect that change a model's identity all the same. */
export function inertOf(properties: Properties): Record<string, string> {
  const keys = ["table_format", "storage_format", "optimize_query"];
  return Object.fromEntries(
    keys.flatMap((key) =>
      properties.get(key) ? [[key, (properties.get(key) as { text: string }).text.toLowerCase()]] : [],
    ),
  );
}
