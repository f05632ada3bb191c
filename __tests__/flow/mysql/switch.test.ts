/** What one rename takes along, what it leaves alone, and what a plan asks of the server. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import { Context } from "../../../src/context.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { countingEngine } from "./counting-engine.ts";

const now = Date.UTC(2024, 0, 8);
/** What a rename moves from where to where, temporary names as an ellipsis. */
const movesOf = (rename: string): string[][] =>
  [...rename.matchAll(/`(shop|sluice)`\.`([^`]+)` TO `\1`\.`([^`]+)`/g)].map(([, , from = "", to = ""]) =>
    [from, to].map((name) => (name.startsWith("sluice__") && name !== "sluice__pointer" ? "…" : name)),
  );
const model = (name: string, query: string, kind = "VIEW") =>
  `MODEL (name shop.${name}, kind ${kind});\n${query}`;

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("changed, new, removed and renamed models move in one statement, grants stay with the names", async () => {
    await using project = await mysqlProject(
      server,
      {
        "models/numbers.sql": model("numbers", "SELECT 1 AS n", "FULL"),
        "models/best.sql": model("best", "SELECT n FROM shop.numbers"),
        "models/kept.sql": model("kept", "SELECT 5 AS five"),
        "models/old.sql": model("old", "SELECT n AS old FROM shop.numbers"),
        "models/gone.sql": model("gone", "SELECT 7 AS seven"),
      },
      [],
    );
    await using engine = await project.open();
    const renames: string[] = [];
    const told = (sql: string) => {
      if (/^(RENAME|ALTER|DROP) .*`shop`\./.test(sql)) renames.push(sql);
    };
    const run = async () => {
      const watched = countingEngine(engine, told);
      const state = await openState(watched, { tool: "0.0.0" });
      const options = { engine: watched, state, now: () => now, owner: "test", emit: () => {} };
      return applyPlan(await project.plan(now), options);
    };
    expect(await run()).toMatchObject({ reason: "applied" });
    await server.sql(
      "DROP USER IF EXISTS reader@'%'",
      "CREATE USER reader@'%' IDENTIFIED BY 'secret'",
      "GRANT SELECT ON shop.best TO reader@'%'",
      "GRANT SELECT ON shop.kept TO reader@'%'",
    );
    const grants = await server.sql("SHOW GRANTS FOR reader@'%'");
    await project.write({
      "models/best.sql": model("best", "SELECT n + 1 AS n FROM shop.numbers"),
      "models/renamed.sql": model("renamed", "SELECT n AS old FROM shop.numbers"),
    });
    await project.remove("models/old.sql");
    await project.remove("models/gone.sql");
    renames.length = 0;
    expect(await run()).toMatchObject({ reason: "applied" });

    const [rename = "", drop = "", ...more] = renames;
    const moved = movesOf(rename);
    expect(moved.sort()).toEqual(
      [
        ["best", "…"],
        ["gone", "…"],
        ["old", "…"],
        ["sluice__pointer", "…"],
        ["…", "best"],
        ["…", "renamed"],
        ["…", "sluice__pointer"],
      ].sort(),
    );
    expect(rename).not.toContain("`kept`");
    expect(drop).toMatch(/^DROP VIEW IF EXISTS/);
    expect(more).toEqual([]);

    expect(await server.sql("SHOW GRANTS FOR reader@'%'")).toEqual(grants);
    await using reader = await openMysql({ ...server.connection, user: "reader", password: "secret" });
    expect(await reader.query("SELECT best.n, five FROM shop.best, shop.kept")).toEqual([{ n: 2, five: 5 }]);
    await expect(reader.query("SELECT * FROM shop.renamed")).rejects.toThrow(/denied/);
  });

  test("a view that would show what it shows stays where it is, whatever else of its model changes", async () => {
    const daily = (name: string, columns: string, more = "") =>
      `MODEL (name shop.${name}, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true)${more});
SELECT CAST('2024-01-02' AS DATE) AS ds, ${columns} WHERE '2024-01-02' BETWEEN @start_ds AND @end_ds`;
    await using project = await mysqlProject(
      server,
      {
        "models/words.sql": model("words", "SELECT 1 AS n", "FULL"),
        "models/same.sql": daily("same", "1 AS n"),
        "models/wider.sql": daily("wider", "1 AS n"),
        "models/other.sql": model("other", "SELECT 1 AS n", "FULL"),
      },
      [],
    );
    await using engine = await project.open();
    const renames: string[] = [];
    const watched = countingEngine(engine, (sql) => {
      if (sql.startsWith("RENAME ")) renames.push(sql);
    });
    const state = await openState(watched, { tool: "0.0.0" });
    const options = { engine: watched, state, now: () => now, owner: "test", emit: () => {} };
    const run = async () => applyPlan(await project.plan(now), options);
    expect(await run()).toMatchObject({ reason: "applied" });
    await project.write({
      "models/words.sql": model("words", "SELECT 1 AS n", "FULL, description 'other words'"),
      "models/same.sql": daily("same", "2 AS n"),
      "models/wider.sql": daily("wider", "1 AS n, 2 AS m"),
      "models/other.sql": model("other", "SELECT 2 AS n", "FULL"),
    });
    renames.length = 0;
    expect(await run()).toMatchObject({ reason: "applied" });
    const arrived = movesOf(renames.join()).map(([, to]) => to);
    expect(arrived.filter((name) => name !== "…").sort()).toEqual(["other", "sluice__pointer", "wider"]);
    expect(await server.sql("SELECT m FROM shop.wider LIMIT 1")).toEqual([{ m: null }]);
  });

  test("a name of 64 characters is switched, temporary ones beside it; one of 65 is refused by the plan", async () => {
    const files = (length: number, n: number) => ({
      "models/long.sql": model("x".repeat(length), `SELECT ${n} AS n`, "FULL"),
    });
    await using project = await mysqlProject(server, files(64, 1), []);
    const config = await readFile(join(project.path, "config.yaml"), "utf8");
    await project.write({ "config.yaml": `${config}physical_table_naming_convention: hash_md5\n` });
    await using engine = await project.open();
    const state = await openState(engine, { tool: "0.0.0" });
    for (const n of [1, 2]) {
      await project.write(files(64, n));
      const options = { engine, state, now: () => now, owner: "test", emit: () => {} };
      expect(await applyPlan(await project.plan(now), options)).toMatchObject({ reason: "applied" });
      expect(await server.sql(`SELECT n FROM shop.${"x".repeat(64)}`)).toEqual([{ n }]);
    }
    await project.write(files(65, 3));
    await expect(project.plan(now)).rejects.toThrow(/of 65 characters, the warehouse takes 64/);
  });

  test("the state may lie on another server", async () => {
    await using other = await startMariadb();
    const { host, port, user } = other.connection;
    await using project = await mysqlProject(
      server,
      { "models/a.sql": model("a", "SELECT 1 AS n", "FULL") },
      [],
    );
    const { port: own } = server.connection;
    await project.write({
      "config.yaml": `gateways:
  warehouse:
    connection: {type: mysql, host: "${host}", port: ${own}, user: root, password: ""}
    state_connection: {type: mysql, host: "${host}", port: ${port}, user: "${user}", password: ""}
model_defaults: {dialect: mysql, start: '2024-01-01'}
`,
    });
    const deploy = async () => {
      await using context = new Context({ paths: [project.path], env: {}, now: () => now, owner: "test" });
      const plan = await context.plan("prod");
      return { plan, outcome: await context.apply(plan) };
    };
    expect((await deploy()).outcome.reason).toBe("applied");
    await project.write({ "models/a.sql": model("a", "SELECT 2 AS n", "FULL") });
    const { plan, outcome } = await deploy();
    expect(outcome).toMatchObject({ reason: "applied", environmentVersion: 2 });
    expect(await server.sql("SELECT n FROM shop.a")).toEqual([{ n: 2 }]);
    const named = "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'sluice'";
    expect(await server.sql(named)).toEqual([{ t: "sluice__pointer" }]);
    expect(await other.sql("SELECT plan_id FROM sluice._environments ORDER BY version DESC LIMIT 1")).toEqual(
      [{ plan_id: plan.toJSON().id }],
    );
    expect((await deploy()).outcome.reason).toBe("nothing-to-do");
  });

  test("a plan asks the server as often for forty models as for four", async () => {
    const asked = async (count: number): Promise<number> => {
      const files = Array.from({ length: count }, (_, n) => [
        `models/m${n}.sql`,
        model(`m${n}`, `SELECT ${n} AS n`, n % 2 === 0 ? "FULL" : "VIEW"),
      ]);
      await using project = await mysqlProject(server, Object.fromEntries(files), []);
      await using engine = await project.open();
      const state = await openState(engine, { tool: "0.0.0" });
      const options = { engine, state, now: () => now, owner: "test", emit: () => {} };
      expect(await applyPlan(await project.plan(now), options)).toMatchObject({ reason: "applied" });
      const questions = async () =>
        Number((await server.sql("SHOW GLOBAL STATUS LIKE 'Questions'"))[0]?.["Value"]);
      const before = await questions();
      await project.plan(now);
      await project.write({ "models/m0.sql": model("m0", "SELECT 'changed' AS n", "FULL") });
      expect((await project.plan(now)).hasChanges).toBe(true);
      return (await questions()) - before;
    };
    expect(await asked(40)).toBe(await asked(4));
  });
});
