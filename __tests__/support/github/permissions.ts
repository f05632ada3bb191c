/** Tokens of jobs and what each operation asks of them (GitHub's permission data). */
import { randomBytes } from "node:crypto";

export type Access = "read" | "write";
/** Scope as in a workflow file, `pull-requests`; a scope not named is none. */
export type Permissions = Readonly<Record<string, Access>>;

/** Any one of the entries is enough. */
const needed: Readonly<Record<string, readonly string[]>> = {
  "actions/create-workflow-dispatch": ["actions:write"],
  "actions/delete-artifact": ["actions:write"],
  "actions/download-artifact": ["actions:read"],
  "actions/get-artifact": ["actions:read"],
  "actions/get-workflow": ["actions:read"],
  "actions/get-workflow-run": ["actions:read"],
  "actions/get-workflow-run-attempt": ["actions:read"],
  "actions/list-artifacts-for-repo": ["actions:read"],
  "actions/list-jobs-for-workflow-run": ["actions:read"],
  "actions/list-workflow-run-artifacts": ["actions:read"],
  "actions/list-workflow-runs": ["actions:read"],
  "actions/list-workflow-runs-for-repo": ["actions:read"],
  "actions/re-run-workflow": ["actions:write"],
  "checks/create": ["checks:write"],
  "checks/get": ["checks:read"],
  "checks/list-annotations": ["checks:read"],
  "checks/list-for-ref": ["checks:read"],
  "checks/update": ["checks:write"],
  "git/get-ref": ["contents:read"],
  "issues/create-comment": ["issues:write", "pull-requests:write"],
  "issues/delete-comment": ["issues:write", "pull-requests:write"],
  "issues/get-comment": ["issues:read", "pull-requests:read"],
  "issues/list-comments": ["issues:read", "pull-requests:read"],
  "issues/update-comment": ["issues:write", "pull-requests:write"],
  "pulls/get": ["pull-requests:read", "contents:read"],
  "pulls/list": ["pull-requests:read"],
  "pulls/list-commits": ["pull-requests:read"],
  "pulls/list-files": ["pull-requests:read"],
  "pulls/list-reviews": ["pull-requests:read"],
  "repos/compare-commits-with-basehead": ["contents:read"],
  "repos/create-commit-status": ["statuses:write"],
  "repos/create-deployment": ["deployments:write"],
  "repos/create-deployment-status": ["deployments:write"],
  "repos/get-branch": ["contents:read"],
  "repos/get-branch-protection": ["administration:read"],
  "repos/get-combined-status-for-ref": ["statuses:read"],
  "repos/get-commit": ["contents:read"],
  "repos/get-content": ["contents:read"],
  "repos/get-deployment": ["deployments:read"],
  "repos/list-commit-statuses-for-ref": ["statuses:read"],
  "repos/list-deployment-statuses": ["deployments:read"],
  "repos/list-deployments": ["deployments:read"],
  "repos/list-pull-requests-associated-with-commit": ["pull-requests:read"],
};

/** What is missing for an operation, as GitHub names it; null when the token is enough. */
export function missingPermission(operation: string, permissions: Permissions): string | null {
  const wanted = needed[operation];
  if (!wanted || wanted.some((each) => grants(permissions, each))) return null;
  return wanted.map((each) => each.replace(":", "=").replaceAll("-", "_")).join("; ");
}

function grants(permissions: Permissions, wanted: string): boolean {
  const [scope = "", access] = wanted.split(":");
  const given = permissions[scope];
  return given === "write" || given === access;
}

/** Runs of forks and of Dependabot: what they ask to write, they may read. */
export function readOnly(permissions: Permissions): Permissions {
  return Object.fromEntries(Object.keys(permissions).map((scope) => [scope, "read"]));
}

export class Tokens {
  readonly #permissions = new Map<string, Permissions>();

  /** A token as a job gets it. */
  mint(permissions: Permissions): string {
    const token = `ghs_${randomBytes(18).toString("hex")}`;
    this.#permissions.set(token, permissions);
    return token;
  }

  /** What the bearer of an Authorization header may do; null for nobody. */
  permissionsOf(authorization: string | undefined): Permissions | null {
    const [, token] = /^(?:token|bearer) (\S+)$/i.exec(authorization ?? "") ?? [];
    return (token && this.#permissions.get(token)) || null;
  }
}
