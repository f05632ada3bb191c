import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DuckdbConnection } from "../../src/engine/connection.ts";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import type { SluiceError } from "../../src/errors.ts";
import { engineContract } from "./engine.suite.ts";

const directory = tmpdir();

engineContract("duckdb in memory", () => openDuckdb({ type: "duckdb", concurrentTasks: 4 }, { directory }));

describe("duckdb files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (settings: Omit<DuckdbConnection, "type">) =>
    openDuckdb({ type: "duckdb", ...settings }, { directory: folder, lockWait: 200 });

  const catalog = (name: string, path: string) => ({ name, path, type: "duckdb", readOnly: false });

  test("two engines of one file see each other's writes, and the last closes it", async () => {
    const first = await open({ database: "shop.db" });
    const second = await open({ database: "./shop.db" });
    await first.run("CREATE TABLE t AS SELECT 1 AS a");
    expect(await second.query("SELECT a FROM t")).toEqual([{ a: 1 }]);
    await first[Symbol.asyncDispose]();
    expect(await second.query("SELECT a FROM t")).toEqual([{ a: 1 }]);
    await second[Symbol.asyncDispose]();
    await using third = await open({ database: "shop.db" });
    expect(await third.query("SELECT a FROM t")).toEqual([{ a: 1 }]);
  });

  test("rows that are handed over without SQL are in their transaction, as they are, or not at all", async () => {
    await using engine = await open({ catalogs: [catalog("shop", "shop.db"), catalog("other", "other.db")] });
    for (const schema of ["shop", "s"]) await engine.run(`CREATE SCHEMA ${schema}`);
    const rows = [
      [1, "it's \u0000 'ä' 😀", 0.5, true],
      [-9_007_199_254_740_991, "x".repeat(3_000_000), -1, false],
      [0, "", null, null],
    ] as const;
    const all = (name: string) => engine.query(`SELECT * FROM ${name}`);
    for (const name of [
      { schema: "shop", table: "t" },
      { catalog: "other", schema: "main", table: 'a "t"' },
    ]) {
      const full = engine.name(name);
      await engine.run(`CREATE TABLE ${full} (a BIGINT NOT NULL, b VARCHAR, c DOUBLE, d BOOLEAN)`);
      await engine.transaction((session) => session.append?.(name, rows) ?? Promise.resolve());
      expect(await all(full)).toEqual(rows.map(([a, b, c, d]) => ({ a, b, c, d })));
      await engine.run(`DELETE FROM ${full}`);
      const undone = engine.transaction(async (session) => {
        await session.append?.(name, rows);
        throw new Error("not this");
      });
      await expect(undone).rejects.toThrow("not this");
      const refused = engine.transaction(
        (session) => session.append?.(name, [...rows, [null, "y", 1, true]]) ?? Promise.resolve(),
      );
      await expect(refused).rejects.toMatchObject({
        code: "ENGINE_FAILED",
        message: expect.stringContaining("NOT NULL"),
      });
      expect(await all(full)).toEqual([]);
    }
  });

  test("single statements that conflict are tried again, like transactions", async () => {
    for (let round = 0; round < 10; round++) {
      await using engine = await open({ database: `conflict-${round}.db` });
      const sql = "CREATE SCHEMA IF NOT EXISTS shop";
      await Promise.all(Array.from({ length: 6 }, () => engine.run(sql)));
    }
  });

  test("a schema may bear the file's name", async () => {
    await using engine = await open({ database: "shop.db" });
    expect(engine.defaultCatalog).toBe("shop");
    await engine.run(engine.statements.createSchema({ schema: "shop" }));
    await engine.createTableAs(engine, { schema: "shop", table: "orders" }, "SELECT 1 AS a");
    expect(await engine.query(`SELECT a FROM ${engine.name({ schema: "shop", table: "orders" })}`)).toEqual([
      { a: 1 },
    ]);
  });

  test("a file another process holds is one sentence naming it", async () => {
    const path = join(folder, "held.db");
    const script = `
      const { openDuckdb } = await import(${JSON.stringify(new URL("../../src/engine/duckdb/duckdb.ts", import.meta.url).href)});
      try { await openDuckdb({ type: "duckdb", database: ${JSON.stringify(path)} }, { directory: "/", lockWait: 100 }); }
      catch (error) { console.log(error.code + "|" + error.message); }
      process.exit(0);`;
    await using _holder = await open({ database: path });
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(child.stdout).toMatch(
      /^ENGINE_LOCKED\|The DuckDB file .*held\.db is in use by another process \(PID \d+\)\.\n$/,
    );
  });

  test("catalogs are attached and the first is the default", async () => {
    await using engine = await open({
      catalogs: [catalog("main_db", "a.db"), catalog("other", "b.db")],
    });
    expect(engine.defaultCatalog).toBe("main_db");
    await engine.run("CREATE TABLE t AS SELECT 1 AS a");
    await engine.createTableAs(engine, { catalog: "other", table: "t" }, "SELECT 2 AS a");
    expect(await engine.query(`SELECT a FROM ${engine.name({ table: "t" })}`)).toEqual([{ a: 1 }]);
    expect((await engine.objects([{ catalog: "other", schema: "main", table: "t" }])).size).toBe(1);
  });

  test("read_only refuses writes", async () => {
    await (await open({ database: "ro.db" }))[Symbol.asyncDispose]();
    await using engine = await open({ database: "ro.db", readOnly: true });
    await expect(engine.run("CREATE TABLE t (a INT)")).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });

  describe("storage format", () => {
    const formats = async (settings: Omit<DuckdbConnection, "type">) => {
      await using engine = await open(settings);
      await engine.run("CREATE OR REPLACE TABLE written AS SELECT 1 AS a");
      await engine.run("CHECKPOINT");
      const rows = await engine.query(
        "SELECT database_name AS name, tags['storage_version'] AS format FROM duckdb_databases() WHERE NOT internal AND path IS NOT NULL ORDER BY 1",
      );
      return Object.fromEntries(rows.map(({ name, format }) => [name, format]));
    };

    test("a file made here gets the one of DuckDB 1.2, attached or not, and keeps it", async () => {
      expect(await formats({ database: "new.db" })).toEqual({ new: "v1.2.0+" });
      expect(await formats({ database: "new.db" })).toEqual({ new: "v1.2.0+" });
      const catalogs = [catalog("one", "one.db"), catalog("two", "two.db")];
      expect(await formats({ catalogs })).toEqual({ one: "v1.2.0+", two: "v1.2.0+" });
    });

    test("a file that is there keeps its own", async () => {
      const instance = await DuckDBInstance.create(join(folder, "old.db"));
      instance.closeSync();
      expect(await formats({ database: "old.db" })).toEqual({ old: "v1.0.0+" });
      expect(await formats({ catalogs: [catalog("old", "old.db")] })).toEqual({ old: "v1.0.0+" });
    });

    test("connectorConfig chooses another for new files", async () => {
      const connectorConfig = { storage_compatibility_version: "v1.0.0" };
      expect(await formats({ database: "chosen.db", connectorConfig })).toEqual({ chosen: "v1.0.0+" });
    });
  });

  test("connectorConfig is applied to every connection", async () => {
    await using engine = await open({ connectorConfig: { threads: 1, default_order: "DESC" } });
    const ask = () =>
      engine.query("SELECT current_setting('threads') AS t, current_setting('default_order') AS o");
    const answers = await Promise.all([ask(), ask(), ask()]);
    for (const answer of answers) expect(answer).toEqual([{ t: 1, o: "DESC" }]);
  });

  test.each([
    { settings: { database: "a.db", catalogs: [catalog("a", "a.db")] }, code: "CONFIG_INVALID" },
    { settings: { database: "md:shop" }, code: "NOT_SUPPORTED" },
    { settings: { database: "no/such/folder/a.db" }, code: "ENGINE_FAILED" },
    { settings: { secrets: [{ options: { type: "nonsense", key_id: "hidden" } }] }, code: "ENGINE_FAILED" },
  ])("$settings is refused with $code", async ({ settings, code }) => {
    const failure = await open(settings).catch((error: SluiceError) => error);
    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toContain("hidden");
  });
});
