/** The state kept in tables of a warehouse. Until the tables exist, reads see an empty state and writes fail. */
import type { Engine, Session } from "../engine/engine.ts";
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import { SluiceError } from "../errors.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import type { ObsoleteHistory } from "./history.ts";
import { deleteHistoryRows } from "./history.ts";
import type { LeaseTimes } from "./lease.ts";
import { acquireLease, breakLease, defaultLeaseTimes } from "./lease.ts";
import { migrateState, readSchemaVersion } from "./migrate.ts";
import { shapeColumns, shapeRow, shapesSince } from "./shape-rows.ts";
import { snapshotColumns, snapshotRow } from "./snapshot-rows.ts";
import { SqlLogs } from "./sql-logs.ts";
import type { Lease, LockOptions, State, StateLock, StoredSnapshot } from "./state.ts";
import { snapshotKey, versionKeyOf } from "./state.ts";

export interface StateOptions {
  /** Schema of the state tables; default `sluice`. */
  readonly schema?: string;
  /** Version of Sluice, recorded with each migration. */
  readonly tool: string;
  readonly lease?: LeaseTimes;
}

/** State tables in this engine, as far as they exist. Throws STATE_NEWER. Disposing closes nothing: the engine is the caller's. */
export async function openState(engine: Engine, options: StateOptions): Promise<State> {
  const schema = options.schema ?? "sluice";
  if (!engine.traits.transactions) {
    throw new SluiceError("CONFIG_INVALID", `${engine.flavour} has no transactions to keep the state in.`, {
      hint: "Name a state_connection of type mysql, mariadb, tidb or duckdb beside the connection.",
    });
  }
  return new SqlState(engine, { ...options, schema }, await readSchemaVersion(engine, schema));
}

class SqlState extends SqlLogs implements State {
  readonly #options: StateOptions & { readonly schema: string };

  constructor(engine: Engine, options: StateOptions & { readonly schema: string }, version: number) {
    super(engine, options.schema, version, options.lease ?? defaultLeaseTimes);
    this.#options = options;
  }

  async migrate(): Promise<void> {
    this.version = await migrateState(this.engine, this.#options.schema, this.#options.tool);
  }

  // The lock

  async lock(environment: EnvironmentName, owner: string, options: LockOptions): Promise<StateLock> {
    this.assertTables();
    return acquireLease(this.leases, environment, owner, options);
  }

  async breakLock(environment: EnvironmentName): Promise<Lease | null> {
    this.assertTables();
    return breakLease(this.leases, environment);
  }

  // Writes

  writeSnapshots(
    session: Session | null,
    lock: StateLock,
    snapshots: readonly StoredSnapshot[],
  ): Promise<void> {
    return this.write(session, lock, async (tx) => {
      const keys = snapshots.map(({ snapshot }) => snapshotKey(snapshot));
      const known = await this.readKeyed("_snapshots", "snapshot_key", "snapshot_key", keys, "", tx);
      const stored = new Set(known.map((row) => row["snapshot_key"]));
      const rows = snapshots.filter(({ snapshot }) => !stored.has(snapshotKey(snapshot))).map(snapshotRow);
      await this.insert(tx, "_snapshots", snapshotColumns, rows);
    });
  }

  touchSnapshots(
    session: Session | null,
    lock: StateLock,
    ids: readonly SnapshotId[],
    at: number,
  ): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return this.write(session, lock, async (tx) => {
      await tx.run(
        `UPDATE ${this.tables("_snapshots")} SET updated_at = ${at} WHERE snapshot_key IN (${this.list(ids.map(snapshotKey))})`,
      );
    });
  }

  removeSnapshots(session: Session | null, lock: StateLock, ids: readonly SnapshotId[]): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return this.write(session, lock, async (tx) => {
      await tx.run(
        `DELETE FROM ${this.tables("_snapshots")} WHERE snapshot_key IN (${this.list(ids.map(snapshotKey))})`,
      );
    });
  }

  async writeShapes(session: Session | null, lock: StateLock, shapes: readonly ObjectShape[]): Promise<void> {
    if (shapes.length === 0) return;
    await this.write(session, lock, async (tx) => {
      await this.#deleteShapes(
        tx,
        shapes.map(({ object }) => object),
      );
      await this.insert(tx, "_shapes", shapeColumns, shapes.map(shapeRow));
    });
  }

  async forgetShapes(session: Session | null, lock: StateLock, objects: readonly string[]): Promise<void> {
    if (objects.length === 0 || this.version < shapesSince) return;
    await this.write(session, lock, (tx) => this.#deleteShapes(tx, objects));
  }

  async #deleteShapes(tx: Session, objects: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM ${this.tables("_shapes")} WHERE object IN (${this.list(objects)})`);
  }

  prune(lock: StateLock, obsolete: ObsoleteHistory): Promise<void> {
    return this.write(null, lock, (tx) => deleteHistoryRows(this.engine, tx, this.tables, obsolete));
  }

  writeEnvironment(session: Session | null, lock: StateLock, environment: Environment): Promise<void> {
    const { name, version, planId, finalizedAt, expiresAt } = environment;
    return this.write(session, lock, async (tx) => {
      await tx.run(`DELETE FROM ${this.tables("_environments")} WHERE name = ? AND version = ?`, [
        name,
        version,
      ]);
      await this.insert(
        tx,
        "_environments",
        ["name", "version", "plan_id", "finalized_at", "expires_at", "record"],
        [[name, version, planId, finalizedAt, expiresAt, JSON.stringify(environment)]],
      );
    });
  }

  removeEnvironment(session: Session | null, lock: StateLock, environment: EnvironmentName): Promise<void> {
    return this.write(session, lock, async (tx) => {
      await tx.run(`DELETE FROM ${this.tables("_environments")} WHERE name = ?`, [environment]);
    });
  }

  unpause(
    session: Session | null,
    lock: StateLock,
    snapshots: readonly Snapshot[],
    at: number,
  ): Promise<void> {
    if (snapshots.length === 0) return Promise.resolve();
    const t = this.tables("_snapshots");
    const keys = this.list(snapshots.map(snapshotKey));
    return this.write(session, lock, async (tx) => {
      const names = this.list(snapshots.map((snapshot) => snapshot.name));
      await tx.run(
        `UPDATE ${t} SET unpaused_at = NULL, updated_at = ${at} WHERE name IN (${names}) AND snapshot_key NOT IN (${keys}) AND unpaused_at IS NOT NULL`,
      );
      await tx.run(`UPDATE ${t} SET unpaused_at = ${at}, updated_at = ${at} WHERE snapshot_key IN (${keys})`);
      for (const forwardOnly of [0, 1]) {
        const same = snapshots.filter((snapshot) => snapshot.forwardOnly === (forwardOnly === 1));
        if (same.length === 0) continue;
        const versions = this.list(same.map((snapshot) => versionKeyOf(snapshot, false)));
        await tx.run(
          `UPDATE ${t} SET unrestorable = 1 WHERE forward_only <> ${forwardOnly} AND snapshot_key NOT IN (${keys})
           AND CONCAT(name, '@', version) IN (${versions})`,
        );
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
