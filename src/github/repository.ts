/** What Sluice asks GitHub about one repository: each call with the permission it needs (spec github-platform 4). */
import { SluiceError } from "../errors.ts";
import { asked, type Client, statusOf } from "./client.ts";
import { type PullFacts, toPull } from "./event.ts";
import type { ArtifactFacts, WorkflowRunFacts } from "./provenance.ts";
import type { CheckName } from "./required-checks.ts";
import { requiredByBranch } from "./required-checks.ts";

export interface MergedPull extends PullFacts {
  /** UTC epoch milliseconds; null when not merged. */
  readonly mergedAt: number | null;
}

export interface CheckRunText {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly detailsUrl: string | null;
  readonly title: string | null;
  readonly text: string | null;
}

export class Repository {
  readonly client: Client;
  readonly #at: { readonly owner: string; readonly repo: string };

  constructor(client: Client, owner: string, repo: string) {
    this.client = client;
    this.#at = { owner, repo };
  }

  get at(): { readonly owner: string; readonly repo: string } {
    return this.#at;
  }

  /** contents: read, or metadata. */
  async fetchFacts(): Promise<{ readonly id: number; readonly defaultBranch: string }> {
    const { data } = await asked("Reading the repository", () => this.client.rest.repos.get(this.#at));
    return { id: data.id, defaultBranch: data.default_branch };
  }

  /** pull-requests: read. */
  async fetchPull(number: number): Promise<PullFacts> {
    const { data } = await asked(`Reading pull request ${number}`, () =>
      this.client.rest.pulls.get({ ...this.#at, pull_number: number }),
    );
    return toPull(data);
  }

  /** Its description and the messages of its commits, as they are now, and who opened it. pull-requests: read. */
  async fetchPullTexts(
    number: number,
  ): Promise<{ readonly texts: readonly string[]; readonly author: string }> {
    const what = `Reading pull request ${number}`;
    const at = { ...this.#at, pull_number: number };
    const { data } = await asked(what, () => this.client.rest.pulls.get(at));
    const commits = await asked(what, () =>
      this.client.paginate(this.client.rest.pulls.listCommits, { ...at, per_page: 100 }),
    );
    return {
      texts: [data.body ?? "", ...commits.map(({ commit }) => commit.message)],
      author: data.user?.login ?? "",
    };
  }

  /** Pull requests a commit belongs to. pull-requests: read. */
  async fetchPullsOf(sha: string): Promise<readonly MergedPull[]> {
    const list = await asked(`Finding the pull request of ${sha.slice(0, 7)}`, () =>
      this.client.paginate(this.client.rest.repos.listPullRequestsAssociatedWithCommit, {
        ...this.#at,
        commit_sha: sha,
        per_page: 100,
      }),
    );
    return list.map(toMergedPull);
  }

  /** Newest first by last update; one page. pull-requests: read. */
  async fetchPulls(state: "open" | "closed", base: string, count: number): Promise<readonly MergedPull[]> {
    const { data } = await asked(`Listing ${state} pull requests`, () =>
      this.client.rest.pulls.list({
        ...this.#at,
        state,
        base,
        sort: "updated",
        direction: "desc",
        per_page: Math.min(count, 100),
      }),
    );
    return data.map(toMergedPull);
  }

  /** actions: read. */
  async fetchRun(id: number): Promise<WorkflowRunFacts> {
    const { data } = await asked(`Reading run ${id}`, () =>
      this.client.rest.actions.getWorkflowRun({ ...this.#at, run_id: id }),
    );
    return toRun(data);
  }

  /** Newest first. actions: read. */
  async fetchRuns(headSha: string, event: string): Promise<readonly WorkflowRunFacts[]> {
    const list = await asked(`Finding runs of ${headSha.slice(0, 7)}`, () =>
      this.client.paginate(this.client.rest.actions.listWorkflowRunsForRepo, {
        ...this.#at,
        head_sha: headSha,
        event,
        per_page: 100,
      }),
    );
    return list.map(toRun).sort((a, b) => b.id - a.id);
  }

  /** actions: read. */
  async fetchArtifacts(runId: number): Promise<readonly ArtifactFacts[]> {
    const list = await asked(`Listing artifacts of run ${runId}`, () =>
      this.client.paginate(this.client.rest.actions.listWorkflowRunArtifacts, {
        ...this.#at,
        run_id: runId,
        per_page: 100,
      }),
    );
    return list.map((artifact) => ({
      id: artifact.id,
      name: artifact.name,
      size: artifact.size_in_bytes,
      expired: artifact.expired,
      digest: artifact.digest?.replace(/^sha256:/, "") ?? null,
      runId: artifact.workflow_run?.id ?? null,
      repositoryId: artifact.workflow_run?.repository_id ?? null,
      headRepositoryId: artifact.workflow_run?.head_repository_id ?? null,
      headSha: artifact.workflow_run?.head_sha ?? null,
    }));
  }

  /** Every check run of a name on a commit. checks: read. */
  async fetchChecks(sha: string, name: string): Promise<readonly CheckRunText[]> {
    const list = await asked(`Reading the check ${name}`, () =>
      this.client.paginate(this.client.rest.checks.listForRef, {
        ...this.#at,
        ref: sha,
        check_name: name,
        filter: "all",
        per_page: 100,
      }),
    );
    return list
      .map((run) => ({
        id: run.id,
        name: run.name,
        status: run.status,
        conclusion: run.conclusion,
        detailsUrl: run.details_url,
        title: run.output.title,
        text: run.output.text,
      }))
      .sort((a, b) => b.id - a.id);
  }

  /** What rulesets and classic protection require. metadata: read and contents: read. */
  async fetchRequiredChecks(branch: string, except: readonly string[]): Promise<readonly CheckName[]> {
    const rules = await asked(`Reading the rules of ${branch}`, () =>
      this.client.paginate(this.client.rest.repos.getBranchRules, { ...this.#at, branch, per_page: 100 }),
    );
    const { data } = await asked(`Reading the branch ${branch}`, () =>
      this.client.rest.repos.getBranch({ ...this.#at, branch }),
    );
    return requiredByBranch(
      rules as never,
      (data.protection?.required_status_checks ?? null) as never,
      except,
    );
  }

  /** Runs the newest plan of a commit again. actions: write; false when the job may not. */
  async runAgain(runId: number): Promise<boolean> {
    try {
      await this.client.rest.actions.reRunWorkflow({ ...this.#at, run_id: runId });
      return true;
    } catch (error) {
      if (statusOf(error) === 403) return false;
      throw new SluiceError("GITHUB_FAILED", `Run ${runId} could not be started again`, {
        hint: "Start it by hand.",
        cause: error,
      });
    }
  }
}

function toMergedPull(
  data: Parameters<typeof toPull>[0] & { readonly merged_at?: string | null },
): MergedPull {
  const mergedAt = data.merged_at ? Date.parse(data.merged_at) : null;
  return { ...toPull(data), merged: mergedAt !== null, mergedAt };
}

interface RawRun {
  readonly id: number;
  readonly run_attempt?: number;
  readonly event: string;
  readonly path: string;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly repository: { readonly id: number };
  readonly head_repository: { readonly id: number } | null;
}

function toRun(run: RawRun): WorkflowRunFacts {
  return {
    id: run.id,
    attempt: run.run_attempt ?? 1,
    event: run.event,
    path: run.path.replace(/@.*$/, ""),
    headSha: run.head_sha,
    headBranch: run.head_branch,
    status: run.status,
    conclusion: run.conclusion,
    repositoryId: run.repository.id,
    headRepositoryId: run.head_repository?.id ?? null,
  };
}
