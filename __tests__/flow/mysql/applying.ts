/**
 * A process that applies a plan when told to, and kills or pauses itself at a statement when asked for. Parent and
 * child speak in messages: "ready" once the connection is open, a {@link Task}, the outcome at the end.
 */
import { readFileSync } from "node:fs";
import { applyPlan } from "../../../src/apply/apply.ts";
import type { MysqlConnection } from "../../../src/engine/connection.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { countingEngine, writesJournal } from "./counting-engine.ts";

/** When the process kills or pauses itself; without any of them never. */
export interface Kill {
  /** Right before its n-th statement. */
  readonly beforeStatement?: number;
  /** Right after its n-th write to the journal is committed. */
  readonly afterJournal?: number;
  /** Stops right before its n-th statement, and goes on when it is told to. */
  readonly pauseBefore?: number;
  /** The same before the first statement that has this in it. */
  readonly pauseBeforeText?: string;
}

export interface Task {
  readonly planFile: string;
  readonly now: number;
  readonly kill: Kill;
  /** Milliseconds. */
  readonly lease: number;
  readonly lockWait: number;
}

const connection = JSON.parse(process.argv[2] ?? "") as MysqlConnection;
const opened = await openMysql(connection);

process.once("message", (task: Task) => {
  const { beforeStatement, afterJournal, pauseBefore, pauseBeforeText } = task.kill;
  let statements = 0;
  let journalled = 0;
  let paused = false;
  const engine = countingEngine(
    opened,
    (sql) => {
      if (++statements === beforeStatement) process.kill(process.pid, "SIGKILL");
      const here =
        statements === pauseBefore || (pauseBeforeText !== undefined && sql.includes(pauseBeforeText));
      if (here && !paused) {
        paused = true;
        process.kill(process.pid, "SIGSTOP");
      }
    },
    (sql) => {
      if (writesJournal(sql) && ++journalled === afterJournal) process.kill(process.pid, "SIGKILL");
    },
  );
  void apply(engine, task).then((outcome) => {
    process.send?.(outcome, () => process.exit(0));
  });
});
process.send?.("ready");

async function apply(engine: typeof opened, { planFile, now, lease, lockWait }: Task) {
  const plan = JSON.parse(readFileSync(planFile, "utf8")) as PlanDocument;
  const state = await openState(engine, {
    tool: "0.0.0",
    lease: { lease, heartbeat: Math.min(lease / 4, 5_000), poll: 50 },
  });
  return applyPlan(plan, {
    engine,
    state,
    now: () => now,
    owner: `process ${process.pid}`,
    lockWait,
    emit: () => {},
  });
}
