import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelFacts, ModelName } from "../../../src/model/model.ts";
import { loadProject, type Project } from "../../../src/project/project.ts";
import {
  duckdbConfig,
  loadError,
  loadedAt,
  loadFiles,
  mysqlConfig,
  projectFolder,
} from "../../support/project-folder.ts";

const shop = {
  "config.yaml": `${duckdbConfig}  start: 2024-01-01\n`,
  "seeds/items.csv": "id,name\n1,a\n2,b\n",
  "models/items.sql":
    "MODEL (name shop.items, kind SEED (path '../seeds/items.csv'), columns (id INT, name TEXT));",
  "models/events.sql":
    "/* What happened. */\nMODEL (name shop.events, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, lookback 2), owner jen, tags [a, b]);\nSELECT e.id::INT AS id, -- the item\n  e.ds::DATE AS ds\nFROM raw.events AS e JOIN shop.items AS i ON i.id = e.id\nWHERE e.ds BETWEEN @start_ds AND @end_ds",
  "models/daily.sql":
    "MODEL (name shop.daily, kind FULL, audits (not_null(columns := (ds)), positive));\nSELECT ds, COUNT(*) AS n FROM shop.events GROUP BY ds",
  "audits/positive.sql": "AUDIT (name positive); SELECT * FROM @this_model WHERE n <= 0",
  "external_models.yaml": "- name: raw.events\n  columns: {id: int, ds: date}\n",
  "tests/test_daily.yaml": "test_daily:\n  model: shop.daily\n",
};

describe("a project with every kind of file", () => {
  test("facts, dependencies, order", async () => {
    const project = await loadFiles(shop);
    expect(project.graph.order).toEqual(["raw.events", "shop.items", "shop.events", "shop.daily"]);
    expect(project.facts.get("shop.events" as ModelName)).toMatchObject({
      displayName: "shop.events",
      parts: { schema: "shop", table: "events" },
      path: "models/events.sql",
      kind: {
        name: "INCREMENTAL_BY_TIME_RANGE",
        timeColumn: "ds",
        timeFormat: "%Y-%m-%d",
        lookback: 2,
        onDestructiveChange: "ERROR",
      },
      dependsOn: ["raw.events", "shop.items"],
      selfReferencing: false,
      cron: "@daily",
      intervalUnit: "day",
      start: "2024-01-01",
      owner: "jen",
      tags: ["a", "b"],
      description: "What happened.",
      columns: [
        { name: "id", type: "INT" },
        { name: "ds", type: "DATE" },
      ],
      physicalSchema: "sluice__shop",
    });
    expect(project.tests.map(({ path, tests }) => [path, tests])).toEqual([
      ["tests/test_daily.yaml", { test_daily: { model: "shop.daily" } }],
    ]);
  });

  test("full models carry texts, audits, seeds and column comments", async () => {
    const project = await loadFiles(shop);
    const events = await project.model("shop.events" as ModelName);
    expect(events.query?.line).toBe(3);
    expect(events.columnDescriptions).toEqual({ id: "the item" });
    expect(events.partitionedBy).toEqual(["ds"]);
    const daily = await project.model("shop.daily" as ModelName);
    expect(daily.audits).toEqual([
      { name: "not_null", args: { columns: "(ds)" } },
      { name: "positive", args: {} },
    ]);
    expect(daily.auditDefinitions.map((audit) => audit.name)).toEqual(["positive"]);
    const items = await project.model("shop.items" as ModelName);
    expect(items.seed?.content).toBe("id,name\n1,a\n2,b\n");
    await expect(project.model("shop.nothing" as ModelName)).rejects.toThrow("no model shop.nothing");
  });
});

