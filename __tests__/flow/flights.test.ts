/** The three pull requests of examples/flights, planned against a warehouse with a handful of flights. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyChange, changeNames, copyBase } from "../../examples/flights/changes.ts";
import { Context, type PlanDocument } from "../../src/index.ts";

const rawSql = `CREATE SCHEMA raw;
CREATE TABLE raw.flights AS
SELECT
  TIMESTAMP '2001-01-01 06:00:00' + INTERVAL (i * 7) HOUR AS date,
  (i % 40 - 10)::BIGINT + CASE WHEN i % 100 = 0 THEN 400 ELSE 0 END AS delay,
  (200 + i % 2500)::BIGINT AS distance,
  'A' || (i % 230) AS origin,
  'A' || ((i + 1) % 230) AS destination
FROM range(0, 600) AS r(i);
CREATE TABLE raw.airports AS
SELECT 'A' || i AS iata, 'Airport ' || i AS name, 'City' AS city, 'TX' AS state, 'USA' AS country, 1.0 AS latitude, 2.0 AS longitude
FROM range(0, 230) AS r(i);`;

let folder = "";
const open = (project: string): Context =>
  new Context({
    paths: [project],
    env: { FLIGHTS_DB: join(folder, "flights.duckdb") },
    now: () => Date.parse("2001-07-02T08:00:00Z"),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-flights-"));
  const instance = await DuckDBInstance.create(join(folder, "flights.duckdb"));
  const connection = await instance.connect();
  await connection.run(rawSql);
  connection.closeSync();
  instance.closeSync();
  const base = join(folder, "base");
  await copyBase(base);
  await using context = open(base);
  const outcome = await context.apply(await context.plan("prod"));
  expect(outcome).toMatchObject({ reason: "applied", production: "switched" });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function planOf(change: string): Promise<PlanDocument> {
  const project = join(folder, change);
  await copyBase(project);
  await applyChange(change, project);
  await using context = open(project);
  return (await context.plan("prod")).toJSON();
}

const named = (plan: PlanDocument, change: string): string[] =>
  plan.models
    .filter((model) => model.change === change)
    .map((model) => model.name)
    .sort();

test("there are three of them", async () => {
  expect(await changeNames()).toEqual(["add-delay-bands", "fix-cancelled-filter", "rename-and-document"]);
});

describe("the plan of", () => {
  test("add-delay-bands rebuilds the fact table alone", async () => {
    const plan = await planOf("add-delay-bands");
    const flights = plan.models.find((model) => model.name === "core.flights");
    expect(flights).toMatchObject({
      change: "directly_modified",
      category: "NON_BREAKING",
      columns: { added: ["delay_band"] },
    });
    const computed = plan.models
      .filter((model) => model.intervals.length > 0 && model.reuse === "new")
      .map((model) => model.name);
    expect(computed).toEqual(["core.flights"]);
  });

  test("fix-cancelled-filter reaches everything that is made of flights", async () => {
    const plan = await planOf("fix-cancelled-filter");
    expect(named(plan, "directly_modified")).toEqual(["staging.flights"]);
    expect(plan.models.find((model) => model.name === "staging.flights")?.category).toBe("BREAKING");
    expect(named(plan, "indirectly_modified")).toHaveLength(14);
    expect(plan.requiresBackfill).toBe(true);
  });

  test("rename-and-document moves one model, drops one and rebuilds nothing else", async () => {
    const plan = await planOf("rename-and-document");
    expect(named(plan, "added")).toEqual(["core.departure_profile"]);
    expect(named(plan, "removed")).toEqual(["core.hourly_profile", "mart.worst_days"]);
    expect(named(plan, "directly_modified")).toEqual(["mart.best_hours"]);
    expect(named(plan, "metadata_updated")).toEqual(["mart.airport_punctuality"]);
  });
});
