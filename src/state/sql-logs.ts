/**
 * What an apply writes down as it goes: intervals, ledger, journal, breaker. Every write looks at the lock last; until the tables
 * exist all of them fail.
 */
import type { Session, SqlValue } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { compactLog } from "./compact-log.ts";
import { ledgerColumns, ledgerRow } from "./ledger-rows.ts";
import { causeOf } from "./lost-lock.ts";
import { packPlan } from "./packed-plan.ts";
import { SqlReads } from "./sql-reads.ts";
import type { BreakerEntry, IntervalChange, JournalEntry, LedgerEntry, StateLock } from "./state.ts";
import { versionKeyOf } from "./state.ts";
import type { TableName } from "./tables.ts";

/** sql-state.ts adds snapshots and environments. */
export class SqlLogs extends SqlReads {
  addIntervals(session: Session | null, lock: StateLock, changes: readonly IntervalChange[]): Promise<void> {
    return this.#logIntervals(session, lock, changes, 0);
  }

  removeIntervals(
    session: Session | null,
    lock: StateLock,
    changes: readonly IntervalChange[],
  ): Promise<void> {
    return this.#logIntervals(session, lock, changes, 1);
  }

  async forgetIntervals(session: Session | null, lock: StateLock, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.write(session, lock, async (tx) => {
      await tx.run(`DELETE FROM ${this.tables("_intervals")} WHERE version_key IN (${this.list(keys)})`);
    });
  }

  async compactIntervals(lock: StateLock): Promise<number> {
    let saved = 0;
    await this.write(null, lock, async (tx) => {
      saved = await compactLog(this.engine, tx, this.tables, (rows) => this.#insertLog(tx, rows));
    });
    return saved;
  }

  writeLedger(
    session: Session | null,
    lock: StateLock,
    entry: LedgerEntry,
    plan?: PlanDocument,
  ): Promise<void> {
    return this.write(session, lock, async (tx) => {
      const t = this.tables("_ledger");
      if (plan === undefined) {
        // The plan is most of the row, and there already.
        const values = ledgerRow(entry);
        const columns = ledgerColumns.map((column) => `${column} = ?`).join(", ");
        const known = await tx.query(`SELECT plan_id FROM ${t} WHERE plan_id = ?`, [entry.planId]);
        if (known.length > 0) {
          await tx.run(`UPDATE ${t} SET ${columns} WHERE plan_id = ?`, [...values, entry.planId]);
          return;
        }
      }
      await tx.run(`DELETE FROM ${t} WHERE plan_id = ?`, [entry.planId]);
      const row = [...ledgerRow(entry), plan === undefined ? null : packPlan(plan)];
      await this.insert(tx, "_ledger", [...ledgerColumns, "plan"], [row]);
    });
  }

  writeJournal(session: Session | null, lock: StateLock, entries: readonly JournalEntry[]): Promise<void> {
    return this.write(session, lock, (tx) => this.#insertJournal(tx, entries));
  }

  writeProgress(
    session: Session | null,
    lock: StateLock,
    intervals: readonly IntervalChange[],
    entries: readonly JournalEntry[],
  ): Promise<void> {
    const [entry] = entries;
    if (entry !== undefined && entries.length === 1 && this.engine.traits.lockingInsert)
      return this.#writeWhileHeld(session, lock, intervals, entry);
    return this.write(session, lock, async (tx) => {
      await this.#insertIntervals(tx, intervals, 0);
      await this.#insertJournal(tx, entries);
    });
  }

  /** As {@link write}, the look at the lock and the journal's row in one statement. */
  async #writeWhileHeld(
    session: Session | null,
    lock: StateLock,
    intervals: readonly IntervalChange[],
    entry: JournalEntry,
  ): Promise<void> {
    const sql = `INSERT INTO ${this.tables("_journal")} (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM ${this.tables("_locks")} WHERE environment = ? AND token = ?${this.engine.statements.lockRows}`;
    const values = [entry.planId, entry.step, entry.status, entry.at, lock.environment, lock.token];
    const work = async (tx: Session): Promise<void> => {
      await this.#insertIntervals(tx, intervals, 0);
      if ((await tx.run(sql, values)) === 0) await lock.assertHeld(tx);
    };
    await this.#commit(session, lock, work, intervals.length === 0);
  }

  async writeBreaker(entry: BreakerEntry): Promise<void> {
    const row = [entry.open ? 1 : 0, entry.reason, entry.by, entry.at];
    await this.insert(this.engine, "_breakers", ["is_open", "reason", "who", "recorded_at"], [row]);
    this.breakerWritten();
  }

  #logIntervals(
    session: Session | null,
    lock: StateLock,
    changes: readonly IntervalChange[],
    removed: 0 | 1,
  ): Promise<void> {
    return this.write(session, lock, (tx) => this.#insertIntervals(tx, changes, removed));
  }

  #insertIntervals(tx: Session, changes: readonly IntervalChange[], removed: 0 | 1): Promise<void> {
    const rows = changes.map(({ snapshot, interval, dev }) => [
      versionKeyOf(snapshot, dev),
      removed,
      ...interval,
    ]);
    return this.#insertLog(tx, rows);
  }

  #insertLog(tx: Session, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    const columns = ["version_key", "is_removed", "interval_start", "interval_end"];
    return this.insert(tx, "_intervals", columns, rows);
  }

  #insertJournal(tx: Session, entries: readonly JournalEntry[]): Promise<void> {
    const rows = entries.map((entry) => [entry.planId, entry.step, entry.status, entry.at]);
    return this.insert(tx, "_journal", ["plan_id", "step", "status", "recorded_at"], rows);
  }

  protected async write(
    session: Session | null,
    lock: StateLock,
    work: (tx: Session) => Promise<void>,
  ): Promise<void> {
    const guarded = async (tx: Session): Promise<void> => {
      await work(tx);
      // Last, so that the time between this look and the commit is as short as it can be.
      await lock.assertHeld(tx);
    };
    await this.#commit(session, lock, guarded);
  }

  /** `single`: as of {@link Engine.transaction}. */
  async #commit(
    session: Session | null,
    lock: StateLock,
    work: (tx: Session) => Promise<void>,
    single = false,
  ): Promise<void> {
    this.assertTables();
    if (session !== null) return work(session);
    await this.engine.transaction(work, { single }).catch(async (error: unknown) => {
      throw await causeOf(error, lock);
    });
  }

  protected assertTables(): void {
    if (this.version === 0) {
      throw new SluiceError(
        "STATE_INVALID",
        `The state tables do not exist yet in ${this.engine.location}.`,
        {
          hint: "Call migrate() before the first write.",
        },
      );
    }
  }

  /** `columns`: all of the table's that have no default, in the order of the table. */
  protected async insert(
    session: Session,
    table: TableName,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const name = { schema: this.schema, table };
    if (session.append === undefined) await this.engine.insertRows(session, name, columns, rows);
    else await session.append(name, rows);
  }
}
