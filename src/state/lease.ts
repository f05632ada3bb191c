/**
 * The lock of an environment: a lease row with a fencing token and a heartbeat, and a queue in order of arrival.
 * All who share it read the warehouse's clock. Where only one process can open the database, a lease nobody in this
 * process holds is dead at once; elsewhere it dies when its heartbeat is older than the lease, or when its holder is
 * known to be gone (presence.ts).
 */
import type { Engine, Session } from "../engine/engine.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { Presence } from "./presence.ts";
import { announce, isPresent } from "./presence.ts";
import type { Lease, LockOptions, StateLock } from "./state.ts";
import type { Tables } from "./tables.ts";

export interface LeaseTimes {
  /** Milliseconds after the last heartbeat at which a holder counts as dead. */
  readonly lease: number;
  readonly heartbeat: number;
  /** Milliseconds between two looks of a waiter. */
  readonly poll: number;
}

export const defaultLeaseTimes: LeaseTimes = { lease: 30_000, heartbeat: 5_000, poll: 250 };

export interface LeaseStore {
  readonly engine: Engine;
  readonly tables: Tables;
  readonly times: LeaseTimes;
}

const holding = new Set<string>();
const waiting = new Set<string>();
let counter = 0;

interface LeaseRow extends Lease {
  readonly holder: string;
}

/** Throws LOCK_HELD once the wait is over, CANCELLED when the signal aborts. */
export async function acquireLease(
  store: LeaseStore,
  environment: EnvironmentName,
  owner: string,
  options: LockOptions,
): Promise<StateLock> {
  const presence = await announce(store.engine, `${owner}#${++counter}`.slice(-200));
  const me = presence.id;
  let mine: HeldLease | null = null;
  waiting.add(me);
  try {
    await enqueue(store, environment, me);
    let told = "";
    for (let waited = 0; ; waited += store.times.poll) {
      const turn = await store.engine
        .transaction((session) => takeTurn(store, session, environment, owner, me))
        .catch((error: unknown) => {
          // Whether it was our turn shows at the next look.
          if (!isUncertain(error) || waited >= options.wait) throw error;
          return null;
        });
      if (typeof turn === "number") {
        mine = new HeldLease(store, environment, presence, turn);
        return mine;
      }
      if (waited >= options.wait) throw lockHeld(environment, turn);
      if (turn !== null && turn.holder !== told) options.onWait?.(turn);
      told = turn?.holder ?? told;
      await pause(store.times.poll, options.signal);
    }
  } finally {
    waiting.delete(me);
    if (mine === null) {
      await leaveQueue(store, store.engine, me).catch(() => 0);
      await presence[Symbol.asyncDispose]();
    }
  }
}

export async function readLeases(store: LeaseStore): Promise<readonly Lease[]> {
  return readLeaseRows(store, store.engine);
}

/** Ends a lease whoever holds it: what its holder still writes is refused. */
export async function breakLease(store: LeaseStore, environment: EnvironmentName): Promise<Lease | null> {
  return store.engine.transaction(async (session) => {
    const lease =
      (await readLeaseRows(store, session)).find((row) => row.environment === environment) ?? null;
    if (lease !== null) {
      holding.delete(lease.holder);
      await writeLease(store, session, environment, { token: lease.token + 1, owner: null, holder: null });
    }
    return lease;
  });
}

async function enqueue(store: LeaseStore, environment: EnvironmentName, waiter: string): Promise<void> {
  const now = store.engine.statements.currentMilliseconds;
  await store.engine.run(
    `INSERT INTO ${store.tables("_lock_queue")} (environment, waiter, arrived_at, heartbeat_at) VALUES (?, ?, ${now}, ${now})`,
    [environment, waiter],
  );
}

/** The token when it was our turn, else the lease that stands in the way, or null when an earlier waiter does. */
async function takeTurn(
  store: LeaseStore,
  session: Session,
  environment: EnvironmentName,
  owner: string,
  me: string,
): Promise<number | LeaseRow | null> {
  const { tables, engine } = store;
  const now = engine.statements.currentMilliseconds;
  await session.run(`UPDATE ${tables("_locks")} SET heartbeat_at = ${now} WHERE environment = ''`);
  await session.run(`UPDATE ${tables("_lock_queue")} SET heartbeat_at = ${now} WHERE waiter = ?`, [me]);
  const rows = await readLeaseRows(store, session, true);
  const clock = rows.find((row) => row.environment === "")?.heartbeatAt ?? 0;
  const lease = rows.find((row) => row.environment === environment);
  if (lease?.holder === me) return lease.token;
  if (lease?.holder && (await isAlive(store, session, lease.holder, holding, clock - lease.heartbeatAt)))
    return lease;
  const queue = await session.query(
    `SELECT waiter, heartbeat_at FROM ${tables("_lock_queue")} WHERE environment = ? ORDER BY arrived_at, waiter`,
    [environment],
  );
  for (const row of queue) {
    if (row["waiter"] === me) break;
    const age = clock - Number(row["heartbeat_at"]);
    if (await isAlive(store, session, String(row["waiter"]), waiting, age)) return null;
  }
  const token = (lease?.token ?? 0) + 1;
  if (lease?.holder) holding.delete(lease.holder);
  if (lease === undefined) {
    await session.run(`INSERT INTO ${tables("_locks")} (environment, token, heartbeat_at) VALUES (?, 0, 0)`, [
      environment,
    ]);
  }
  await writeLease(store, session, environment, { token, owner, holder: me });
  await leaveQueue(store, session, me);
  return token;
}

