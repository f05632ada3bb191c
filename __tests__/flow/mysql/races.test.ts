/** Several applies at once: one wins, the others say why they did not, and nothing of theirs is seen. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import type { ApplyOptions } from "../../../src/apply/apply.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { MysqlProject } from "../../support/mysql-project.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { countingEngine } from "./counting-engine.ts";
import { times } from "./torture.ts";

const now = Date.UTC(2024, 0, 8);
const numbers = { "models/numbers.sql": "MODEL (name shop.numbers, kind FULL);\nSELECT 1 AS n" };
const numbersOf = (n: number) => ({
  "models/numbers.sql": `MODEL (name shop.numbers, kind FULL);\nSELECT ${n} AS n`,
  "models/doubled.sql": `MODEL (name shop.doubled, kind VIEW);\nSELECT n * 2 AS n, ${n} AS half FROM shop.numbers`,
});

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let project: MysqlProject;
  let engines: readonly [Engine, Engine];

  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    project = await mysqlProject(server, numbers, []);
    engines = [await project.open(), await project.open()];
  });
  afterEach(async () => {
    for (const engine of engines) await engine[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const run = async (
    engine: Engine,
    document: PlanDocument,
    owner: string,
    options: Partial<ApplyOptions> = {},
  ): Promise<Outcome> => {
    const state = await openState(engine, {
      tool: "0.0.0",
      lease: { lease: 30_000, heartbeat: 5_000, poll: 10 },
    });
    return applyPlan(document, { engine, state, now: () => now, owner, emit: () => {}, ...options });
  };
  const planOf = async (n: number): Promise<PlanDocument> => {
    await project.write(numbersOf(n));
    return await project.plan(now);
  };

  const races = times(8);
  test("two plans at the same moment", { timeout: 60_000 + races * 10_000 }, async () => {
    for (let race = 1; race <= races; race++) {
      const plans = [await planOf(2 * race), await planOf(2 * race + 1)] as const;
      const outcomes = await Promise.all([
        run(engines[0], plans[0], `one ${race}`),
        run(engines[1], plans[1], `two ${race}`),
      ]);
      expect(outcomes.map(({ reason }) => reason).sort(), JSON.stringify(outcomes)).toEqual([
        "applied",
        "stale",
      ]);
      const winner = plans[outcomes[0].reason === "applied" ? 0 : 1];
      const n = 2 * race + (winner === plans[0] ? 0 : 1);
      const [seen] = await engines[0].query(
        `SELECT d.n AS doubled, d.half, s.n, p.environment_version AS version, p.plan_id AS plan
         FROM shop.doubled AS d, shop.numbers AS s, sluice.sluice__pointer AS p`,
      );
      expect(seen).toEqual({ doubled: 2 * n, half: n, n, version: race, plan: winner.id });
    }
    console.info(`${races} races`);
  });

  test("one plan twice: the second finds the work done", async () => {
    const plan = await planOf(1);
    const outcomes = await Promise.all([run(engines[0], plan, "one"), run(engines[1], plan, "two")]);
    expect(outcomes.map(({ reason }) => reason).sort()).toEqual(["already-applied", "applied"]);
  });

  test("a living owner's lock is not taken, whoever waits", async () => {
    const state = await openState(engines[0], {
      tool: "0.0.0",
      lease: { lease: 400, heartbeat: 50, poll: 10 },
    });
    await state.migrate();
    const plan = await planOf(1);
    await using lock = await state.lock(plan.environment.name, "the living", { wait: 0 });
    const outcome = await run(engines[1], plan, "the waiting", { lockWait: 1_500 });
    expect(outcome).toMatchObject({ reason: "locked", production: "unchanged" });
    expect(outcome.sentence).toContain("the living");
    await lock.assertHeld();
  });

  test("an owner that misses what the next one dropped ends as locked", async () => {
    const plan = await planOf(1);
    const [engine, other] = engines;
    const state = await openState(other, { tool: "0.0.0" });
    await state.migrate();
    let taken = false;
    const overtaken = countingEngine(engine, async (sql) => {
      const built = /^INSERT INTO (`sluice__shop`\.`sluice__\w+`)/.exec(sql)?.[1];
      if (built === undefined || taken) return;
      taken = true;
      await state.breakLock(plan.environment.name);
      await other.run(`DROP TABLE ${built}`);
    });
    const outcome = await run(overtaken, plan, "the former");
    expect(taken).toBe(true);
    expect(outcome).toMatchObject({ reason: "locked", production: "unchanged" });
  });
});
