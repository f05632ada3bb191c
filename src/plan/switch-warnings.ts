/** What the plan warns of where views cannot change together, or where so many do that readers notice. */
import type { Environment } from "../environment/environment.ts";
import { describeName, physicalName, prod } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { PlanDocument, PlanWarning } from "./plan.ts";
import type { Step } from "./step.ts";

type SwitchStep = Extract<Step, { kind: "switch" }>;

/** So many views in one rename hold their readers for two to three seconds on a quiet disk, longer on a busy one (ADR 13). */
const many = 500;

/** Milliseconds one view takes, as measured: data in memory, and a disk that many others sync at the time (ADR 13). */
const perView = { fast: 0.2, slow: 30 };

/** What is asked of the engine. */
export interface Switching extends Pick<PlanDocument["engine"], "flavour" | "switch"> {
  /** A rename may wait for a reader of one name while it holds others. */
  readonly renameWaits: boolean;
}

/** What readers see before the plan; no environment = nothing. Snapshots by their key. */
interface Before {
  readonly environment: Environment | null;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

export function switchWarnings(
  engine: Switching,
  steps: readonly Step[],
  before: Before,
): readonly PlanWarning[] {
  const step = steps.find((one) => one.kind === "switch");
  if (step === undefined) return [];
  const most = step.views.length + step.drops.length;
  if (engine.switch === "per-view") return notAtomic(engine.flavour, most);
  if (engine.switch !== "rename" || most < 2) return [];
  const moved = countMoved(step, steps, before);
  return [...(engine.renameWaits ? collisions(engine.flavour, moved) : []), ...manyAtOnce(moved)];
}

/** A reader of one view alone waits at the most. */
function collisions(flavour: string, views: number): readonly PlanWarning[] {
  if (views < 2) return [];
  const text = `the ${views.toLocaleString("en-US")} views move in one statement, but this server (${flavour}) lets it wait for a reader of one while it holds others: a query that reads several of them at that moment may end in a deadlock, or see old and new ones together; apply when few read, or let such queries be tried again`;
  return [{ code: "rename-waits", text }];
}

/** One view and the pointer behind it are never a mixture of two plans. */
function notAtomic(flavour: string, views: number): readonly PlanWarning[] {
  if (views < 2) return [];
  const text = `the ${views} views change one after the other, which is not atomic on this engine (${flavour}): readers may see some of the new plan beside some of the former`;
  return [{ code: "not-atomic", text }];
}

function manyAtOnce(views: number): readonly PlanWarning[] {
  if (views < many) return [];
  const number = views.toLocaleString("en-US");
  const seconds = (each: number): string => ((views * each) / 1000).toPrecision(2);
  const text = `${number} views move in one statement, and whoever reads one of them waits while it runs: ${seconds(perView.fast)} to ${seconds(perView.slow)} seconds by what was measured (${perView.fast} to ${perView.slow} ms for each view, as fast as the server's disk confirms a write)`;
  return [{ code: "many-views", text }];
}

/**
 * Views of production that take part in the statement; 0 where none of them has readers yet. One that would show what it shows
 * stays out.
 */
function countMoved(step: SwitchStep, steps: readonly Step[], before: Before): number {
  if (before.environment?.name !== prod) return 0;
  const shown = shownTables(before.environment, before.snapshots);
  const evolved = new Set(steps.flatMap((one) => (one.kind === "evolve-table" ? [one.snapshot.name] : [])));
  const moving = step.views.filter(
    ({ model, table }) => evolved.has(model) || shown.get(model) !== describeName(table),
  );
  const read = step.drops.length > 0 || moving.some(({ model }) => shown.has(model));
  return read ? moving.length + step.drops.length : 0;
}

function shownTables(
  { members }: Environment,
  snapshots: ReadonlyMap<string, Snapshot>,
): ReadonlyMap<ModelName, string> {
  const shown = new Map<ModelName, string>();
  for (const member of members) {
    const snapshot = member.promoted ? snapshots.get(keyOf(member)) : undefined;
    if (snapshot !== undefined) shown.set(member.name, describeName(physicalName(snapshot, false)));
  }
  return shown;
}
