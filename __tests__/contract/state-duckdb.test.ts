import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import type { EnvironmentName } from "../../src/environment/environment.ts";
import { readMembers, withIntervals } from "../../src/state/facts.ts";
import { openState } from "../../src/state/sql-state.ts";
import { aModel, aSnapshot } from "../support/snapshot-samples.ts";
import { anEnvironment, stateContract } from "./state.suite.ts";

const prod = "prod" as EnvironmentName;
const times = { lease: 30_000, heartbeat: 5_000, poll: 20 };
const open = (database?: string) =>
  openDuckdb({ type: "duckdb", database: database ?? null }, { directory: tmpdir() });

stateContract("duckdb", async () => {
  const engine = await open();
  const state = await openState(engine, { tool: "0.0.0", lease: times });
  return { state, close: async () => engine[Symbol.asyncDispose]() };
});

describe("state on duckdb", () => {
  test("writes commit and roll back with the data beside them", async () => {
    await using engine = await open();
    const state = await openState(engine, { tool: "0.0.0", schema: "other" });
    await state.migrate();
    await using lock = await state.lock(prod, "test", { wait: 0 });
    const snapshot = aSnapshot();
    const failing = engine.transaction(async (session) => {
      await state.addIntervals(session, lock, [{ snapshot, interval: [0, 1], dev: false }]);
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    expect([...(await state.readIntervals([snapshot])).values()]).toEqual([
      { intervals: [], devIntervals: [] },
    ]);
  });

  test("a newer schema is refused with the version that wrote it", async () => {
    await using engine = await open();
    await (await openState(engine, { tool: "0.0.0" })).migrate();
    await engine.run("INSERT INTO sluice._versions (version, tool) VALUES (99, '9.9.9')");
    await expect(openState(engine, { tool: "0.0.0" })).rejects.toMatchObject({
      code: "STATE_NEWER",
      message: expect.stringContaining("9.9.9"),
    });
  });

  test("writing before the tables exist says so", async () => {
    await using engine = await open();
    const state = await openState(engine, { tool: "0.0.0" });
    await expect(state.lock(prod, "test", { wait: 0 })).rejects.toMatchObject({ code: "STATE_INVALID" });
  });

  test("batches of one model record their intervals at the same time", async () => {
    await using engine = await open();
    const state = await openState(engine, { tool: "0.0.0" });
    await state.migrate();
    await using lock = await state.lock(prod, "test", { wait: 0 });
    const snapshot = aSnapshot();
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) => state.addIntervals(null, lock, [{ snapshot, interval: [n, n + 1], dev: false }])),
    );
    const [read] = (await state.readIntervals([snapshot])).values();
    expect(read?.intervals).toEqual([[0, 20]]);
  });

  test("the lease of a killed process is free at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-lease-"));
    const path = join(folder, "a.db");
    const module = (file: string) => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);
    const script = `
      const { openDuckdb } = await import(${module("engine/duckdb/duckdb.ts")});
      const { openState } = await import(${module("state/sql-state.ts")});
      const engine = await openDuckdb({ type: "duckdb", database: ${JSON.stringify(path)} }, { directory: "/" });
      const state = await openState(engine, { tool: "0.0.0" });
      await state.migrate();
      await state.lock("prod", "killed", { wait: 0 });
      process.kill(process.pid, "SIGKILL");`;
    try {
      const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
      expect([child.stderr, child.signal]).toEqual(["", "SIGKILL"]);
      await using engine = await open(path);
      const state = await openState(engine, { tool: "0.0.0" });
      expect(await state.readLeases()).toMatchObject([{ owner: "killed" }]);
      await using lock = await state.lock(prod, "next", { wait: 0 });
      expect(lock.token).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("ten thousand snapshots are written and read in a few queries", async () => {
    await using engine = await open();
    const state = await openState(engine, { tool: "0.0.0" });
    await state.migrate();
    await using lock = await state.lock(prod, "test", { wait: 0 });
    const stored = Array.from({ length: 10_000 }, (_, n) => {
      const model = aModel({ name: `shop.m${n}`, sql: `SELECT ${"x, ".repeat(200)} ${n} AS a` });
      return { snapshot: aSnapshot({ model }), model };
    });
    const started = performance.now();
    await state.writeSnapshots(null, lock, stored);
    const members = stored.map(({ snapshot: { name, identifier } }) => ({
      name,
      identifier,
      promoted: true,
    }));
    await state.addIntervals(
      null,
      lock,
      stored.map(({ snapshot }) => ({ snapshot, interval: [0, 1], dev: false })),
    );
    await state.writeEnvironment(null, lock, anEnvironment({ members }));
    const written = performance.now();
    const facts = await withIntervals(state, await readMembers(state));
    const read = performance.now();
    expect([facts.snapshots.size, facts.intervals.size]).toEqual([10_000, 10_000]);
    console.info(`write ${Math.round(written - started)} ms, read ${Math.round(read - written)} ms`);
    expect(read - written).toBeLessThan(10_000);
  });
});
