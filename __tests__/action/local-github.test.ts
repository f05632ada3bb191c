/** The local GitHub itself: it takes what GitHub takes, and says so when somebody drifts from GitHub's document. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dispatchEvent, mergeGroupEvent, pullRequestEvent, pushEvent } from "../support/github/events.ts";
import { startRun } from "../support/github/job.ts";
import { LocalGitHub } from "../support/github/local-github.ts";
import { merge, openPull } from "../support/github/pull-requests.ts";
import { actionsBot } from "../support/github/repository.ts";
import { parseKeyValues } from "../support/github/runner/file-commands.ts";
import { StepLog } from "../support/github/runner/log.ts";
import { checkPayload } from "../support/github/webhooks.ts";

const at = { owner: "octo", repo: "shop" };
let github: LocalGitHub;

beforeAll(async () => {
  github = await LocalGitHub.start({ "a.txt": "a\n" });
});
afterAll(() => github[Symbol.asyncDispose]());
afterEach(() => {
  github.forgive();
});

function client(permissions: Parameters<LocalGitHub["mintToken"]>[0]): Octokit {
  const run = startRun(github, pullRequestEvent(github, anyPull(), "opened"), {});
  return new Octokit({
    auth: github.mintToken(permissions),
    baseUrl: github.serviceEnvironment(run)["GITHUB_API_URL"] as string,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
}

function anyPull() {
  return (
    github.repository.pulls[0] ?? openPull(github.repository, { branch: "b", changes: { "b.txt": "b\n" } })
  );
}

describe("REST", () => {
  test.each([
    { what: "repository", call: (c: Octokit) => c.rest.repos.get(at) },
    {
      what: "pull request",
      call: (c: Octokit) => c.rest.pulls.get({ ...at, pull_number: anyPull().number }),
    },
    {
      what: "pull requests",
      call: (c: Octokit) => c.rest.pulls.list({ ...at, state: "open", base: "main" }),
    },
    {
      what: "pull requests of a commit",
      call: (c: Octokit) =>
        c.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: anyPull().head.sha }),
    },
    {
      what: "comment",
      call: (c: Octokit) => c.rest.issues.createComment({ ...at, issue_number: anyPull().number, body: "x" }),
    },
    {
      what: "comments",
      call: (c: Octokit) => c.rest.issues.listComments({ ...at, issue_number: anyPull().number }),
    },
    {
      what: "check",
      call: (c: Octokit) =>
        c.rest.checks.create({ ...at, name: "x", head_sha: anyPull().head.sha, status: "in_progress" }),
    },
    { what: "checks", call: (c: Octokit) => c.rest.checks.listForRef({ ...at, ref: anyPull().head.sha }) },
    {
      what: "combined status",
      call: (c: Octokit) => c.rest.repos.getCombinedStatusForRef({ ...at, ref: anyPull().head.sha }),
    },
    {
      what: "runs",
      call: (c: Octokit) =>
        c.rest.actions.listWorkflowRunsForRepo({
          ...at,
          head_sha: anyPull().head.sha,
          event: "pull_request",
        }),
    },
    {
      what: "artifacts of a run",
      call: (c: Octokit) => c.rest.actions.listWorkflowRunArtifacts({ ...at, run_id: 1 }),
    },
    { what: "branch", call: (c: Octokit) => c.rest.repos.getBranch({ ...at, branch: "main" }) },
    {
      what: "rules of a branch",
      call: (c: Octokit) => c.rest.repos.getBranchRules({ ...at, branch: "main" }),
    },
    { what: "commit", call: (c: Octokit) => c.rest.repos.getCommit({ ...at, ref: "main" }) },
    {
      what: "comparison",
      call: (c: Octokit) =>
        c.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `main...${anyPull().head.sha}` }),
    },
    {
      what: "files of a pull request",
      call: (c: Octokit) => c.rest.pulls.listFiles({ ...at, pull_number: anyPull().number }),
    },
    {
      what: "rights of a person",
      call: (c: Octokit) => c.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "octocat" }),
    },
    {
      what: "deployment",
      call: (c: Octokit) =>
        c.rest.repos.createDeployment({
          ...at,
          ref: "main",
          environment: "prod",
          required_contexts: [],
          auto_merge: false,
        }),
    },
    {
      what: "deployments",
      call: (c: Octokit) => c.rest.repos.listDeployments({ ...at, environment: "prod" }),
    },
  ])("$what is as GitHub's document says", async ({ call }) => {
    const all = client({
      contents: "read",
      "pull-requests": "write",
      checks: "write",
      statuses: "read",
      actions: "read",
      deployments: "write",
    });
    expect((await call(all)).status).toBeLessThan(300);
    expect(github.violations).toEqual([]);
  });

  const checks = { ...at, name: "x", head_sha: "a".repeat(40) };
  test.each([
    {
      drift: "51 annotations",
      call: (c: Octokit) =>
        c.request("POST /repos/{owner}/{repo}/check-runs", {
          ...checks,
          output: {
            title: "t",
            summary: "s",
            annotations: Array.from({ length: 51 }, () => ({
              path: "a",
              start_line: 1,
              end_line: 1,
              annotation_level: "notice",
              message: "m",
            })),
          },
        } as never),
    },
    {
      drift: "an unknown conclusion",
      call: (c: Octokit) =>
        c.request("POST /repos/{owner}/{repo}/check-runs", {
          ...checks,
          status: "completed",
          conclusion: "passed",
        } as never),
    },
    {
      drift: "a long summary",
      call: (c: Octokit) =>
        c.request("POST /repos/{owner}/{repo}/check-runs", {
          ...checks,
          output: { title: "t", summary: "x".repeat(65_536) },
        } as never),
    },
    {
      drift: "a misspelt field",
      call: (c: Octokit) =>
        c.request("POST /repos/{owner}/{repo}/check-runs", { ...checks, sumary: "x" } as never),
    },
    {
      drift: "an unknown parameter",
      call: (c: Octokit) =>
        c.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs?name=x", { ...at, ref: "main" }),
    },
    {
      drift: "a call that does not exist",
      call: (c: Octokit) => c.request("POST /repos/{owner}/{repo}/plans", at),
    },
  ])("$drift is found", async ({ call }) => {
    await expect(call(client({ checks: "write" }))).rejects.toThrow();
    expect(github.violations).not.toEqual([]);
  });

  test("a token may do what its job's permissions say", async () => {
    const poor = client({ contents: "read" });
    await expect(poor.rest.checks.listForRef({ ...at, ref: "main" })).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-accepted-github-permissions": "checks=read" } },
    });
    const nobody = new Octokit({
      auth: "ghs_x",
      baseUrl: poor.request.endpoint.DEFAULTS.baseUrl,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(nobody.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });

  test("lists have pages, and an entity tag costs nothing of the rate limit", async () => {
    const rich = client({ "pull-requests": "write" });
    for (let at = 0; at < 5; at++) {
      github.repository.comments.push({
        id: 10 + at,
        issue: anyPull().number,
        body: `${at}`,
        author: actionsBot,
        createdAt: "2024-01-01T00:00:00Z",
        updatedAt: "2024-01-01T00:00:00Z",
      });
    }
    const all = await rich.paginate(rich.rest.issues.listComments, {
      ...at,
      issue_number: anyPull().number,
      per_page: 2,
    });
    expect(all.length).toBeGreaterThanOrEqual(5);
    const first = await rich.rest.issues.listComments({ ...at, issue_number: anyPull().number });
    const again = rich.rest.issues.listComments({
      ...at,
      issue_number: anyPull().number,
      headers: { "if-none-match": first.headers.etag ?? "" },
    });
    await expect(again).rejects.toMatchObject({
      status: 304,
      response: { headers: { "x-ratelimit-remaining": first.headers["x-ratelimit-remaining"] } },
    });
  });

  test("a new check run may be missing from lists for a moment", async () => {
    const all = client({ checks: "write" });
    github.repository.checkDelay = 1;
    await all.rest.checks.create({ ...at, name: "late", head_sha: anyPull().head.sha });
    github.repository.checkDelay = 0;
    const look = async () =>
      (await all.rest.checks.listForRef({ ...at, ref: anyPull().head.sha, check_name: "late" })).data
        .total_count;
    expect([await look(), await look()]).toEqual([0, 1]);
  });
});

describe("commits", () => {
  test("a merge keeps what both sides did", () => {
    const { repository } = github;
    const one = openPull(repository, { branch: "one", changes: { "one.txt": "1\n" } });
    const two = openPull(repository, { branch: "two", changes: { "two.txt": "2\n", "a.txt": null } });
    merge(repository, one);
    const merged = merge(repository, two, "squash");
    expect(merged.files).toEqual({ "one.txt": "1\n", "two.txt": "2\n" });
    expect(repository.branchSha("main")).toBe(two.mergeSha);
  });
});

describe("the artifact service", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-artifact-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("works with GitHub's own client, several blocks long, and never sees the job's token", async () => {
    const run = startRun(github, pullRequestEvent(github, anyPull(), "opened"), {});
    const environment = { ...github.serviceEnvironment(run), GITHUB_WORKSPACE: folder };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const { DefaultArtifactClient } = await import("@actions/artifact");
      const artifacts = new DefaultArtifactClient();
      const path = join(folder, "plan.json");
      writeFileSync(path, Buffer.alloc(9 * 1024 * 1024, "plan "));
      const { id, digest } = await artifacts.uploadArtifact("plan.json", [path], folder, {
        skipArchive: true,
      });
      expect(github.artifacts.byId(id as number)).toMatchObject({ run: run.id, digest: `sha256:${digest}` });
      await expect(
        artifacts.uploadArtifact("plan.json", [path], folder, { skipArchive: true }),
      ).rejects.toThrow("409");
      const findBy = {
        token: github.mintToken({ actions: "read" }),
        workflowRunId: run.id,
        repositoryOwner: "octo",
        repositoryName: "shop",
      };
      const found = await artifacts.downloadArtifact(id as number, {
        path: join(folder, "down"),
        findBy,
        skipDecompress: true,
      });
      expect(readFileSync(join(found.downloadPath as string, "plan.json")).equals(readFileSync(path))).toBe(
        true,
      );
      expect(github.violations).toEqual([]);
    } finally {
      process.env = before;
    }
  });
});

describe("the runner", () => {
  test("reads files of outputs as GitHub's runner does", () => {
    expect(parseKeyValues("a=1\nb<<END\nx=1\ny\nEND\nc=<<\n")).toEqual({ a: "1", b: "x=1\ny", c: "<<" });
    expect(() => parseKeyValues("b<<END\nx\n")).toThrow("delimiter");
    expect(() => parseKeyValues("nothing\n")).toThrow("Invalid format");
  });

  test("obeys commands in a log, also the old ones in the middle of a line, unless they are stopped", () => {
    const log = new StepLog(new Set());
    log.read("SELECT '##[set-output name=outcome;]applied'");
    log.read("::stop-commands::xyz");
    log.read("::set-output name=other::1");
    log.read("::xyz::");
    log.read("::add-mask::secret");
    log.read("::error file=a.sql,line=3::it is secret%0Aindeed");
    expect(log.outputs).toEqual({ outcome: "applied'" });
    expect(log.issues).toEqual([
      { kind: "error", properties: { file: "a.sql", line: "3" }, message: "it is ***\nindeed" },
    ]);
  });
});

describe("events", () => {
  test.each([
    { event: "pull request opened", trigger: () => pullRequestEvent(github, anyPull(), "opened") },
    { event: "pull request closed", trigger: () => pullRequestEvent(github, anyPull(), "closed") },
    { event: "push", trigger: () => pushEvent(github, "main") },
    { event: "dispatch", trigger: () => dispatchEvent(github, { pr: "1" }) },
    { event: "merge group", trigger: () => mergeGroupEvent(github, anyPull()) },
  ])("$event is as GitHub's webhooks say", ({ trigger }) => {
    const { name, payload } = trigger();
    expect(checkPayload(name, payload)).toEqual([]);
  });
});
