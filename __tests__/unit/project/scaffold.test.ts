/** The project that `sqlmesh init duckdb` writes must load as it is (spec project-format 15). */
import { expect, test } from "vitest";
import type { ModelName } from "../../../src/model/model.ts";
import { loadFiles } from "../../support/project-folder.ts";

const scaffold = {
  "config.yaml": `# --- Gateway Connection ---
gateways:
  duckdb:
    connection:
      type: duckdb
      database: db.db
default_gateway: duckdb

model_defaults:
  dialect: duckdb
  start: 2024-05-01 # Start date for backfill history
  cron: '@daily'    # Run models daily at 12am UTC (can override per model)

linter:
  enabled: true
  rules:
    - ambiguousorinvalidcolumn
    - invalidselectstarexpansion
    - noambiguousprojections
`,
  "macros/__init__.py": "",
  "seeds/.gitkeep": "",
  "seeds/seed_data.csv":
    "id,item_id,event_date\n1,2,2020-01-01\n2,1,2020-01-01\n3,3,2020-01-03\n4,1,2020-01-04\n5,1,2020-01-05\n6,1,2020-01-06\n7,1,2020-01-07\n",
  "models/seed_model.sql": `MODEL (
  name sqlmesh_example.seed_model,
  kind SEED (
    path '../seeds/seed_data.csv'
  ),
  columns (
    id INTEGER,
    item_id INTEGER,
    event_date DATE
  ),
  grain (id, event_date)
);
`,
  "models/incremental_model.sql": `MODEL (
  name sqlmesh_example.incremental_model,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column event_date
  ),
  start '2020-01-01',
  cron '@daily',
  grain (id, event_date)
);

SELECT
  id,
  item_id,
  event_date,
FROM
  sqlmesh_example.seed_model
WHERE
  event_date BETWEEN @start_date AND @end_date
`,
  "models/full_model.sql": `MODEL (
  name sqlmesh_example.full_model,
  kind FULL,
  cron '@daily',
  grain item_id,
  audits (assert_positive_order_ids),
);

SELECT
  item_id,
  COUNT(DISTINCT id) AS num_orders,
FROM
  sqlmesh_example.incremental_model
GROUP BY item_id
`,
  "audits/assert_positive_order_ids.sql":
    "AUDIT (\n  name assert_positive_order_ids,\n);\n\nSELECT *\nFROM @this_model\nWHERE\n  item_id < 0\n",
  "tests/test_full_model.yaml":
    "test_example_full_model:\n  model: sqlmesh_example.full_model\n  inputs:\n    sqlmesh_example.incremental_model:\n      rows:\n      - id: 1\n        item_id: 1\n  outputs:\n    query:\n      rows:\n      - item_id: 1\n        num_orders: 1\n",
};

test("models, kinds, dependencies, columns, audits", async () => {
  const project = await loadFiles(scaffold);
  expect(project.warnings).toEqual([]);
  expect(project.settings.defaultCatalog).toBe("db");
  const summary = [...project.facts.values()].map((facts) => ({
    name: facts.name,
    kind: facts.kind.name,
    reads: facts.dependsOn,
    columns: facts.columns?.map((column) => column.name),
    start: facts.start,
  }));
  expect(summary).toEqual([
    {
      name: "sqlmesh_example.full_model",
      kind: "FULL",
      reads: ["sqlmesh_example.incremental_model"],
      columns: ["item_id", "num_orders"],
      start: "2024-05-01",
    },
    {
      name: "sqlmesh_example.incremental_model",
      kind: "INCREMENTAL_BY_TIME_RANGE",
      reads: ["sqlmesh_example.seed_model"],
      columns: ["id", "item_id", "event_date"],
      start: "2020-01-01",
    },
    {
      name: "sqlmesh_example.seed_model",
      kind: "SEED",
      reads: [],
      columns: ["id", "item_id", "event_date"],
      start: "2024-05-01",
    },
  ]);
  const full = await project.model("sqlmesh_example.full_model" as ModelName);
  expect([full.grains, full.audits.map((audit) => audit.name)]).toEqual([
    ["item_id"],
    ["assert_positive_order_ids"],
  ]);
  expect(Object.keys(project.tests[0]?.tests ?? {})).toEqual(["test_example_full_model"]);
});
