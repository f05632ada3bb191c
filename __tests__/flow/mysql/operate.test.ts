/** Life after the first apply on a server of the MySQL protocol: limits, the way back, the clean-up. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { Context } from "../../../src/context.ts";
import { mysqlProject } from "../../support/mysql-project.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 8);
const raw = [
  "CREATE DATABASE raw",
  "CREATE TABLE raw.orders (id INT, amount INT)",
  "INSERT INTO raw.orders VALUES (1, 10), (2, 20), (3, NULL)",
];

const files = (query: string) => ({
  "models/orders.sql": `MODEL (name shop.orders, kind FULL, grain id);\n${query}`,
  "models/total.sql": "MODEL (name shop.total, kind VIEW);\nSELECT SUM(amount) AS amount FROM shop.orders",
});

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("limits stop the switch, a rollback goes back, the clean-up takes what is left", async () => {
    await using project = await mysqlProject(server, files("SELECT id, amount FROM raw.orders"), raw);
    const at = async <T>(days: number, work: (context: Context) => Promise<T>): Promise<T> => {
      await using context = new Context({
        paths: [project.path],
        env: {},
        now: () => start + days * day,
        owner: "test",
      });
      return await work(context);
    };
    const deploy = (days = 0, environment = "prod") =>
      at(days, async (context) => context.apply(await context.plan(environment, { skipTests: true })));
    const total = async () => Number((await server.sql("SELECT amount FROM shop.total"))[0]?.["amount"]);
    expect((await deploy()).reason).toBe("applied");

    await project.write({
      ...files("SELECT id + 1 AS id, amount FROM raw.orders WHERE id > 1"),
      "sluice.yaml": "impact: {max_row_loss: 0.5, max_key_loss: 0.3, max_null_rate_change: 0.1}\n",
    });
    const stopped = await deploy();
    expect(stopped).toMatchObject({ reason: "impact", production: "unchanged" });
    expect(stopped.impact?.map(({ limit, model, exceeded }) => [limit, model, exceeded])).toEqual([
      ["max_row_loss", "shop.orders", false],
      ["max_key_loss", "shop.orders", true],
      ["max_null_rate_change", "shop.orders", true],
      ["max_row_loss", "shop.total", false],
      ["max_null_rate_change", "shop.total", false],
    ]);
    expect(await total()).toBe(30);
    await project.write({ "sluice.yaml": "impact: {max_row_loss: 0.5}\n" });
    expect((await deploy()).reason).toBe("applied");
    expect(await total()).toBe(20);

    const back = await at(0, async (context) => context.apply(await context.rollback("prod")));
    expect(back).toMatchObject({ reason: "applied", environmentVersion: 3 });
    expect(await total()).toBe(30);

    await project.write(files("SELECT id, amount * 3 AS amount FROM raw.orders"));
    expect((await deploy(0, "dev")).reason).toBe("applied");
    await server.sql("CREATE TABLE sluice__dev.notes (a INT)");
    const dry = await at(8, (context) => context.clean({ dryRun: true }));
    const report = await at(8, (context) => context.clean());
    expect(report.environments).toEqual(dry.environments);
    expect(report.environments[0]).toMatchObject({
      name: "dev",
      schemas: ["shop__dev"],
      keptSchemas: [{ schema: "sluice__dev", holds: ["notes"] }],
    });
    expect(report.failures).toEqual([]);
    const left = await server.sql(
      "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'sluice__shop'",
    );
    expect(left.length).toBe(2);
    expect(await total()).toBe(30);
    expect(
      (
        await server.sql(
          "SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'shop__dev'",
        )
      ).length,
    ).toBe(0);
  });
});
