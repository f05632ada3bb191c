/**
 * Servers no test talks to: a MariaDB that says it is one of them is treated as one of them, from the first connection to
 * the last statement. What is sent stands in `expected/`, to be held against their manuals; that all of it together works,
 * MariaDB tells. Words it does not have are exchanged on the way.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { countingEngine } from "./counting-engine.ts";

const now = Date.UTC(2024, 0, 4);
const raw = [
  "CREATE DATABASE raw",
  // Where names without a schema land: there are servers that rename to such only.
  "CREATE DATABASE sluice__shop",
  "CREATE TABLE raw.orders (id INT, shop_id INT, amount INT, ds DATE)",
  "INSERT INTO raw.orders VALUES (1, 1, 10, '2024-01-01'), (2, 1, 20, '2024-01-02'), (3, NULL, 40, '2024-01-03')",
];
const base = {
  "seeds/shops.csv": "id,name\n1,one\n2,two\n",
  "models/shops.sql":
    "MODEL (name shop.shops, kind SEED (path '../seeds/shops.csv'), columns (id INT, name VARCHAR(9)));",
  "models/orders.sql": `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), audits (not_null(columns := (id))));
SELECT id, shop_id, amount, ds FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds`,
  "models/latest.sql": `MODEL (name shop.latest, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key shop_id, batch_size 2));
SELECT shop_id, MAX(ds) AS ds FROM shop.orders WHERE ds BETWEEN @start_ds AND @end_ds GROUP BY shop_id`,
  "models/history.sql": `MODEL (name shop.history, kind SCD_TYPE_2_BY_COLUMN (unique_key id, columns [name]));
SELECT id, name FROM shop.shops`,
  "models/totals.sql": `MODEL (name shop.totals, kind FULL, description 'what came in');
SELECT shop_id, SUM(amount) AS amount FROM shop.orders GROUP BY shop_id`,
  "models/best.sql": "MODEL (name shop.best, kind VIEW);\nSELECT MAX(amount) AS amount FROM shop.totals",
  "models/gone.sql": "MODEL (name shop.gone, kind FULL);\nSELECT 1 AS n",
};
const change = {
  "models/totals.sql": base["models/totals.sql"].replace("SUM(amount)", "SUM(amount) * 2"),
  "models/latest.sql": base["models/latest.sql"].replace("MAX(ds) AS ds", "MAX(ds) AS ds, 1 AS one"),
};

describe.runIf(hasMariadb() && process.env["SLUICE_TEST_MYSQL_URL"] === undefined)("as", () => {
  let plain: TestServer;
  beforeAll(async () => {
    plain = await startMariadb();
  });
  afterAll(() => plain?.[Symbol.asyncDispose]());

  test.each([
    { flavour: "mysql", version: "8.0.36-server" },
    { flavour: "tidb", version: "8.0.11-TiDB-v7.5.1" },
    { flavour: "singlestore", version: "5.7.32-SingleStore" },
    { flavour: "starrocks", version: "8.0.33-StarRocks" },
    { flavour: "doris", version: "5.7.99-doris-2.1.7" },
  ])("$flavour", async ({ flavour, version }) => {
    await plain.sql("DROP DATABASE IF EXISTS sluice");
    await using server = await startMariadb([`--version=${version}`]);
    await using project = await mysqlProject(server, base, raw);
    await using engine = await openMysql({
      ...server.connection,
      database: "sluice__shop",
      concurrentTasks: 1,
    });
    expect(engine.flavour).toBe(flavour);
    await using elsewhere = await openMysql(plain.connection);
    const keepsState = engine.traits.transactions;
    await project.write({ "config.yaml": config(server, keepsState ? server : plain) });
    const sent: string[] = [];
    const plans: string[] = [];
    const deploy = async () => {
      const plan = await project.plan(now);
      const watched = countingEngine(engine, (sql) => {
        if (sql !== "COMMIT" || engine.traits.transactions) sent.push(sql);
        return inWordsOfMariadb(sql);
      });
      const lease = { lease: 600_000, heartbeat: 300_000, poll: 20 };
      const state = await openState(keepsState ? watched : elsewhere, { tool: "0.0.0", lease });
      sent.push(`-- version ${plan.environment.to}`);
      const outcome = await applyPlan(plan, {
        engine: watched,
        state,
        now: () => now,
        owner: "test",
        emit: () => {},
      });
      expect(outcome.failure?.message ?? outcome.reason).toBe("applied");
      sent.push(
        ...sent.splice(0).map((sql) => sql.replaceAll(plan.id, "plan").replaceAll(plan.digest, "digest")),
      );
    };
    await deploy();
    await project.write(change);
    await project.remove("models/gone.sql");
    await deploy();
    expect(await shown(engine)).toEqual({
      amount: "80",
      latest: [
        { shop_id: null, ds: "2024-01-03", one: 1 },
        { shop_id: 1, ds: "2024-01-02", one: 1 },
      ],
      version: 2,
      views: ["best", "history", "latest", "orders", "shops", "totals"],
    });
    const file = join(import.meta.dirname, "expected", `${flavour}.sql`);
    await expect(`${lasting(sent, plans).join(";\n")};\n`).toMatchFileSnapshot(file);
  });
});

/** Without what is another in each run, or with each change of how definitions are hashed. */
function lasting(sent: readonly string[], plans: readonly string[]): readonly string[] {
  const hashes = new Map<string, string>();
  const short = (hash: string): string => {
    if (!hashes.has(hash)) hashes.set(hash, `h${hashes.size + 1}`);
    return hashes.get(hash) as string;
  };
  return sent.map((sql) => {
    const named = sql.replaceAll(/(?<=__)[a-z2-7]{13}(?=[`_])/g, short);
    if (/`sluice`\.`_/.test(sql))
      return named.replaceAll(/'(?:[^']|'')*'/g, "'…'").replaceAll(/\d{10,}/g, "…");
    return plans.reduce((text, plan) => text.replaceAll(plan, "…"), named);
  });
}

function inWordsOfMariadb(sql: string): string {
  return sql
    .replace(" DISTRIBUTED BY RANDOM", "")
    .replace(
      /^ALTER TABLE (`\w+`\.)(`\w+`) (?:SWAP WITH|REPLACE WITH TABLE) (`\w+`)$/,
      "RENAME TABLE $1$2 TO $1swapped, $1$3 TO $1$2, $1swapped TO $1$3",
    );
}

/** What readers find in the end. */
async function shown(engine: Engine) {
  const views = await engine.query(
    "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'shop' ORDER BY 1",
  );
  return {
    amount: (await engine.query("SELECT amount FROM shop.best"))[0]?.["amount"],
    latest: await engine.query("SELECT * FROM shop.latest ORDER BY shop_id"),
    version: (await engine.query("SELECT environment_version AS v FROM sluice.sluice__pointer"))[0]?.["v"],
    views: views.map((row) => row["t"]),
  };
}

function config({ connection }: TestServer, { connection: state }: TestServer): string {
  const words = ({ host, port, user, password }: TestServer["connection"]): string =>
    `{type: mysql, host: "${host}", port: ${port}, user: "${user}", password: "${password}", database: sluice__shop}`;
  return `gateways:
  warehouse:
    connection: ${words(connection)}
    state_connection: ${words(state).replace(", database: sluice__shop", "")}
model_defaults: {dialect: mysql, start: '2024-01-01'}
`;
}
