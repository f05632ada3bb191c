/** A model as text for people to compare: its properties one per line, then its statements as written. */
import type { AuditUse, Model } from "../model/model.ts";

/** Lines without line ends; equal definitions give equal lines. */
export function definitionLines(model: Model): readonly string[] {
  const statements = [
    ...model.preStatements,
    ...(model.query ? [model.query] : []),
    ...model.postStatements,
    ...model.onVirtualUpdate,
  ];
  const body = statements.flatMap((statement) => ["", ...statement.text.trim().split(/\r?\n/)]);
  const seed = model.seed === undefined ? [] : ["", ...model.seed.content.trimEnd().split(/\r?\n/)];
  return [...headerLines(model), ...body, ...seed];
}

function headerLines(model: Model): readonly string[] {
  const properties: readonly (readonly [string, unknown])[] = [
    ["name", model.displayName],
    ["kind", model.kind],
    ["dialect", model.dialect],
    ["gateway", model.gateway],
    ["cron", model.cron],
    ["cron_tz", model.cronTz],
    ["interval_unit", model.intervalUnit],
    ["start", model.start],
    ["end", model.end],
    ["allow_partials", model.allowPartials],
    ["owner", model.owner],
    ["tags", model.tags],
    ["description", model.description],
    [
      "columns",
      model.columnsDeclared ? model.columns?.map(({ name, type }) => `${name} ${type}`) : undefined,
    ],
    ["column_descriptions", model.columnDescriptions],
    ["partitioned_by", model.partitionedBy],
    ["clustered_by", model.clusteredBy],
    ["physical_properties", model.physicalProperties],
    ["virtual_properties", model.virtualProperties],
    ["session_properties", model.sessionProperties],
    ["grains", model.grains],
    ["references", model.references],
    ["audits", model.audits.map(describeAudit)],
    ["stamp", model.stamp],
    ["physical_version", model.physicalVersion],
    ["variables", model.variables],
  ];
  const shown = properties.filter(([, value]) => !isEmpty(value));
  return ["MODEL (", ...shown.map(([name, value]) => `  ${name} ${describe(value)}`), ")"];
}

/** As it stands in a MODEL block: `not_null(columns := (id))`. */
function describeAudit({ name, args }: AuditUse): string {
  const given = Object.entries(args).map(([key, value]) => `${key} := ${value}`);
  return given.length === 0 ? name : `${name}(${given.join(", ")})`;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === false) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(describe).join(", ")})`;
  if (typeof value !== "object" || value === null) return String(value);
  const { name, ...rest } = value as Readonly<Record<string, unknown>>;
  const members = Object.entries(rest)
    .filter(([, member]) => !isEmpty(member))
    .map(([key, member]) => `${key} ${describe(member)}`);
  const inside = members.length > 0 ? `(${members.join(", ")})` : "";
  return typeof name === "string" ? [name, inside].filter(Boolean).join(" ") : inside || "()";
}
