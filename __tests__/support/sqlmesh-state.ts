/**
 * A production as SQLMesh leaves it: its state tables, row for row in the shape it writes, physical tables and views. The
 * identifiers are computed as SQLMesh computes them.
 */
import { crc32 } from "node:zlib";

export interface RecordedModel {
  /** `shop.orders`. */
  readonly name: string;
  readonly version: string;
  /** The node's JSON beyond what every model has. */
  readonly node: Readonly<Record<string, unknown>>;
  /** Days `[first, last]`, both computed. */
  readonly days?: readonly [string, string];
  /** Fields of the snapshot's JSON that differ from the usual. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly forwardOnly?: boolean;
}

export interface RecordedProduction {
  readonly dialect: "duckdb" | "mysql";
  /** DuckDB's name for the database; MySQL has none. */
  readonly catalog?: string;
  readonly models: readonly RecordedModel[];
  readonly finalized?: boolean;
}

const at = Date.UTC(2024, 0, 4, 6);

/** Statements that write the state of such a production into schema `sqlmesh`. */
export function sqlmeshState(production: RecordedProduction): readonly string[] {
  const { dialect, models } = production;
  const key = dialect === "mysql" ? "VARCHAR(255)" : "TEXT";
  const blob = dialect === "mysql" ? "LONGTEXT" : "TEXT";
  const text = (value: string): string =>
    `'${(dialect === "mysql" ? value.replaceAll("\\", "\\\\") : value).replaceAll("'", "''")}'`;
  const json = (value: unknown): string => text(JSON.stringify(value));
  const snapshots = models.map((model) => ({ model, ...snapshotOf(model, production) }));
  return [
    "CREATE SCHEMA sqlmesh",
    `CREATE TABLE sqlmesh._versions (schema_version INT, sqlglot_version ${key}, sqlmesh_version ${key})`,
    `CREATE TABLE sqlmesh._snapshots (name ${key}, identifier ${key}, version ${key}, dev_version ${key}, snapshot ${blob},
      kind_name TEXT, updated_ts BIGINT, unpaused_ts BIGINT, ttl_ms BIGINT, unrestorable BOOLEAN, forward_only BOOLEAN, fingerprint ${blob})`,
    `CREATE TABLE sqlmesh._environments (name ${key}, snapshots ${blob}, start_at TEXT, end_at TEXT, plan_id TEXT,
      previous_plan_id TEXT, expiration_ts BIGINT, finalized_ts BIGINT, promoted_snapshot_ids ${blob}, suffix_target TEXT,
      catalog_name_override TEXT, previous_finalized_snapshots ${blob}, normalize_name BOOLEAN, gateway_managed BOOLEAN, requirements ${blob})`,
    `CREATE TABLE sqlmesh._intervals (id ${key}, created_ts BIGINT, name ${key}, identifier TEXT, version ${key}, dev_version ${key},
      start_ts BIGINT, end_ts BIGINT, is_dev BOOLEAN, is_removed BOOLEAN, is_compacted BOOLEAN, is_pending_restatement BOOLEAN, last_altered_ts BIGINT)`,
    "INSERT INTO sqlmesh._versions VALUES (101, '27.29.0', '0.233.2')",
    ...snapshots.map(
      ({ model, name, identifier, body, fingerprint }) =>
        `INSERT INTO sqlmesh._snapshots VALUES (${text(name)}, '${identifier}', '${model.version}', '${model.version}', ${json(body)},
          ${text(kindOf(model))}, ${at}, ${at}, 604800000, FALSE, ${model.forwardOnly === true}, ${json(fingerprint)})`,
    ),
    `INSERT INTO sqlmesh._environments VALUES ('prod', ${json(snapshots.map(({ info }) => info))}, '2024-01-01', NULL,
      '5f3c', NULL, NULL, ${production.finalized === false ? "NULL" : at}, NULL, 'schema', NULL, NULL, TRUE, FALSE, '{}')`,
    ...snapshots.flatMap(({ model, name, identifier }, index) =>
      model.days === undefined
        ? []
        : [
            `INSERT INTO sqlmesh._intervals VALUES ('i${index}', ${at + index}, ${text(name)}, '${identifier}', '${model.version}',
              '${model.version}', ${Date.parse(model.days[0])}, ${Date.parse(model.days[1]) + 86_400_000}, FALSE, FALSE, FALSE, FALSE, NULL)`,
          ],
    ),
  ];
}

/** Name of a model's physical table, as SQL text of both families. */
export function physicalTable({ name, version }: RecordedModel): string {
  const [schema, table] = name.split(".");
  return `sqlmesh__${schema}.${schema}__${table}__${version}`;
}

function kindOf({ node }: RecordedModel): string {
  return String((node["kind"] as { readonly name?: string } | undefined)?.name ?? "VIEW");
}

function snapshotOf(model: RecordedModel, { dialect, catalog }: RecordedProduction) {
  const [schema = "", table = ""] = model.name.split(".");
  const quote = dialect === "mysql" ? "`" : '"';
  const name = [catalog, schema, table]
    .filter((part) => part !== undefined)
    .map((part) => `"${part}"`)
    .join(".");
  const fingerprint = {
    data_hash: String(crc32(JSON.stringify(model.node))),
    metadata_hash: String(crc32(model.name)),
    parent_data_hash: "0",
    parent_metadata_hash: "0",
  };
  const identifier = String(crc32(Object.values(fingerprint).join(";")));
  const shared = {
    name,
    fingerprint,
    version: model.version,
    dev_version: model.version,
    change_category: 1,
    physical_schema: `sqlmesh__${schema}`,
    previous_versions: [],
    parents: [],
    dev_table_suffix: "dev",
    table_naming_convention: "schema_and_table",
    forward_only: model.forwardOnly === true,
  };
  const node = {
    name: `${quote}${schema}${quote}.${quote}${table}${quote}`,
    project: "",
    cron: "@daily",
    tags: [],
    dialect,
    partitioned_by: [],
    clustered_by: [],
    audits: [],
    grains: [],
    references: [],
    allow_partials: false,
    signals: [],
    enabled: true,
    virtual_environment_mode: "full",
    grants_target_layer: "virtual",
    python_env: {},
    jinja_macros: {
      packages: {},
      root_macros: {},
      global_objs: {},
      create_builtins_module: "sqlmesh.utils.jinja",
      top_level_packages: [],
    },
    audit_definitions: {},
    mapping_schema: {},
    extract_dependencies_from_query: true,
    source_type: "sql",
    ...(catalog === undefined ? {} : { default_catalog: catalog }),
    ...model.node,
  };
  return {
    name,
    identifier,
    fingerprint,
    info: { ...shared, kind_name: kindOf(model), node_type: "model", virtual_environment_mode: "full" },
    body: { ...shared, node, created_ts: at, ttl: "in 1 week", migrated: false, ...model.body },
  };
}
