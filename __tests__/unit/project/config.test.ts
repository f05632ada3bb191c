import { describe, expect, test } from "vitest";
import { duckdbConfig, loadError, loadFiles, mysqlConfig } from "../../support/project-folder.ts";

const base = "gateways: {main: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\n";

async function settingsOf(config: string, options: Parameters<typeof loadFiles>[1] = {}, files = {}) {
  return (await loadFiles({ "config.yaml": config, ...files }, options)).settings;
}

describe("defaults", () => {
  test("the smallest configuration has every default", async () => {
    const settings = await settingsOf(base);
    expect(settings).toMatchObject({
      project: "",
      gateway: "main",
      defaultCatalog: "memory",
      stateSchema: "sluice",
      snapshotTtl: "in 1 week",
      environmentTtl: "in 1 week",
      defaultTargetEnvironment: "prod",
      environmentSuffixTarget: "schema",
      physicalTableNamingConvention: "schema_and_table",
      ignorePatterns: [".ipynb_checkpoints/*"],
      timeColumnFormat: "%Y-%m-%d",
      linter: { enabled: false, rules: [], warnRules: [] },
      bot: null,
    });
    expect(settings.plan).toMatchObject({
      enablePreview: true,
      noPrompts: true,
      autoCategorizeChanges: { sql: "full", seed: "full", external: "full", python: "full" },
    });
    expect(settings.stateConnection).toBe(settings.connection);
  });

  test.each([
    ["path/shop.db", "shop"],
    ["':memory:'", "memory"],
    ["shop.v2.duckdb", "shop.v2"],
  ])("database %s gives the default catalog %s", async (database, catalog) => {
    const settings = await settingsOf(
      `gateways: {main: {connection: {type: duckdb, database: ${database}}}}\nmodel_defaults: {dialect: duckdb}\n`,
    );
    expect(settings.defaultCatalog).toBe(catalog);
  });

  test("catalogs are attached in order and the first is the default", async () => {
    const settings = await settingsOf(
      "gateways: {main: {connection: {type: duckdb, catalogs: {one: ':memory:', two: {type: sqlite, path: x.db, read_only: yes}}}}}\nmodel_defaults: {dialect: duckdb}\n",
    );
    expect(settings.defaultCatalog).toBe("one");
    expect(settings.connection).toMatchObject({
      catalogs: [
        { name: "one", path: ":memory:", type: "duckdb", readOnly: false },
        { name: "two", path: "x.db", type: "sqlite", readOnly: true },
      ],
    });
  });

  test("MySQL has no catalogs", async () => {
    const settings = await settingsOf(mysqlConfig);
    expect(settings.defaultCatalog).toBeUndefined();
    expect(settings.connection).toMatchObject({ type: "mysql", host: "h", concurrentTasks: 4 });
  });

  test("every key of a mysql connection", async () => {
    const keys =
      "host: h, port: '3307', user: u, password: 12, database: d, charset: latin1, collation: latin1_bin, ssl_disabled: no, concurrent_tasks: 7, register_comments: false, pre_ping: false, pretty_sql: false";
    const { connection } = await settingsOf(
      `gateways: {m: {connection: {type: mysql, ${keys}}}}\nmodel_defaults: {dialect: mysql}\n`,
    );
    expect(connection).toEqual({
      type: "mysql",
      host: "h",
      port: 3307,
      user: "u",
      password: "12",
      database: "d",
      charset: "latin1",
      collation: "latin1_bin",
      prePing: false,
      sslDisabled: false,
      concurrentTasks: 7,
      registerComments: false,
    });
  });
});

describe("sources", () => {
  test("environment over personal file over project file; .env over the shell", async () => {
    const files = {
      ".env": "# comment\nexport OWNER='from dotenv'\nSQLMESH__PROJECT=dot\n",
      "home/config.yaml":
        "log_limit: 7\nproject: personal\nenv_vars: {EXTRA: x}\nmodel_defaults: {cron: '@weekly'}\n",
      "config.yaml":
        "gateways: {main: {connection: {type: duckdb}}}\nproject: own\nlog_limit: 5\nmodel_defaults: {dialect: duckdb, owner: {{ env_var('OWNER') }}}\n",
    };
    const { projectFolder } = await import("../../support/project-folder.ts");
    const { loadConfig } = await import("../../../src/project/config.ts");
    const root = projectFolder(files);
    const { settings, env } = await loadConfig({
      root,
      env: { OWNER: "shell", SQLMESH_HOME: `${root}/home` },
    });
    expect(settings.project).toBe("dot");
    expect(settings.logLimit).toBe(7);
    expect(settings.modelDefaults.properties).toMatchObject({ owner: "'from dotenv'", cron: "'@weekly'" });
    expect(env["EXTRA"]).toBe("x");
  });

  test("overrides reach any depth and are coerced to the field's type", async () => {
    const settings = await settingsOf(base, {
      env: {
        SQLMESH__PLAN__AUTO_APPLY: "true",
        sqlmesh__log_limit: "77",
        SQLMESH__GATEWAYS__MAIN__CONNECTION__CONCURRENT_TASKS: "4",
        SQLMESH__GATEWAYS__MAIN__CONNECTION__CONNECTOR_CONFIG: '{"threads": 2}',
      },
    });
    expect(settings.plan.autoApply).toBe(true);
    expect(settings.logLimit).toBe(77);
    expect(settings.connection).toMatchObject({ concurrentTasks: 4, connectorConfig: { threads: 2 } });
  });

  test("an unset variable is a warning", async () => {
    const project = await loadFiles({ "config.yaml": `${base}project: "{{ env_var('NOT_SET') }}"\n` });
    expect(project.settings.project).toBe("None");
    expect(project.warnings).toContainEqual(
      expect.objectContaining({ code: "env-unset", text: expect.stringContaining("NOT_SET") }),
    );
  });

  test("an unset variable is false in a condition", async () => {
    const settings = await settingsOf(
      `${base}{% if env_var('NOT_SET') %}project: a{% else %}project: b{% endif %}\n`,
    );
    expect(settings.project).toBe("b");
  });
});

