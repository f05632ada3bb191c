/** The ledger's entry of an apply: written before anything else, closed after everything else. */
import { messageOf } from "../errors.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { LedgerEntry, StateLock } from "../state/state.ts";
import type { ApplyOptions } from "./context.ts";

/** A resumed apply keeps the time of the first: its texts mean the same moment. */
export function ledgerEntry(
  plan: PlanDocument,
  options: ApplyOptions,
  earlier: LedgerEntry | null,
): LedgerEntry {
  const { executionTime } = plan.options;
  const startedAt = options.now();
  return {
    planId: plan.id,
    digest: plan.digest,
    work: plan.work,
    environment: plan.environment.name,
    status: "applying",
    owner: options.owner,
    startedAt: earlier?.startedAt ?? startedAt,
    finishedAt: null,
    environmentVersion: null,
    executionTime:
      earlier?.executionTime ?? (executionTime === undefined ? startedAt : Date.parse(executionTime)),
    outcome: null,
  };
}

function isDone({ reason }: Outcome): boolean {
  return reason === "applied" || reason === "already-applied";
}

/** The end of the ledger's entry; an apply that lost its lock has no say in the ledger any more. */
export async function writeEnd(
  options: ApplyOptions,
  lock: StateLock,
  entry: LedgerEntry,
  outcome: Outcome,
): Promise<void> {
  const end: LedgerEntry = {
    ...entry,
    status: isDone(outcome) ? "applied" : "failed",
    finishedAt: options.now(),
    environmentVersion: outcome.environmentVersion,
    outcome: JSON.stringify(outcome),
  };
  try {
    await options.state.writeLedger(null, lock, end);
  } catch (error) {
    options.emit({
      kind: "warning",
      at: options.now(),
      text: `The ledger could not be closed: ${messageOf(error)}`,
    });
  }
}
