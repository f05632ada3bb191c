/** One step, whatever its kind: the only switches over kinds of steps that do something. */
import { unreachable } from "../errors.ts";
import type { Step } from "../plan/step.ts";
import { auditTable } from "./audit-step.ts";
import { backfill } from "./backfill.ts";
import { commit, type Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { createTable } from "./create-table.ts";
import { evolveTable } from "./evolve-table.ts";
import { finalise } from "./finalise.ts";
import { loadSeed } from "./load-seed.ts";
import { swapTable } from "./rebuild.ts";
import { runStatements } from "./run-statements.ts";
import { clearIntervals, recordIntervals } from "./state-steps.ts";
import { switchViews } from "./switch.ts";
import { buildViews } from "./switch-by-rename.ts";

/** A step whose whole work is one unit, which may share its transaction with others. */
export type UnitStep = Extract<Step, { kind: (typeof unitKinds)[number] }>;

const unitKinds = ["ensure-schema", "create-table", "load-seed", "backfill", "record-intervals"] as const;

export function isUnitStep(step: Step): step is UnitStep {
  return (unitKinds as readonly string[]).includes(step.kind);
}

/** What such a step does, rendered and not yet begun. */
export async function unitOf(context: ApplyContext, step: UnitStep): Promise<Unit> {
  switch (step.kind) {
    case "ensure-schema": {
      const text = context.engine.statements.createSchema(step.schema);
      return { step, table: step.schema, stage: async (session) => void (await session.run(text)) };
    }
    case "create-table":
      return createTable(context, step);
    case "load-seed":
      return loadSeed(context, step);
    case "backfill":
      return backfill(context, step);
    case "record-intervals":
      return recordIntervals(context, step);
    default:
      return unreachable(step);
  }
}

/** Number of rows written, where that means something. */
export async function runStep(context: ApplyContext, step: Step): Promise<number | undefined> {
  if (isUnitStep(step)) return commit(context, await unitOf(context, step));
  switch (step.kind) {
    case "swap-table":
      return void (await swapTable(context, step));
    case "audit":
      return void (await auditTable(context, step));
    case "evolve-table":
      return void (await evolveTable(context, step));
    case "clear-intervals":
      return void (await clearIntervals(context, step));
    case "run-statements":
      return void (await runStatements(context, step));
    case "build-views":
      return void (await buildViews(context, step));
    case "switch":
      return void (await switchViews(context, step));
    case "finalise":
      return void (await finalise(context, step));
    default:
      return unreachable(step);
  }
}
