/** Readers see all views of one version, in one statement and in one transaction, however often production is switched. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import type { Engine, Session } from "../../../src/engine/engine.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import type { SwitchWorld } from "../../support/switch-world.ts";
import { switchWorld } from "../../support/switch-world.ts";

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let engine: Engine;
  beforeAll(async () => {
    server = await startMariadb();
    engine = await openMysql(server.connection);
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  test("one rename: not one mixed read, not one error", async () => {
    const world = await switchWorld(engine, 300, 10);
    const seen = await promoteUnderReaders(engine, world, 10);
    console.info(`${seen.reads} reads, ${seen.mixed} mixed, ${seen.versions.size} versions`);
    expect({ mixed: seen.mixed, errors: seen.errors }).toEqual({ mixed: 0, errors: [] });
    expect(seen.versions.size).toBeGreaterThan(1);
  });

  test("view by view readers do see mixtures: the test above can fail", async () => {
    const world = await switchWorld(viewByView(engine), 300, 10);
    const seen = await promoteUnderReaders(engine, world, 2);
    console.info(`${seen.reads} reads, ${seen.mixed} mixed`);
    expect(seen.mixed).toBeGreaterThan(0);
  });
});

interface Seen {
  reads: number;
  mixed: number;
  readonly versions: Set<string>;
  readonly errors: string[];
}

async function promoteUnderReaders(engine: Engine, world: SwitchWorld, promotions: number): Promise<Seen> {
  const seen: Seen = { reads: 0, mixed: 0, versions: new Set(), errors: [] };
  let done = false;
  const names = [world.views.at(-1), world.views[0], world.views[150]].map((name) => `shop.${name}`);
  const together = `SELECT a.n AS a, b.n AS b, c.n AS c FROM ${names[0]} AS a, ${names[1]} AS b, ${names[2]} AS c`;
  const oneStatement = (session: Session) => session.query(together);
  const oneTransaction = async (session: Session) => {
    await session.query("START TRANSACTION");
    try {
      const rows = [];
      for (const name of names) rows.push((await session.query(`SELECT n FROM ${name}`))[0]?.["n"]);
      return [{ a: rows[0], b: rows[1], c: rows[2] }];
    } finally {
      await session.query("COMMIT");
    }
  };
  const reader = (read: (session: Session) => Promise<readonly unknown[]>) =>
    engine.exclusive(async (session) => {
      while (!done) {
        try {
          const [row] = (await read(session)) as [Record<string, unknown>];
          const versions = new Set(Object.values(row));
          seen.reads++;
          if (versions.size > 1) seen.mixed++;
          seen.versions.add([...versions].join());
        } catch (error) {
          seen.errors.push(String(error));
          if (seen.errors.length > 20) return;
        }
      }
    });
  const readers = [reader(oneStatement), reader(oneTransaction)];
  try {
    for (let n = 1; n <= promotions; n++) await world.promote(n);
  } finally {
    done = true;
    await Promise.all(readers);
  }
  return seen;
}

function viewByView(engine: Engine): Engine {
  return new Proxy(engine, {
    get(target, key) {
      if (key === "traits") return { ...target.traits, switch: "per-view" };
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
