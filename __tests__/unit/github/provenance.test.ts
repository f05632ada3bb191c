/** Every attack on the way from plan to merge is refused with its reason, before and after the download. */
import { describe, expect, test } from "vitest";
import {
  type ArtifactFacts,
  checkAge,
  checkArtifact,
  checkBytes,
  checkContent,
  checkRecord,
  checkRun,
  type Expectation,
  maxArtifactBytes,
  noPlan,
  type WorkflowRunFacts,
} from "../../../src/github/provenance.ts";
import type { PlanRecord } from "../../../src/github/record.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";

const head = "a".repeat(40);
const digest = "d".repeat(64);
const workflow = ".github/workflows/sluice.yml";

const expected: Expectation = {
  repositoryId: 1,
  planWorkflow: workflow,
  dispatchWorkflow: ".github/workflows/sluice-dispatch.yml",
  productionBranch: "main",
  environment: "prod",
  pull: { number: 7, headSha: head },
};
const run: WorkflowRunFacts = {
  id: 50,
  attempt: 2,
  event: "pull_request",
  path: workflow,
  headSha: head,
  headBranch: "work",
  status: "completed",
  conclusion: "success",
  repositoryId: 1,
  headRepositoryId: 1,
};
const artifact: ArtifactFacts = {
  id: 90,
  name: "sluice-plan-prod-2.json",
  size: 1000,
  expired: false,
  digest,
  runId: 50,
  repositoryId: 1,
  headRepositoryId: 1,
  headSha: head,
};
const record: PlanRecord = {
  runId: 50,
  attempt: 2,
  artifactId: 90,
  fileDigest: digest,
  planId: "p",
  digest: "1".repeat(64),
  work: "2".repeat(64),
  base: 3,
  hasChanges: true,
  models: [],
};
const plan = {
  id: "p",
  digest: record.digest,
  work: record.work,
  createdAt: "2024-01-01T00:00:00.000Z",
  environment: { name: "prod" },
  source: { repositoryId: 1, pullRequest: 7, headSha: head, projectDigest: digest },
} as unknown as PlanDocument;

test("the honest plan passes all checks", () => {
  expect(checkRun(run, expected)).toBeNull();
  expect(checkArtifact(artifact, 2, run, expected)).toBeNull();
  expect(checkRecord(record, artifact, run)).toBeNull();
  expect(checkBytes(digest, artifact)).toBeNull();
  expect(checkContent(plan, record, run, expected)).toBeNull();
});

describe("the run", () => {
  test.each<{ what: string; change: Partial<WorkflowRunFacts>; says: RegExp }>([
    { what: "another repository", change: { repositoryId: 2 }, says: /another repository/ },
    { what: "a fork's code", change: { headRepositoryId: 2 }, says: /fork/ },
    { what: "a deleted fork's code", change: { headRepositoryId: null }, says: /fork/ },
    { what: "another workflow", change: { path: ".github/workflows/evil.yml" }, says: /evil\.yml/ },
    { what: "pull_request_target", change: { event: "pull_request_target" }, says: /pull_request_target/ },
    { what: "push", change: { event: "push" }, says: /started by push/ },
    {
      what: "another commit",
      change: { headSha: "b".repeat(40) },
      says: /planned commit bbbbbbb; merged was aaaaaaa/,
    },
    { what: "a failed run", change: { conclusion: "failure" }, says: /did not end with success/ },
    { what: "a run that goes on", change: { status: "in_progress", conclusion: null }, says: /in_progress/ },
    {
      what: "a dispatch on another branch",
      change: { event: "workflow_dispatch", headBranch: "evil" },
      says: /dispatched on evil/,
    },
  ])("$what", ({ change, says }) => {
    expect(checkRun({ ...run, ...change }, expected)).toEqual({
      reason: "plan-untrusted",
      sentence: expect.stringMatching(says),
    });
  });

  test("a dispatch on the production branch by the dispatch workflow passes", () => {
    const dispatched = {
      ...run,
      event: "workflow_dispatch",
      headBranch: "main",
      path: expected.dispatchWorkflow,
    };
    expect(checkRun(dispatched, { ...expected, pull: null })).toBeNull();
  });

  test("the dispatch workflow makes no plans of pull requests", () => {
    expect(checkRun({ ...run, path: expected.dispatchWorkflow }, expected)?.reason).toBe("plan-untrusted");
  });

  test("a pull request's run does not stand for the branch itself", () => {
    expect(checkRun(run, { ...expected, pull: null })?.reason).toBe("plan-untrusted");
  });
});

