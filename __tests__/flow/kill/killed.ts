/** A process that applies a plan, or cleans up, and kills itself right before its n-th statement. Its argument is a {@link Job} as JSON. */
import { readFileSync } from "node:fs";
import { applyPlan } from "../../../src/apply/apply.ts";
import { cleanUp } from "../../../src/apply/clean-up.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { countingEngine } from "../mysql/counting-engine.ts";
import { openWarehouse, type Warehouse } from "./warehouse.ts";

export interface Job {
  readonly warehouse: Warehouse;
  /** null: a clean-up that drops all it may. */
  readonly planFile: string | null;
  readonly now: number;
  readonly killBefore: number;
}

/** What the process does, in this process or in one of its own. */
export async function work(engine: Engine, { planFile, now }: Omit<Job, "killBefore">): Promise<string> {
  const state = await openState(engine, { tool: "0.0.0" });
  const common = { engine, state, now: () => now, owner: `process ${process.pid}`, lockWait: 60_000 };
  if (planFile === null) {
    const { failures } = await cleanUp({ ...common, ignoreTtl: true, dryRun: false });
    return failures.length === 0 ? "applied" : JSON.stringify(failures);
  }
  const plan = JSON.parse(readFileSync(planFile, "utf8")) as PlanDocument;
  const outcome = await applyPlan(plan, { ...common, emit: () => {} });
  return outcome.reason.endsWith("applied") ? "applied" : JSON.stringify(outcome);
}

const [, script = "", given] = process.argv;
if (script.endsWith("killed.ts") && given !== undefined) {
  const job = JSON.parse(given) as Job;
  let statements = 0;
  const engine = countingEngine(await openWarehouse(job.warehouse), () => {
    if (++statements === job.killBefore) process.kill(process.pid, "SIGKILL");
  });
  await work(engine, job);
  process.exit(0);
}
