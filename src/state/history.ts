/** What state keeps of the past: promotions, plans that reached apply, and their steps; counted without reading them. */

import type { Engine, Row, Session } from "../engine/engine.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { groupBy } from "../group-by.ts";
import type { LedgerStatus } from "./state.ts";
import type { Tables } from "./tables.ts";

/** A record of an environment, without what it says. */
export interface RecordKey {
  readonly environment: EnvironmentName;
  readonly version: number;
  readonly planId: string;
  readonly finalizedAt: number | null;
}

/** An entry of the ledger, without its plan. */
export interface LedgerKey {
  readonly planId: string;
  readonly environment: EnvironmentName;
  readonly status: LedgerStatus;
  readonly startedAt: number;
  /** The plan's document, which is most of the entry, is there. */
  readonly hasPlan: boolean;
}

export interface StateHistory {
  /** Of every environment, newest first. */
  readonly records: readonly RecordKey[];
  /** Newest first. */
  readonly ledger: readonly LedgerKey[];
  /** Rows of the journal by plan, also of plans the ledger does not know. */
  readonly journal: ReadonlyMap<string, number>;
}

/** What of it goes. */
export interface ObsoleteHistory {
  readonly records: readonly Pick<RecordKey, "environment" | "version">[];
  /** Plans whose entry goes as a whole. */
  readonly entries: readonly string[];
  /** Plans whose entry stays without its document. */
  readonly documents: readonly string[];
  /** Plans whose steps go. */
  readonly journal: readonly string[];
}

type Query = (sql: string) => Promise<readonly Row[]>;

/** Three queries, whatever the length of the past. */
export async function readHistoryRows(query: Query, tables: Tables): Promise<StateHistory> {
  const records = await query(
    `SELECT name, version, plan_id, finalized_at FROM ${tables("_environments")} ORDER BY name, version DESC`,
  );
  const ledger = await query(
    `SELECT plan_id, environment, status, started_at, plan IS NOT NULL AS has_plan FROM ${tables("_ledger")} ORDER BY started_at DESC, environment_version DESC`,
  );
  const journal = await query(
    `SELECT plan_id, COUNT(*) AS steps FROM ${tables("_journal")} GROUP BY plan_id`,
  );
  return {
    records: records.map((row) => ({
      environment: row["name"] as EnvironmentName,
      version: Number(row["version"]),
      planId: String(row["plan_id"]),
      finalizedAt: row["finalized_at"] === null ? null : Number(row["finalized_at"]),
    })),
    ledger: ledger.map((row) => ({
      planId: String(row["plan_id"]),
      environment: row["environment"] as EnvironmentName,
      status: row["status"] as LedgerStatus,
      startedAt: Number(row["started_at"]),
      hasPlan: Number(row["has_plan"]) === 1,
    })),
    journal: new Map(journal.map((row) => [String(row["plan_id"]), Number(row["steps"])])),
  };
}

/** Keys in one statement. */
const chunk = 500;

/** Within the caller's transaction. */
export async function deleteHistoryRows(
  engine: Engine,
  session: Session,
  tables: Tables,
  obsolete: ObsoleteHistory,
): Promise<void> {
  const each = async (keys: readonly string[], statement: (list: string) => string): Promise<void> => {
    for (let at = 0; at < keys.length; at += chunk)
      await session.run(
        statement(
          keys
            .slice(at, at + chunk)
            .map((key) => engine.literal(key))
            .join(", "),
        ),
      );
  };
  const t = tables("_environments");
  for (const [environment, records] of groupBy(obsolete.records, (record) => record.environment)) {
    const versions = records.map(({ version }) => String(version));
    const name = engine.literal(environment);
    await each(versions, (list) => `DELETE FROM ${t} WHERE name = ${name} AND version IN (${list})`);
  }
  await each(obsolete.entries, (list) => `DELETE FROM ${tables("_ledger")} WHERE plan_id IN (${list})`);
  await each(
    obsolete.documents,
    (list) => `UPDATE ${tables("_ledger")} SET plan = NULL WHERE plan_id IN (${list})`,
  );
  await each(obsolete.journal, (list) => `DELETE FROM ${tables("_journal")} WHERE plan_id IN (${list})`);
}
