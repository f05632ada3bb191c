/** What people do with pull requests: open, push, merge, close. */
import {
  type Account,
  type Commit,
  type Files,
  type Home,
  now,
  octocat,
  type PullRequest,
  type Repository,
} from "./repository.ts";

/** Path → new text; null removes the file. */
export type Changes = Readonly<Record<string, string | null>>;

export interface NewPull {
  readonly branch: string;
  readonly changes: Changes;
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
  readonly author?: Account;
  readonly draft?: boolean;
  /** The branch lives in a fork. */
  readonly fork?: boolean;
}

export const fork: Home = { id: 9999, fullName: "mallory/shop", fork: true };

export function openPull(repository: Repository, given: NewPull): PullRequest {
  const baseBranch = given.base ?? repository.defaultBranch;
  const base = repository.commitOf(repository.branchSha(baseBranch));
  const head = repository.commit([base.sha], changed(base.files, given.changes), `Work on ${given.branch}`);
  const home = given.fork ? fork : repository.home;
  if (!given.fork) repository.branches.set(given.branch, head.sha);
  const pull: PullRequest = {
    number: repository.nextId(),
    title: given.title ?? "Change a model",
    body: given.body ?? "",
    author: given.author ?? octocat,
    head: { branch: given.branch, sha: head.sha, home },
    base: { branch: baseBranch, sha: base.sha },
    draft: given.draft ?? false,
    state: "open",
    merged: false,
    mergeSha: testMerge(repository, base, head).sha,
    reviews: [],
    createdAt: now(),
  };
  repository.pulls.push(pull);
  return pull;
}

/** One more commit on the branch of a pull request. */
export function pushTo(
  repository: Repository,
  pull: PullRequest,
  changes: Changes,
  message = "More work",
): Commit {
  const head = repository.commitOf(pull.head.sha);
  const next = repository.commit([head.sha], changed(head.files, changes), message);
  pull.head.sha = next.sha;
  repository.branches.set(pull.head.branch, next.sha);
  pull.mergeSha = testMerge(
    repository,
    repository.commitOf(repository.branchSha(pull.base.branch)),
    next,
  ).sha;
  return next;
}

/** One commit straight on a branch. */
export function pushToBranch(repository: Repository, branch: string, changes: Changes): Commit {
  const tip = repository.commitOf(repository.branchSha(branch));
  const next = repository.commit([tip.sha], changed(tip.files, changes), "Direct work");
  repository.branches.set(branch, next.sha);
  return next;
}

export type MergeMethod = "merge" | "squash";

export function merge(repository: Repository, pull: PullRequest, method: MergeMethod = "merge"): Commit {
  const base = repository.commitOf(repository.branchSha(pull.base.branch));
  const head = repository.commitOf(pull.head.sha);
  const parents = method === "merge" ? [base.sha, head.sha] : [base.sha];
  const merged = repository.commit(
    parents,
    mergedFiles(repository, base, head),
    `Merge pull request #${pull.number}`,
  );
  repository.branches.set(pull.base.branch, merged.sha);
  Object.assign(pull, { state: "closed", merged: true, mergeSha: merged.sha });
  return merged;
}

export function close(pull: PullRequest): void {
  pull.state = "closed";
}

function testMerge(repository: Repository, base: Commit, head: Commit): Commit {
  return repository.commit([base.sha, head.sha], mergedFiles(repository, base, head), "Test merge");
}

/** What the head changed since it left the base, on top of the base as it is now. */
function mergedFiles(repository: Repository, base: Commit, head: Commit): Files {
  const fork = repository.commitOf(forkPoint(repository, base, head));
  const removed = Object.keys(fork.files).filter((path) => !(path in head.files));
  const written = Object.entries(head.files).filter(([path, text]) => fork.files[path] !== text);
  return changed(base.files, {
    ...Object.fromEntries(written),
    ...Object.fromEntries(removed.map((path) => [path, null])),
  });
}

function forkPoint(repository: Repository, base: Commit, head: Commit): string {
  const ofBase = new Set(ancestors(repository, base));
  return ancestors(repository, head).find((sha) => ofBase.has(sha)) ?? base.sha;
}

/** Newest first. */
function ancestors(repository: Repository, commit: Commit): readonly string[] {
  const found = new Set([commit.sha]);
  for (const sha of found) for (const parent of repository.commitOf(sha).parents) found.add(parent);
  return [...found];
}

function changed(files: Files, changes: Changes): Files {
  const kept = Object.entries({ ...files, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}