describe("gateways", () => {
  const two =
    "gateways:\n  first: {connection: {type: duckdb}}\n  Second: {connection: {type: duckdb}, variables: {X: 2}, model_defaults: {owner: second}}\nmodel_defaults: {dialect: duckdb, owner: root}\nvariables: {x: 1, y: 1}\n";

  test.each([
    { given: {}, gateway: "first", owner: "'root'", x: 1 },
    { given: { gateway: "SECOND" }, gateway: "second", owner: "'second'", x: 2 },
    { given: { env: { SQLMESH_GATEWAY: "second" } }, gateway: "second", owner: "'second'", x: 2 },
  ])("$given selects $gateway", async ({ given, gateway, owner, x }) => {
    const settings = await settingsOf(two, given);
    expect(settings.gateway).toBe(gateway);
    expect(settings.modelDefaults.properties["owner"]).toBe(owner);
    expect(settings.variables).toEqual({ x, y: 1 });
  });

  test("one gateway's body may stand directly under gateways", async () => {
    const settings = await settingsOf(
      "gateways: {connection: {type: duckdb}, state_schema: st}\nmodel_defaults: {dialect: duckdb}\n",
    );
    expect([settings.gateway, settings.stateSchema]).toEqual(["", "st"]);
  });

  test("a foreign engine is refused only when it is needed", async () => {
    const config =
      "gateways:\n  main: {connection: {type: duckdb}}\n  big: {connection: {type: snowflake, account: a}}\nmodel_defaults: {dialect: duckdb}\n";
    expect((await settingsOf(config)).gateway).toBe("main");
    const error = await loadError({ "config.yaml": config }, { gateway: "big" });
    expect(error.code).toBe("NOT_SUPPORTED");
    expect(error.sentence).toBe(
      "config.yaml:3: the connection is of type snowflake, which Sluice cannot open. Use one of duckdb, mysql, mariadb, tidb, starrocks, doris, singlestore.",
    );
  });
});

