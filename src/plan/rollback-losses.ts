/** What a rollback cannot bring back: versions that are gone stop it, rows that were rewritten are told (design 10). Pure. */
import type { Environment, EnvironmentView } from "../environment/environment.ts";
import { describeName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Interval, Snapshot, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { PlanWarning } from "./plan.ts";

/** A range of a model that was computed again while another version than the target's was live, or on its table. */
export interface Rewritten {
  readonly model: ModelName;
  readonly planId: string;
}

/** Throws PLAN_REFUSED with every model that cannot be shown as it was. */
export function refuseLost(
  target: Environment,
  views: readonly EnvironmentView[],
  snapshots: ReadonlyMap<string, Snapshot>,
  exists: (table: NameParts) => boolean,
): void {
  const lost = new Map<string, string>();
  for (const member of target.members) {
    const snapshot = snapshots.get(keyOf(member));
    if (snapshot === undefined) lost.set(member.name, "it was cleaned up");
    else if (snapshot.unrestorable)
      lost.set(member.name, "its table was since changed in place by another definition");
  }
  for (const { model, table } of views) {
    if (!lost.has(model) && !exists(table)) lost.set(model, `its table ${describeName(table)} is gone`);
  }
  if (lost.size === 0) return;
  const list = [...lost].map(([model, why]) => `${model} (${why})`);
  const shown = list.length > 10 ? [...list.slice(0, 10), `and ${list.length - 10} more`] : list;
  throw new SluiceError(
    "PLAN_REFUSED",
    `${target.name} cannot go back to version ${target.version}: ${shown.join(", ")}`,
    {
      hint: "Revert the change in the project instead, and plan it.",
      details: { version: target.version, lost: Object.fromEntries(lost) },
    },
  );
}

export interface Losses {
  readonly target: readonly Snapshot[];
  /** Of the present, by name. */
  readonly current: ReadonlyMap<ModelName, Snapshot>;
  readonly intervals: ReadonlyMap<string, SnapshotIntervals>;
  readonly rewritten: readonly Rewritten[];
}

/** One warning for each kind of thing that stays as it is, naming the models. */
export function lossWarnings({ target, current, intervals, rewritten }: Losses): readonly PlanWarning[] {
  const warnings: PlanWarning[] = [];
  const kept = target.filter((snapshot) => keepsChangedTable(snapshot, current.get(snapshot.name)));
  if (kept.length > 0) {
    warnings.push({
      code: "rollback-keeps-rows",
      text: `what later forward-only changes did to the tables of ${names(kept.map((one) => one.name))} is not undone: rows they wrote and columns they changed stay`,
    });
  }
  const shared = new Set(
    target.filter((one) => current.get(one.name)?.version === one.version).map((one) => one.name),
  );
  const again = [...new Set(rewritten.map(({ model }) => model))].filter((model) => shared.has(model));
  if (again.length > 0) {
    warnings.push({
      code: "rollback-keeps-restated",
      text: `history of ${names(again)} was computed again since; the rows from before are not restored`,
    });
  }
  const behind = target.flatMap((snapshot) => behindText(snapshot, current.get(snapshot.name), intervals));
  if (behind.length > 0) {
    warnings.push({
      code: "rollback-behind",
      text: `nothing is computed, so these show less than now until \`sluice run\` fills it: ${names(behind)}`,
    });
  }
  return warnings;
}

/** One table, two definitions: the later one was applied to it in place. */
function keepsChangedTable(snapshot: Snapshot, now: Snapshot | undefined): boolean {
  return now?.version === snapshot.version && now.fingerprint.data !== snapshot.fingerprint.data;
}

function behindText(
  snapshot: Snapshot,
  now: Snapshot | undefined,
  intervals: ReadonlyMap<string, SnapshotIntervals>,
): readonly string[] {
  if (now === undefined || now.version === snapshot.version) return [];
  const own = endOf(intervals.get(keyOf(snapshot))?.intervals);
  const later = endOf(intervals.get(keyOf(now))?.intervals);
  if (own === null || later === null || own >= later) return [];
  return [`${snapshot.name} (up to ${new Date(own).toISOString().slice(0, 16).replace("T", " ")})`];
}

function endOf(intervals: readonly Interval[] | undefined): number | null {
  return intervals?.at(-1)?.[1] ?? null;
}

function names(list: readonly string[]): string {
  const shown = list.length > 8 ? [...list.slice(0, 8), `${list.length - 8} more`] : list;
  return shown.join(", ");
}
