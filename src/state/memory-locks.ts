/** The locks of the state in memory: taken in order of arrival, each with a token that grows. */
import type { EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { Lease, LockOptions, StateLock } from "./state.ts";

interface HeldEntry {
  token: number;
  owner: string | null;
  readonly queue: object[];
}

export class MemoryLocks {
  readonly #entries = new Map<EnvironmentName, HeldEntry>();

  leases(): readonly Lease[] {
    return [...this.#entries].flatMap(([environment, { owner, token }]) =>
      owner === null ? [] : [{ environment, owner, token, heartbeatAt: 0 }],
    );
  }

  /** Throws LOCK_HELD once the wait is over, CANCELLED when the signal aborts. */
  async take(environment: EnvironmentName, owner: string, options: LockOptions): Promise<StateLock> {
    const entry = this.#entries.get(environment) ?? { token: 0, owner: null, queue: [] };
    this.#entries.set(environment, entry);
    const ticket = {};
    entry.queue.push(ticket);
    try {
      let told = 0;
      for (let waited = 0; entry.owner !== null || entry.queue[0] !== ticket; waited += 5) {
        const lease = {
          environment,
          owner: entry.owner ?? "an earlier apply",
          token: entry.token,
          heartbeatAt: 0,
        };
        if (options.signal?.aborted)
          throw new SluiceError("CANCELLED", "The wait for the lock was cancelled.");
        if (waited >= options.wait) {
          throw new SluiceError("LOCK_HELD", `The lock of ${environment} is taken: ${lease.owner} holds it.`);
        }
        if (told !== entry.token) options.onWait?.(lease);
        told = entry.token;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      entry.owner = owner;
      const token = ++entry.token;
      return memoryLock(environment, token, entry);
    } finally {
      entry.queue.splice(entry.queue.indexOf(ticket), 1);
    }
  }

  /** The lease that was ended, or null. */
  break(environment: EnvironmentName): Lease | null {
    const lease = this.leases().find((held) => held.environment === environment) ?? null;
    const entry = this.#entries.get(environment);
    if (entry !== undefined && lease !== null) {
      entry.token++;
      entry.owner = null;
    }
    return lease;
  }
}

function memoryLock(environment: EnvironmentName, token: number, entry: HeldEntry): StateLock {
  let released = false;
  return {
    environment,
    token,
    stillHeld() {
      return this.assertHeld();
    },
    async assertHeld() {
      if (!released && entry.token === token) return;
      throw new SluiceError(
        "LOCK_LOST",
        `This apply lost the lock of ${environment} and wrote nothing more.`,
      );
    },
    async [Symbol.asyncDispose]() {
      if (!released && entry.token === token) entry.owner = null;
      released = true;
    },
  };
}
