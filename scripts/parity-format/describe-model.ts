/** A model of ours in the words of the records; what holds its default is left out. */
import type { CsvSettings, Model, ModelKind } from "../../src/model/model.ts";
import { fullParts, recordedName } from "./project.ts";

type Described = Record<string, unknown>;

export function describeModel(model: Model, defaultCatalog: string | undefined): Described {
  return compact({
    name: model.displayName,
    fqn: fullParts(model, defaultCatalog),
    kind: describeKind(model.kind),
    dialect: model.dialect,
    cron: model.cron,
    cron_tz: model.cronTz === "UTC" ? undefined : model.cronTz,
    interval_unit: model.intervalUnit,
    owner: model.owner,
    project: model.project,
    gateway: model.gateway,
    start: model.start,
    end: model.end,
    stamp: model.stamp,
    description: model.description,
    column_descriptions: model.columnDescriptions,
    tags: model.tags,
    allow_partials: model.allowPartials || undefined,
    grains: model.grains,
    references: model.references,
    partitioned_by: model.partitionedBy,
    clustered_by: model.clusteredBy,
    ignored_rules: model.ignoredRules,
    physical_properties: model.physicalProperties,
    virtual_properties: model.virtualProperties,
    session_properties: model.sessionProperties,
    audits: model.audits.map(({ name, args }) => compact({ name, args })),
    depends_on_self: model.selfReferencing || undefined,
    pre_statements: model.preStatements.map((one) => one.text),
    post_statements: model.postStatements.map((one) => one.text),
    on_virtual_update: model.onVirtualUpdate.map((one) => one.text),
    depends_on: keep(model.dependsOn.map((name) => withCatalog(name, defaultCatalog)).sort()),
    columns: keep(
      model.columns === null ? null : Object.fromEntries(model.columns.map(({ name, type }) => [name, type])),
    ),
  });
}

/** `shop.orders` → `memory.shop.orders`, quotes dropped. */
export function withCatalog(name: string, defaultCatalog: string | undefined): string {
  const parts = [...name.matchAll(/"((?:[^"]|"")*)"|[^."]+/g)].map(([whole, quoted]) => quoted ?? whole);
  const [table = "", schema, catalog] = parts.toReversed();
  return recordedName(
    {
      parts: {
        table,
        ...(schema === undefined ? {} : { schema }),
        ...(catalog === undefined ? {} : { catalog }),
      },
    },
    defaultCatalog,
  );
}

function describeKind(kind: ModelKind): Described {
  switch (kind.name) {
    case "SEED":
      return compact({
        name: kind.name,
        path: kind.path,
        batch_size: kind.batchSize,
        csv_settings: describeCsv(kind.csv),
      });
    case "INCREMENTAL_BY_TIME_RANGE":
      return compact({ ...shared(kind), time_column: { column: kind.timeColumn, format: kind.timeFormat } });
    case "VIEW":
      return { name: kind.name, materialized: kind.materialized };
    default:
      // `*` alone is a list of one in the record.
      return compact({
        ...shared(kind),
        ...("columns" in kind && kind.columns === "*" ? { columns: ["*"] } : {}),
      });
  }
}

const renamed: Readonly<Record<string, string>> = {
  validFrom: "valid_from_name",
  validTo: "valid_to_name",
  updatedAt: "updated_at_name",
};

function shared(kind: ModelKind): Described {
  return Object.fromEntries(
    Object.entries(kind).map(([key, value]) => [renamed[key] ?? snakeCase(key), value]),
  );
}

function describeCsv(csv: CsvSettings): Described {
  return compact(Object.fromEntries(Object.entries(csv).map(([key, value]) => [snakeCase(key), value])));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Marks a value that stays although it is empty. */
class Kept {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

function keep(value: unknown): Kept {
  return new Kept(value);
}

/** Without what is undefined, null or empty. */
function compact(record: Described): Described {
  const filled = Object.entries(record).filter(([, value]) => value instanceof Kept || !isEmpty(value));
  return Object.fromEntries(filled.map(([key, value]) => [key, value instanceof Kept ? value.value : value]));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
