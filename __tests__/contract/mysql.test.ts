import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { TestServer } from "../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../scripts/mariadb/server.ts";
import { openMysql } from "../../src/engine/mysql/mysql.ts";
import { engineContract } from "./engine.suite.ts";

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("a join without an index goes by hash", async () => {
    await using engine = await openMysql(server.connection);
    await server.sql(
      "CREATE DATABASE joined",
      "CREATE TABLE joined.a AS SELECT seq AS n FROM joined.seq_1_to_9",
    );
    const plan = await engine.query(
      "EXPLAIN SELECT COUNT(*) FROM joined.a AS x JOIN joined.a AS y ON x.n = y.n",
    );
    expect(JSON.stringify(plan)).toContain("BNLH");
    expect(
      await engine.query("SELECT COUNT(*) AS n FROM joined.a AS x JOIN joined.a AS y ON x.n = y.n"),
    ).toEqual([{ n: 9 }]);
  });

  test.each([true, false])(
    "pre_ping %s: an idle connection is looked at, or taken as it is",
    async (prePing) => {
      await using engine = await openMysql({ ...server.connection, prePing });
      const thread = async () => Number((await engine.query("SELECT CONNECTION_ID() AS id"))[0]?.["id"]);
      const pings = async () => {
        await using other = await openMysql(server.connection);
        const [row] = await other.query("SHOW GLOBAL STATUS LIKE 'Com_admin_commands'");
        return Number(row?.["Value"]);
      };
      const idle = await thread();
      const before = await pings();
      const now = performance.now();
      const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 60_000);
      expect(await thread()).toBe(idle);
      clock.mockRestore();
      expect(await pings()).toBe(before + (prePing ? 1 : 0));
    },
  );

  test("a statement larger than the server takes is refused before it is sent, with both sizes", async () => {
    await using engine = await openMysql(server.connection);
    const [row] = await engine.query("SELECT @@max_allowed_packet AS packet");
    const limit = Number(row?.["packet"]);
    const text = "x".repeat(limit);
    const thread = () => engine.query("SELECT CONNECTION_ID() AS id");
    const before = await thread();
    const refusal = {
      message: expect.stringMatching(
        /^The statement has [\d,]+ bytes; max_allowed_packet of the server is [\d,]+\.$/,
      ),
      hint: expect.stringContaining("max_allowed_packet"),
    };
    await expect(engine.query(`SELECT LENGTH('${text}') AS n`)).rejects.toMatchObject(refusal);
    await expect(engine.query("SELECT LENGTH(?) AS n", [text])).rejects.toMatchObject(refusal);
    expect(await thread()).toEqual(before);
    // The largest that fits: its own command byte is counted.
    const most = "x".repeat(limit - 2 - "SELECT LENGTH('') AS n".length);
    expect(await engine.query(`SELECT LENGTH('${most}') AS n`)).toEqual([{ n: most.length }]);
  });

  test("every key of the connection reaches the session", async () => {
    await server.sql(
      "CREATE DATABASE IF NOT EXISTS first",
      "CREATE OR REPLACE TABLE first.t AS SELECT 7 AS n",
    );
    const asked =
      "SELECT n, COLLATION('x') AS literal, @@character_set_client AS charset, @@port AS port, CURRENT_USER() AS user FROM t";
    const { port } = server.connection;
    const told = { ...server.connection, database: "first" };
    await using engine = await openMysql({ ...told, concurrentTasks: 3, collation: "utf8mb4_german2_ci" });
    expect(await engine.query(asked)).toEqual([
      {
        n: 7,
        literal: "utf8mb4_german2_ci",
        charset: "utf8mb4",
        port,
        user: expect.stringMatching(/^root@/),
      },
    ]);
    expect(engine.traits.concurrency).toBe(3);
    await using latin = await openMysql({ ...told, charset: "latin1", registerComments: false });
    expect(await latin.query(asked)).toMatchObject([{ literal: "latin1_swedish_ci", charset: "latin1" }]);
    expect(latin.registerComments).toBe(false);
  });

  test("a collation that only the server knows, and one that nobody knows", async () => {
    await using engine = await openMysql({ ...server.connection, collation: "utf8mb4_uca1400_ai_ci" });
    expect(await engine.query("SELECT COLLATION('x') AS literal")).toEqual([
      { literal: expect.stringMatching(/uca1400_ai_ci$/) },
    ]);
    for (const wrong of [{ collation: "utf8mb4_klingon_ci" }, { charset: "klingon" }]) {
      const ask = async (): Promise<unknown> => {
        await using refused = await openMysql({ ...server.connection, ...wrong });
        return await refused.query("SELECT 1");
      };
      await expect(ask()).rejects.toMatchObject({
        message: expect.stringMatching(/klingon/i),
        hint: expect.stringContaining("charset and collation"),
      });
    }
  });

  test("a host that is a path is a socket", async () => {
    const [row] = await server.sql("SELECT @@socket AS path");
    const { port: _, ...connection } = server.connection;
    await using engine = await openMysql({ ...connection, host: String(row?.["path"]) });
    expect(await engine.query("SELECT USER() AS user")).toEqual([{ user: "root@localhost" }]);
  });

  engineContract("mysql", () => openMysql(server.connection));
});
