/** Models and snapshots written by hand for tests that need real ones but no project. */
import { digestOf } from "../../src/digest.ts";
import type { Model, ModelKind, ModelName } from "../../src/model/model.ts";
import type { Snapshot, SnapshotIdentifier, Version } from "../../src/snapshot/snapshot.ts";

export type ModelSample = Partial<Omit<Model, "name" | "query" | "dependsOn" | "kind">> & {
  readonly name?: string;
  readonly sql?: string;
  readonly kind?: ModelKind;
  readonly dependsOn?: readonly string[];
};

/** `shop.orders`, a VIEW, unless told otherwise. */
export function aModel(sample: ModelSample = {}): Model {
  const { name = "shop.orders", sql = "SELECT 1 AS a", kind, dependsOn = [], ...rest } = sample;
  const [schema, table] = name.split(".") as [string, string];
  const hash = digestOf({ name, sql, kind });
  return {
    displayName: name,
    parts: { schema, table },
    node: "model",
    path: `models/${table}.sql`,
    sourceDigest: hash,
    project: "",
    dialect: "duckdb",
    kind: kind ?? { name: "VIEW", materialized: false },
    hashes: { data: hash, properties: hash, rendered: hash, metadata: hash },
    selfReferencing: false,
    cron: "@daily",
    cronTz: "UTC",
    intervalUnit: "day",
    allowPartials: false,
    tags: [],
    columns: null,
    columnsDeclared: false,
    hasAudits: false,
    physicalSchema: `sluice__${schema}`,
    namingConvention: "schema_and_table",
    virtualEnvironmentMode: "full",
    preStatements: [],
    postStatements: [],
    onVirtualUpdate: [],
    audits: [],
    auditDefinitions: [],
    columnDescriptions: {},
    partitionedBy: [],
    clusteredBy: [],
    physicalProperties: {},
    virtualProperties: {},
    sessionProperties: {},
    grains: [],
    references: [],
    ignoredRules: [],
    variables: {},
    blueprint: {},
    jinjaMacros: {},
    ...(kind?.name === "SEED" ? {} : { query: { text: sql, line: 1 } }),
    ...rest,
    name: name as ModelName,
    dependsOn: dependsOn as readonly ModelName[],
  };
}

export type SnapshotSample = Partial<Omit<Snapshot, "version" | "devVersion" | "identifier">> & {
  readonly model?: Model;
  readonly identifier?: string;
  readonly version?: string;
  readonly devVersion?: string;
};

/** A new, breaking snapshot; identifier and versions follow from each other when not given. */
export function aSnapshot(sample: SnapshotSample = {}): Snapshot {
  const { model = aModel(), identifier = "i1", version, devVersion, ...rest } = sample;
  const facts = factsOf(model);
  return {
    name: model.name,
    fingerprint: { data: identifier, metadata: "m", parentData: "p", parentMetadata: "q" },
    facts,
    parents: [],
    category: "BREAKING",
    forwardOnly: false,
    physicalSchema: facts.physicalSchema,
    namingConvention: facts.namingConvention,
    previousVersions: [],
    unrestorable: false,
    createdAt: 1000,
    updatedAt: 1000,
    ttl: 604_800_000,
    unpausedAt: null,
    ...rest,
    identifier: identifier as SnapshotIdentifier,
    version: (version ?? `v_${identifier}`) as Version,
    devVersion: (devVersion ?? `d_${identifier}`) as Version,
  };
}

/** The facts within a model, as state keeps them. */
export function factsOf(model: Model): Snapshot["facts"] {
  const { name, displayName, parts, node, path, sourceDigest, project, dialect, kind, hashes, dependsOn } =
    model;
  const { selfReferencing, cron, cronTz, intervalUnit, allowPartials, tags, columns, columnsDeclared } =
    model;
  const { hasAudits, physicalSchema, namingConvention, virtualEnvironmentMode } = model;
  return {
    ...{ name, displayName, parts, node, path, sourceDigest, project, dialect, kind, hashes, dependsOn },
    ...{ selfReferencing, cron, cronTz, intervalUnit, allowPartials, tags, columns, columnsDeclared },
    ...{ hasAudits, physicalSchema, namingConvention, virtualEnvironmentMode },
  };
}
