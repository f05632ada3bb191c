/** Ledger, journal and breaker entries as rows. */
import type { Row, SqlValue } from "../engine/engine.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import type { StepId } from "../plan/step.ts";
import type { BreakerEntry, JournalEntry, LedgerEntry, LedgerStatus } from "./state.ts";

export const ledgerColumns = [
  "plan_id",
  "digest",
  "work",
  "environment",
  "status",
  "owner",
  "started_at",
  "finished_at",
  "environment_version",
  "execution_time",
  "outcome",
] as const;

export function ledgerRow(entry: LedgerEntry): readonly SqlValue[] {
  return [
    entry.planId,
    entry.digest,
    entry.work,
    entry.environment,
    entry.status,
    entry.owner,
    entry.startedAt,
    entry.finishedAt,
    entry.environmentVersion,
    entry.executionTime,
    entry.outcome,
  ];
}

export function ledgerEntryOf(row: Row): LedgerEntry {
  return {
    planId: String(row["plan_id"]),
    digest: String(row["digest"]),
    work: String(row["work"]),
    environment: row["environment"] as EnvironmentName,
    status: row["status"] as LedgerStatus,
    owner: String(row["owner"]),
    startedAt: Number(row["started_at"]),
    finishedAt: numberOrNull(row["finished_at"]),
    environmentVersion: numberOrNull(row["environment_version"]),
    executionTime: Number(row["execution_time"]),
    outcome: row["outcome"] === null ? null : String(row["outcome"]),
  };
}

export function journalEntryOf(row: Row): JournalEntry {
  return {
    planId: String(row["plan_id"]),
    step: row["step"] as StepId,
    status: row["status"] as JournalEntry["status"],
    at: Number(row["recorded_at"]),
  };
}

export function breakerEntryOf(row: Row): BreakerEntry {
  return {
    open: Number(row["is_open"]) === 1,
    reason: String(row["reason"]),
    by: String(row["who"]),
    at: Number(row["recorded_at"]),
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
