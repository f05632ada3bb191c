/** A table is built beside the one it replaces: whatever stands under the names it needs, all of it arrives and nothing is left. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { temporaryName } from "../../../src/environment/naming.ts";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import type { NameParts } from "../../../src/sql/name-parts.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { MysqlProject } from "../../support/mysql-project.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { countingEngine } from "./counting-engine.ts";

const now = Date.UTC(2024, 0, 4);
const totals = (factor: number) => ({
  "models/totals.sql": `MODEL (name shop.totals, kind FULL); SELECT SUM(n) * ${factor} AS total FROM raw.numbers`,
});

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let project: MysqlProject;
  let engine: Engine;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    const raw = ["CREATE DATABASE raw", "CREATE TABLE raw.numbers AS SELECT 1 AS n UNION ALL SELECT 2"];
    project = await mysqlProject(server, totals(1), raw);
    engine = await project.open();
    await apply(await project.plan(now));
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  async function apply(plan: PlanDocument, used: Engine = engine): Promise<void> {
    const state = await openState(used, { tool: "0.0.0" });
    const outcome = await applyPlan(plan, {
      engine: used,
      state,
      now: () => now,
      owner: "test",
      emit: () => {},
    });
    expect(outcome).toMatchObject({ reason: "applied" });
  }

  async function planOf(factor: number, options?: PlanOptions): Promise<[PlanDocument, NameParts]> {
    await project.write(totals(factor));
    const plan = await project.plan(now, "prod", options);
    const step = plan.steps.find(({ kind }) => kind === "backfill");
    if (step?.kind !== "backfill") throw new Error("the plan computes nothing");
    return [plan, step.table];
  }

  const isLeft = async (total: number): Promise<void> => {
    expect(await server.sql("SELECT total FROM shop.totals")).toEqual([{ total: String(total) }]);
    expect(
      await server.sql(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'sluice__shop' AND table_name LIKE 'sluice\\_\\_%'",
      ),
    ).toEqual([]);
  };

  test.each([
    { what: "a new table", factor: 5, options: {}, purposes: ["build"] },
    {
      what: "a table computed anew",
      factor: 1,
      options: { restateModels: ["shop.totals"] },
      purposes: ["build", "old"],
    },
  ])(
    "$what: tables under its scratch names, of a state that is gone",
    async ({ factor, options, purposes }) => {
      const [plan, table] = await planOf(factor, options);
      // The first apply held the lock under the token 1.
      for (const purpose of purposes) {
        const scratch = temporaryName(table, purpose, { environment: plan.environment.name, token: 2 });
        await server.sql(`CREATE TABLE ${engine.name(scratch)} AS SELECT 'stale' AS total`);
      }
      await apply(plan);
      await isLeft(3 * factor);
    },
  );

  test("a table that somebody made while it was built is replaced", async () => {
    const [plan, table] = await planOf(7);
    let made = false;
    const meddled = countingEngine(engine, async (sql) => {
      if (made || !sql.startsWith("INSERT INTO `sluice__shop`.`sluice__")) return;
      made = true;
      await server.sql(`CREATE TABLE ${engine.name(table)} AS SELECT 'theirs' AS total`);
    });
    await apply(plan, meddled);
    expect(made).toBe(true);
    await isLeft(21);
  });

  test("a table that somebody dropped while it was computed anew is there again", async () => {
    const [plan, table] = await planOf(1, { restateModels: ["shop.totals"] });
    let dropped = false;
    const meddled = countingEngine(engine, async (sql) => {
      if (dropped || !sql.startsWith("INSERT INTO `sluice__shop`.`sluice__")) return;
      dropped = true;
      await server.sql(`DROP TABLE ${engine.name(table)}`);
    });
    await apply(plan, meddled);
    expect(dropped).toBe(true);
    await isLeft(3);
  });
});
