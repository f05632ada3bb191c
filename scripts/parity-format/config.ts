/** The settings as read. */
import { loadConfig } from "../../src/project/config.ts";
import { toConnection } from "../../src/project/connection.ts";
import type { Gateway, Settings } from "../../src/project/settings.ts";
import type { Stage } from "./case.ts";
import { differences, isRecord } from "./compare.ts";
import { describeModel } from "./describe-model.ts";
import { compareModel } from "./load.ts";
import { gatewayOf, openProject, recordedName } from "./project.ts";

type Facts = Readonly<Record<string, unknown>>;

/** What Sluice reads past: it changes nothing Sluice does. */
const ignored: ReadonlySet<string> = new Set([
  "format",
  "ui",
  "migration",
  "infer_python_dependencies",
  "disable_anonymized_analytics",
  "gateway_managed_virtual_layer",
  "models",
  "pre_ping",
  "default_gateway",
]);

export async function checkConfig(stage: Stage): Promise<readonly string[]> {
  const { settings } = await loadConfig({ root: stage.root, env: stage.env, ...gatewayOf(stage) });
  // Some faults of the configuration show only in what is made of it.
  const project = await openProject(stage);
  const expected = (stage.expect["config"] ?? {}) as Facts;
  // The record shows the root's variables alone; ours are already under those of the gateway.
  const overridden = Object.keys(settings.gateways.get(settings.gateway)?.variables ?? {}).map(
    (name) => `config.variables.${name}:`,
  );
  const found = compareKnown("config", expected, describeSettings(settings)).filter(
    (line) => !overridden.some((start) => line.startsWith(start)),
  );
  const models = expected["models"];
  if (!isRecord(models)) return found;
  for (const facts of project.facts.values()) {
    const name = recordedName(facts, settings.defaultCatalog);
    const wanted = models[name];
    if (!isRecord(wanted)) found.push(`models: not expected ${name}`);
    else
      found.push(
        ...compareModel(
          name,
          wanted,
          describeModel(await project.model(facts.name), settings.defaultCatalog),
        ),
      );
  }
  return found;
}

/** Every recorded key, unless it means nothing to Sluice. */
function compareKnown(path: string, expected: Facts, actual: Facts): string[] {
  return Object.entries(expected)
    .filter(([key]) => !ignored.has(key))
    .flatMap(([key, value]) => {
      const own = actual[key];
      const at = `${path}.${key}`;
      // State of another tool lives elsewhere.
      if (key === "state_schema" && value === "sqlmesh" && own === "sluice") return [];
      if (isRecord(value) && isRecord(own)) return compareKnown(at, value, own);
      // We spell `ALL` out.
      if (Array.isArray(value) && value[0] === "all" && Array.isArray(own) && own.length > 1) return [];
      return differences(at, value ?? null, own ?? null);
    });
}

function describeSettings(settings: Settings): Facts {
  return {
    project: settings.project,
    selected_gateway: settings.gateway,
    default_catalog: settings.defaultCatalog,
    default_target_environment: settings.defaultTargetEnvironment,
    snapshot_ttl: settings.snapshotTtl,
    environment_ttl: settings.environmentTtl,
    pinned_environments: settings.pinnedEnvironments,
    ignore_patterns: settings.ignorePatterns,
    time_column_format: settings.timeColumnFormat,
    variables: settings.variables,
    before_all: settings.beforeAll,
    after_all: settings.afterAll,
    environment_suffix_target: settings.environmentSuffixTarget,
    physical_schema_mapping: Object.fromEntries(
      settings.physicalSchemaMapping.map(({ pattern, schema }) => [pattern, schema]),
    ),
    physical_table_naming_convention: settings.physicalTableNamingConvention,
    virtual_environment_mode: settings.virtualEnvironmentMode,
    log_limit: settings.logLimit,
    plan: describeKeys(settings.plan),
    run: describeKeys(settings.run),
    janitor: describeKeys(settings.janitor),
    linter: {
      enabled: settings.linter.enabled,
      rules: settings.linter.rules,
      warn_rules: settings.linter.warnRules,
    },
    model_naming: { infer_names: settings.inferNames },
    model_defaults: {
      dialect: settings.modelDefaults.dialect,
      ...unquoted(settings.modelDefaults.properties),
    },
    cicd_bot:
      settings.bot === null
        ? undefined
        : {
            type: "github",
            ...describeKeys(settings.bot),
            prod_branch_name: settings.bot.prodBranchNames[0],
          },
    users: settings.users.map(({ roles, ...user }) => ({
      ...describeKeys(user),
      ...(roles.length > 0 ? { roles } : {}),
    })),
    gateways: Object.fromEntries(
      [...settings.gateways.values()].map((gateway) => [gateway.name, describeGateway(gateway)]),
    ),
  };
}

function describeGateway(gateway: Gateway): Facts {
  return {
    connection: describeConnection(gateway.connection),
    test_connection: describeConnection(gateway.testConnection),
    state_schema: gateway.stateSchema,
    variables: gateway.variables,
    model_defaults: gateway.modelDefaults,
  };
}

/** As written, under the defaults a driver is given. */
function describeConnection(connection: Gateway["connection"]): Facts | undefined {
  if (connection === null) return undefined;
  return { ...describeKeys(toConnection(connection, "config.yaml", "connection")), ...connection.fields };
}

function describeKeys(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  );
}

/** `'me'` → `me`: values are kept as SQL text. */
function unquoted(texts: Readonly<Record<string, string>>): Facts {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, text.replace(/^'(.*)'$/s, "$1")]),
  );
}
