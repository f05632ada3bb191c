/** `sluice import-state` and what follows it, every step a process as a user would start it. */
import { expect, test } from "vitest";
import { sluice } from "../support/sluice-process.ts";
import { smallProject } from "../support/small-project.ts";
import { physicalTable, type RecordedModel, sqlmeshState } from "../support/sqlmesh-state.ts";

const total: RecordedModel = {
  name: "shop.total",
  version: "77",
  node: { kind: { name: "FULL" }, query: { sql: "SELECT SUM(amount)::DOUBLE AS total FROM raw.orders" } },
  days: ["2024-01-01", "2024-01-03"],
};
const other: RecordedModel = {
  name: "shop.other",
  version: "78",
  node: { kind: { name: "FULL" }, query: { sql: "SELECT 2 AS two" } },
};

test("shows, takes over when told, and hands the rest to the next plan", async () => {
  await using project = await smallProject({
    "models/total.sql":
      "MODEL (name shop.total, kind FULL);\n\nSELECT SUM(amount)::DOUBLE AS total FROM raw.orders\n",
    "models/other.sql": "MODEL (name shop.other, kind FULL);\n\nSELECT 1 AS one\n",
  });
  const run = (...words: string[]) =>
    sluice(words, { cwd: project.path, env: { SLUICE_NOW: "2024-01-04T06:00:00Z" } });
  expect(await run("import-state")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("there is no state of SQLMesh in schema sqlmesh"),
  });
  const gone = { ...other, name: "shop.gone" };
  await project.sql(
    [
      "CREATE SCHEMA sqlmesh__shop",
      "CREATE SCHEMA shop",
      `CREATE TABLE ${physicalTable(total)} AS SELECT SUM(amount)::DOUBLE AS total FROM raw.orders`,
      `CREATE VIEW shop.total AS SELECT * FROM ${physicalTable(total)}`,
      ...sqlmeshState({ dialect: "duckdb", catalog: "warehouse", models: [total, other, gone] }),
    ].join(";\n"),
  );

  const shown = await run("import-state");
  expect(shown.code).toBe(0);
  expect(shown.stdout.replace(/ {2,}/g, "  ").split("\n")).toEqual([
    "Production of SQLMesh 0.233.2:",
    "  shop.other  FULL  build  the query cannot be proved equal to the one SQLMesh ran",
    "  shop.total  FULL  adopt  sqlmesh__shop.shop__total__77; 2024-01-01 to 2024-01-03 (3 days)",
    "Not in the project, left as they are:",
    "  shop.gone",
    "",
    "1 model can be taken over. 1 model will be built by the next plan. Nothing was written; --yes takes them over.",
    "",
  ]);
  const done = await run("import-state", "--yes", "--json");
  expect(JSON.parse(done.stdout)).toMatchObject({
    ok: true,
    result: "imported",
    environmentVersion: 1,
    sqlmeshVersion: "0.233.2",
    leftAlone: ["shop.gone"],
    models: [
      { name: "shop.other", adopted: false, reasons: [expect.any(String)] },
      { name: "shop.total", adopted: true, table: "sqlmesh__shop.shop__total__77" },
    ],
  });
  const plan = await run("plan");
  expect(plan.stdout).toContain("1 model changes in prod");
  expect(plan.stdout).toContain("shop.other");
  expect(plan.stdout).not.toContain("shop.total");
  const status = await run("status");
  expect(status.stdout).toContain("prod is at version 1");
  expect(status.stdout).toContain("Views and tables are as its record says.");
});