describe("what is known is not parsed", () => {
  const known = (project: Project) =>
    new Map([...project.facts.values()].map((facts) => [facts.sourceDigest, facts]));

  test("recorded facts stand for their files until a byte changes", async () => {
    const first = await loadFiles(shop);
    const recorded = known(first);
    const marked = new Map(
      [...recorded].map(([digest, facts]): [typeof digest, ModelFacts] => [
        digest,
        { ...facts, owner: "recorded" },
      ]),
    );
    const again = await loadFiles(shop, { known: marked });
    expect(again.facts.get("shop.daily" as ModelName)?.owner).toBe("recorded");
    expect(again.digest).toBe(first.digest);
    const edited = await loadFiles(
      { ...shop, "models/daily.sql": `${shop["models/daily.sql"]} ` },
      { known: marked },
    );
    expect(edited.facts.get("shop.daily" as ModelName)?.owner).toBeUndefined();
    expect(edited.digest).not.toBe(first.digest);
  });

  test.each([
    { what: "a variable", change: { "config.yaml": `${shop["config.yaml"]}variables: {a: 1}\n` } },
    { what: "a default", change: { "config.yaml": `${shop["config.yaml"]}  owner: x\n` } },
    {
      what: "a project audit",
      change: { "audits/positive.sql": "AUDIT (name positive); SELECT * FROM @this_model WHERE n < 0" },
    },
  ])("$what outside the file makes its facts unknown", async ({ change }) => {
    const recorded = known(await loadFiles(shop));
    const facts = (await loadFiles({ ...shop, ...change }, { known: recorded })).facts.get(
      "shop.daily" as ModelName,
    );
    expect(recorded.has(facts?.sourceDigest as never)).toBe(false);
  });

  test("the seed's rows belong to its digest", async () => {
    const digestOf = async (csv: string) =>
      (await loadFiles({ ...shop, "seeds/items.csv": csv })).facts.get("shop.items" as ModelName)
        ?.sourceDigest;
    expect(await digestOf("id,name\n1,a\n2,b\n")).not.toBe(await digestOf("id,name\n1,a\n2,c\n"));
  });

  test.each([
    { what: "changed", touch: (file: string) => appendFileSync(file, " ") },
    { what: "gone", touch: (file: string) => rmSync(file) },
  ])(
    "a file that is $what by the time its model is asked for is told, not taken for the one that was hashed",
    async ({ touch }) => {
      const recorded = known(await loadFiles(shop));
      const root = projectFolder(shop);
      const project = await loadProject({ root, env: {}, now: loadedAt, known: recorded });
      touch(join(root, "models/daily.sql"));
      await expect(project.model("shop.daily" as ModelName)).rejects.toMatchObject({
        code: "MODEL_INVALID",
        message: "the file was changed while it was being read",
        place: { file: "models/daily.sql" },
      });
    },
  );

  test("the model of known facts is read when asked for", async () => {
    const root = projectFolder(shop);
    const first = await loadProject({ root, env: {}, now: loadedAt });
    const again = await loadProject({ root, env: {}, now: loadedAt, known: known(first) });
    expect(await again.model("shop.daily" as ModelName)).toEqual(
      await first.model("shop.daily" as ModelName),
    );
  });
});

describe("columns that stand in other files", () => {
  const models = {
    "models/a.sql": "MODEL (name s.a, kind FULL); SELECT @STAR(s.b) FROM s.b",
    "models/b.sql": "MODEL (name s.b, kind FULL); @UNION('all', s.c, s.d)",
    "models/c.sql": "MODEL (name s.c, kind FULL); SELECT 1::INT AS x, 'a'::TEXT AS y",
    "models/d.sql": "MODEL (name s.d, kind FULL); SELECT 2::INT AS x, 'b'::TEXT AS y",
  };

  test("@STAR and @UNION see them whatever the order of files", async () => {
    const { facts } = await loadFiles(models);
    expect(facts.get("s.a" as ModelName)?.columns?.map((column) => column.name)).toEqual(["x", "y"]);
    expect(facts.get("s.b" as ModelName)?.dependsOn).toEqual(["s.c", "s.d"]);
  });

  test("they belong to the digest", async () => {
    const digest = async (c: string) =>
      (await loadFiles({ ...models, "models/c.sql": c, "models/d.sql": c.replace("s.c", "s.d") })).facts.get(
        "s.a" as ModelName,
      )?.sourceDigest;
    expect(await digest(models["models/c.sql"])).not.toBe(
      await digest("MODEL (name s.c, kind FULL); SELECT 1::INT AS x, 'a'::TEXT AS z"),
    );
  });

  test("a star of a table nobody knows leaves the columns unknown until evaluation", async () => {
    const { facts } = await loadFiles({
      "models/a.sql": "MODEL (name s.a, kind FULL); SELECT @STAR(raw.unknown) FROM raw.unknown",
    });
    expect(facts.get("s.a" as ModelName)).toMatchObject({ columns: null, dependsOn: ["raw.unknown"] });
  });
});

