/**
 * One measured task in a process of its own: prints seconds and peak memory as JSON. Compiled and started by bench.ts:
 *
 *     node .bench/js/scripts/bench/task.js <task> <project folder> <DuckDB file>
 */
import { Context } from "../../src/index.ts";
import { limitYoungHeap } from "../../src/young-heap.ts";
import { runRawSql } from "./raw-sql.ts";

/** The clock of every run: after the generated rows, so that equal work gives equal plans. */
const now = Date.parse("2024-02-01T00:00:00Z");

export type Task = "load" | "plan" | "restate" | "apply" | "prepare" | "clean" | "raw-sql";

export interface Measurement {
  readonly seconds: number;
  /** Processor time of the whole process: steadier than `seconds` on a machine that others use too. */
  readonly cpuSeconds: number;
  /** Peak resident memory of the whole process. */
  readonly megabytes: number;
  /** What was done, to see that two runs did the same: models, changed models, steps or statements. */
  readonly amount: number;
}

async function perform(task: Task, project: string, database: string): Promise<number> {
  if (task === "raw-sql") return runRawSql(project, database);
  const context = new Context({
    paths: [project],
    now: () => now,
    env: { ...process.env, BENCH_DB: database },
    owner: "bench",
  });
  try {
    switch (task) {
      case "load":
        return (await context.facts()).size;
      case "plan":
        return (await context.plan("prod", { skipTests: true })).toJSON().models.length;
      case "restate":
        return (await restatement(context)).toJSON().restatements.length;
      case "clean": {
        const { snapshots, failures } = await context.clean();
        if (failures.length > 0) throw new Error(`${failures.length} objects were not dropped.`);
        return snapshots.length;
      }
      case "prepare":
      case "apply": {
        const plan = await context.plan("prod", { skipTests: true, emptyBackfill: task === "prepare" });
        // Only the apply counts; planning is measured by a task of its own.
        started = performance.now();
        const outcome = await context.apply(plan);
        if (outcome.reason !== "applied") throw new Error(outcome.sentence);
        return outcome.stepsDone;
      }
    }
  } finally {
    await context.close();
  }
}

/** Ten incremental models, the last two days. */
async function restatement(context: Context) {
  const names = [...(await context.facts()).values()]
    .filter(({ kind }) => kind.name === "INCREMENTAL_BY_TIME_RANGE")
    .map(({ displayName }) => displayName);
  const chosen = names.filter((_, at) => at % Math.ceil(names.length / 10) === 0);
  return context.plan("prod", {
    skipTests: true,
    restateModels: chosen,
    start: "2024-01-29",
    end: "2024-01-30",
  });
}

let started = performance.now();

if (import.meta.main) {
  // As the command line and the Action do.
  limitYoungHeap();
  const [task = "", project = "", database = ""] = process.argv.slice(2);
  started = performance.now();
  const amount = await perform(task as Task, project, database);
  const seconds = (performance.now() - started) / 1000;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const measurement: Measurement = { seconds, cpuSeconds, megabytes: maxRSS / 1024, amount };
  console.log(JSON.stringify(measurement));
}
