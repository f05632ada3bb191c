/** Whatever moment an apply ends at: readers see one version in full, and the next run ends where an undisturbed one does. */
import { spawnSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyPlan } from "../../../src/apply/apply.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { CrashProject } from "./crash-project.ts";
import { crashProject, now } from "./crash-project.ts";
import { dyingEngine } from "./dying-engine.ts";

const script = fileURLToPath(new URL("./killed-apply.ts", import.meta.url));
let crash: CrashProject;
beforeAll(async () => {
  crash = await crashProject();
});
afterAll(() => crash?.project[Symbol.asyncDispose]());

describe.each([
  { name: "each step has its own commit", sharedCommits: 0, least: 20, most: 99 },
  { name: "all steps share one where they may", sharedCommits: Number.POSITIVE_INFINITY, least: 8, most: 14 },
])("$name", ({ sharedCommits, least, most }) => {
  let before: Looked;
  let after: Looked;
  let commits: number;

  beforeAll(async () => {
    await using engine = await open(await copyDatabase(`undisturbed-${sharedCommits}`));
    before = await look(engine);
    const counting = dyingEngine(engine, 0, () => {});
    expect(await run(counting.engine)).toMatchObject({ reason: "applied" });
    commits = counting.commits();
    after = await look(engine);
    expect(after.seen).not.toEqual(before.seen);
    expect(commits).toBeGreaterThanOrEqual(least);
    expect(commits).toBeLessThanOrEqual(most);
  });

  test("the connection lost before a commit", async () => {
    // Every third commit of the build, then each one around the switch.
    const moments = Array.from({ length: commits }, (_, index) => index + 1);
    for (const at of moments.filter((moment) => moment % 3 === 1 || moment > commits - 8)) {
      await using engine = await open(await copyDatabase(`lost-${at}-${sharedCommits}`));
      const outcome = await run(dyingEngine(engine, at, () => {}).engine);
      // Closing the ledger and giving back the lock come last: by then all is done, and what is missing is a warning.
      const late = at >= commits - 1;
      expect([at, outcome.reason]).toEqual([at, late ? "applied" : "internal-error"]);
      if (late) expect([at, outcome.warnings.length]).toEqual([at, commits - at + 1]);
      await expectWholeThenResume(engine, at, outcome.production);
    }
  });

  test("the process killed in every phase", async () => {
    for (const at of new Set([3, Math.floor(commits / 2), commits - 4])) {
      const database = await copyDatabase(`killed-${at}-${sharedCommits}`);
      const child = spawnSync(
        process.execPath,
        [script, database, crash.planFile, String(at), String(sharedCommits)],
        { stdio: "inherit" },
      );
      expect([at, child.signal]).toEqual([at, "SIGKILL"]);
      await using engine = await open(database);
      await expectWholeThenResume(engine, at);
    }
  });

  async function expectWholeThenResume(
    engine: Engine,
    at: number,
    production?: Outcome["production"],
  ): Promise<void> {
    const { seen } = await look(engine);
    const switched = JSON.stringify(seen) === JSON.stringify(after.seen);
    if (!switched) expect([at, seen]).toEqual([at, before.seen]);
    if (production !== undefined) expect([at, production]).toEqual([at, switched ? "switched" : "unchanged"]);
    const outcome = await run(engine);
    expect([at, outcome.reason, outcome.production]).toEqual([
      at,
      expect.stringMatching(/applied$/),
      "switched",
    ]);
    expect([at, await look(engine)]).toEqual([at, after]);
  }

  async function run(engine: Engine): Promise<Outcome> {
    const state = await openState(engine, { tool: "0.0.0" });
    const options = { now: () => now, owner: "test", emit: () => {}, sharedCommits };
    return applyPlan(crash.plan, { engine, state, ...options });
  }
});

function open(database: string): Promise<Engine> {
  return openDuckdb({ type: "duckdb", database }, { directory: "/" });
}

/** Into a folder of its own, under the same name: views name the catalog, and that is the file's name. */
async function copyDatabase(folder: string): Promise<string> {
  await mkdir(join(crash.project.path, folder));
  const database = join(crash.project.path, folder, basename(crash.project.database));
  await copyFile(crash.project.database, database);
  return database;
}

interface Looked {
  /** Rows of all views, as readers see them. */
  readonly seen: Readonly<Record<string, unknown>>;
  /** Rows of all tables, and what state says. */
  readonly kept: Readonly<Record<string, unknown>>;
}

async function look(engine: Engine): Promise<Looked> {
  const objects = await engine.query(
    `SELECT table_schema AS s, table_name AS t FROM information_schema.tables
     WHERE table_schema <> 'raw' AND table_name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY ALL`,
  );
  const seen: Record<string, unknown> = {};
  const kept: Record<string, unknown> = {};
  for (const { s, t } of objects) {
    const rows = await engine.query(
      `SELECT * FROM ${engine.name({ schema: String(s), table: String(t) })} ORDER BY ALL`,
    );
    const readers = s === "shop" || t === "sluice__pointer";
    (readers ? seen : kept)[`${s}.${t}`] = rows;
  }
  const state = {
    intervals:
      "SELECT version_key, is_removed, interval_start, interval_end FROM sluice._intervals ORDER BY ALL",
    environments: "SELECT name, version, finalized_at, plan_id FROM sluice._environments ORDER BY ALL",
    live: "SELECT snapshot_key FROM sluice._snapshots WHERE unpaused_at IS NOT NULL ORDER BY ALL",
  };
  for (const [name, sql] of Object.entries(state)) kept[name] = await engine.query(sql);
  return { seen, kept };
}
