/**
 * A report that reads production for a minute: the switch waits for it, and nobody waits for the switch. A few seconds here;
 * `npm run torture -- long-reader` takes the whole minute.
 */
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { times } from "./torture.ts";

const now = Date.UTC(2024, 0, 4);
const shown = (n: number, name: string) => `MODEL (name shop.${name}, kind FULL);\nSELECT ${n} AS n`;
const files = (n: number) => ({ "models/a.sql": shown(n, "a"), "models/b.sql": shown(n, "b") });

/** Below the five minutes after which a switch gives up. */
const seconds = Math.min(times(4), 240);

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("a reader that holds a view open delays the switch, and no other reader", {
    timeout: seconds * 1000 + 60_000,
  }, async () => {
    await using project = await mysqlProject(server, files(1), []);
    await using engine = await project.open();
    const apply = async () => {
      const state = await openState(engine, { tool: "0.0.0" });
      const document = await project.plan(now);
      return applyPlan(document, { engine, state, now: () => now, owner: "test", emit: () => {} });
    };
    expect(await apply()).toMatchObject({ reason: "applied" });

    // As any other program connects: without the time limits that Sluice gives its own connections.
    const { host, port, user, password } = server.connection;
    const report = await createConnection({ host, port: port ?? 3306, user, password });
    const read = async (name: string) => (await report.query(`SELECT n FROM shop.${name}`))[0];
    await report.query("START TRANSACTION");
    expect(await read("a")).toEqual([{ n: 1 }]);

    await project.write(files(2));
    const others = otherReaders(server);
    let ended = false;
    const applied = apply().finally(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    expect(ended).toBe(false);
    expect(await read("a")).toEqual([{ n: 1 }]);
    expect(await read("b")).toEqual([{ n: 1 }]);
    const meanwhile = others.seen();
    await report.query("COMMIT");
    report.destroy();
    expect(await applied).toMatchObject({ reason: "applied" });

    const { versions, slowest } = await others.stop();
    console.info(`held for ${seconds} s: other readers waited ${Math.round(slowest)} ms at most`);
    expect(meanwhile).toEqual(["1,1"]);
    expect([...versions].filter((pair) => pair !== "1,1" && pair !== "2,2")).toEqual([]);
    expect(await server.sql("SELECT a.n AS a, b.n AS b FROM shop.a, shop.b")).toEqual([{ a: 2, b: 2 }]);
    expect(slowest).toBeLessThan(2_000);
  });
});

/** Both views in one statement, again and again; what was seen, and the slowest answer in milliseconds. */
function otherReaders(server: TestServer) {
  const versions = new Set<string>();
  let slowest = 0;
  let stopped = false;
  const reading = (async () => {
    const { host, port, user, password } = server.connection;
    const connection = await createConnection({ host, port: port ?? 3306, user, password });
    while (!stopped) {
      const asked = performance.now();
      const [rows] = await connection.query("SELECT a.n AS a, b.n AS b FROM shop.a, shop.b");
      slowest = Math.max(slowest, performance.now() - asked);
      for (const { a, b } of rows as { a: number; b: number }[]) versions.add(`${a},${b}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    connection.destroy();
  })();
  return {
    seen: () => [...versions],
    async stop() {
      stopped = true;
      await reading;
      return { versions, slowest };
    },
  };
}