function leaveQueue({ tables }: LeaseStore, session: Session, waiter: string): Promise<number> {
  return session.run(`DELETE FROM ${tables("_lock_queue")} WHERE waiter = ?`, [waiter]);
}

async function isAlive(
  { engine, times }: LeaseStore,
  session: Session,
  id: string,
  here: ReadonlySet<string>,
  age: number,
): Promise<boolean> {
  if (engine.traits.singleProcess && !here.has(id)) return false;
  return age < times.lease && (await isPresent(engine, session, id));
}

async function writeLease(
  store: LeaseStore,
  session: Session,
  environment: EnvironmentName,
  lease: { readonly token: number; readonly owner: string | null; readonly holder: string | null },
): Promise<void> {
  await session.run(
    `UPDATE ${store.tables("_locks")} SET token = ?, owner = ?, holder = ?,
     heartbeat_at = ${store.engine.statements.currentMilliseconds} WHERE environment = ?`,
    [lease.token, lease.owner, lease.holder, environment],
  );
}

/** Leases that somebody holds, or all rows. */
async function readLeaseRows(store: LeaseStore, session: Session, all = false): Promise<readonly LeaseRow[]> {
  const rows = await session.query(
    `SELECT environment, token, owner, holder, heartbeat_at FROM ${store.tables("_locks")}`,
  );
  return rows
    .filter((row) => all || row["holder"] !== null)
    .map((row) => ({
      environment: row["environment"] as EnvironmentName,
      token: Number(row["token"]),
      owner: String(row["owner"] ?? ""),
      holder: String(row["holder"] ?? ""),
      heartbeatAt: Number(row["heartbeat_at"]),
    }));
}

class HeldLease implements StateLock {
  readonly environment: EnvironmentName;
  readonly token: number;
  readonly #store: LeaseStore;
  readonly #presence: Presence;
  readonly #timer: NodeJS.Timeout;
  #released = false;
  /** Milliseconds of the process's clock, which runs on while the process is stopped. */
  #seenAt = performance.now();

  constructor(store: LeaseStore, environment: EnvironmentName, presence: Presence, token: number) {
    this.environment = environment;
    this.token = token;
    this.#store = store;
    this.#presence = presence;
    holding.add(presence.id);
    this.#timer = setInterval(() => void this.#beat(), store.times.heartbeat);
    this.#timer.unref();
  }

  async assertHeld(session?: Session): Promise<void> {
    const { engine, tables } = this.#store;
    // Where one process has the database to itself, it knows without a query that nobody took the lease over.
    if (engine.traits.singleProcess && holding.has(this.#presence.id)) return;
    const { lockRows } = engine.statements;
    const sql = `SELECT token, owner FROM ${tables("_locks")} WHERE environment = ?`;
    // Where rows can be locked nobody takes the lease over before the commit. Elsewhere on a connection of its own: a
    // long transaction would be shown the lease as it was when it began.
    const [row] =
      session === undefined || lockRows === ""
        ? await engine.query(sql, [this.environment])
        : await session.query(sql + lockRows, [this.environment]);
    if (!this.#released && Number(row?.["token"]) === this.token) {
      this.#seenAt = performance.now();
      return;
    }
    const by = row?.["owner"] ? ` to ${row["owner"]}` : "";
    throw new SluiceError(
      "LOCK_LOST",
      `This apply lost the lock of ${this.environment}${by} and wrote nothing more.`,
      {
        hint: "Run the apply again: it continues where the work stands.",
      },
    );
  }

  async stillHeld(): Promise<void> {
    if (performance.now() - this.#seenAt > this.#store.times.lease / 2) await this.assertHeld();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    holding.delete(this.#presence.id);
    const { engine, tables } = this.#store;
    const free = `UPDATE ${tables("_locks")} SET owner = NULL, holder = NULL WHERE environment = ? AND token = ?`;
    try {
      await engine.transaction((session) => session.run(free, [this.environment, this.token]));
    } finally {
      await this.#presence[Symbol.asyncDispose]();
    }
  }

  /** A failed beat is not an event: the next write finds out whether the lease is lost. */
  async #beat(): Promise<void> {
    const { engine, tables } = this.#store;
    await this.#presence.beat().catch(() => {});
    const sent = performance.now();
    const kept = await engine
      .run(
        `UPDATE ${tables("_locks")} SET heartbeat_at = ${engine.statements.currentMilliseconds} WHERE environment = ? AND token = ?`,
        [this.environment, this.token],
      )
      .catch(() => 0);
    if (kept > 0) this.#seenAt = sent;
  }
}

function isUncertain(error: unknown): boolean {
  return error instanceof SluiceError && error.details["uncertain"] === true;
}

function lockHeld(environment: EnvironmentName, lease: LeaseRow | null): SluiceError {
  const who = lease === null ? "earlier applies are waiting for it" : `${lease.owner} holds it`;
  return new SluiceError("LOCK_HELD", `The lock of ${environment} is taken: ${who}.`, {
    hint: "Wait for it to end and apply again; `sluice unlock` removes a lock nobody uses.",
    details: lease === null ? {} : { owner: lease.owner, token: lease.token },
  });
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = () => reject(new SluiceError("CANCELLED", "The wait for the lock was cancelled."));
    if (signal?.aborted) return cancelled();
    const stop = () => {
      clearTimeout(timer);
      cancelled();
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
