/**
 * Proof that whoever waits for a lock or holds it is alive: a named lock of the warehouse that dies with its
 * connection. A killed process is known to be dead at once, long before its lease runs out. Where the warehouse has no
 * such locks, or another server answers than the one the other process talks to, the heartbeat alone tells.
 */
import { shortHash } from "../digest.ts";
import type { Engine, Session } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";

export interface Presence extends AsyncDisposable {
  /** Who this is, as others read it; with where the proof is found. */
  readonly id: string;
  /** Keeps the proof up, and makes it anew after its connection was lost. */
  beat(): Promise<void>;
}

const longestId = 300;
const serverMark = "|";

/** `name` is different for everyone who announces himself. */
export async function announce(engine: Engine, name: string): Promise<Presence> {
  const id = `${name.slice(0, longestId - 80)}${serverMark}${engine.identity.slice(0, 78)}`;
  const held = engine.traits.userLocks && engine.identity !== "" ? await holdLock(engine, id) : null;
  if (held === null)
    return { id: name.slice(0, longestId), beat: async () => {}, [Symbol.asyncDispose]: async () => {} };
  let lock: HeldLock | null = held;
  return {
    id,
    async beat() {
      if (lock !== null && (await lock.beat())) return;
      lock = await holdLock(engine, id);
    },
    async [Symbol.asyncDispose]() {
      await lock?.release();
      lock = null;
    },
  };
}

/** False only when the process behind `id` is known to be gone. */
export async function isPresent(engine: Engine, session: Session, id: string): Promise<boolean> {
  const at = id.lastIndexOf(serverMark);
  if (!engine.traits.userLocks || at < 0 || id.slice(at + 1) !== engine.identity.slice(0, 78)) return true;
  const [row] = await session.query("SELECT IS_FREE_LOCK(?) AS free", [lockName(id)]);
  return Number(row?.["free"]) !== 1;
}

/** Runs `work` while no other process runs work of this name; without named locks, as it is. */
export async function alone<T>(engine: Engine, name: string, work: () => Promise<T>): Promise<T> {
  if (!engine.traits.userLocks) return work();
  return engine.exclusive(async (session) => {
    const lock = lockName(name);
    const [row] = await session.query("SELECT GET_LOCK(?, 60) AS got", [lock]);
    if (Number(row?.["got"]) !== 1) {
      throw new SluiceError("LOCK_HELD", "Another Sluice prepares the state tables and does not end.", {
        hint: "Wait for it, then run again.",
      });
    }
    try {
      return await work();
    } finally {
      await session.query("SELECT RELEASE_LOCK(?)", [lock]).catch(() => []);
    }
  });
}

interface HeldLock {
  /** Whether the lock is still held. */
  beat(): Promise<boolean>;
  release(): Promise<void>;
}

/** Null when the server refuses: then there is no proof either way. */
async function holdLock(engine: Engine, id: string): Promise<HeldLock | null> {
  const released = deferred<void>();
  const taken = deferred<Session | null>();
  const name = lockName(id);
  const ended = engine
    .exclusive(async (session) => {
      const [row] = await session.query("SELECT GET_LOCK(?, 0) AS got", [name]);
      if (Number(row?.["got"]) !== 1) return;
      taken.resolve(session);
      await released.promise;
      await session.query("SELECT RELEASE_LOCK(?)", [name]);
    })
    .catch(() => {})
    .finally(() => taken.resolve(null));
  const session = await taken.promise;
  if (session === null) return null;
  return {
    async beat() {
      const rows = await session
        .query("SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS mine", [name])
        .catch(() => []);
      if (Number(rows[0]?.["mine"]) === 1) return true;
      released.resolve();
      return false;
    },
    async release() {
      released.resolve();
      await ended;
    },
  };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Servers take 64 characters. */
function lockName(id: string): string {
  return `sluice__${shortHash(id)}`;
}
