/** How two environments differ, from state alone. */
import type { Environment, EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { Workspace } from "./workspace.ts";

export interface EnvironmentDiff {
  readonly from: string;
  readonly to: string;
  /** Models only in `to`. */
  readonly added: readonly string[];
  /** Models only in `from`. */
  readonly removed: readonly string[];
  /** Models whose definition differs. */
  readonly modified: readonly string[];
}

/** Throws PLAN_REFUSED for an environment that does not exist. */
export async function diffEnvironments(
  workspace: Workspace,
  from: EnvironmentName,
  to: EnvironmentName,
): Promise<EnvironmentDiff> {
  const { environments } = await workspace.stored();
  const before = members(environments, from);
  const after = members(environments, to);
  return {
    from,
    to,
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
    modified: [...after]
      .filter(([name, id]) => before.has(name) && before.get(name) !== id)
      .map(([name]) => name)
      .sort(),
  };
}

function members(
  environments: ReadonlyMap<EnvironmentName, Environment>,
  name: EnvironmentName,
): ReadonlyMap<string, string> {
  const environment = environments.get(name);
  if (environment === undefined) {
    const known = [...environments.keys()].sort().join(", ") || "none yet";
    throw new SluiceError("PLAN_REFUSED", `the environment ${name} does not exist`, {
      hint: `Environments: ${known}.`,
    });
  }
  return new Map(environment.members.map((member) => [member.name, member.identifier]));
}
