/** A plan on a server of the MySQL protocol, the whole way. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import type { ApplyOptions } from "../../../src/apply/apply.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { State } from "../../../src/state/state.ts";
import type { MysqlProject } from "../../support/mysql-project.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { files, nowOf, raw, removed } from "./crash-files.ts";

const now = nowOf(0);

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
    project = await mysqlProject(server, files(2), raw);
    engine = await project.open();
    state = await openState(engine, { tool: "0.0.0", lease: { lease: 30_000, heartbeat: 5_000, poll: 20 } });
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const run = (document: PlanDocument, options: Partial<ApplyOptions> = {}): Promise<Outcome> =>
    applyPlan(document, { engine, state, now: () => now, owner: "test", emit: () => {}, ...options });
  const best = () => engine.query("SELECT * FROM shop.best");
  const temporary = () => engine.listObjects(["shop", "sluice", "sluice__shop"], "sluice__");

  test("first, second, again: rows, views, pointer, nothing left over", async () => {
    expect(await run(await project.plan(now))).toMatchObject({ reason: "applied", production: "switched" });
    const [before] = await best();
    expect(before).toMatchObject({ factor: 2 });
    await project.write(files(3));
    await project.remove(removed);
    const second = await project.plan(now);
    expect(second.engine).toMatchObject({ flavour: "mariadb", switch: "rename" });
    expect(await run(second)).toMatchObject({ reason: "applied", environmentVersion: 2 });
    const [after] = await best();
    expect(after).toMatchObject({ factor: 3, total: String(Number(before?.["total"]) * 1.5) });
    expect(await engine.query("SELECT plan_id, environment_version FROM sluice.sluice__pointer")).toEqual([
      { plan_id: second.id, environment_version: 2 },
    ]);
    expect((await engine.objects([{ schema: "shop", table: "gone" }])).size).toBe(0);
    expect((await temporary()).filter(({ name }) => name.table !== "sluice__pointer")).toEqual([]);
    expect(await run(second)).toMatchObject({ reason: "already-applied" });
    expect((await project.plan(now)).steps).toEqual([]);
  });
});