describe("the artifact", () => {
  test.each<{ what: string; change: Partial<ArtifactFacts>; attempt?: number; reason?: string }>([
    { what: "expired", change: { expired: true }, reason: "plan-expired" },
    { what: "of another run", change: { runId: 51 } },
    { what: "of another repository", change: { repositoryId: 2 } },
    { what: "of a fork", change: { headRepositoryId: 2 } },
    { what: "of another commit", change: { headSha: "b".repeat(40) } },
    { what: "of an older attempt", change: {}, attempt: 1 },
    { what: "without digest", change: { digest: null } },
    { what: "too large", change: { size: maxArtifactBytes + 1 } },
  ])("$what", ({ change, attempt = 2, reason = "plan-untrusted" }) => {
    expect(checkArtifact({ ...artifact, ...change }, attempt, run, expected)?.reason).toBe(reason);
  });

  test("with other bytes than GitHub keeps the digest of", () => {
    expect(checkBytes("e".repeat(64), artifact)?.reason).toBe("plan-untrusted");
  });
});

describe("the check's record", () => {
  test.each<{ what: string; change: Partial<PlanRecord> | null }>([
    { what: "missing", change: null },
    { what: "of another run", change: { runId: 51 } },
    { what: "of another attempt", change: { attempt: 1 } },
    { what: "of another artifact: it was replaced", change: { artifactId: 91 } },
    { what: "with another digest: it was edited", change: { fileDigest: "e".repeat(64) } },
  ])("$what", ({ change }) => {
    expect(checkRecord(change === null ? null : { ...record, ...change }, artifact, run)?.reason).toBe(
      "plan-untrusted",
    );
  });
});

describe("the content", () => {
  const source = plan.source as object;
  test.each<{ what: string; change: object; says: RegExp }>([
    {
      what: "another plan than recorded",
      change: { digest: "9".repeat(64) },
      says: /not the one its check records/,
    },
    { what: "another environment", change: { environment: { name: "dev" } }, says: /for dev/ },
    { what: "no source", change: { source: undefined }, says: /does not say/ },
    {
      what: "another repository",
      change: { source: { ...source, repositoryId: 2 } },
      says: /another repository/,
    },
    {
      what: "another pull request",
      change: { source: { ...source, pullRequest: 8 } },
      says: /of pull request 8, not of 7/,
    },
    {
      what: "another commit",
      change: { source: { ...source, headSha: "b".repeat(40) } },
      says: /from commit bbbbbbb/,
    },
  ])("$what", ({ change, says }) => {
    const changed = { ...plan, ...change } as PlanDocument;
    expect(checkContent(changed, record, run, expected)?.sentence).toMatch(says);
  });
});

test.each([
  { ttl: null, hours: 1000, refused: false },
  { ttl: 24, hours: 24, refused: false },
  { ttl: 24, hours: 25, refused: true },
])("a plan of $hours hours with a limit of $ttl", ({ ttl, hours, refused }) => {
  const now = Date.parse(plan.createdAt) + hours * 3_600_000;
  expect(checkAge(plan, ttl, now)?.reason).toBe(refused ? "plan-expired" : undefined);
});

test("no plan at all", () => {
  expect(noPlan(head).reason).toBe("plan-missing");
  expect(noPlan(head, { fork: true }).sentence).toContain("fork");
  // Of runs that were not looked at nothing is claimed, whatever became of one that was.
  expect(noPlan(head, { failed: 7, looked: 100 }).sentence).toContain("newest 100 runs");
});
