/** What a clean-up costs when many versions have outlived their time: each has a table and a record, and nothing shows it. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { EnvironmentName } from "../../src/environment/environment.ts";
import { physicalName } from "../../src/environment/naming.ts";
import type { ModelName } from "../../src/model/model.ts";
import { keyOf } from "../../src/snapshot/fingerprint.ts";
import type { Snapshot, SnapshotIdentifier, Version } from "../../src/snapshot/snapshot.ts";
import { openState } from "../../src/state/sql-state.ts";
import { writeProject } from "../generate-project.ts";
import { measure } from "./measure.ts";
import { copyDatabase, createRaw } from "./suite.ts";
import type { Measurement } from "./task.ts";

export interface CleanSuite {
  readonly versions: number;
  readonly runs: number;
  readonly folder: string;
  readonly log: (text: string) => void;
}

const tablesPerTransaction = 1000;

export async function measureClean({ versions, runs, folder, log }: CleanSuite): Promise<Measurement> {
  const place = join(folder, "clean");
  const project = join(place, "project");
  const database = join(place, "warehouse.duckdb");
  const full = join(place, "full.duckdb");
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  await writeProject({ models: 10, dialect: "duckdb", rows: 10, days: 2, seed: 1 }, project);
  await createRaw(project, database);
  log(`${versions} versions nobody needs: making them`);
  await measure("prepare", { project, database, runs: 1 });
  await addVersions(database, versions);
  await copyDatabase(database, full);
  log(`${versions} versions nobody needs: clean`);
  return await measure("clean", { project, database, runs, before: () => copyDatabase(full, database) });
}

async function addVersions(database: string, count: number): Promise<void> {
  await using engine = await openDuckdb({ type: "duckdb", database }, { directory: "." });
  const state = await openState(engine, { tool: "0.1.0" });
  const [sample] = (await state.readAllSnapshots()).filter(({ facts }) => facts.kind.name === "FULL");
  const model = sample && (await state.readModels([sample])).get(keyOf(sample));
  if (sample === undefined || model === undefined) throw new Error("There is no FULL model to copy.");
  const old = Array.from({ length: count }, (_, n) => expired(sample, n));
  await using lock = await state.lock("prod" as EnvironmentName, "bench", { wait: 0 });
  await state.writeSnapshots(
    null,
    lock,
    old.map((snapshot) => ({ snapshot, model: { ...model, name: snapshot.name } })),
  );
  for (let at = 0; at < count; at += tablesPerTransaction)
    await createTables(engine, old.slice(at, at + tablesPerTransaction));
}

function expired(sample: Snapshot, n: number): Snapshot {
  const name = `core.old_${n}` as ModelName;
  const version = `old${n}` as Version;
  return {
    ...sample,
    name,
    identifier: `old${n}` as SnapshotIdentifier,
    version,
    devVersion: version,
    facts: { ...sample.facts, name, displayName: name, parts: { schema: "core", table: `old_${n}` } },
    createdAt: 0,
    updatedAt: 0,
  };
}

async function createTables(engine: Engine, snapshots: readonly Snapshot[]): Promise<void> {
  await engine.transaction(async (session) => {
    for (const snapshot of snapshots)
      await session.run(`CREATE TABLE ${engine.name(physicalName(snapshot, false))} (id INT)`);
  });
}
