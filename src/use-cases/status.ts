/** What is live and what is going on: from state, and from the catalogs whether somebody changed it by hand. */
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { BreakerEntry, Lease, LedgerEntry } from "../state/state.ts";
import { type DriftReport, readDrift } from "./drift.ts";
import type { Workspace } from "./workspace.ts";

export interface EnvironmentStatus {
  readonly name: string;
  readonly version: number;
  readonly models: number;
  readonly promoted: number;
  readonly planId: string;
  readonly digest: string;
  /** ISO instants; null = not finalised, never expires. */
  readonly finalizedAt: string | null;
  readonly expiresAt: string | null;
}

export interface ProjectStatus {
  readonly environment: EnvironmentStatus | null;
  /** The apply that holds the lock now. */
  readonly lease: Lease | null;
  readonly breaker: BreakerEntry | null;
  /** Plans that reached apply, newest first. */
  readonly ledger: readonly LedgerEntry[];
  /** What was changed by hand in the warehouse. */
  readonly drift: DriftReport;
}

export async function environmentList(workspace: Workspace): Promise<readonly EnvironmentStatus[]> {
  const state = await workspace.state();
  const environments = await state.readEnvironments();
  return [...environments.values()].map(describe).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function projectStatus(workspace: Workspace, name: EnvironmentName): Promise<ProjectStatus> {
  const state = await workspace.state();
  const environment = (await state.readEnvironments()).get(name);
  const leases = await state.readLeases();
  return {
    environment: environment ? describe(environment) : null,
    lease: leases.find((lease) => lease.environment === name) ?? null,
    breaker: await state.readBreaker(),
    ledger: await state.readLedgerOf(name, 10),
    drift: await driftOrWhyNot(workspace, name),
  };
}

/** State is told also where the warehouse does not answer. */
async function driftOrWhyNot(workspace: Workspace, name: EnvironmentName): Promise<DriftReport> {
  try {
    return await readDrift(workspace, name);
  } catch (error) {
    if (!(error instanceof SluiceError) || !error.code.startsWith("ENGINE_")) throw error;
    return { unchecked: error.sentence, findings: [] };
  }
}

function describe(environment: Environment): EnvironmentStatus {
  return {
    name: environment.name,
    version: environment.version,
    models: environment.members.length,
    promoted: environment.members.filter((member) => member.promoted).length,
    planId: environment.planId,
    digest: environment.planDigest,
    finalizedAt: instant(environment.finalizedAt),
    expiresAt: instant(environment.expiresAt),
  };
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
