/** The kill switch and the lock, by hand (design 5, 6). */
import type { EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { BreakerEntry, Lease } from "../state/state.ts";
import type { Workspace } from "./workspace.ts";

export interface BreakerRequest {
  readonly open: boolean;
  readonly reason: string;
  /** Who, for everybody it stops. */
  readonly by: string;
}

/** Writes the switch; it works while an apply runs, which stops before its next statement. Throws USAGE without a reason. */
export async function setBreaker(
  workspace: Workspace,
  { open, reason, by }: BreakerRequest,
): Promise<BreakerEntry> {
  if (reason.trim() === "") {
    throw new SluiceError("USAGE", `${open ? "opening" : "closing"} the breaker needs a reason`, {
      hint: "Say why: everybody it stops reads it.",
    });
  }
  const state = await workspace.state();
  await state.migrate();
  const entry: BreakerEntry = { open, reason: reason.trim(), by, at: workspace.options.now() };
  await state.writeBreaker(entry);
  return entry;
}

/** The lease that was taken away, or null when nobody held one. */
export async function unlockEnvironment(
  workspace: Workspace,
  environment: EnvironmentName,
): Promise<Lease | null> {
  const state = await workspace.state();
  await state.migrate();
  return state.breakLock(environment);
}
