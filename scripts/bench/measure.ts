/** Runs tasks in child processes, several times, and keeps the median. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { compiledTask } from "./compiled.ts";
import type { Measurement, Task } from "./task.ts";

const run = promisify(execFile);

export interface MeasureOptions {
  readonly project: string;
  readonly database: string;
  readonly runs: number;
  /** Called before each run, for example to put a fresh database in place. */
  readonly before?: () => Promise<void>;
}

/** Medians of the task's runs. */
export async function measure(task: Task, options: MeasureOptions): Promise<Measurement> {
  const runs: Measurement[] = [];
  for (let i = 0; i < options.runs; i++) runs.push(await once(task, options));
  return middle(task, runs);
}

/** Two tasks that are compared, in turns: the machine is not as fast at one time as at another. */
export async function measurePair(
  tasks: readonly [Task, Task],
  options: MeasureOptions,
): Promise<readonly [Measurement, Measurement]> {
  const [first, second] = tasks;
  const runs: [Measurement[], Measurement[]] = [[], []];
  for (let i = 0; i < options.runs; i++) {
    runs[0].push(await once(first, options));
    runs[1].push(await once(second, options));
  }
  return [middle(first, runs[0]), middle(second, runs[1])];
}

async function once(task: Task, { project, database, before }: MeasureOptions): Promise<Measurement> {
  const script = await compiledTask();
  await before?.();
  const { stdout } = await run(process.execPath, [script, task, project, database], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measurement;
}

function middle(task: Task, runs: readonly Measurement[]): Measurement {
  const amounts = new Set(runs.map((each) => each.amount));
  if (amounts.size > 1)
    throw new Error(`${task}: runs did different amounts of work: ${[...amounts].join(", ")}`);
  return {
    seconds: median(runs.map((each) => each.seconds)),
    cpuSeconds: median(runs.map((each) => each.cpuSeconds)),
    megabytes: median(runs.map((each) => each.megabytes)),
    amount: runs[0]?.amount ?? 0,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
