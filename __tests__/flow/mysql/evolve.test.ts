/** Forward-only changes of a live table where views keep the columns they were made with, and each ALTER commits. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasMariadb, startMariadb, type TestServer } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { State } from "../../../src/state/state.ts";
import { type MysqlProject, mysqlProject } from "../../support/mysql-project.ts";
import { countingEngine } from "./counting-engine.ts";

const at = (day: number) => Date.UTC(2024, 0, day);
const raw = [
  "CREATE DATABASE raw",
  "CREATE TABLE raw.orders (id INT, shop VARCHAR(9), amount DECIMAL(8, 2), ds DATE)",
  "INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03')",
];
const log = (columns: string) => `MODEL (
  name shop.log,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true, on_destructive_change ALLOW)
);
SELECT ds, ${columns} FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds
`;
const other = (n: number) => `MODEL (name shop.other, kind FULL);\nSELECT ${n} AS n\n`;

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let project: MysqlProject;
  let engine: Engine;
  let state: State;

  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    project = await mysqlProject(
      server,
      { "models/log.sql": log("id, shop"), "models/other.sql": other(1) },
      raw,
    );
    engine = await project.open();
    state = await openState(engine, { tool: "0.0.0", lease: { lease: 500, heartbeat: 100, poll: 20 } });
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const apply = (document: PlanDocument, day = 3, through = engine, kept = state) =>
    applyPlan(document, {
      engine: through,
      state: kept,
      now: () => at(day),
      owner: "test",
      emit: () => {},
    });
  async function applied(environment = "prod", options: PlanOptions = {}, day = 3): Promise<PlanDocument> {
    const document = await project.plan(at(day), environment, options);
    expect(await apply(document, day)).toMatchObject({ reason: "applied" });
    return document;
  }
  const names = async (schema: string) =>
    (await engine.columnsOf({ schema, table: "log" })).map((column) => column.name);

  test("columns come before the switch and go after it, also from the views of other environments", async () => {
    await applied();
    await project.write({ "models/other.sql": other(2) });
    await applied("dev", { includeUnmodified: true });
    await project.write({ "models/other.sql": other(1), "models/log.sql": log("id, amount") });
    const document = await applied();
    expect(document.models.find((model) => model.name === "shop.log")).toMatchObject({
      destructive: ["shop"],
      additive: ["amount"],
    });
    expect(await names("shop")).toEqual(["ds", "id", "amount"]);
    expect(await engine.query("SELECT id, amount FROM shop.log ORDER BY id")).toEqual([
      { id: 1, amount: null },
      { id: 2, amount: null },
    ]);
    expect((await engine.query("SELECT * FROM shop__dev.log")).length).toBe(2);
    await applied("prod", { run: true }, 4);
    expect(await engine.query("SELECT id, amount FROM shop.log WHERE id = 3")).toEqual([
      { id: 3, amount: "7.00" },
    ]);
  });

  test("stopped before any of its statements, the table is readable under both definitions, and a rerun ends it", async () => {
    await applied();
    await project.write({ "models/log.sql": log("id, amount") });
    const document = await project.plan(at(3));
    let stopped = 0;
    for (let last = 1; ; last += 5) {
      let count = Number.NEGATIVE_INFINITY;
      const dying = countingEngine(engine, () => {
        if (++count >= last) throw new Error("the connection is lost");
      });
      const kept = await openState(dying, {
        tool: "0.0.0",
        lease: { lease: 500, heartbeat: 100, poll: 20 },
      });
      count = 0;
      const outcome = await apply(document, 3, dying, kept);
      expect((await engine.query("SELECT * FROM shop.log")).length).toBe(2);
      expect(["ds,id,shop", "ds,id,amount", "ds,id,shop,amount"]).toContain((await names("shop")).join());
      if (outcome.reason === "applied" || outcome.reason === "already-applied") break;
      stopped++;
      await new Promise((resolve) => setTimeout(resolve, 550));
    }
    expect(stopped).toBeGreaterThan(3);
    expect(await names("shop")).toEqual(["ds", "id", "amount"]);
  }, 120_000);
});
