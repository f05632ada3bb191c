/** The facts a plan begins with, put together the same way whatever keeps the state, in three reads however much there is. */
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { Snapshot, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { StateReads } from "./state.ts";

export interface StateMembers {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  /** All members of the environments that are stored, by `snapshotKey`. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

export interface StateFacts extends StateMembers {
  /** Of those snapshots, by `snapshotKey`. */
  readonly intervals: ReadonlyMap<string, SnapshotIntervals>;
}

export async function readMembers(
  state: Pick<StateReads, "readEnvironments" | "readSnapshots">,
): Promise<StateMembers> {
  const environments = await state.readEnvironments();
  const members = [...environments.values()].flatMap((environment) => environment.members);
  return { environments, snapshots: await state.readSnapshots(members) };
}

export async function withIntervals(
  state: Pick<StateReads, "readIntervals">,
  members: StateMembers,
): Promise<StateFacts> {
  return { ...members, intervals: await state.readIntervals([...members.snapshots.values()]) };
}
