/** Reading the state tables: O(1) queries each, whatever the number of models. Before the tables exist all is empty. */
import type { Engine, Row, Session, SqlValue } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import type { Model, ModelName } from "../model/model.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Interval, Snapshot, SnapshotId, SnapshotIntervals } from "../snapshot/snapshot.ts";
import type { StateHistory } from "./history.ts";
import { readHistoryRows } from "./history.ts";
import { replayIntervals } from "./interval-log.ts";
import type { LeaseStore, LeaseTimes } from "./lease.ts";
import { readLeases } from "./lease.ts";
import { breakerEntryOf, journalEntryOf, ledgerColumns, ledgerEntryOf } from "./ledger-rows.ts";
import { unpackPlan } from "./packed-plan.ts";
import { shapeOf, shapesSince } from "./shape-rows.ts";
import { readColumns, snapshotOf } from "./snapshot-rows.ts";
import type { BreakerEntry, JournalEntry, Lease, LedgerEntry, StateReads } from "./state.ts";
import { snapshotKey, versionKeyOf } from "./state.ts";
import type { TableName, Tables } from "./tables.ts";
import { logOrder, tablesIn } from "./tables.ts";

/** Breaker entries this process wrote, to whatever state. */
let breakerWrites = 0;

/** What reading needs; sql-logs.ts and sql-state.ts add the writes. */
export class SqlReads implements StateReads {
  readonly engine: Engine;
  protected readonly schema: string;
  protected readonly tables: Tables;
  protected readonly leases: LeaseStore;
  /** Of the tables; 0 = there are none. */
  protected version: number;
  #breaker: { readonly writes: number; readonly entry: BreakerEntry | null } | undefined;

  constructor(engine: Engine, schema: string, version: number, times: LeaseTimes) {
    this.engine = engine;
    this.schema = schema;
    this.tables = tablesIn(engine, schema);
    this.leases = { engine, tables: this.tables, times };
    this.version = version;
  }

  async readEnvironments(): Promise<ReadonlyMap<EnvironmentName, Environment>> {
    const t = this.tables("_environments");
    const rows = await this.read(
      `SELECT e.record FROM ${t} e JOIN (SELECT name, MAX(version) AS version FROM ${t} GROUP BY name) m
       ON e.name = m.name AND e.version = m.version`,
    );
    const environments = rows.map((row) => JSON.parse(String(row["record"])) as Environment);
    return new Map(environments.map((environment) => [environment.name, environment]));
  }

  async readEnvironmentHistory(environment: EnvironmentName, limit: number): Promise<readonly Environment[]> {
    const rows = await this.read(
      `SELECT record FROM ${this.tables("_environments")} WHERE name = ? ORDER BY version DESC LIMIT ${Math.trunc(limit)}`,
      [environment],
    );
    return rows.map((row) => JSON.parse(String(row["record"])) as Environment);
  }

