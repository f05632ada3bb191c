/** Forward-only changes of tables that production reads: columns come before the switch, go after it, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan } from "../../../src/apply/apply.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { parseEnvironmentName } from "../../../src/environment/naming.ts";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { makePlan } from "../../../src/use-cases/plan.ts";
import { Workspace } from "../../../src/use-cases/workspace.ts";
import { type SmallProject, smallProject } from "../../support/small-project.ts";
import { dyingEngine } from "./dying-engine.ts";

const at = (day: number) => Date.UTC(2024, 0, day);
const log = (columns: string, policies = "") => `MODEL (
  name shop.log,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true${policies}),
  start '2024-01-01'
);
SELECT ds, ${columns} FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds
`;
const open = ", on_destructive_change ALLOW";

let project: SmallProject;
let engine: Engine;

beforeEach(async () => {
  project = await smallProject({
    "external_models.yaml":
      "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR, amount: DOUBLE, ds: DATE}\n",
    "models/log.sql": log("id, shop"),
  });
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

async function plan(environment = "prod", options: PlanOptions = {}, day = 3): Promise<PlanDocument> {
  const { path } = project;
  await using workspace = new Workspace({ paths: [path], env: {}, now: () => at(day), directory: path });
  return await makePlan(workspace, { environment: parseEnvironmentName(environment), options });
}

async function apply(document: PlanDocument, through: Engine = engine, day = 3): Promise<Outcome> {
  const state = await openState(through, {
    tool: "0.0.0",
    lease: { lease: 100, heartbeat: 50, poll: 20 },
  });
  return applyPlan(document, { engine: through, state, now: () => at(day), owner: "test", emit: () => {} });
}

async function applied(environment = "prod", options: PlanOptions = {}, day = 3): Promise<PlanDocument> {
  const document = await plan(environment, options, day);
  expect(await apply(document, engine, day)).toMatchObject({ reason: "applied" });
  return document;
}

const rows = (view = "shop.log") => engine.query(`SELECT * FROM ${view} ORDER BY ALL`);
const columns = async (view = "shop.log") =>
  (await engine.columnsOf({ schema: view.split(".")[0] as string, table: view.split(".")[1] as string })).map(
    (column) => `${column.name} ${column.type}`,
  );
const kinds = (document: PlanDocument) =>
  document.steps.flatMap((step) => (step.kind === "evolve-table" ? [step.phase] : [step.kind]));

describe("a live table", () => {
  test("gains a column before the switch and loses one after it; new rows have what the new query gives", async () => {
    await applied();
    await project.write({ "models/log.sql": log("id, amount", open) });
    const document = await applied();
    expect(kinds(document).filter((kind) => /widen|switch|narrow|finalise/.test(kind))).toEqual([
      "widen",
      "switch",
      "narrow",
      "finalise",
    ]);
    expect(document.models.find((model) => model.name === "shop.log")).toMatchObject({
      destructive: ["shop"],
      additive: ["amount"],
      reuse: "unchanged",
    });
    expect(await columns()).toEqual(["ds DATE", "id INTEGER", "amount DOUBLE"]);
    await applied("prod", { run: true }, 4);
    expect(await rows()).toEqual([
      { ds: "2024-01-01", id: 1, amount: null },
      { ds: "2024-01-02", id: 2, amount: null },
      { ds: "2024-01-03", id: 3, amount: 7 },
    ]);
  });

  test("is whole to its readers whenever the apply dies, and the same plan ends it", async () => {
    await applied();
    await project.write({ "models/log.sql": log("id, amount", open) });
    const document = await plan();
    const seen = new Set<string>();
    for (let commit = 1; ; commit++) {
      const dying = dyingEngine(engine, commit, () => {});
      const outcome = await apply(document, dying.engine);
      seen.add((await columns()).join());
      expect((await rows()).length).toBe(2);
      if (outcome.reason === "applied" || outcome.reason === "already-applied") break;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    expect(seen.size).toBeGreaterThan(1);
    const [before, after] = ["ds DATE,id INTEGER,shop VARCHAR", "ds DATE,id INTEGER,amount DOUBLE"];
    expect([...seen].filter((list) => ![before, `${before},amount DOUBLE`, after].includes(list))).toEqual(
      [],
    );
    expect((await columns()).join()).toBe(after);
  }, 60_000);

  test("keeps its rows when a type changes, which takes leave; a wider one of the same type does not", async () => {
    await project.write({ "models/log.sql": log("id, amount::DECIMAL(10, 2) AS amount") });
    await applied();
    await project.write({ "models/log.sql": log("id, amount::DECIMAL(12, 2) AS amount") });
    expect((await applied()).models[0]).toMatchObject({ destructive: [] });
    await project.write({ "models/log.sql": log("id::BIGINT AS id, amount::DECIMAL(12, 2) AS amount") });
    await expect(plan()).rejects.toMatchObject({ code: "PLAN_REFUSED", details: { columns: ["id"] } });
    await applied("prod", { allowDestructiveModels: ["shop.log"] });
    expect(await columns()).toEqual(["ds DATE", "id BIGINT", "amount DECIMAL(12,2)"]);
    expect((await rows()).map((row) => row["id"])).toEqual([1, 2]);
  });

  test("of a model that only reads the changed one is looked at as well", async () => {
    const reader = `MODEL (
  name shop.reader,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true),
  start '2024-01-01'
);
SELECT ds, id FROM shop.log WHERE ds BETWEEN @start_ds AND @end_ds
`;
    await project.write({ "models/reader.sql": reader });
    await applied();
    await project.write({ "models/log.sql": log("id::BIGINT AS id, shop", open) });
    await expect(plan()).rejects.toMatchObject({
      code: "PLAN_REFUSED",
      details: { model: "shop.reader", columns: ["id"] },
    });
    const document = await applied("prod", { allowDestructiveModels: ["shop.reader"] });
    expect(document.models.map((model) => [model.name, model.destructive])).toEqual([
      ["shop.log", ["id"]],
      ["shop.reader", ["id"]],
    ]);
    expect(await columns("shop.reader")).toEqual(["ds DATE", "id BIGINT"]);
  });

  test("keeps what a policy says to ignore", async () => {
    const keep = ", on_destructive_change IGNORE, on_additive_change IGNORE";
    await applied();
    await project.write({ "models/log.sql": log("id, amount", keep) });
    expect((await applied()).models[0]).toMatchObject({ destructive: [], additive: [] });
    await applied("prod", { run: true }, 4);
    expect((await rows()).at(-1)).toEqual({ ds: "2024-01-03", id: 3, shop: null });
  });

  test("is left alone by a development environment, which has a table of its own", async () => {
    await applied();
    await project.write({ "models/log.sql": log("id, amount", open) });
    expect(kinds(await applied("dev"))).not.toContain("widen");
    expect(await columns()).toEqual(["ds DATE", "id INTEGER", "shop VARCHAR"]);
    expect(await columns("shop__dev.log")).toEqual(["ds DATE", "id INTEGER", "amount DOUBLE"]);
    // Tested in development, the definition is stored: production's table changes all the same.
    expect(kinds(await applied())).toContain("narrow");
    expect(await columns()).toEqual(["ds DATE", "id INTEGER", "amount DOUBLE"]);
  });
});

describe("virtual_environment_mode: dev_only", () => {
  const typeOf = async (table: string) =>
    (await engine.objects([{ schema: "shop", table }])).values().next().value;

  beforeEach(async () => {
    const config = await project.read("config.yaml");
    await project.write({
      "config.yaml": `${config}virtual_environment_mode: dev_only\n`,
      "models/log.sql": log("id, shop", open).replace(", forward_only true", ""),
      "models/total.sql": "MODEL (name shop.total, kind FULL);\nSELECT COUNT(*)::INT AS n FROM shop.log\n",
      "models/last.sql": "MODEL (name shop.last, kind VIEW);\nSELECT MAX(id) AS id FROM shop.log\n",
    });
  });

  test("production's tables bear the models' names and are changed in place; development has views", async () => {
    await applied();
    expect([await typeOf("log"), await typeOf("total"), await typeOf("last")]).toEqual([
      "table",
      "table",
      "view",
    ]);
    expect(await rows("shop.total")).toEqual([{ n: 2 }]);
    const changed = log("id, amount", open).replace(", forward_only true", "");
    await project.write({ "models/log.sql": changed });
    await applied("dev");
    expect(await columns("shop__dev.log")).toEqual(["ds DATE", "id INTEGER", "amount DOUBLE"]);
    expect(await columns()).toEqual(["ds DATE", "id INTEGER", "shop VARCHAR"]);
    const document = await applied();
    expect(document.models.find((model) => model.name === "shop.log")).toMatchObject({
      forwardOnly: true,
      version: "novde",
      intervals: [],
    });
    expect(await columns()).toEqual(["ds DATE", "id INTEGER", "amount DOUBLE"]);
    expect(await rows("shop.last")).toEqual([{ id: 2 }]);
    await applied("prod", { run: true }, 4);
    expect(await rows("shop.total")).toEqual([{ n: 3 }]);
    expect((await plan("prod", {}, 4)).steps).toEqual([]);
  });

  test("what is there already under a model's name is nobody's to take", async () => {
    await engine.run("CREATE SCHEMA shop");
    await engine.run("CREATE TABLE shop.total AS SELECT 1 AS mine");
    await expect(plan()).rejects.toMatchObject({ code: "PLAN_REFUSED", details: { model: "shop.total" } });
    expect(await rows("shop.total")).toEqual([{ mine: 1 }]);
  });

  test("a live table does not become a view in place, nor the other way round", async () => {
    await applied();
    await project.write({
      "models/total.sql": "MODEL (name shop.total, kind VIEW);\nSELECT COUNT(*)::INT AS n FROM shop.log\n",
    });
    await expect(plan()).rejects.toMatchObject({ code: "NOT_SUPPORTED", details: { model: "shop.total" } });
  });
});
