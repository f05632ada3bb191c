/**
 * What the fuse of impact adds to the backfill it guards: two models are computed anew from one raw table, without limits
 * and with them, and the time between the last batch and the switch is told beside that of the batches.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import { Context } from "../../src/index.ts";
import { startMariadb } from "../mariadb/server.ts";
import { median } from "./measure.ts";

export interface ImpactSuite {
  readonly rows: number;
  readonly runs: number;
  readonly folder: string;
  readonly mysql: boolean;
  readonly log: (text: string) => void;
}

/** Seconds, medians. */
export interface ImpactResult {
  /** Computing both models, their audits with it. */
  readonly backfill: number;
  /** What measuring rows and NULLs adds between the last batch and the switch. */
  readonly rows: number;
  /** What measuring keys as well adds there. */
  readonly all: number;
}

interface Place extends AsyncDisposable {
  readonly connection: string;
  readonly dialect: string;
}

const now = Date.UTC(2024, 0, 31, 6);
/** sluice.yaml without limits of rows, with those that one look at each table tells, and with all of them. */
const settings = {
  none: "{}",
  rows: "impact: {max_row_change: 1, max_row_loss: 1, max_null_rate_change: 1}",
  all: "impact: {max_row_change: 1, max_row_loss: 1, max_key_loss: 1, max_null_rate_change: 1}",
} as const;
type Limits = keyof typeof settings;

export async function measureImpactCost(suite: ImpactSuite): Promise<ImpactResult> {
  const folder = join(suite.folder, "impact");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  suite.log(`${suite.rows} raw rows: making them`);
  await using place = await (suite.mysql ? onServer(suite.rows) : onFile(suite.rows, folder));
  await writeProject(folder, place);
  let factor = 1;
  await applyChange(folder, factor);
  const runs: { readonly backfill: number; readonly gap: number; readonly limits: Limits }[] = [];
  for (let run = 0; run < suite.runs; run++) {
    for (const limits of ["none", "rows", "all"] as const) {
      suite.log(`run ${run + 1}, limits: ${limits}`);
      await writeFile(join(folder, "sluice.yaml"), `${settings[limits]}\n`);
      runs.push({ ...(await applyChange(folder, ++factor)), limits });
    }
  }
  const gap = (limits: Limits) => median(runs.filter((one) => one.limits === limits).map((one) => one.gap));
  return {
    backfill: median(runs.map(({ backfill }) => backfill)),
    rows: gap("rows") - gap("none"),
    all: gap("all") - gap("none"),
  };
}

/** Both models change, so both get new tables. */
async function applyChange(
  folder: string,
  factor: number,
): Promise<{ readonly backfill: number; readonly gap: number }> {
  await writeModels(folder, factor);
  await using context = new Context({ paths: [folder], env: {}, now: () => now, owner: "bench" });
  const plan = await context.plan("prod");
  let [begun, backfill, computedAt, gap] = [0, 0, 0, 0];
  const outcome = await context.apply(plan, {
    onEvent: (event) => {
      const at = performance.now();
      if (event.kind === "step-started" && event.step.kind === "backfill" && begun === 0) begun = at;
      if (event.kind === "step-finished") computedAt = at;
      if (event.kind === "step-finished" && event.step.kind === "backfill") backfill = at - begun;
      if (event.kind === "step-started" && event.step.kind === "switch") gap = at - computedAt;
    },
  });
  if (outcome.reason !== "applied") throw new Error(outcome.sentence);
  return { backfill: backfill / 1000, gap: gap / 1000 };
}

async function writeModels(folder: string, factor: number): Promise<void> {
  const files = {
    "models/events.sql": `MODEL (name bench.events, kind FULL, grain id, audits (not_null(columns := (id))));

SELECT e.id AS id, e.shop AS shop, e.amount * ${factor} AS amount, e.note AS note, e.ds AS ds FROM raw.events AS e
`,
    "models/daily.sql": `MODEL (name bench.daily, kind FULL, grain (shop, ds));

SELECT e.shop AS shop, e.ds AS ds, COUNT(*) AS n, SUM(e.amount) AS amount FROM bench.events AS e GROUP BY e.shop, e.ds
`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function writeProject(folder: string, { connection, dialect }: Place): Promise<void> {
  const config = `gateways:\n  bench:\n    connection: ${connection}\nmodel_defaults: {dialect: ${dialect}, start: '2024-01-01'}\n`;
  await writeFile(join(folder, "config.yaml"), config);
}

async function onFile(rows: number, folder: string): Promise<Place> {
  const database = join(folder, "warehouse.duckdb");
  await using engine = await openDuckdb({ type: "duckdb", database }, { directory: "." });
  await engine.run("CREATE SCHEMA raw");
  await engine.run(`CREATE TABLE raw.events AS SELECT i AS id, 'shop ' || (i % 500) AS shop, (i % 9973) / 7.0 AS amount,
    CASE WHEN i % 10 = 0 THEN NULL ELSE 'note ' || i END AS note, DATE '2024-01-01' + CAST(i % 30 AS INT) AS ds FROM range(${rows}) AS r(i)`);
  return {
    connection: `{type: duckdb, database: "${database}"}`,
    dialect: "duckdb",
    [Symbol.asyncDispose]: async () => {},
  };
}

async function onServer(rows: number): Promise<Place> {
  const server = await startMariadb([]);
  await server.sql(
    "CREATE DATABASE raw",
    `CREATE TABLE raw.events AS SELECT seq AS id, CONCAT('shop ', seq % 500) AS shop, CAST((seq % 9973) / 7 AS DOUBLE) AS amount,
     IF(seq % 10 = 0, NULL, CONCAT('note ', seq)) AS note, DATE_ADD(DATE '2024-01-01', INTERVAL seq % 30 DAY) AS ds FROM raw.seq_1_to_${rows}`,
  );
  const { host, port, user, password } = server.connection;
  return {
    connection: `{type: mysql, host: "${host}", port: ${port}, user: "${user}", password: "${password}"}`,
    dialect: "mysql",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