  async readSnapshots(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Snapshot>> {
    const rows = await this.readKeyed("_snapshots", readColumns, "snapshot_key", ids.map(snapshotKey));
    return new Map(rows.map(snapshotOf).map((snapshot) => [snapshotKey(snapshot), snapshot]));
  }

  async readSnapshotsByName(names: readonly ModelName[]): Promise<readonly Snapshot[]> {
    return (await this.readKeyed("_snapshots", readColumns, "name", names)).map(snapshotOf);
  }

  async readAllSnapshots(): Promise<readonly Snapshot[]> {
    return (await this.read(`SELECT ${readColumns} FROM ${this.tables("_snapshots")}`)).map(snapshotOf);
  }

  async readModels(ids: readonly SnapshotId[]): Promise<ReadonlyMap<string, Model>> {
    const rows = await this.readKeyed(
      "_snapshots",
      "snapshot_key, model",
      "snapshot_key",
      ids.map(snapshotKey),
    );
    return new Map(
      rows.map((row) => [String(row["snapshot_key"]), JSON.parse(String(row["model"])) as Model]),
    );
  }

  async readShapes(
    objects: readonly string[],
    options?: { readonly columns: boolean },
  ): Promise<ReadonlyMap<string, ObjectShape>> {
    if (this.version < shapesSince) return new Map();
    const columns = options?.columns ? "object, engine, digest, columns" : "object, engine, digest";
    const rows = await this.readKeyed("_shapes", columns, "object", objects);
    return new Map(rows.map(shapeOf).map((shape) => [shape.object, shape]));
  }

  async readIntervals(snapshots: readonly Snapshot[]): Promise<ReadonlyMap<string, SnapshotIntervals>> {
    const keys = snapshots.flatMap((snapshot) => [
      versionKeyOf(snapshot, false),
      versionKeyOf(snapshot, true),
    ]);
    const columns = "version_key, is_removed, interval_start, interval_end";
    const rows = await this.readKeyed(
      "_intervals",
      columns,
      "version_key",
      keys,
      `ORDER BY ${logOrder(this.engine)}`,
    );
    const found = replayIntervals(
      rows.map((row) => ({
        key: String(row["version_key"]),
        removed: Number(row["is_removed"]) === 1,
        interval: [Number(row["interval_start"]), Number(row["interval_end"])] as Interval,
      })),
    );
    return new Map(
      snapshots.map((snapshot) => [
        snapshotKey(snapshot),
        {
          intervals: found.get(versionKeyOf(snapshot, false)) ?? [],
          devIntervals: found.get(versionKeyOf(snapshot, true)) ?? [],
        },
      ]),
    );
  }

  async readLedger(planId: string): Promise<LedgerEntry | null> {
    const columns = ledgerColumns.join(", ");
    const rows = await this.read(`SELECT ${columns} FROM ${this.tables("_ledger")} WHERE plan_id = ?`, [
      planId,
    ]);
    return rows[0] === undefined ? null : ledgerEntryOf(rows[0]);
  }

  async readLedgerOf(environment: EnvironmentName, limit: number): Promise<readonly LedgerEntry[]> {
    const rows = await this.read(
      `SELECT ${ledgerColumns.join(", ")} FROM ${this.tables("_ledger")} WHERE environment = ?
       ORDER BY started_at DESC, environment_version DESC LIMIT ${Math.trunc(limit)}`,
      [environment],
    );
    return rows.map(ledgerEntryOf);
  }

  async readUnfinishedLedger(since: number): Promise<readonly LedgerEntry[]> {
    const rows = await this.read(
      `SELECT ${ledgerColumns.join(", ")} FROM ${this.tables("_ledger")} WHERE status <> 'applied' AND started_at >= ?`,
      [since],
    );
    return rows.map(ledgerEntryOf);
  }

  async readPlan(planId: string): Promise<PlanDocument | null> {
    const [row] = await this.read(`SELECT plan FROM ${this.tables("_ledger")} WHERE plan_id = ?`, [planId]);
    return row === undefined || row["plan"] === null ? null : unpackPlan(String(row["plan"]));
  }

  async readJournal(planId: string): Promise<ReadonlyMap<StepId, JournalEntry>> {
    const rows = await this.read(
      `SELECT plan_id, step, status, recorded_at FROM ${this.tables("_journal")} WHERE plan_id = ? ORDER BY ${logOrder(this.engine)}`,
      [planId],
    );
    return new Map(rows.map(journalEntryOf).map((entry) => [entry.step, entry]));
  }

  readHistory(): Promise<StateHistory> {
    return readHistoryRows((sql) => this.read(sql), this.tables);
  }

  /** Asked before every step: where one process has the database to itself, the answer holds until it writes another. */
  async readBreaker(): Promise<BreakerEntry | null> {
    const known = this.#breaker;
    if (known?.writes === breakerWrites && this.engine.traits.singleProcess) return known.entry;
    const writes = breakerWrites;
    const [row] = await this.read(
      `SELECT is_open, reason, who, recorded_at FROM ${this.tables("_breakers")} ORDER BY ${logOrder(this.engine)} DESC LIMIT 1`,
    );
    const entry = row === undefined ? null : breakerEntryOf(row);
    this.#breaker = { writes, entry };
    return entry;
  }

  protected breakerWritten(): void {
    breakerWrites++;
  }

  async readLeases(): Promise<readonly Lease[]> {
    return this.version === 0 ? [] : readLeases(this.leases);
  }

  protected async read(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.version === 0 ? [] : this.engine.query(sql, values);
  }

  protected async readKeyed(
    table: TableName,
    columns: string,
    key: string,
    keys: readonly string[],
    ending = "",
    session?: Session,
  ): Promise<readonly Row[]> {
    if (this.version === 0 || keys.length === 0) return [];
    const sql = `SELECT ${columns} FROM ${this.tables(table)} WHERE ${key} IN (${this.list(keys)}) ${ending}`;
    return (session ?? this.engine).query(sql);
  }

  /** SQL text of a list of keys, each once. */
  protected list(keys: readonly string[]): string {
    return this.engine.statements.textList([...new Set(keys)]);
  }
}
