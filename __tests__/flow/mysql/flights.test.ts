/** The example project on a server of the MySQL protocol: same models, same pull requests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyChange, copyBase } from "../../../examples/flights/changes.ts";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { Context } from "../../../src/index.ts";

const raw = [
  "SET NAMES utf8mb4",
  "CREATE DATABASE raw CHARACTER SET utf8mb4",
  `CREATE TABLE raw.flights AS SELECT TIMESTAMP '2001-01-01 06:00:00' + INTERVAL (seq * 7) HOUR AS date,
   CAST(seq % 40 AS SIGNED) - 10 + IF(seq % 100 = 0, 400, 0) AS delay, CAST(200 + seq % 2500 AS SIGNED) AS distance,
   CONCAT('A', seq % 230) AS origin, CONCAT('A', (seq + 1) % 230) AS destination FROM raw.seq_0_to_599`,
  `CREATE TABLE raw.airports AS SELECT CONCAT('A', seq) AS iata, CONCAT('Airport ', seq) AS name, 'City' AS city, 'TX' AS state,
   'USA' AS country, 1e0 AS latitude, 2e0 AS longitude FROM raw.seq_0_to_229`,
];

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let folder = "";
  beforeAll(async () => {
    server = await startMariadb();
    folder = await mkdtemp(join(tmpdir(), "sluice-flights-"));
    await server.sql(...raw);
  }, 240_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (project: string): Context =>
    new Context({
      paths: [project],
      gateway: "mysql",
      env: {
        FLIGHTS_HOST: server.connection.host,
        FLIGHTS_PORT: String(server.connection.port),
        FLIGHTS_USER: server.connection.user,
        FLIGHTS_PASSWORD: server.connection.password,
      },
      now: () => Date.parse("2001-07-02T08:00:00Z"),
    });

  test("base and pull request go to production", { timeout: 120_000 }, async () => {
    const base = join(folder, "base");
    await copyBase(base);
    {
      await using context = open(base);
      const outcome = await context.apply(await context.plan("prod"));
      expect(outcome.failure ?? outcome.reason).toBe("applied");
    }
    const before = await server.sql("SELECT COUNT(*) AS flights, SUM(is_late) AS late FROM core.flights");
    expect(before).toEqual([{ flights: 594, late: "225" }]);
    const project = join(folder, "change");
    await copyBase(project);
    await applyChange("fix-cancelled-filter", project);
    await using context = open(project);
    const plan = await context.plan("prod");
    expect(plan.toJSON().models.filter((model) => model.change === "indirectly_modified")).toHaveLength(14);
    expect(await context.apply(plan)).toMatchObject({ reason: "applied", production: "switched" });
    expect(await context.apply(plan)).toMatchObject({ reason: "already-applied" });
  });
});
