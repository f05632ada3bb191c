/** What can go wrong on a server: tried again where that helps, else told in the server's words, with production as it was. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import type { ApplyOptions } from "../../../src/apply/apply.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { MysqlConnection } from "../../../src/engine/connection.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { MysqlProject } from "../../support/mysql-project.ts";
import { mysqlProject } from "../../support/mysql-project.ts";

const now = Date.UTC(2024, 0, 4);
const days = (
  factor: number,
  expression = "1",
) => `MODEL (name shop.days, kind INCREMENTAL_BY_TIME_RANGE (time_column ds));
SELECT ds, ${factor} AS factor, ${expression} AS extra FROM raw.days WHERE ds BETWEEN @start_ds AND @end_ds`;
const raw = [
  "CREATE DATABASE raw",
  "CREATE TABLE raw.days (ds DATE)",
  "CREATE TABLE raw.log (n INT)",
  "INSERT INTO raw.days VALUES ('2024-01-01'), ('2024-01-02'), ('2024-01-03')",
];

// Settings of a server of the tests' own are changed here.
const owned = hasMariadb() && process.env["SLUICE_TEST_MYSQL_URL"] === undefined;

describe.runIf(owned)("on a server", () => {
  let server: TestServer;
  let project: MysqlProject;
  let engine: Engine;

  beforeAll(async () => {
    server = await startMariadb(["--innodb-lock-wait-timeout=1", "--max-allowed-packet=1M"]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    project = await mysqlProject(server, { "models/days.sql": days(1) }, raw);
    engine = await project.open();
    expect(await run(await project.plan(now))).toMatchObject({ reason: "applied" });
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const run = async (document: PlanDocument, options: Partial<ApplyOptions> = {}): Promise<Outcome> => {
    const used = options.engine ?? engine;
    const state = await openState(used, { tool: "0.0.0" });
    return applyPlan(document, {
      engine: used,
      state,
      now: () => now,
      owner: "test",
      emit: () => {},
      ...options,
    });
  };
  const planOf = async (files: Readonly<Record<string, string>>): Promise<PlanDocument> => {
    await project.write(files);
    return await project.plan(now);
  };
  const factors = async () => {
    const rows = await server.sql("SELECT DISTINCT factor FROM shop.days");
    return rows.map((row) => row["factor"]);
  };
  const asUser = async (grants: readonly string[]): Promise<MysqlConnection> => {
    await server.sql(
      "DROP USER IF EXISTS limited@'%'",
      "CREATE USER limited@'%' IDENTIFIED BY 'secret'",
      ...grants.map((grant) => `GRANT ${grant} TO limited@'%'`),
    );
    return { ...server.connection, user: "limited", password: "secret" };
  };

  test("the connection lost in the middle of a batch: the batch runs again", async () => {
    const document = await planOf({ "models/days.sql": days(2, "SLEEP(0.4)") });
    const applied = run(document);
    let killed = 0;
    for (const started = performance.now(); killed === 0 && performance.now() - started < 20_000; ) {
      for (const row of await server.sql(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'INSERT INTO%sluice\\_\\_shop%SLEEP%'",
      )) {
        await server.sql(`KILL ${row["id"]}`);
        killed++;
      }
      await pause(10);
    }
    expect(killed).toBe(1);
    expect(await applied).toMatchObject({ reason: "applied" });
    expect(await server.sql("SELECT COUNT(*) AS n, MIN(factor) AS factor FROM shop.days")).toEqual([
      { n: 3, factor: 2 },
    ]);
  });

  test("a deadlock: one transaction runs again", async () => {
    await server.sql(
      "CREATE TABLE raw.pair (id INT PRIMARY KEY, n INT)",
      "INSERT INTO raw.pair VALUES (1, 0), (2, 0)",
    );
    let attempts = 0;
    const barrier = Promise.withResolvers<void>();
    const add = (first: number, second: number) =>
      engine.transaction(async (session) => {
        await session.run(`UPDATE raw.pair SET n = n + 1 WHERE id = ${first}`);
        if (++attempts === 2) barrier.resolve();
        await barrier.promise;
        await session.run(`UPDATE raw.pair SET n = n + 1 WHERE id = ${second}`);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect(attempts).toBe(3);
    expect(await engine.query("SELECT n FROM raw.pair")).toEqual([{ n: 2 }, { n: 2 }]);
  });

  test("rows someone else holds: the batch waits beyond the server's time-out", async () => {
    const document = await planOf({ "models/days.sql": days(1), "models/other.sql": other });
    await server.sql("CREATE TABLE raw.held (n INT PRIMARY KEY)", "INSERT INTO raw.held VALUES (1)");
    const held = Promise.withResolvers<void>();
    const holder = engine.exclusive(async (session) => {
      await session.query("START TRANSACTION");
      await session.query("SELECT * FROM raw.held FOR UPDATE");
      await held.promise;
      await session.query("COMMIT");
    });
    const applied = run(document);
    await pause(2_500);
    held.resolve();
    await holder;
    expect(await applied).toMatchObject({ reason: "applied" });
    expect(await server.sql("SELECT COUNT(*) AS n FROM raw.log")).toEqual([{ n: 2 }]);
  });
  // The statements run where the table is made, and with its batch.
  const other = `MODEL (name shop.other, kind INCREMENTAL_BY_TIME_RANGE (time_column ds));
SELECT ds FROM raw.days WHERE ds BETWEEN @start_ds AND @end_ds;
UPDATE raw.held SET n = n;
INSERT INTO raw.log SELECT n FROM raw.held`;

  test("a row larger than max_allowed_packet", async () => {
    const document = await planOf({
      "seeds/big.csv": `id,text\n1,${"x".repeat(1_500_000)}\n`,
      "models/big.sql": "MODEL (name shop.big, kind SEED (path '../seeds/big.csv'));",
    });
    await expectRefused(document, { message: /packet/, hint: /max_allowed_packet/ });
  });

  test("a full table", async () => {
    const full = `MODEL (name shop.days, physical_properties (engine = MEMORY), kind INCREMENTAL_BY_TIME_RANGE (time_column ds));
SELECT d.ds, 2 AS factor, REPEAT('x', 200) AS extra FROM raw.days AS d, raw.seq_1_to_99 AS s WHERE d.ds BETWEEN @start_ds AND @end_ds`;
    const document = await planOf({ "models/days.sql": full });
    await server.sql("SET GLOBAL max_heap_table_size = 16384");
    try {
      await using fresh = await project.open();
      await expectRefused(document, { message: /full/, hint: /room/ }, fresh);
    } finally {
      await server.sql("SET GLOBAL max_heap_table_size = DEFAULT");
    }
  });

  test.each([
    { lacks: "everything but reading", grants: ["SELECT ON *.*"] },
    {
      lacks: "views in production",
      grants: [
        "ALL ON sluice.*",
        "ALL ON sluice__shop.*",
        "SELECT ON *.*",
        "CREATE, ALTER, DROP, INSERT ON shop.*",
      ],
    },
  ])("a user who lacks $lacks", async ({ grants }) => {
    const document = await planOf({ "models/days.sql": days(2) });
    await using limited = await openMysql(await asUser(grants));
    await expectRefused(document, { message: /denied/, hint: /Grant|privilege/ }, limited);
    expect(await run(document)).toMatchObject({ reason: "applied" });
    expect(await factors()).toEqual([2]);
  });

  test("a server that may only be read", async () => {
    const document = await planOf({ "models/days.sql": days(2) });
    await using limited = await openMysql(await asUser(["ALL ON *.*"]).then(withoutAdministration));
    await server.sql("SET GLOBAL read_only = 1");
    try {
      await expectRefused(document, { message: /read-only/, hint: /may be written/ }, limited);
    } finally {
      await server.sql("SET GLOBAL read_only = 0");
    }
    expect(await run(document)).toMatchObject({ reason: "applied" });
  });
  const withoutAdministration = async (connection: MysqlConnection) => {
    await server.sql("REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM limited@'%'");
    return connection;
  };

  async function expectRefused(
    document: PlanDocument,
    { message, hint }: { readonly message: RegExp; readonly hint: RegExp },
    used = engine,
  ): Promise<void> {
    const outcome = await run(document, { engine: used });
    expect(outcome).toMatchObject({ reason: "engine-error", production: "unchanged" });
    expect(outcome.failure?.message).toMatch(message);
    expect(outcome.failure?.message).toMatch(hint);
    expect(JSON.stringify(outcome)).not.toMatch(/secret|xxxxxxxx/);
    expect(await factors()).toEqual([1]);
  }
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
