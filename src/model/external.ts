/** One entry of an external models file → {@link Model}, read as if it were a MODEL block (spec project-format 9.3). */
import type { Digest } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import { type DialectFamily, familyOf, isDialect, quoteIdentifier, quoteString } from "../sql/dialect.ts";
import type { HeaderProperty } from "../sql/header.ts";
import { buildModel } from "./build.ts";
import type { ModelContext } from "./context.ts";
import type { Model } from "./model.ts";
import { didYouMean } from "./nearest.ts";
import { Properties } from "./properties.ts";
import { modelProperties } from "./property-names.ts";

export interface ExternalOrigin {
  readonly place: { readonly file: string; readonly line: number };
  readonly sourceDigest: Digest;
  lineOf(key: string): number;
}

/** Throws EXTERNAL_INVALID with file and line. */
export function buildExternalModel(
  entry: Readonly<Record<string, unknown>>,
  origin: ExternalOrigin,
  context: ModelContext,
): Model {
  const fail = (key: string, message: string, hint?: string): never => {
    throw new SluiceError("EXTERNAL_INVALID", message, {
      place: { file: origin.place.file, line: origin.lineOf(key) },
      ...(hint === undefined ? {} : { hint }),
    });
  };
  if (typeof entry["name"] !== "string")
    fail("name", "an external model needs a name", "Write name: schema.table.");
  if ("kind" in entry) fail("kind", "an external model cannot have a kind", "Remove kind.");
  const written =
    typeof entry["dialect"] === "string" ? entry["dialect"].toLowerCase() : context.defaults.dialect;
  if (!isDialect(written)) return fail("dialect", `the dialect ${written} is not supported`);
  const family = familyOf(written);
  const values = new Map<string, HeaderProperty>();
  for (const [key, value] of Object.entries(entry)) {
    if (!modelProperties.includes(key))
      fail(key, `an external model has no key '${key}'`, didYouMean(key, modelProperties));
    if (value === null || value === undefined || key === "enabled" || key === "gateway") continue;
    const line = origin.lineOf(key);
    values.set(key, { key, text: propertyText(key, value, family), line, keyLine: line });
  }
  for (const key of ["cron", "owner", "start"]) {
    const text = context.defaults.properties[key];
    if (text !== undefined && !values.has(key)) values.set(key, { key, text, line: 1, keyLine: 1 });
  }
  values.set("kind", { key: "kind", text: "EXTERNAL", line: origin.place.line, keyLine: origin.place.line });
  const { file, line } = origin.place;
  return buildModel(
    {
      source: { path: file, text: "", sourceDigest: origin.sourceDigest },
      dialect: written,
      header: { line, comment: null },
      properties: new Properties(values, { family, file, code: "EXTERNAL_INVALID" }),
      blueprint: {},
      roles: { before: [], after: [], onVirtualUpdate: [], audits: [] },
    },
    {
      ...context,
      defaults: { ...context.defaults, preStatements: [], postStatements: [], onVirtualUpdate: [] },
    },
  );
}

/** A YAML value as it would stand in a MODEL block. */
function propertyText(key: string, value: unknown, family: DialectFamily): string {
  if (key === "name") return String(value);
  if (key === "columns" && isMapping(value)) {
    return `(${Object.entries(value)
      .map(([name, type]) => `${quoteIdentifier(name, family)} ${String(type)}`)
      .join(", ")})`;
  }
  if (key === "audits" && Array.isArray(value))
    return `[${value.map((audit) => auditText(audit)).join(", ")}]`;
  if (key === "grain" || key === "grains" || key === "references" || key === "depends_on") {
    return Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value);
  }
  if (isMapping(value)) {
    return `(${Object.entries(value)
      .map(([name, item]) => `${quoteString(name, family)} = ${literal(item, family)}`)
      .join(", ")})`;
  }
  return Array.isArray(value)
    ? `[${value.map((item) => literal(item, family)).join(", ")}]`
    : literal(value, family);
}

/** `{name: not_null, columns: "[id]"}`: every argument is SQL text; a bare number or boolean is taken as such. */
function auditText(audit: unknown): string {
  if (!isMapping(audit)) return String(audit);
  const args = Object.entries(audit).filter(([key]) => key !== "name");
  return `${String(audit["name"])}(${args.map(([key, value]) => `"${key}" := ${String(value)}`).join(", ")})`;
}

function literal(value: unknown, family: DialectFamily): string {
  return typeof value === "string" ? quoteString(value, family) : String(value);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
