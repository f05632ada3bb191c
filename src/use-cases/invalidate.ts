/** Marks a development environment for removal: it counts as gone at once, its views go with the next clean-up. */
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import { lockForWork } from "../state/clean-lock.ts";
import type { Workspace } from "./workspace.ts";

export async function invalidateEnvironment(
  workspace: Workspace,
  name: EnvironmentName,
  owner: string,
): Promise<void> {
  if (name === prod) {
    throw new SluiceError("PLAN_REFUSED", "prod cannot be invalidated", {
      hint: "Only development environments expire.",
    });
  }
  const state = await workspace.state();
  await state.migrate();
  // Within the lock, so that no apply or clean-up is overwritten.
  await using lock = await lockForWork(state, name, owner, { wait: 60_000 });
  const environment = (await state.readEnvironments()).get(name);
  if (environment === undefined) {
    throw new SluiceError("PLAN_REFUSED", `the environment ${name} does not exist`, {
      hint: "See `sluice environments`.",
    });
  }
  await state.writeEnvironment(null, lock, { ...environment, expiresAt: workspace.options.now() });
  workspace.forget();
}
