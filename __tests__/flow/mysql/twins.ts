/**
 * Two warehouses with one history: every plan is made on the first, applied undisturbed on the second, and under torture on
 * the first. Afterwards both must hold the same tables, views and state.
 */
import { type ChildProcess, fork } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { startMariadb } from "../../../scripts/mariadb/server.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { MysqlProject } from "../../support/mysql-project.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import type { Kill, Task } from "./applying.ts";
import { countingEngine, writesJournal } from "./counting-engine.ts";
import { factors, files, nowOf, raw, removed } from "./crash-files.ts";

const script = fileURLToPath(new URL("./applying.ts", import.meta.url));
const compiled = fileURLToPath(new URL("../../../node_modules/.cache/sluice-compiled", import.meta.url));
/** Milliseconds; a killed process is known to be dead long before. */
const longLease = 30_000;

/** The next plan of the first warehouse, and what it took to apply it on the second. */
export interface Round {
  readonly n: number;
  readonly plan: PlanDocument;
  readonly planFile: string;
  readonly statements: number;
  /** Writes to the journal. */
  readonly journalled: number;
  readonly milliseconds: number;
}

export interface Twins extends AsyncDisposable {
  readonly server: TestServer;
  readonly engine: Engine;
  next(): Promise<Round>;
  /** Starts a process that applies the round's plan on the first warehouse. */
  start(round: Round, kill?: Kill, lease?: number): Promise<Applying>;
  /** Applies the plan again until it is done; number of tries. Then both warehouses must be equal. */
  finish(round: Round, lease?: number): Promise<number>;
  /** Reads until told to stop; throws for the first mixture. */
  watch(): { stop(): Promise<number> };
}

export interface Applying {
  readonly child: ChildProcess;
  /** Null when it was killed. */
  readonly outcome: Promise<Outcome | null>;
}

