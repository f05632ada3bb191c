/**
 * Killed in every scenario, by SIGKILL, right before statements spread over the whole of the work: readers see one of two
 * states, and the same work begun again ends where an undisturbed one does.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { parseEnvironmentName, prod } from "../../../src/environment/naming.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { makePlan } from "../../../src/use-cases/plan.ts";
import { makeRollback } from "../../../src/use-cases/rollback.ts";
import { Workspace } from "../../../src/use-cases/workspace.ts";
import { countingEngine } from "../mysql/counting-engine.ts";
import { randomNumbers, times } from "../mysql/torture.ts";
import { type Job, work } from "./killed.ts";
import { asText, type Load, putLoad } from "./load.ts";
import { type Hands, type Scenario, scenarios } from "./scenarios.ts";
import { type Files, openWarehouse, type Place, type Row } from "./warehouse.ts";

const script = fileURLToPath(new URL("./killed.ts", import.meta.url));
const day = 86_400_000;
const kills = times(1);

type Open = (files: Files) => Promise<Place>;

/** Before which of an undisturbed run's statements, counted from 1, a run is killed: one round each. */
type Choose = (statements: readonly string[]) => readonly number[];

export function killSuite(open: Open): void {
  test.each(scenarios)("$name", { timeout: 60_000 + kills * 30_000 }, (scenario) => {
    const random = randomNumbers(scenario.name.length);
    // One in each stretch of the work, at a random place in it.
    const spread: Choose = ({ length }) =>
      Array.from({ length: kills }, (_, at) => 1 + Math.floor(((at + random()) / kills) * length));
    return goThrough(open, scenario, spread);
  });
}

/** An undisturbed round, then one round for each kill. */
export async function goThrough(open: Open, scenario: Scenario, choose: Choose): Promise<void> {
  await using place = await open(scenario.files);
  if (scenario.config !== undefined) await place.configure(scenario.config);
  const base = handsOf(place, 0);
  await base.apply(await base.plan());
  const statements: string[] = [];
  await goRound(place, scenario, 1, async (job) => {
    await using engine = await openWarehouse(place.warehouse);
    expect(
      await work(
        countingEngine(engine, (sql) => statements.push(sql)),
        job,
      ),
    ).toBe("applied");
    return null;
  });
  const moments = choose(statements);
  let killed = 0;
  for (const [at, killBefore] of moments.entries()) {
    const n = at + 2;
    await goRound(place, scenario, n, async (job) => {
      if (await kill({ ...job, killBefore })) killed++;
      const hands = handsOf(place, n);
      const seen = await read(hands, scenario);
      await scenario.between?.(n, hands);
      await using engine = await openWarehouse(place.warehouse);
      expect(await work(engine, job)).toBe("applied");
      return seen;
    });
  }
  expect(killed).toBeGreaterThan(moments.length / 2);
}

/** One plan more. `run` carries it out and tells what readers saw in between, if anything. */
async function goRound(
  place: Place,
  scenario: Scenario,
  n: number,
  run: (job: Omit<Job, "killBefore">) => Promise<string | null>,
): Promise<void> {
  const hands = handsOf(place, n);
  const job = await jobOf(hands, scenario, n);
  const before = await read(hands, scenario);
  const load = await putLoad(place.warehouse, scenario.reads);
  const seen = await run(job);
  const after = await read(hands, scenario);
  if (seen !== null) expect([before, after], `round ${n}`).toContain(seen);
  await expectWhole(load, [before, after]);
  await scenario.ends(n, hands);
  expect(await leftovers(hands), `round ${n}`).toEqual([]);
}

async function jobOf(hands: Hands, { next, kinds }: Scenario, n: number): Promise<Omit<Job, "killBefore">> {
  const plan = await next(hands, n);
  const planFile = plan === null ? null : join(hands.place.path, "plan.json");
  if (plan !== null && planFile !== null) {
    expect(plan.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...kinds]));
    await writeFile(planFile, JSON.stringify(plan));
  }
  return { warehouse: hands.place.warehouse, planFile, now: nowOf(n) };
}

/** Whether the process was killed before it ended by itself. */
function kill(job: Job): Promise<boolean> {
  const child = spawn(process.execPath, [script, JSON.stringify(job)], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (_, signal) => resolve(signal === "SIGKILL"));
  });
}

async function expectWhole(load: Load, states: readonly string[]): Promise<void> {
  const { seen, reads } = await load.stop();
  for (const state of seen) expect(states).toContain(state);
  if (reads > 0) expect(seen.size).toBeGreaterThan(0);
}

function nowOf(n: number): number {
  return Date.UTC(2024, 0, 8) + n * day;
}

function handsOf(place: Place, n: number): Hands {
  const workspace = () =>
    new Workspace({ paths: [place.path], env: {}, now: () => nowOf(n), directory: place.path });
  const within = async <T>(use: (engine: Engine) => Promise<T>): Promise<T> => {
    await using engine = await openWarehouse(place.warehouse);
    return await use(engine);
  };
  return {
    place,
    sql: (...texts) =>
      within(async (engine) => {
        for (const text of texts.slice(0, -1)) await engine.run(text);
        const last = texts.at(-1) ?? "";
        if (/^SELECT/.test(last)) return (await engine.query(last)).map(asText);
        await engine.run(last);
        return [];
      }),
    async plan(environment = "prod", options = {}) {
      await using opened = workspace();
      return await makePlan(opened, {
        environment: parseEnvironmentName(environment),
        options: { skipTests: true, ...options },
      });
    },
    async rollback() {
      await using opened = workspace();
      return await makeRollback(opened, { environment: prod });
    },
    async apply(plan: PlanDocument) {
      const planFile = join(place.path, "peace.json");
      await writeFile(planFile, JSON.stringify(plan));
      const ended = await within((engine) =>
        work(engine, { warehouse: place.warehouse, planFile, now: nowOf(n) }),
      );
      expect(ended).toBe("applied");
    },
  };
}

async function read(hands: Hands, { reads }: Scenario): Promise<string> {
  return JSON.stringify(await hands.sql(reads));
}

function leftovers(hands: Hands): Promise<readonly Row[]> {
  return hands.sql(
    `SELECT table_schema AS s, table_name AS t FROM information_schema.tables
     WHERE SUBSTRING(table_name, 1, 8) = 'sluice__' AND table_name <> 'sluice__pointer'`,
  );
}
