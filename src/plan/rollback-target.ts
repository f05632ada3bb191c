/** Which former record of an environment a rollback goes back to (design 10). Pure. */
import type { Environment, EnvironmentMember, EnvironmentName } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";

/**
 * The version asked for, or else the newest complete one that shows something else than the environment does now: a
 * cadence run makes a version too, and going back over it would change nothing.
 * `history`: newest first, with the present record. Throws PLAN_REFUSED.
 */
export function rollbackTarget(
  environment: EnvironmentName,
  history: readonly Environment[],
  to: number | undefined,
): Environment {
  const [present, ...former] = history;
  if (present === undefined) {
    throw new SluiceError("PLAN_REFUSED", `the environment ${environment} does not exist`, {
      hint: "See `sluice environments`.",
    });
  }
  if (to !== undefined) return namedTarget(present, former, to);
  const target = former.find((record) => record.finalizedAt !== null && !showsTheSame(record, present));
  if (target !== undefined) return target;
  const oldest = history.at(-1)?.version ?? 1;
  const gone = oldest > 1 ? `: those before ${oldest} were cleaned up` : "";
  throw new SluiceError("PLAN_REFUSED", `${environment} has no earlier version to go back to${gone}`, {
    hint: "Versions are kept for the time of snapshot_ttl after they were replaced.",
  });
}

function namedTarget(present: Environment, former: readonly Environment[], to: number): Environment {
  const { name } = present;
  const found = former.find((record) => record.version === to);
  if (found === undefined) {
    const known = former.filter((record) => record.finalizedAt !== null).map((record) => record.version);
    const hint = known.length === 0 ? "It has none." : `It knows ${known.slice(0, 10).join(", ")}.`;
    const what =
      to === present.version ? `${name} is at version ${to} now` : `${name} has no former version ${to}`;
    throw new SluiceError("PLAN_REFUSED", what, { hint, details: { known } });
  }
  if (found.finalizedAt === null) {
    throw new SluiceError("PLAN_REFUSED", `version ${to} of ${name} was never complete`, {
      hint: "Name another one.",
    });
  }
  if (showsTheSame(found, present)) {
    throw new SluiceError("PLAN_REFUSED", `version ${to} of ${name} shows what ${name} shows now`, {
      hint: "Name an older one.",
    });
  }
  return found;
}

/** The same versions of the same models, whatever was computed for them since. */
function showsTheSame(a: Environment, b: Environment): boolean {
  return b.finalizedAt !== null && shown(a.members) === shown(b.members);
}

function shown(members: readonly EnvironmentMember[]): string {
  return members.map(({ name, identifier, promoted }) => `${name}@${identifier}:${promoted}`).join("\n");
}
