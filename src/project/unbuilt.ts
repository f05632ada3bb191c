/**
 * What the project format knows and Sluice does not build yet, in one place: each refusal is a line here, and building the
 * feature ends with deleting that line.
 */
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { KindName, Model } from "../model/model.ts";
import type { Header } from "../sql/header.ts";
import type { RawConfig } from "./config-file.ts";
import type { Settings } from "./settings.ts";

const unbuiltKinds: ReadonlySet<KindName> = new Set<KindName>([]);

/** Throws NOT_SUPPORTED, always: `what` is a sentence's subject and verb, `hint` the way out. */
export function refuseUnbuilt(what: string, place: SourcePlace, hint = "Leave it out for now."): never {
  throw new SluiceError("NOT_SUPPORTED", `${what} not supported yet`, { place, hint });
}

/** Refuses blocks whose macros would have no meaning without the feature. */
export function refuseUnbuiltHeader(header: Header, file: string): void {
  const dialect = header.properties.find((property) => property.key === "dialect");
  if (dialect?.text.includes(","))
    refuseUnbuilt(
      "settings in a dialect are",
      { file, line: dialect.line },
      "Write the dialect's name only.",
    );
}

/** Refuses models that Sluice can read but not build. */
export function refuseUnbuiltModel(model: Model, line: number, gateway: string): void {
  const place = { file: model.path, line };
  if (model.gateway !== undefined && model.gateway !== gateway) {
    refuseUnbuilt(
      "models of several gateways in one plan are",
      place,
      `Remove the gateway, or plan with --gateway ${model.gateway}.`,
    );
  }
  if (unbuiltKinds.has(model.kind.name))
    refuseUnbuilt(
      `the kind ${model.kind.name} is`,
      place,
      "Use FULL or an incremental kind by time range or unique key.",
    );
  if (model.kind.name === "VIEW" && model.kind.materialized)
    refuseUnbuilt("materialized views are", place, "Use kind FULL.");
}

/** Refuses settings that would change what is built. */
export function refuseUnbuiltSettings(settings: Settings, raw: RawConfig): void {
  const place = (key: string): SourcePlace => {
    const line = raw.source.lineOf([key]);
    return { file: raw.file, ...(line ? { line } : {}) };
  };
  if (settings.family === "mysql" && settings.environmentCatalogMapping.length > 0) {
    refuseUnbuilt(
      "environment_catalog_mapping on an engine without catalogs is",
      place("environment_catalog_mapping"),
    );
  }
  if (settings.family === "mysql" && settings.environmentSuffixTarget === "catalog") {
    refuseUnbuilt(
      "environment_suffix_target: catalog on an engine without catalogs is",
      place("environment_suffix_target"),
      "Use schema or table.",
    );
  }
}
