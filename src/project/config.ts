/** Raw configuration → {@link Settings}: schema, the rules between keys, and defaults (spec project-format 2). */
import { SluiceError } from "../errors.ts";
import type { ModelWarning } from "../model/context.ts";
import { familyOf } from "../sql/dialect.ts";
import { toBotSettings, toPlanSettings, toUsers } from "./automation-settings.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { type Env, loadRawConfig, type RawConfig } from "./config-file.ts";
import { defaultCatalogOf, parseConnection, toConnection } from "./connection.ts";
import { toLinterSettings } from "./linter-settings.ts";
import { isRecord, mergeDeep } from "./merge.ts";
import { toModelDefaults } from "./model-defaults.ts";
import { checkSchema, schemaWarnings } from "./schema-check.ts";
import type { Connection, Gateway, RawConnection, Settings } from "./settings.ts";
import { refuseUnbuiltSettings } from "./unbuilt.ts";
import { variablesOf } from "./variables.ts";

export interface ConfigRequest {
  readonly root: string;
  /** Chosen by the caller; else SQLMESH_GATEWAY, else the default gateway. */
  readonly gateway?: string;
  readonly env: Env;
  readonly dotenvPath?: string;
}

export interface LoadedConfig {
  readonly settings: Settings;
  readonly env: Env;
  readonly warnings: readonly ModelWarning[];
}

const moved: Readonly<Record<string, string>> = {
  auto_categorize_changes: "Put it under plan.",
  include_unmodified: "Put it under plan.",
  loader: "Sluice has one loader: remove the key.",
};

/** Reads and checks the configuration of one project. */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const raw = await loadRawConfig(request.root, request.env, request.dotenvPath);
  const shaped = withGatewayShapes(raw.value);
  const use = { schema: configSchema, what: "the configuration", code: "CONFIG_INVALID", moved } as const;
  const value = checkSchema(shaped, use, { source: raw.source, at: [] }) as Record<string, unknown>;
  const warnings = [...raw.warnings];
  for (const { path, text } of schemaWarnings(value, configSchema)) {
    const line = raw.source.lineOf(path);
    warnings.push({
      code: "config-ignored",
      text: `${path.join(".")} has no effect: ${text}`,
      file: raw.file,
      ...(line ? { line } : {}),
    });
  }
  checkRules(value, raw);
  return { settings: toSettings(value, raw, request), env: raw.env, warnings };
}

/** `gateway:` is an alias, and one gateway's body may stand directly under `gateways`. Names are lower-cased. */
function withGatewayShapes(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { gateway, gateways, ...rest } = value;
  const given = gateways ?? gateway;
  if (given === undefined || given === null) return rest;
  if (!isRecord(given)) return { ...rest, gateways: given };
  const bodyKeys = [
    "connection",
    "state_connection",
    "test_connection",
    "state_schema",
    "scheduler",
    "variables",
    "model_defaults",
  ];
  const keys = Object.keys(given);
  const isBody = keys.length > 0 && keys.every((key) => bodyKeys.includes(key));
  const named = isBody ? { "": given } : given;
  return {
    ...rest,
    gateways: Object.fromEntries(
      Object.entries(named).map(([name, body]) => [name.toLowerCase(), body ?? {}]),
    ),
  };
}

