/** How production moved since a plan was made: which plans were applied, by whom, and what they touched. */
import type { Context } from "../context.ts";
import { shortHash } from "../digest.ts";
import { parseEnvironmentName } from "../environment/naming.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { pullOfOwner } from "./names.ts";
import { type PlanRecord, touchedNames } from "./record.ts";

/** One applied plan; `models` null = not known. */
export interface Move {
  readonly version: number;
  readonly by: string;
  readonly models: ReadonlyMap<string, string> | null;
}

/** Versions that are looked at; of older ones nothing is known. */
const depth = 50;

/** Plans that made a version after `since`, newest first. */
export function readMoves(context: Context, environment: string, since: number): Promise<readonly Move[]> {
  const name = parseEnvironmentName(environment);
  return context.inspect(async (_, state) => {
    const [history, ledger] = await Promise.all([
      state.readEnvironmentHistory(name, depth),
      state.readLedgerOf(name, depth),
    ]);
    const owners = new Map(ledger.map(({ planId, owner }) => [planId, owner]));
    const moves: Move[] = [];
    for (const { version, planId } of history.filter((record) => record.version > since)) {
      const plan = await state.readPlan(planId);
      moves.push({ version, by: whoIs(owners.get(planId)), models: plan === null ? null : modelsOf(plan) });
    }
    return moves;
  });
}

function whoIs(owner: string | undefined): string {
  if (owner === undefined) return "a plan that is no longer known";
  const pull = pullOfOwner(owner);
  return pull === null ? `the apply of ${owner}` : `pull request ${pull}`;
}

/** Names by their short hashes, as the records of checks have them. */
function modelsOf(plan: PlanDocument): ReadonlyMap<string, string> {
  return new Map(touchedNames(plan).map(({ name, displayName }) => [shortHash(name), displayName]));
}

export interface Staleness {
  readonly by: string;
  /** What both touch, or the plan reads; empty = not known. */
  readonly models: readonly string[];
}

/** The first move since the plan was made that makes it stale; null = none. Pure. */
export function stalenessOf(record: PlanRecord, moves: readonly Move[]): Staleness | null {
  const since = moves.filter(({ version }) => version > record.base).sort((a, b) => a.version - b.version);
  const [first] = since;
  const known = record.models === null ? null : new Set([...record.models, ...(record.reads ?? [])]);
  if (first !== undefined && first.version > record.base + 1)
    return { by: `${first.by}, and others before it`, models: [] };
  for (const { by, models } of since) {
    if (models === null) return { by, models: [] };
    const both = [...models].filter(([hash]) => known === null || known.has(hash)).map(([, name]) => name);
    if (both.length > 0) return { by, models: both };
  }
  return null;
}
