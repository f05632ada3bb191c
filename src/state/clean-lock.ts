/**
 * Applies of different environments may run at once, a clean-up beside none: it could drop what a plan counts on. Each
 * side writes its own lease first and then looks for the other's, so at least one of the two sees the other.
 */
import type { EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { LockOptions, State, StateLock } from "./state.ts";

/** No environment can have this name: other than word characters are replaced in all of them. */
export const cleaning = "~clean" as EnvironmentName;

/** The lock of an environment, once no clean-up runs. Throws as `State.lock`. */
export async function lockForWork(
  state: State,
  environment: EnvironmentName,
  owner: string,
  options: LockOptions,
): Promise<StateLock> {
  const lock = await state.lock(environment, owner, options);
  try {
    const leases = await state.readLeases();
    if (leases.some((lease) => lease.environment === cleaning)) {
      // Waiting in line for it tells a dead clean-up from a living one.
      const turn = await state.lock(cleaning, owner, options);
      await turn[Symbol.asyncDispose]();
    }
    return lock;
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * The lock of the clean-up, while nobody applies. Throws LOCK_HELD, naming who does, once the wait is over; it never waits
 * for them while it holds its own lease, since they may wait for that.
 */
export async function lockForCleaning(state: State, owner: string, options: LockOptions): Promise<StateLock> {
  for (let waited = 0; ; waited += pauseBetween) {
    const lock = await state.lock(cleaning, owner, { ...options, wait: Math.max(0, options.wait - waited) });
    const busy = await findWork(state, owner).catch(async (error: unknown) => {
      await lock[Symbol.asyncDispose]();
      throw error;
    });
    if (busy === null) return lock;
    await lock[Symbol.asyncDispose]();
    if (waited + pauseBetween > options.wait) throw busy;
    if (options.signal?.aborted) throw new SluiceError("CANCELLED", "The wait for the lock was cancelled.");
    await new Promise((resolve) => setTimeout(resolve, pauseBetween));
  }
}

const pauseBetween = 500;

/** LOCK_HELD of the first environment that is being worked on; dead leases do not count. */
async function findWork(state: State, owner: string): Promise<SluiceError | null> {
  for (const { environment } of await state.readLeases()) {
    if (environment === cleaning) continue;
    try {
      const lock = await state.lock(environment, owner, { wait: 0 });
      await lock[Symbol.asyncDispose]();
    } catch (error) {
      if (error instanceof SluiceError && error.code === "LOCK_HELD") return error;
      throw error;
    }
  }
  return null;
}