function checkRules(value: Readonly<Record<string, unknown>>, raw: RawConfig): void {
  const fail = (key: string, message: string, hint: string): never => {
    const line = raw.source.lineOf([key]);
    throw new SluiceError("CONFIG_INVALID", message, {
      place: { file: raw.file, ...(line ? { line } : {}) },
      hint,
    });
  };
  if (value["physical_schema_mapping"] && value["physical_schema_override"]) {
    fail(
      "physical_schema_override",
      "physical_schema_mapping and physical_schema_override exclude each other",
      "Keep physical_schema_mapping.",
    );
  }
  const catalogMapping = value["environment_catalog_mapping"] as Record<string, unknown>;
  if (value["environment_suffix_target"] === "catalog" && Object.keys(catalogMapping).length > 0) {
    fail(
      "environment_catalog_mapping",
      "environment_catalog_mapping cannot be used with environment_suffix_target: catalog",
      "Keep one of the two.",
    );
  }
  for (const key of ["snapshot_ttl", "environment_ttl"]) {
    const ttl = value[key];
    if (typeof ttl === "string" && !/^\s*(in\s+\S|tomorrow\b)/i.test(ttl)) {
      fail(key, `${key} "${ttl}" does not lie in the future`, 'Write it as "in 1 week".');
    }
  }
  for (const key of ["physical_schema_mapping", "environment_catalog_mapping"]) {
    for (const pattern of Object.keys((value[key] ?? {}) as object)) {
      if (!isPattern(pattern))
        fail(key, `"${pattern}" in ${key} is not a regular expression`, "Correct the pattern.");
    }
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function toSettings(
  value: Readonly<Record<string, unknown>>,
  raw: RawConfig,
  request: ConfigRequest,
): Settings {
  const gateways = toGateways(value, raw);
  const gateway = selectGateway(gateways, value, raw, request);
  const body = gateways.get(gateway) as Gateway;
  const fallback = parseConnection(value["default_connection"], {
    source: raw.source,
    at: ["default_connection"],
  });
  const connectionOf = (own: RawConnection | null): RawConnection | null => own ?? fallback;
  const rawConnection = connectionOf(body.connection);
  if (!rawConnection) {
    throw new SluiceError(
      "CONFIG_INVALID",
      gateway === ""
        ? "the project has no gateway with a connection"
        : `the gateway ${gateway} has no connection`,
      {
        place: { file: raw.file },
        hint: "Add a connection under gateways, or a default_connection.",
      },
    );
  }
  const connection = toConnection(rawConnection, raw.file, "connection");
  const defaultTest = parseConnection(value["default_test_connection"], {
    source: raw.source,
    at: ["default_test_connection"],
  });
  const rawTest = body.testConnection ?? defaultTest;
  const defaults = mergeDeep((value["model_defaults"] ?? {}) as Record<string, unknown>, body.modelDefaults);
  const defaultCatalog = defaultCatalogOf(rawConnection);
  const settings: Settings = {
    root: request.root,
    configFile: raw.file,
    project: value["project"] as string,
    gateway,
    gateways: new Map(
      [...gateways].map(([name, g]) => [name, { ...g, connection: connectionOf(g.connection) }]),
    ),
    connection,
    stateConnection: body.stateConnection
      ? toConnection(body.stateConnection, raw.file, "state connection")
      : connection,
    testConnection: rawTest ? toConnection(rawTest, raw.file, "test connection") : memoryConnection,
    stateSchema: body.stateSchema,
    family: familyOf(connection.type),
    ...(defaultCatalog === undefined ? {} : { defaultCatalog }),
    variables: { ...variablesOf(value["variables"], raw, ["variables"]), ...body.variables },
    modelDefaults: toModelDefaults(defaults, raw, familyOf(connection.type)),
    ignorePatterns: value["ignore_patterns"] as string[],
    timeColumnFormat: value["time_column_format"] as string,
    inferNames: (value["model_naming"] as { infer_names: boolean }).infer_names,
    beforeAll: (value["before_all"] as string[] | null) ?? [],
    afterAll: (value["after_all"] as string[] | null) ?? [],
    snapshotTtl: value["snapshot_ttl"] as string,
    environmentTtl: value["environment_ttl"] as string | null,
    pinnedEnvironments: value["pinned_environments"] as string[],
    defaultTargetEnvironment: value["default_target_environment"] as string,
    environmentSuffixTarget: value["environment_suffix_target"] as Settings["environmentSuffixTarget"],
    environmentCatalogMapping: pairs(value["environment_catalog_mapping"]).map(([pattern, catalog]) => ({
      pattern,
      catalog,
    })),
    physicalSchemaMapping: [
      ...pairs(value["physical_schema_mapping"]).map(([pattern, schema]) => ({ pattern, schema })),
      ...pairs(value["physical_schema_override"]).map(([name, schema]) => ({ pattern: `^${name}$`, schema })),
    ],
    physicalTableNamingConvention: value[
      "physical_table_naming_convention"
    ] as Settings["physicalTableNamingConvention"],
    virtualEnvironmentMode: value["virtual_environment_mode"] as Settings["virtualEnvironmentMode"],
    plan: toPlanSettings(value["plan"] as Record<string, unknown>),
    bot: toBotSettings(value["cicd_bot"], value["plan"] as Record<string, unknown>, raw),
    users: toUsers(value["users"] as Record<string, unknown>[]),
    linter: toLinterSettings(value["linter"] as Record<string, unknown>, raw, request.root),
    run: {
      environmentCheckInterval: (value["run"] as Record<string, number>)[
        "environment_check_interval"
      ] as number,
      environmentCheckMaxWait: (value["run"] as Record<string, number>)[
        "environment_check_max_wait"
      ] as number,
    },
    janitor: {
      warnOnDeleteFailure: (value["janitor"] as Record<string, unknown>)["warn_on_delete_failure"] as boolean,
      expiredSnapshotsBatchSize: (value["janitor"] as Record<string, unknown>)[
        "expired_snapshots_batch_size"
      ] as number | null,
    },
    logLimit: value["log_limit"] as number,
  };
  refuseUnbuiltSettings(settings, raw);
  return settings;
}

const memoryConnection: Connection = {
  type: "duckdb",
  database: null,
  catalogs: [],
  extensions: [],
  connectorConfig: {},
  secrets: [],
  concurrentTasks: 1,
  registerComments: true,
};

function toGateways(value: Readonly<Record<string, unknown>>, raw: RawConfig): ReadonlyMap<string, Gateway> {
  const bodies = (value["gateways"] ?? { "": {} }) as Record<string, Record<string, unknown>>;
  const gateways = new Map<string, Gateway>();
  for (const [name, body] of Object.entries(bodies)) {
    const at =
      name === "" && !isRecord((raw.value["gateways"] as Record<string, unknown> | undefined)?.[""])
        ? ["gateways"]
        : ["gateways", name];
    const connection = (key: string): RawConnection | null =>
      parseConnection(body[key], { source: raw.source, at: [...at, key] });
    const stateSchema = body["state_schema"];
    gateways.set(name, {
      name,
      connection: connection("connection"),
      stateConnection: connection("state_connection"),
      testConnection: connection("test_connection"),
      stateSchema: stateSchema === undefined ? "sluice" : (stateSchema as string | null) || null,
      variables: variablesOf(body["variables"], raw, [...at, "variables"]),
      modelDefaults: (body["model_defaults"] ?? {}) as Record<string, unknown>,
    });
  }
  return gateways;
}

function selectGateway(
  gateways: ReadonlyMap<string, Gateway>,
  value: Readonly<Record<string, unknown>>,
  raw: RawConfig,
  request: ConfigRequest,
): string {
  const chosen = request.gateway ?? raw.env["SQLMESH_GATEWAY"];
  const preset = value["default_gateway"] as string;
  const wanted = (chosen || preset).toLowerCase();
  if (wanted === "") return gateways.has("") ? "" : ([...gateways.keys()][0] ?? "");
  if (gateways.has(wanted)) return wanted;
  const line = chosen ? undefined : raw.source.lineOf(["default_gateway"]);
  throw new SluiceError("CONFIG_INVALID", `there is no gateway called ${chosen || preset}`, {
    place: { file: raw.file, ...(line ? { line } : {}) },
    hint: `The project has ${[...gateways.keys()].filter((name) => name !== "").join(", ") || "no named gateway"}.`,
  });
}

function pairs(value: unknown): [string, string][] {
  return Object.entries((value ?? {}) as Record<string, string>);
}
