/**
 * What is measured on a MariaDB server of our own, with its default durability: how long it takes to move many views, how long
 * readers are held up by that, and what an apply costs beyond its SQL.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openMysql } from "../../src/engine/mysql/mysql.ts";
import { Context } from "../../src/index.ts";
import { writeProject } from "../generate-project.ts";
import { startMariadb, type TestServer } from "../mariadb/server.ts";
import { median } from "./measure.ts";
import { readOrder } from "./order.ts";
import { createStatement } from "./raw-sql.ts";

/** Seconds. */
export interface SwitchResult {
  readonly views: number;
  /** Building the new views beside the old ones: readers notice nothing. */
  readonly build: number;
  /** From the rename to the record of it. */
  readonly move: number;
  /** The same views replaced one after the other on one connection. */
  readonly oneByOne: number;
  /** The longest a reader in a loop waited for one query meanwhile. */
  readonly readerWait: number;
}

export interface OverheadResult {
  readonly models: number;
  readonly apply: number;
  readonly rawSql: number;
}

export interface MysqlOptions {
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly folder: string;
  readonly log: (text: string) => void;
}

export interface MysqlResults {
  readonly switches: readonly SwitchResult[];
  readonly overhead: OverheadResult;
}

const now = Date.parse("2024-02-01T00:00:00Z");
const schemas = ["staging", "core", "mart"];

export async function measureMysql(options: MysqlOptions): Promise<MysqlResults> {
  const switches: SwitchResult[] = [];
  for (const views of options.sizes) switches.push(await measureSwitch(views, options));
  return { switches, overhead: await measureOverhead(100, options) };
}

async function measureSwitch(views: number, { folder, log }: MysqlOptions): Promise<SwitchResult> {
  log(`mysql: ${views} views`);
  await using server = await startMariadb([]);
  const project = await freshProject(views, join(folder, `mysql-${views}`), server);
  await promote(project, server);
  await changeEverything(project);
  const reader = aReader(server);
  // Not while the plan is made: the reader shares this process with it, and would wait for it rather than for the server.
  const { build, move } = await promote(project, server, () => reader.begin());
  const readerWait = await reader.stop();
  return { views, build, move, readerWait, oneByOne: await replaceOneByOne(server) };
}

/** A breaking change at the roots gives every model a new table, and every view something new to show. */
async function changeEverything(project: string): Promise<void> {
  for (const name of await readOrder(project)) {
    if (!name.startsWith("staging.")) continue;
    const file = join(project, "models", `${name.replace(".", "/")}.sql`);
    await writeFile(file, (await readFile(file, "utf8")).replace("UPPER(", "LOWER("));
  }
}

/** Seconds of the steps that build and move views; `onBuild` is told when the first of them begins. */
async function promote(
  project: string,
  server: TestServer,
  onBuild: () => void = () => {},
): Promise<{ build: number; move: number }> {
  await using context = open(project, server);
  const plan = await context.plan("prod", { skipTests: true, emptyBackfill: true });
  const seconds: Record<string, number> = {};
  let started = 0;
  const outcome = await context.apply(plan, {
    onEvent: (event) => {
      if (event.kind === "step-started") {
        started = performance.now();
        if (event.step.kind === "build-views") onBuild();
      }
      if (event.kind === "step-finished") seconds[event.step.kind] = (performance.now() - started) / 1000;
    },
  });
  if (outcome.reason !== "applied") throw new Error(`${outcome.sentence} ${outcome.failure?.message ?? ""}`);
  return { build: seconds["build-views"] ?? 0, move: seconds["switch"] ?? 0 };
}

