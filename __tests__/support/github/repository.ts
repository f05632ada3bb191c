/** The repository that the local GitHub hosts: commits, branches, pull requests and what hangs on them. In memory, changed in place. */
import { createHash } from "node:crypto";

export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: "User" | "Bot";
}

/** Path → text. */
export type Files = Readonly<Record<string, string>>;

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parents: readonly string[];
  readonly files: Files;
  readonly at: string;
}

export interface Home {
  readonly id: number;
  readonly fullName: string;
  readonly fork: boolean;
}

export interface PullRequest {
  readonly number: number;
  title: string;
  body: string;
  readonly author: Account;
  readonly head: { readonly branch: string; sha: string; readonly home: Home };
  readonly base: { readonly branch: string; sha: string };
  draft: boolean;
  state: "open" | "closed";
  merged: boolean;
  /** Before the merge the test merge, after it what the base branch points to. */
  mergeSha: string;
  readonly reviews: { readonly user: Account; readonly state: string; readonly sha: string }[];
  readonly createdAt: string;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  body: string;
  readonly author: Account;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckRun {
  readonly id: number;
  readonly sha: string;
  name: string;
  readonly app: { readonly id: number; readonly slug: string };
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  readonly startedAt: string;
  completedAt: string | null;
  /** Listings that still do not show it: what was just written appears a moment later. */
  hiddenFor: number;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string;
  readonly at: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  attempt: number;
  readonly event: string;
  /** Path of the workflow file. */
  readonly path: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly home: Home;
  readonly actor: Account;
  status: string;
  conclusion: string | null;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly description: string | null;
  readonly task: string;
  readonly createdAt: string;
  readonly statuses: {
    readonly id: number;
    readonly state: string;
    readonly description: string;
    readonly url: string;
    readonly at: string;
  }[];
}

export interface RequiredCheck {
  readonly name: string;
  readonly appId?: number;
}

export const actionsApp = { id: 15368, slug: "github-actions" };
export const actionsBot: Account = { login: "github-actions[bot]", id: 41898282, type: "Bot" };
export const dependabot: Account = { login: "dependabot[bot]", id: 49699333, type: "Bot" };
export const mallory: Account = { login: "mallory", id: 666, type: "User" };
export const octocat: Account = { login: "octocat", id: 583231, type: "User" };

export class Repository {
  readonly owner = "octo";
  readonly name = "shop";
  readonly home: Home = { id: 4711, fullName: "octo/shop", fork: false };
  readonly defaultBranch = "main";
  readonly commits = new Map<string, Commit>();
  readonly branches = new Map<string, string>();
  readonly pulls: PullRequest[] = [];
  readonly comments: Comment[] = [];
  readonly checks: CheckRun[] = [];
  readonly statuses: CommitStatus[] = [];
  readonly runs: WorkflowRun[] = [];
  readonly deployments: Deployment[] = [];
  /** Login → admin, write, read or none. */
  readonly collaborators = new Map<string, string>([[octocat.login, "write"]]);
  /** By rulesets of the default branch. */
  requiredByRules: RequiredCheck[] = [];
  /** By classic protection of the default branch. */
  requiredByProtection: RequiredCheck[] = [];
  /** How many listings a new check run is missing from. */
  checkDelay = 0;
  #lastId = 1000;

  constructor(files: Files) {
    const first = this.commit([], files, "Initial commit");
    this.branches.set(this.defaultBranch, first.sha);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  commit(parents: readonly string[], files: Files, message: string): Commit {
    const at = now();
    const sha = createHash("sha1")
      .update(JSON.stringify([parents, files, message, at, this.nextId()]))
      .digest("hex");
    const made = { sha, message, parents, files, at };
    this.commits.set(sha, made);
    return made;
  }

  commitOf(sha: string): Commit {
    const found = this.commits.get(sha);
    if (!found) throw new Error(`There is no commit ${sha}.`);
    return found;
  }

  branchSha(branch: string): string {
    const found = this.branches.get(branch);
    if (!found) throw new Error(`There is no branch ${branch}.`);
    return found;
  }

  /** A commit, a branch or a full ref. */
  resolve(ref: string): string | null {
    if (this.commits.has(ref)) return ref;
    return this.branches.get(ref.replace(/^(refs\/)?heads\//, "")) ?? null;
  }

  pull(number: number): PullRequest | undefined {
    return this.pulls.find((pull) => pull.number === number);
  }

  run(id: number): WorkflowRun | undefined {
    return this.runs.find((run) => run.id === id);
  }
}

/** The instant as GitHub writes it, to the second. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
