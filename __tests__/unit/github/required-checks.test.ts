/** Which checks are green: only success counts, every run of a name, both of GitHub's systems. */
import { describe, expect, test } from "vitest";
import {
  type CheckRunFacts,
  type CommitChecks,
  judgeChecks,
  mayTurnGreen,
  requiredByBranch,
  sentenceOf,
} from "../../../src/github/required-checks.ts";

const sha = "a".repeat(40);
const aRun = (given: Partial<CheckRunFacts>): CheckRunFacts => ({
  id: 1,
  name: "build",
  status: "completed",
  conclusion: "success",
  appId: 15368,
  ...given,
});
const commit = (given: Partial<CommitChecks>): CommitChecks => ({ sha, runs: [], statuses: [], ...given });
const status = (state: string) => ({ context: "build", state });

test.each<{ what: string; checks: Partial<CommitChecks>; app?: number; state: string }>([
  { what: "green", checks: { runs: [aRun({})] }, state: "success" },
  { what: "a green status", checks: { statuses: [status("success")] }, state: "success" },
  { what: "nothing", checks: {}, state: "missing" },
  { what: "another name", checks: { runs: [aRun({ name: "Build" })] }, state: "missing" },
  { what: "queued", checks: { runs: [aRun({ status: "queued", conclusion: null })] }, state: "pending" },
  { what: "a pending status", checks: { statuses: [status("pending")] }, state: "pending" },
  { what: "failed", checks: { runs: [aRun({ conclusion: "failure" })] }, state: "failure" },
  { what: "skipped", checks: { runs: [aRun({ conclusion: "skipped" })] }, state: "failure" },
  { what: "neutral", checks: { runs: [aRun({ conclusion: "neutral" })] }, state: "failure" },
  {
    what: "a conclusion nobody knows yet",
    checks: { runs: [aRun({ conclusion: "stale" })] },
    state: "failure",
  },
  { what: "no conclusion", checks: { runs: [aRun({ conclusion: null })] }, state: "failure" },
  { what: "an error status", checks: { statuses: [status("error")] }, state: "failure" },
  {
    what: "one of two runs of the name failed",
    checks: { runs: [aRun({}), aRun({ id: 2, conclusion: "failure" })] },
    state: "failure",
  },
  {
    what: "one failed while another runs",
    checks: { runs: [aRun({ status: "in_progress", conclusion: null }), aRun({ conclusion: "failure" })] },
    state: "failure",
  },
  {
    what: "run green, status red",
    checks: { runs: [aRun({})], statuses: [status("failure")] },
    state: "failure",
  },
  { what: "the wrong app", checks: { runs: [aRun({ appId: 5 })] }, app: 15368, state: "failure" },
  {
    what: "a status where an app is pinned",
    checks: { statuses: [status("success")] },
    app: 15368,
    state: "missing",
  },
  {
    what: "the right app beside a wrong one",
    checks: { runs: [aRun({}), aRun({ appId: 5, conclusion: "failure" })] },
    app: 15368,
    state: "success",
  },
])("$what → $state", ({ checks, app, state }) => {
  const required = app === undefined ? { name: "build" } : { name: "build", appId: app };
  expect(judgeChecks([required], [commit(checks)]).map((verdict) => verdict.state)).toEqual([state]);
});

test("each check on each commit", () => {
  const verdicts = judgeChecks(
    [{ name: "build" }, { name: "lint" }],
    [commit({ runs: [aRun({})] }), commit({ sha: "b".repeat(40) })],
  );
  expect(verdicts.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "build success",
    "lint missing",
    "build missing",
    "lint missing",
  ]);
  expect(sentenceOf(verdicts)).toContain("lint is missing on aaaaaaa");
  expect(mayTurnGreen(verdicts)).toBe(true);
});

test("green is no sentence; red is not waited for", () => {
  expect(sentenceOf(judgeChecks([{ name: "build" }], [commit({ runs: [aRun({})] })]))).toBeNull();
  expect(
    mayTurnGreen(judgeChecks([{ name: "build" }], [commit({ runs: [aRun({ conclusion: "failure" })] })])),
  ).toBe(false);
});

describe("what a branch requires", () => {
  test("rulesets and classic protection together, each once, without our own", () => {
    const rules = [
      { type: "deletion" },
      {
        type: "required_status_checks",
        parameters: {
          required_status_checks: [
            { context: "build", integration_id: 15368 },
            { context: "sluice / apply (prod)" },
          ],
        },
      },
    ];
    const classic = {
      contexts: ["build", "lint"],
      checks: [
        { context: "build", app_id: 15368 },
        { context: "lint", app_id: -1 },
      ],
    };
    expect(requiredByBranch(rules, classic, ["sluice / apply (prod)"])).toEqual([
      { name: "build", appId: 15368 },
      { name: "lint" },
    ]);
  });

  test("nothing where nothing is protected", () => {
    expect(requiredByBranch([], null, [])).toEqual([]);
  });
});