/** Asks a view again and again from `begin` to `stop`, which gives the seconds of the slowest answer. */
function aReader(server: TestServer): { begin(): void; stop(): Promise<number> } {
  let stopped = false;
  let slowest = 0;
  let reading = Promise.resolve();
  const read = async (): Promise<void> => {
    await using engine = await openMysql(server.connection);
    const [view] = await engine.query(
      "SELECT table_name AS name FROM information_schema.views WHERE table_schema = 'core' ORDER BY 1 LIMIT 1",
    );
    while (!stopped) {
      const asked = performance.now();
      await engine.query(`SELECT COUNT(*) AS n FROM core.${String(view?.["name"])}`);
      slowest = Math.max(slowest, (performance.now() - asked) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    begin() {
      reading = read();
    },
    async stop() {
      stopped = true;
      await reading;
      return slowest;
    },
  };
}

async function replaceOneByOne(server: TestServer): Promise<number> {
  await using engine = await openMysql(server.connection);
  const views = await engine.query(
    `SELECT table_schema AS s, table_name AS t, view_definition AS query FROM information_schema.views
     WHERE table_schema IN ('${schemas.join("', '")}')`,
  );
  return await engine.exclusive(async (session) => {
    const started = performance.now();
    for (const { s, t, query } of views) {
      const name = engine.name({ schema: String(s), table: String(t) });
      await session.run(`CREATE OR REPLACE VIEW ${name} AS ${String(query)}`);
    }
    return (performance.now() - started) / 1000;
  });
}

async function measureOverhead(models: number, options: MysqlOptions): Promise<OverheadResult> {
  const apply: number[] = [];
  const rawSql: number[] = [];
  for (let run = 0; run < options.runs; run++) {
    options.log(`mysql: ${models} models, apply and the same SQL without Sluice`);
    rawSql.push(await measureRaw(models, options));
    apply.push(await measureApply(models, options));
  }
  return { models, apply: median(apply), rawSql: median(rawSql) };
}

async function measureApply(models: number, { folder }: MysqlOptions): Promise<number> {
  await using server = await startMariadb([]);
  const project = await freshProject(models, join(folder, "mysql-apply"), server);
  await using context = open(project, server);
  const plan = await context.plan("prod", { skipTests: true });
  const started = performance.now();
  const outcome = await context.apply(plan);
  if (outcome.reason !== "applied") throw new Error(`${outcome.sentence} ${outcome.failure?.message ?? ""}`);
  return (performance.now() - started) / 1000;
}

async function measureRaw(models: number, { folder }: MysqlOptions): Promise<number> {
  await using server = await startMariadb([]);
  const project = await freshProject(models, join(folder, "mysql-raw"), server);
  await using engine = await openMysql(server.connection);
  return await engine.exclusive(async (session) => {
    const started = performance.now();
    for (const schema of schemas) await session.run(`CREATE DATABASE IF NOT EXISTS ${schema}`);
    for (const model of await readOrder(project)) {
      const text = await readFile(join(project, "models", `${model.replace(".", "/")}.sql`), "utf8");
      await session.run(createStatement(model, text));
    }
    return (performance.now() - started) / 1000;
  });
}

/** A generated project, its raw tables in the server. */
async function freshProject(models: number, folder: string, server: TestServer): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await writeProject({ models, dialect: "mysql", rows: 60, days: 30, seed: 1 }, folder);
  const raw = await readFile(join(folder, "raw.sql"), "utf8");
  await server.sql(...raw.split(";\n").filter((statement) => statement.trim() !== ""));
  return folder;
}

function open(project: string, server: TestServer): Context {
  const { host, port, user, password } = server.connection;
  return new Context({
    paths: [project],
    now: () => now,
    env: { MYSQL_HOST: host, MYSQL_PORT: String(port), MYSQL_USER: user, MYSQL_PASSWORD: password },
    owner: "bench",
  });
}

/** As a Markdown table. */
export function mysqlTable({ switches, overhead }: MysqlResults): string {
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const rows = switches.map((result) => [
    result.views.toLocaleString("en"),
    seconds(result.build),
    seconds(result.move),
    seconds(result.readerWait),
    seconds(result.oneByOne),
  ]);
  const head = [
    "views",
    "built beside the old ones",
    "moved by one rename, recorded",
    "longest wait of a reader",
    "replaced one by one",
  ];
  const table = [head, head.map(() => "---"), ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
  const ratio = (overhead.apply / overhead.rawSql).toFixed(2);
  return `${table}\n\n${overhead.models} models: apply ${seconds(overhead.apply)}, the same SQL on one connection without Sluice ${seconds(overhead.rawSql)}: ×${ratio}`;
}