export async function openTwins(): Promise<Twins> {
  const [server, other] = await Promise.all([startMariadb(), startMariadb()]);
  const project = await mysqlProject(server, files(0), raw);
  const calmProject = await mysqlProject(other, {}, raw);
  const engine = await openMysql(server.connection);
  const calm = await openMysql(other.connection);
  let n = 0;
  const twins: Twins = {
    server,
    engine,
    async next() {
      const round = await planRound(project, n++, calm);
      return round;
    },
    start: (round, kill = {}, lease = longLease) => startApplying(server, round, { kill, lease }),
    async finish(round, lease = longLease) {
      let tries = 0;
      for (let done = false; !done; ) {
        if (++tries > 5) throw new Error("the plan cannot be finished");
        const outcome = await apply(engine, round.plan, nowOf(round.n), lease);
        done = outcome.reason === "applied" || outcome.reason === "already-applied";
        if (!done && tries === 5) expect(outcome).toMatchObject({ reason: "applied" });
      }
      const [tortured, undisturbed] = await Promise.all([look(engine), look(calm)]);
      expect(differences(tortured, undisturbed), `version ${round.n}`).toEqual([]);
      return tries;
    },
    watch: () => watchFactors(engine),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await calm[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
      await calmProject[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
  await twins.finish(await twins.next());
  return twins;
}

async function planRound(project: MysqlProject, n: number, calm: Engine): Promise<Round> {
  await project.write(files(n));
  if (n % 2 === 1) await project.remove(removed);
  // Live tables get what came due as well.
  const plan = await project.plan(nowOf(n), "prod", { run: true });
  const planFile = join(project.path, "plan.json");
  await writeFile(planFile, JSON.stringify(plan));
  let statements = 0;
  let journalled = 0;
  const counting = countingEngine(
    calm,
    () => void statements++,
    (sql) => void (writesJournal(sql) && journalled++),
  );
  const started = performance.now();
  expect(await apply(counting, plan, nowOf(n))).toMatchObject({ reason: "applied" });
  return { n, plan, planFile, statements, journalled, milliseconds: performance.now() - started };
}

async function apply(engine: Engine, plan: PlanDocument, now: number, lease = longLease): Promise<Outcome> {
  const times = { lease, heartbeat: Math.min(lease / 4, 5_000), poll: 50 };
  const state = await openState(engine, { tool: "0.0.0", lease: times });
  return applyPlan(plan, { engine, state, now: () => now, owner: "test", emit: () => {} });
}

async function startApplying(
  server: TestServer,
  round: Round,
  { kill, lease }: Pick<Task, "kill" | "lease">,
): Promise<Applying> {
  const child = fork(script, [JSON.stringify(server.connection)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Most of what a new process does is read the sources.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  await new Promise((resolve) => child.once("message", resolve));
  const outcome = new Promise<Outcome | null>((resolve) => {
    child.once("message", (message) => resolve(message as Outcome));
    child.once("exit", () => resolve(null));
  });
  const { planFile, n } = round;
  child.send({ planFile, now: nowOf(n), kill, lease, lockWait: 60_000 } satisfies Task);
  return { child, outcome };
}

function watchFactors(engine: Engine): { stop(): Promise<number> } {
  let stopped = false;
  let reads = 0;
  const reading = (async () => {
    while (!stopped) {
      const [row] = await engine.query(factors);
      const { pointer, ...seen } = row ?? {};
      // The pointer's version is one more than the factor of the plan that made it.
      expect(
        new Set([...Object.values(seen).map(Number), Number(pointer) - 1]).size,
        JSON.stringify(row),
      ).toBe(1);
      reads++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  // Told when it is stopped.
  reading.catch(() => {});
  return {
    async stop() {
      stopped = true;
      await reading;
      return reads;
    },
  };
}

interface Looked {
  readonly tables: readonly unknown[];
  readonly views: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** What is not the same in both, each with its name. */
function differences(one: Looked, other: Looked): readonly unknown[] {
  const parts = ({ tables, views, state }: Looked) =>
    new Map<string, unknown>([
      ...tables.map((row): [string, unknown] => [String((row as { Table: string }).Table), row]),
      ...Object.entries(views),
      ...Object.entries(state),
    ]);
  const [left, right] = [parts(one), parts(other)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => JSON.stringify(left.get(name)) !== JSON.stringify(right.get(name)))
    .map((name) => ({ name, tortured: left.get(name), calm: right.get(name) }));
}

/** Checksums of all tables, rows of all views, and what state says. */
export async function look(engine: Engine): Promise<Looked> {
  const objects = await engine.query(
    `SELECT table_schema AS s, table_name AS t, table_type AS kind FROM information_schema.tables
     WHERE table_schema IN ('shop', 'marks', 'sluice__shop') OR table_name = 'sluice__pointer' ORDER BY 1, 2`,
  );
  const named = objects.map((row) => ({
    name: engine.name({ schema: String(row["s"]), table: String(row["t"]) }),
    view: row["kind"] === "VIEW",
  }));
  const tables = named.filter(({ view }) => !view).map(({ name }) => name);
  const views: Record<string, unknown> = {};
  for (const { name, view } of named) {
    if (view)
      views[name] = (await engine.query(`SELECT * FROM ${name}`)).map((row) => JSON.stringify(row)).sort();
  }
  const state: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(stateQueries)) state[name] = await engine.query(sql);
  return { tables: await engine.query(`CHECKSUM TABLE ${tables.join(", ")}`), views, state };
}

const stateQueries = {
  intervals:
    "SELECT version_key, is_removed, interval_start, interval_end FROM sluice._intervals ORDER BY 1, 2, 3, 4",
  environments: "SELECT name, version, finalized_at, plan_id, record FROM sluice._environments ORDER BY 1, 2",
  snapshots:
    "SELECT snapshot_key, unpaused_at, unrestorable, record, model FROM sluice._snapshots ORDER BY 1",
  ledger: "SELECT plan_id, status, environment_version FROM sluice._ledger ORDER BY 1",
};
