/** Names by which one job finds what another left: checks, artifacts, owners. Two projects in one repository never collide. */

/** Which project and environment; `project` is its path, `.` for the repository's root. */
export interface Target {
  readonly project: string;
  readonly environment: string;
}

/** `sluice / plan (prod)`, `sluice / plan (shop: prod)`. */
export function planCheckName(target: Target): string {
  return `sluice / plan (${scope(target)})`;
}

export function applyCheckName(target: Target): string {
  return `sluice / apply (${scope(target)})`;
}

function scope({ project, environment }: Target): string {
  return project === "." ? environment : `${project}: ${environment}`;
}

/** `sluice-plan-prod-1.json`. The attempt is in the name because names of one run collide over its re-runs. */
export function artifactName(target: Target, attempt: number): string {
  return `${artifactPrefix(target)}${attempt}.json`;
}

/** The attempt an artifact's name says; null for other artifacts. */
export function attemptOf(target: Target, name: string): number | null {
  const prefix = artifactPrefix(target);
  if (!name.startsWith(prefix)) return null;
  const attempt = /^([1-9][0-9]*)\.json$/.exec(name.slice(prefix.length))?.[1];
  return attempt === undefined ? null : Number(attempt);
}

function artifactPrefix({ project, environment }: Target): string {
  const parts = project === "." ? [environment] : [escapePart(project), environment];
  return `sluice-plan-${parts.join("-")}-`;
}

/** Characters GitHub forbids in names of artifacts, and our own separators, as `_xx`. */
function escapePart(text: string): string {
  return [...text]
    .map((character) =>
      /[A-Za-z0-9.]/.test(character)
        ? character
        : [...Buffer.from(character)].map((byte) => `_${byte.toString(16).padStart(2, "0")}`).join(""),
    )
    .join("");
}

/** Who applies, for lock and ledger: the run's address, and the pull request so that a lost apply can be told. */
export function ownerOf(runUrl: string, pull: number | null): string {
  return pull === null ? runUrl : `${runUrl} (pull request #${pull})`;
}

export function pullOfOwner(owner: string): number | null {
  const number = /\(pull request #([1-9][0-9]*)\)$/.exec(owner)?.[1];
  return number === undefined ? null : Number(number);
}
