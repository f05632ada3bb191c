/** What is measured at one size, and how the projects and databases for it come about. */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import { writeProject } from "../generate-project.ts";
import { measure, measurePair } from "./measure.ts";
import { readOrder } from "./order.ts";
import type { Measurement } from "./task.ts";

export interface SizeResult {
  readonly models: number;
  readonly load: Measurement;
  readonly firstPlan: Measurement;
  readonly unchangedPlan: Measurement;
  /** Nothing changed, ten models restated. */
  readonly restatePlan: Measurement;
  readonly fiveChangedPlan: Measurement;
  /** Everything promoted for the first time and nothing computed: empty tables, intervals, views. One run. */
  readonly promote: Measurement;
  /** Absent above the largest size that is applied. */
  readonly apply?: Measurement;
  readonly rawSql?: Measurement;
}

export interface SizeOptions {
  readonly models: number;
  readonly runs: number;
  readonly folder: string;
  /** Whether the whole project is also built, with and without Sluice. */
  readonly apply: boolean;
  readonly log: (text: string) => void;
}

export async function measureSize(options: SizeOptions): Promise<SizeResult> {
  const { models, runs, log } = options;
  const folder = join(options.folder, String(models));
  const project = join(folder, "project");
  const raw = join(folder, "source.duckdb");
  const database = join(folder, "warehouse.duckdb");
  const promoted = join(folder, "promoted.duckdb");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeProject({ models, dialect: "duckdb", rows: 60, days: 30, seed: 1 }, project);
  await createRaw(project, raw);

  const fresh = (): Promise<void> => copyDatabase(raw, database);
  const live = (): Promise<void> => copyDatabase(promoted, database);
  const task = { project, database, runs };
  log(`${models} models: load, first plan`);
  const load = await measure("load", { ...task, before: fresh });
  const firstPlan = await measure("plan", { ...task, before: fresh });
  const built = options.apply ? await measureApply(options, task, fresh) : {};

  log(`${models} models: promote once, then plan again`);
  await fresh();
  const promote = await measure("prepare", { ...task, runs: 1 });
  await copyDatabase(database, promoted);
  const unchangedPlan = await measure("plan", { ...task, before: live });
  const restatePlan = await measure("restate", { ...task, before: live });
  await changeFive(project);
  const fiveChangedPlan = await measure("plan", { ...task, before: live });
  return { models, load, firstPlan, unchangedPlan, restatePlan, fiveChangedPlan, promote, ...built };
}

async function measureApply(
  { models, log }: SizeOptions,
  task: { readonly project: string; readonly database: string; readonly runs: number },
  before: () => Promise<void>,
): Promise<{ readonly apply: Measurement; readonly rawSql: Measurement }> {
  log(`${models} models: apply, and the same SQL without Sluice`);
  const [rawSql, apply] = await measurePair(["raw-sql", "apply"], { ...task, before });
  return { rawSql, apply };
}

/** The file is made by Sluice, in the storage format that it gives to new ones. */
export async function createRaw(project: string, database: string): Promise<void> {
  await using engine = await openDuckdb({ type: "duckdb", database }, { directory: "/" });
  await engine.run(await readFile(join(project, "raw.sql"), "utf8"));
}

/** A write-ahead log that lies beside the target would be replayed into the copy. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await rm(`${to}.wal`, { force: true });
  await copyFile(from, to);
  await copyFile(`${from}.wal`, `${to}.wal`).catch(() => undefined);
}

/** A column more in five models spread over the project. */
async function changeFive(project: string): Promise<void> {
  const names = (await readOrder(project)).filter((name) => name.startsWith("core."));
  for (let i = 1; i <= 5; i++) {
    const name = names[Math.floor((names.length * i) / 6)] ?? "";
    const file = join(project, "models", `${name.replace(".", "/")}.sql`);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(" AS tax\nFROM", " AS tax,\n  1 AS added\nFROM"));
  }
}
