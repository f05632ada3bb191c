/** A process that applies a plan and kills itself before the commit of its n-th transaction. Arguments: database, plan file, n, milliseconds that share a commit. */
import { readFileSync } from "node:fs";
import { applyPlan } from "../../../src/apply/apply.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { dyingEngine } from "./dying-engine.ts";

const [database = "", planFile = "", at = "0", shared = "0"] = process.argv.slice(2);
const opened = await openDuckdb({ type: "duckdb", database }, { directory: "/" });
const { engine } = dyingEngine(opened, Number(at), () => process.kill(process.pid, "SIGKILL"));
await applyPlan(JSON.parse(readFileSync(planFile, "utf8")) as PlanDocument, {
  engine,
  state: await openState(engine, { tool: "0.0.0" }),
  now: () => Date.UTC(2024, 0, 8),
  owner: `killed ${process.pid}`,
  emit: () => {},
  sharedCommits: Number(shared),
});
