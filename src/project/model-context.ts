/** Settings and folders → what model files are read against, and the digest of all of it. */
import { type Digest, digestOf } from "../digest.ts";
import type { SourcePlace } from "../errors.ts";
import type { ModelContext, ModelWarning } from "../model/context.ts";
import type { AuditDefinition } from "../model/model.ts";
import { defaultCatalogOf } from "./connection.ts";
import { loadSeed } from "./seed-file.ts";
import type { Settings } from "./settings.ts";
import { refuseUnbuiltHeader } from "./unbuilt.ts";

/** Grows when equal files would give other facts than before: then nothing recorded is reused. */
const factsFormat = 1;

export interface ContextParts {
  readonly audits: ReadonlyMap<string, AuditDefinition>;
  readonly pythonMacros: ReadonlyMap<string, SourcePlace>;
  readonly jinjaMacros: ReadonlyMap<string, string>;
  /** Milliseconds. */
  readonly now: number;
  readonly warn: (warning: ModelWarning) => void;
}

export function toModelContext(settings: Settings, parts: ContextParts): ModelContext {
  return {
    project: settings.project,
    family: settings.family,
    gateway: settings.gateway,
    catalogs: new Map(
      [...settings.gateways.values()].map((gateway) => [gateway.name, defaultCatalogOf(gateway.connection)]),
    ),
    ...(settings.defaultCatalog === undefined ? {} : { defaultCatalog: settings.defaultCatalog }),
    variables: settings.variables,
    defaults: settings.modelDefaults,
    timeColumnFormat: settings.timeColumnFormat,
    inferNames: settings.inferNames,
    physicalSchemaMapping: settings.physicalSchemaMapping,
    namingConvention: settings.physicalTableNamingConvention,
    virtualEnvironmentMode: settings.virtualEnvironmentMode,
    columnsOf: () => null,
    checkHeader: refuseUnbuiltHeader,
    readSeed: (path, place, encoding) => loadSeed(settings.root, path, place, encoding),
    ...parts,
  };
}

/** Everything outside a model's file that its facts depend on. */
export function contextDigest(context: ModelContext): Digest {
  const {
    now: _now,
    warn: _warn,
    readSeed: _readSeed,
    columnsOf: _columnsOf,
    checkHeader: _checkHeader,
    audits,
    pythonMacros,
    jinjaMacros,
    catalogs,
    ...plain
  } = context;
  return digestOf({
    factsFormat,
    ...plain,
    catalogs: [...catalogs],
    audits: [...audits],
    pythonMacros: [...pythonMacros],
    jinjaMacros: [...jinjaMacros],
  });
}
