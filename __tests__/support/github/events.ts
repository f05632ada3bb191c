/** What starts workflow runs: the event, its payload, and the commit and ref GitHub chooses for it. */
import type { LocalGitHub } from "./local-github.ts";
import { type Account, type Home, octocat, type PullRequest } from "./repository.ts";

export interface Trigger {
  /** `pull_request`, `push` … */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** GITHUB_SHA: what a checkout gets. */
  readonly sha: string;
  readonly ref: string;
  /** Only of pull requests. */
  readonly headRef: string;
  readonly baseRef: string;
  /** What the API says the run belongs to. */
  readonly run: { readonly sha: string; readonly branch: string; readonly home: Home };
  readonly actor: Account;
  /** A fork or Dependabot: the token reads only, and there are no secrets. */
  readonly restricted: boolean;
}

export type PullAction =
  | "opened"
  | "synchronize"
  | "reopened"
  | "ready_for_review"
  | "converted_to_draft"
  | "labeled"
  | "closed";

export function pullRequestEvent(
  github: LocalGitHub,
  pull: PullRequest,
  action: PullAction,
  actor: Account = pull.author,
): Trigger {
  const { repository, shapes } = github;
  const restricted = pull.head.home.fork || actor.login === "dependabot[bot]";
  return {
    name: "pull_request",
    payload: {
      action,
      number: pull.number,
      pull_request: shapes.eventPull(pull),
      ...(action === "synchronize" ? { before: pull.base.sha, after: pull.head.sha } : {}),
      ...(action === "labeled" ? { label: shapes.label("ready") } : {}),
      ...common(github, actor),
    },
    // A merged pull request runs on its base branch, anything else on the test merge.
    sha: pull.mergeSha,
    ref: pull.merged ? `refs/heads/${pull.base.branch}` : `refs/pull/${pull.number}/merge`,
    headRef: pull.head.branch,
    baseRef: pull.base.branch,
    run: { sha: pull.head.sha, branch: pull.head.branch, home: pull.head.home ?? repository.home },
    actor,
    restricted,
  };
}

export function pushEvent(github: LocalGitHub, branch: string, actor: Account = octocat): Trigger {
  const { repository } = github;
  const sha = repository.branchSha(branch);
  const commit = repository.commitOf(sha);
  return {
    name: "push",
    payload: {
      ref: `refs/heads/${branch}`,
      before: commit.parents[0] ?? "0".repeat(40),
      after: sha,
      created: false,
      deleted: false,
      forced: false,
      base_ref: null,
      compare: `https://github.com/${repository.home.fullName}/compare/${sha}`,
      commits: [],
      head_commit: github.shapes.eventCommit(commit),
      pusher: { name: actor.login },
      ...common(github, actor),
    },
    ...onBranch(github, branch, sha, actor),
  };
}

export function dispatchEvent(
  github: LocalGitHub,
  inputs: Readonly<Record<string, string>>,
  branch = "main",
  actor: Account = octocat,
): Trigger {
  return {
    name: "workflow_dispatch",
    payload: {
      ref: `refs/heads/${branch}`,
      inputs,
      workflow: ".github/workflows/sluice.yml",
      ...common(github, actor),
    },
    ...onBranch(github, branch, github.repository.branchSha(branch), actor),
  };
}

export function scheduleEvent(github: LocalGitHub): Trigger {
  const sha = github.repository.branchSha("main");
  return { name: "schedule", payload: { schedule: "0 5 * * *" }, ...onBranch(github, "main", sha, octocat) };
}

/** The queue tests the base with these pull requests on top, under a branch of its own. */
export function mergeGroupEvent(github: LocalGitHub, pull: PullRequest): Trigger {
  const branch = `gh-readonly-queue/main/pr-${pull.number}-${pull.base.sha}`;
  github.repository.branches.set(branch, pull.mergeSha);
  return {
    name: "merge_group",
    payload: {
      action: "checks_requested",
      merge_group: {
        head_sha: pull.mergeSha,
        head_ref: `refs/heads/${branch}`,
        base_sha: pull.base.sha,
        base_ref: "refs/heads/main",
        head_commit: queueCommit(github.shapes.eventCommit(github.repository.commitOf(pull.mergeSha))),
      },
      ...common(github, octocat),
    },
    ...onBranch(github, branch, pull.mergeSha, octocat),
  };
}

/** The merge queue tells less of a commit than a push. */
function queueCommit(commit: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { id, tree_id, message, timestamp, author, committer } = commit;
  return { id, tree_id, message, timestamp, author, committer };
}

function common(github: LocalGitHub, actor: Account): Readonly<Record<string, unknown>> {
  return { repository: github.shapes.eventRepository(), sender: github.shapes.account(actor) };
}

function onBranch(
  github: LocalGitHub,
  branch: string,
  sha: string,
  actor: Account,
): Omit<Trigger, "name" | "payload"> {
  const ref = `refs/heads/${branch}`;
  const run = { sha, branch, home: github.repository.home };
  return { sha, ref, headRef: "", baseRef: "", run, actor, restricted: false };
}
