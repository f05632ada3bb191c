/** The facts a plan begins with, put together the same way whatever keeps the state. */
import type { EnvironmentName } from "../environment/environment.ts";
import type { SnapshotId } from "../snapshot/snapshot.ts";
import type { StateFacts, StateReads } from "./state.ts";

/** As {@link StateReads.readFacts}: three reads, however many environments and snapshots there are. */
export async function collectFacts(
  reads: Pick<StateReads, "readEnvironments" | "readSnapshots" | "readIntervals">,
  environments: readonly EnvironmentName[] | "all",
  ids: readonly SnapshotId[],
): Promise<StateFacts> {
  const all = [...(await reads.readEnvironments())];
  const named = new Map(environments === "all" ? all : all.filter(([name]) => environments.includes(name)));
  const members = [...named.values()].flatMap((environment) => environment.members);
  const snapshots = await reads.readSnapshots([...members, ...ids]);
  return { environments: named, snapshots, intervals: await reads.readIntervals([...snapshots.values()]) };
}