describe("files", () => {
  test("ignored, empty and disabled files are no models", async () => {
    const project = await loadFiles({
      "config.yaml": `${duckdbConfig}ignore_patterns: ['old/*', '*.tmp.sql', 'models/sub/**']\n`,
      "models/a.sql": "MODEL (name s.a); SELECT 1 AS x",
      "models/empty.sql": "",
      "models/off.sql": "MODEL (name s.off, enabled false); SELECT 1 AS x",
      "models/old/b.sql": "not a model",
      "models/b.tmp.sql": "not a model",
      "models/sub/deep/c.sql": "not a model",
      "models/.hid/d.sql": "MODEL (name s.d); SELECT 1 AS x",
      "models/e.SQL": "not a model",
      "models/__init__.py": "",
      "macros/__init__.py": "",
      "audits/.gitkeep": "",
    });
    expect([...project.facts.keys()].sort()).toEqual(["s.a", "s.d"]);
  });

  test("an empty project loads", async () => {
    const project = await loadFiles({});
    expect([project.facts.size, project.tests.length, project.sluice.windows.length]).toEqual([0, 0, 0]);
  });

  test("entries of external_models: gateway, folder, audits, name clash", async () => {
    const project = await loadFiles({
      "external_models.yaml":
        "- name: raw.a\n  description: base\n- name: raw.a\n  gateway: LOCAL\n  description: mine\n- name: raw.z\n  gateway: other\n",
      "external_models/more.yaml":
        "- name: raw.b\n  columns: {ID: int}\n  audits: [{name: not_null, columns: '[id]'}]\n  tags: [x]\n",
    });
    expect(
      [...project.facts.values()].map(({ name, description, columns, tags }) => ({
        name,
        description,
        columns,
        tags,
      })),
    ).toEqual(
      [
        { name: "raw.b", columns: [{ name: "id", type: "int" }], tags: ["x"], description: undefined },
        { name: "raw.a", description: "mine", columns: null, tags: [] },
      ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect((await project.model("raw.b" as ModelName)).audits).toEqual([
      { name: "not_null", args: { columns: "[id]" } },
    ]);
  });
});

describe("faults", () => {
  test.each([
    {
      what: "one model twice",
      files: {
        "models/a.sql": "MODEL (name s.a); SELECT 1 AS x",
        "models/b.sql": 'MODEL (name S."A"); SELECT 1 AS x',
      },
      says: "models/b.sql: the model s.a is defined twice. The other one is in models/a.sql",
    },
    {
      what: "a cycle",
      files: {
        "models/a.sql": "MODEL (name s.a); SELECT x FROM s.b",
        "models/b.sql": "MODEL (name s.b); SELECT x FROM s.a",
      },
      says: "cycle: s.a → s.b → s.a",
    },
    {
      what: "a Python model",
      files: { "models/p.py": "import x\n\n@model(\n  'shop.py',\n)\ndef execute():\n  pass\n" },
      says: "models/p.py:3: the Python model shop.py is not supported",
    },
    {
      what: "a Python macro",
      files: {
        "models/a.sql": "MODEL (name s.a);\nSELECT @my_thing(1) AS x",
        "macros/m.py": "from x import macro\n@macro()\ndef my_thing(e, a):\n  return a\n",
      },
      says: "implemented in Python (macros/m.py",
    },
    {
      what: "an unknown macro",
      files: { "models/a.sql": "MODEL (name s.a);\nSELECT\n  @no_such(1) AS x" },
      says: "models/a.sql:3:",
    },
    {
      what: "a name clash with an external model",
      files: { "models/a.sql": "MODEL (name s.a); SELECT 1 AS x", "external_models.yaml": "- name: s.a\n" },
      says: "external_models.yaml: the external model s.a has the name of a model of the project",
    },
    {
      what: "names with different numbers of parts",
      files: {
        "models/a.sql": "MODEL (name a); SELECT 1 AS x",
        "models/b.sql": "MODEL (name s.b); SELECT x FROM a",
      },
      says: "the same nesting level",
    },
    {
      what: "a missing seed",
      files: { "models/a.sql": "MODEL (name s.a,\n  kind SEED (path '../seeds/no.csv'));" },
      says: "models/a.sql:2: the seed file ../seeds/no.csv does not exist",
    },
    {
      what: "a seed column that is not there",
      files: {
        "models/a.sql": "MODEL (name s.a, kind SEED (path '../s.csv'), columns (id INT, gone INT));",
        "s.csv": "id\n1\n",
      },
      says: "the seed file has no column gone. It has id.",
    },
    {
      what: "a seed line with too many fields",
      files: { "models/a.sql": "MODEL (name s.a, kind SEED (path '../s.csv'));", "s.csv": "id\n1,2\n" },
      says: "cannot be read as CSV",
    },
    {
      what: "a test file that is a list",
      files: { "tests/test_a.yaml": "- a\n" },
      says: "tests/test_a.yaml:1:",
    },
    {
      what: "an audit twice",
      files: { "audits/a.sql": "AUDIT (name x); SELECT 1;\nAUDIT (name X); SELECT 2" },
      says: "audits/a.sql:2: the audit x is defined twice",
    },
    {
      what: "a wrong key in sluice.yaml",
      files: { "sluice.yaml": "windows: []\nfrezes: []\n" },
      says: "sluice.yaml:2: sluice.yaml has no key frezes. Did you mean freezes?",
    },
    {
      what: "a wrong window",
      files: { "sluice.yaml": "windows:\n  - {from: '25:00', to: '04:00'}\n" },
      says: "sluice.yaml:2: windows.0.from",
    },
    {
      what: "a wrong zone",
      files: { "sluice.yaml": "windows:\n  - from: '02:00'\n    to: '04:00'\n    timezone: Mars/Base\n" },
      says: "sluice.yaml:4: there is no time zone Mars/Base",
    },
  ])("$what", async ({ files, says }) => {
    expect((await loadError(files)).sentence).toContain(says);
  });

  test("a model in another family's dialect", async () => {
    const error = await loadError({
      "config.yaml": mysqlConfig,
      "models/a.sql": "MODEL (name s.a, dialect duckdb); SELECT 1 AS x",
    });
    expect([error.code, error.place?.file]).toEqual(["NOT_SUPPORTED", "models/a.sql"]);
  });
});

test("sluice.yaml fills in its defaults", async () => {
  const { sluice } = await loadFiles({
    "sluice.yaml":
      "windows: [{from: '02:00', to: '04:00', timezone: Europe/Berlin, days: [Mon, tue]}]\nimpact: {max_row_loss: 0.1}\nrequired_checks: [tests, {name: lint, app_id: 3}]\n",
  });
  expect(sluice).toEqual({
    windows: [
      { from: "02:00", to: "04:00", timezone: "Europe/Berlin", days: ["mon", "tue"], environments: ["prod"] },
    ],
    freezes: [],
    impact: { maxRowLoss: 0.1 },
    impactTimeLimitSeconds: 300,
    overrides: {},
    requiredChecks: [{ name: "tests" }, { name: "lint", appId: 3 }],
    requiredChecksGraceMinutes: 10,
    comment: { diffs: true, lineage: true },
    lock: { waitSeconds: 60 },
    restate: [],
  });
});
