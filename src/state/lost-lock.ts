/** Telling a lock that was lost from what else a statement may have failed of. */
import { SluiceError } from "../errors.ts";
import type { StateLock } from "./state.ts";

/**
 * What is to be told of a failure: whoever took the lease over wrote or dropped what a statement then found or missed, so the
 * cause is the lease and not the statement.
 */
export async function causeOf(error: unknown, lock: StateLock): Promise<unknown> {
  if (!(error instanceof SluiceError) || error.code !== "ENGINE_FAILED") return error;
  return lock.assertHeld().then(
    () => error,
    (lost: unknown) => (isLostLock(lost) ? lost : error),
  );
}

export function isLostLock(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.code === "LOCK_LOST";
}
