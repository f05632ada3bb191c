/** Which environment a plan is compared with (spec plan-and-apply 3.1). */
import type { Environment, EnvironmentMember, EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { CompareInput, StoredFacts } from "./comparison.ts";

export interface Baseline {
  readonly existing: Environment | null;
  readonly baseline: Environment | null;
  readonly isNew: boolean;
  /** What the baseline shows: its members, or those of its last finalised state. */
  readonly members: readonly EnvironmentMember[];
  readonly promotedBefore: ReadonlySet<ModelName>;
}

/** The target itself, or `createFrom` when the target does not exist, expired, or is recreated each time. */
export function findBaseline(input: CompareInput): Baseline {
  const existing = input.stored.environments.get(input.environment) ?? null;
  const createFrom = (input.options.createFrom ?? prod) as EnvironmentName;
  const recreate =
    input.settings.alwaysRecreateEnvironment &&
    input.environment !== createFrom &&
    input.environment !== prod;
  const isNew = existing === null || isExpired(existing, input.now) || recreate;
  const baseline = isNew ? (input.stored.environments.get(createFrom) ?? null) : existing;
  const promoted =
    isNew || baseline === null
      ? []
      : baseline.members.filter((member) => member.promoted).map((member) => member.name);
  return {
    existing,
    baseline,
    isNew,
    members: membersOf(baseline, input.settings.useFinalizedState),
    promotedBefore: new Set(promoted),
  };
}

/** A development environment past its time counts as never created. */
export function isExpired(environment: Environment, now: number): boolean {
  return environment.expiresAt !== null && environment.expiresAt <= now;
}

/** What an environment shows: its members, or with `finalized` those of its last complete promotion. */
export function membersOf(environment: Environment | null, finalized: boolean): readonly EnvironmentMember[] {
  if (environment === null) return [];
  if (!finalized || environment.finalizedAt !== null) return environment.members;
  return environment.previousFinalized ?? environment.members;
}

/** Full records of members. Throws STATE_INVALID when one is missing. */
export function memberSnapshots(
  members: readonly EnvironmentMember[],
  stored: StoredFacts,
): ReadonlyMap<ModelName, Snapshot> {
  const found = new Map<ModelName, Snapshot>();
  for (const member of members) {
    const snapshot = stored.snapshots.get(keyOf(member));
    if (snapshot === undefined) {
      throw new SluiceError(
        "STATE_INVALID",
        `the environment knows ${member.name}, but its snapshot ${member.identifier} is not stored`,
        {
          hint: "The state tables were changed by hand or restored in part; restore them as a whole.",
        },
      );
    }
    found.set(member.name, snapshot);
  }
  return found;
}