describe("faults say where and what to do", () => {
  test.each([
    { config: `${base}foo: 1\n`, line: 3, says: "the configuration has no key foo" },
    { config: `${base}snapshot_tll: in 1 week\n`, line: 3, says: "Did you mean snapshot_ttl?" },
    { config: `${base}auto_categorize_changes: {sql: full}\n`, line: 3, says: "Put it under plan." },
    {
      config: `${base}plan:\n  auto_aply: true\n`,
      line: 4,
      says: "plan has no key auto_aply. Did you mean auto_apply?",
    },
    {
      config: `${base}plan:\n  auto_apply: perhaps\n`,
      line: 4,
      says: 'plan.auto_apply must be true or false, not "perhaps"',
    },
    { config: `${base}environment_suffix_target: shema\n`, line: 3, says: "Did you mean schema?" },
    { config: `${base}snapshot_ttl: 1 week\n`, line: 3, says: "does not lie in the future" },
    {
      config: `${base}variables:\n  a: 1\n  d: 2024-01-01\n`,
      line: 5,
      says: 'Put it in quotes: "2024-01-01".',
    },
    { config: `${base}project: a\nproject: b\n`, line: 4, says: "the key project occurs twice" },
    { config: `${base}default_gateway: other\n`, line: 3, says: "there is no gateway called other" },
    { config: `${base}linter: {rules: [nosuch]}\n`, line: 3, says: "there is no lint rule nosuch" },
    {
      config: `${base}linter: {rules: [noselectstar], warn_rules: NoSelectStar}\n`,
      line: 3,
      says: "both rules and warn_rules",
    },
    {
      config: `${base}linter: {rules: [noselectstar], ignored_rules: noselectstar}\n`,
      line: 3,
      says: "is ignored",
    },
    {
      config: `${base}cicd_bot: {type: github, enable_deploy_command: true}\n`,
      line: 3,
      says: "needs merge_method",
    },
    { config: `${base}virtual_environment_mode: none\n`, line: 3, says: "virtual_environment_mode" },
    { config: `${base}physical_schema_mapping: {'[': x}\n`, line: 3, says: "not a regular expression" },
    {
      config:
        "gateways:\n  main:\n    connection: {type: duckdb, hostname: x}\nmodel_defaults: {dialect: duckdb}\n",
      line: 3,
      says: "a duckdb connection has no key hostname",
    },
    {
      config: "gateways:\n  main:\n    connection: {type: duckdbb}\nmodel_defaults: {dialect: duckdb}\n",
      line: 3,
      says: "Did you mean duckdb?",
    },
    {
      config:
        "gateways: {m: {connection: {type: mysql, host: h, user: u}}}\nmodel_defaults: {dialect: mysql}\n",
      line: 1,
      says: "a mysql connection needs password",
    },
    {
      config:
        "gateways:\n  m:\n    connection:\n      type: mysql\n      host: h\n      user: u\n      password: p\n      ssl_ca: ca.pem\nmodel_defaults: {dialect: mysql}\n",
      line: 8,
      says: "a mysql connection has no key ssl_ca",
    },
    {
      config:
        "gateways: {m: {connection: {type: duckdb, database: a, catalogs: {c: c.db}}}}\nmodel_defaults: {dialect: duckdb}\n",
      line: 1,
      says: "database and catalogs exclude each other",
    },
    {
      config: `${base.replace("dialect: duckdb", "dialect: klingon")}`,
      line: 2,
      says: "the dialect klingon is not supported",
    },
    {
      config: `${base.replace("dialect: duckdb", "dialect: duckdb, tags: [x]")}`,
      line: 2,
      says: "model_defaults has no key tags",
    },
    {
      config: `${base.replace("dialect: duckdb", "dialect: duckdb, enabled: 'false'")}`,
      line: 2,
      says: "must be true or false",
    },
    {
      config: "gateways: {main: {connection: {type: duckdb}}}\n",
      line: undefined,
      says: "model_defaults with a dialect is required",
    },
    { config: "- a\n- b\n", line: 1, says: "must hold a mapping" },
    { config: "", line: undefined, says: "is empty" },
    { config: "a: [1\n", line: 2, says: "this is not YAML" },
    { config: "gateways: {{ nope( }}\n", line: 1, says: "the Jinja template cannot be rendered" },
  ])("$says", async ({ config, line, says }) => {
    const error = await loadError({ "config.yaml": config });
    expect(error.sentence).toContain(says);
    expect(error.place).toMatchObject({ file: "config.yaml" });
    expect(error.place?.line).toBe(line);
  });

  test("an environment variable that names no setting", async () => {
    const error = await loadError({}, { env: { SQLMESH__NO_SUCH_KEY: "1" } });
    expect(error.sentence).toContain("no_such_key");
  });

  test("no configuration, two configurations, a Python one, a dbt project", async () => {
    expect((await loadError({ "config.yaml": null })).code).toBe("CONFIG_MISSING");
    expect((await loadError({ "config.yml": duckdbConfig })).sentence).toContain(
      "two configuration files, config.yaml and config.yml",
    );
    expect((await loadError({ "config.yaml": null, "config.py": "" })).sentence).toContain(
      "Provide config.yaml.",
    );
    expect((await loadError({ "config.yaml": null, "dbt_project.yml": "" })).sentence).toContain(
      "dbt projects are not supported",
    );
  });
});

test("keys without effect are told once each", async () => {
  const { warnings } = await loadFiles({
    "config.yaml": `${base.replace("dialect: duckdb", "dialect: duckdb, kind: FULL")}dbt: {a: 1}\ngateway_managed_virtual_layer: true\ncache_dir: x\n`,
  });
  expect(warnings.map(({ text, line }) => [line, text.split(" ")[0]])).toEqual([
    [2, "model_defaults.kind"],
    [3, "dbt"],
    [4, "gateway_managed_virtual_layer"],
  ]);
});

test("the bot's settings take what they inherit", async () => {
  const settings = await settingsOf(
    `${base}plan: {include_unmodified: true, auto_categorize_changes: {sql: off}}\ncicd_bot: {type: github, prod_branch_name: release}\nusers: [{username: jen, github_username: jenhub, roles: [required_approver]}]\n`,
  );
  expect(settings.bot).toMatchObject({
    prIncludeUnmodified: true,
    autoCategorizeChanges: { sql: "off", seed: "full" },
    prodBranchNames: ["release"],
    skipPrBackfill: true,
    checkIfBlockedOnDeployToProd: true,
  });
  expect(settings.users).toEqual([
    { username: "jen", githubUsername: "jenhub", roles: ["required_approver"] },
  ]);
});
