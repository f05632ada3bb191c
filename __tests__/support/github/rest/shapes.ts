/** Objects of the repository as GitHub's JSON: the published example, with what is ours put in its place. */
import type { Artifact } from "../artifacts/store.ts";
import type { ApiGuard } from "../guard.ts";
import type {
  Account,
  CheckRun,
  Comment,
  Commit,
  CommitStatus,
  Deployment,
  Home,
  PullRequest,
  Repository,
  WorkflowRun,
} from "../repository.ts";
import { actionsBot, now, octocat } from "../repository.ts";

export type Json = Record<string, unknown>;

const web = "https://github.com";

const onlyWhole = new Set([
  "additions",
  "changed_files",
  "comments",
  "commits",
  "deletions",
  "maintainer_can_modify",
  "mergeable",
  "mergeable_state",
  "merged",
  "merged_by",
  "rebaseable",
  "review_comments",
]);

export class Shapes {
  readonly #guard: ApiGuard;
  readonly #repository: Repository;

  constructor(guard: ApiGuard, repository: Repository) {
    this.#guard = guard;
    this.#repository = repository;
  }

  /** The example of an answer; the first entry when it is a list. */
  #example(operation: string, status = 200): Json {
    const example = this.#guard.example(operation, status);
    return (Array.isArray(example) ? example[0] : example) as Json;
  }

  account({ login, id, type }: Account): Json {
    return { ...(this.#example("issues/create-comment", 201)["user"] as Json), login, id, type };
  }

  home(home: Home, example: unknown): Json {
    const [owner, name] = home.fullName.split("/");
    const was = example as Json;
    return {
      ...was,
      id: home.id,
      name,
      full_name: home.fullName,
      fork: home.fork,
      owner: { ...(was["owner"] as Json), login: owner },
      default_branch: "main",
    };
  }

  fullRepository(): Json {
    const { template_repository, parent, source, ...example } = this.#example("repos/get");
    return { ...this.home(this.#repository.home, example), language: null };
  }

  /** As event payloads carry it. */
  eventRepository(): Json {
    const example = (this.#example("pulls/get")["base"] as Json)["repo"];
    return { ...this.home(this.#repository.home, example), visibility: "public" };
  }

  /** As payloads of pushes and of the merge queue carry it. */
  eventCommit({ sha, message, at }: Commit): Json {
    const person = { name: "Octo Cat", email: "octocat@github.com" };
    const url = `${web}/${this.#repository.home.fullName}/commit/${sha}`;
    return {
      id: sha,
      tree_id: sha,
      message,
      timestamp: at,
      author: person,
      committer: person,
      url,
      distinct: true,
      added: [],
      removed: [],
      modified: [],
    };
  }

  /** As a list shows it; `whole` adds what only `pulls/get` tells. */
  pull(pull: PullRequest, whole: boolean): Json {
    const example = this.#example("pulls/get");
    const [head, base] = [example["head"] as Json, example["base"] as Json];
    const shape: Json = {
      ...example,
      number: pull.number,
      html_url: `${web}/${this.#repository.home.fullName}/pull/${pull.number}`,
      title: pull.title,
      body: pull.body,
      user: this.account(pull.author),
      state: pull.state,
      draft: pull.draft,
      requested_teams: [],
      created_at: pull.createdAt,
      closed_at: pull.state === "closed" ? now() : null,
      merged_at: pull.merged ? now() : null,
      merge_commit_sha: pull.mergeSha,
      head: {
        ...head,
        label: `${pull.head.home.fullName.split("/")[0]}:${pull.head.branch}`,
        ref: pull.head.branch,
        sha: pull.head.sha,
        repo: this.home(pull.head.home, head["repo"]),
      },
      base: {
        ...base,
        ref: pull.base.branch,
        sha: pull.base.sha,
        repo: this.home(this.#repository.home, base["repo"]),
      },
      merged: pull.merged,
      mergeable: pull.merged ? null : true,
      merged_by: pull.merged ? this.account(octocat) : null,
    };
    return whole ? shape : Object.fromEntries(Object.entries(shape).filter(([key]) => !onlyWhole.has(key)));
  }

  /** As event payloads carry it. */
  eventPull(pull: PullRequest): Json {
    const shape = this.pull(pull, true);
    const visible = (side: unknown): Json => ({
      ...(side as Json),
      repo: { ...((side as Json)["repo"] as Json), visibility: "public" },
    });
    return { ...shape, head: visible(shape["head"]), base: visible(shape["base"]) };
  }

  label(name: string): Json {
    const [example] = this.#example("pulls/get")["labels"] as Json[];
    return { ...example, name };
  }

  comment(comment: Comment): Json {
    return {
      ...this.#example("issues/create-comment", 201),
      id: comment.id,
      body: comment.body,
      user: this.account(comment.author),
      html_url: `${web}/${this.#repository.home.fullName}/pull/${comment.issue}#issuecomment-${comment.id}`,
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
    };
  }

  check(check: CheckRun): Json {
    const example = this.#example("checks/create", 201);
    return {
      ...example,
      id: check.id,
      name: check.name,
      head_sha: check.sha,
      external_id: check.externalId,
      details_url: check.detailsUrl,
      html_url: `${web}/${this.#repository.home.fullName}/runs/${check.id}`,
      status: check.status,
      conclusion: check.conclusion,
      started_at: check.startedAt,
      completed_at: check.completedAt,
      app: { ...(example["app"] as Json), ...check.app },
      output: {
        ...(example["output"] as Json),
        title: check.title,
        summary: check.summary,
        text: check.text,
        annotations_count: check.annotations.length,
      },
      pull_requests: [],
    };
  }

  status(status: CommitStatus, combined: boolean): Json {
    const example = combined
      ? ((this.#example("repos/get-combined-status-for-ref")["statuses"] as Json[])[0] as Json)
      : this.#example("repos/list-commit-statuses-for-ref");
    const { id, state, description, context, at } = status;
    return { ...example, id, state, description, context, created_at: at, updated_at: at };
  }

  /** Without its statuses, of which a page at a time is told. */
  combinedStatus(sha: string, state: string): Json {
    const example = this.#example("repos/get-combined-status-for-ref");
    return {
      ...example,
      sha,
      state,
      repository: this.home(this.#repository.home, example["repository"]),
    };
  }

  commit(commit: Commit): Json {
    const example = this.#example("repos/get-commit");
    const parent = (example["parents"] as Json[])[0];
    return {
      ...example,
      sha: commit.sha,
      commit: { ...(example["commit"] as Json), message: commit.message },
      parents: commit.parents.map((sha) => ({ ...parent, sha })),
      files: [],
    };
  }

  /** `ahead`: what the head has and the base lacks, newest first. */
  comparison(base: Commit, ahead: readonly Commit[], behind: number): Json {
    return {
      ...this.#example("repos/compare-commits-with-basehead"),
      base_commit: this.commit(base),
      merge_base_commit: this.commit(base),
      status:
        ahead.length === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: ahead.toReversed().map((commit) => this.commit(commit)),
      files: [],
    };
  }

  collaborator(login: string): Json {
    const example = this.#example("repos/get-collaborator-permission-level")["user"] as Json;
    return { ...example, login, role_name: "write" };
  }

  branch(name: string): Json {
    const example = this.#example("repos/get-branch");
    const required = name === this.#repository.defaultBranch ? this.#repository.requiredByProtection : [];
    return {
      ...example,
      name,
      commit: this.commit(this.#repository.commitOf(this.#repository.branchSha(name))),
      protected: required.length > 0,
      protection: {
        enabled: required.length > 0,
        required_status_checks: {
          enforcement_level: required.length > 0 ? "non_admins" : "off",
          contexts: required.map((check) => check.name),
          checks: required.map((check) => ({ context: check.name, app_id: check.appId ?? null })),
        },
      },
    };
  }

  run(run: WorkflowRun): Json {
    const example = this.#example("actions/get-workflow-run");
    const { id, number, attempt, event, path, headSha, headBranch, status, conclusion, createdAt } = run;
    return {
      ...example,
      id,
      event,
      status,
      conclusion,
      name: path,
      path: `${path}@refs/heads/main`,
      display_title: `Run of ${path}`,
      run_number: number,
      run_attempt: attempt,
      head_sha: headSha,
      head_branch: headBranch,
      html_url: `${web}/${this.#repository.home.fullName}/actions/runs/${id}`,
      pull_requests: [],
      referenced_workflows: [],
      created_at: createdAt,
      updated_at: now(),
      actor: this.account(run.actor),
      triggering_actor: this.account(run.actor),
      head_commit: { ...(example["head_commit"] as Json), id: headSha },
      repository: this.home(this.#repository.home, example["repository"]),
      head_repository: this.home(run.home, example["head_repository"]),
    };
  }

  artifact(artifact: Artifact): Json {
    const run = this.#repository.run(artifact.run);
    const url = `https://api.github.com/repos/${this.#repository.home.fullName}/actions/artifacts/${artifact.id}`;
    return {
      ...this.#example("actions/get-artifact"),
      id: artifact.id,
      name: artifact.name,
      size_in_bytes: artifact.size,
      url,
      archive_download_url: `${url}/zip`,
      expired: artifact.expiresAt < Date.now(),
      digest: artifact.digest,
      created_at: new Date(artifact.createdAt).toISOString(),
      updated_at: new Date(artifact.createdAt).toISOString(),
      expires_at: new Date(artifact.expiresAt).toISOString(),
      workflow_run: {
        id: artifact.run,
        repository_id: this.#repository.home.id,
        head_repository_id: run?.home.id,
        head_branch: run?.headBranch,
        head_sha: run?.headSha,
      },
    };
  }

  deployment(deployment: Deployment): Json {
    const { id, sha, ref, environment, description, task, createdAt } = deployment;
    return {
      ...this.#example("repos/create-deployment", 201),
      id,
      sha,
      ref,
      environment,
      original_environment: environment,
      description,
      task,
      created_at: createdAt,
      creator: this.account(actionsBot),
    };
  }

  deploymentStatus(deployment: Deployment, status: Deployment["statuses"][number]): Json {
    const { id, state, description, url, at } = status;
    return {
      ...this.#example("repos/create-deployment-status", 201),
      id,
      state,
      description,
      environment: deployment.environment,
      log_url: url,
      created_at: at,
      updated_at: at,
      creator: this.account(actionsBot),
    };
  }
}
