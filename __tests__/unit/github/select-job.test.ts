/** Event × command → job: the table of what the Action does. */
import { expect, test } from "vitest";
import type { GithubEvent, PullFacts } from "../../../src/github/event.ts";
import type { Command } from "../../../src/github/inputs.ts";
import { type Selection, selectJob } from "../../../src/github/select-job.ts";

const repository = { id: 1, defaultBranch: "main" };
const head = "a".repeat(40);
const main = "refs/heads/main";

function aPull(given: Partial<PullFacts> = {}): PullFacts {
  return {
    number: 7,
    headSha: head,
    headRepositoryId: 1,
    baseSha: "b".repeat(40),
    baseRef: "main",
    merged: false,
    mergeCommitSha: null,
    author: "octocat",
    ...given,
  };
}

function onPull(action: string, pull: Partial<PullFacts> = {}, baseChanged = false): GithubEvent {
  return { kind: "pull-request", action, pull: aPull(pull), baseChanged, bodyChanged: false, repository };
}

const push = (branch: string | null, deleted = false): GithubEvent => ({
  kind: "push",
  branch,
  after: head,
  deleted,
  repository,
});
const dispatch: GithubEvent = { kind: "dispatch", ref: main, repository };
const group = (action: string): GithubEvent => ({
  kind: "merge-group",
  action,
  headSha: head,
  baseSha: "b".repeat(40),
  baseRef: "main",
  repository,
});

function choose(event: GithubEvent, given: Partial<Selection> = {}): string {
  const job = selectJob({
    event,
    command: "auto",
    productionBranch: "main",
    pr: null,
    planRunId: null,
    planDigest: null,
    actor: "octocat",
    sha: head,
    ref: main,
    ...given,
  });
  if (job.kind === "apply") return `apply ${job.trigger.kind}`;
  if (job.kind === "offline-plan") return `offline-plan ${job.why}`;
  if (job.kind === "plan") return job.pull === null ? "plan branch" : "plan pull";
  return job.kind;
}

test.each<{ what: string; event: GithubEvent; actor?: string; job: string }>([
  { what: "opened", event: onPull("opened"), job: "plan pull" },
  { what: "synchronize", event: onPull("synchronize"), job: "plan pull" },
  { what: "reopened", event: onPull("reopened"), job: "plan pull" },
  { what: "ready for review", event: onPull("ready_for_review"), job: "plan pull" },
  { what: "labelled", event: onPull("labeled"), job: "nothing" },
  { what: "title edited", event: onPull("edited"), job: "nothing" },
  { what: "base changed", event: onPull("edited", {}, true), job: "plan pull" },
  { what: "to another branch", event: onPull("opened", { baseRef: "develop" }), job: "nothing" },
  { what: "of a fork", event: onPull("opened", { headRepositoryId: 2 }), job: "offline-plan fork" },
  {
    what: "of a deleted fork",
    event: onPull("opened", { headRepositoryId: null }),
    job: "offline-plan fork",
  },
  {
    what: "of Dependabot",
    event: onPull("opened"),
    actor: "dependabot[bot]",
    job: "offline-plan dependabot",
  },
  { what: "merged", event: onPull("closed", { merged: true }), job: "apply merge" },
  { what: "merged elsewhere", event: onPull("closed", { merged: true, baseRef: "develop" }), job: "nothing" },
  {
    what: "merged from a fork",
    event: onPull("closed", { merged: true, headRepositoryId: 2 }),
    job: "nothing",
  },
  { what: "closed unmerged", event: onPull("closed"), job: "close" },
  { what: "fork closed unmerged", event: onPull("closed", { headRepositoryId: 2 }), job: "nothing" },
  { what: "push to production", event: push("main"), job: "apply push" },
  { what: "push elsewhere", event: push("develop"), job: "nothing" },
  { what: "pushed tag", event: push(null), job: "nothing" },
  { what: "deleted branch", event: push("main", true), job: "nothing" },
  { what: "merge group", event: group("checks_requested"), job: "plan branch" },
  { what: "merge group destroyed", event: group("destroyed"), job: "nothing" },
  { what: "schedule", event: { kind: "schedule", repository: null }, job: "drift" },
  { what: "dispatch without more", event: dispatch, job: "status" },
  { what: "another event", event: { kind: "other", name: "issues" }, job: "nothing" },
])("auto: $what → $job", ({ event, actor, job }) => {
  expect(choose(event, actor === undefined ? {} : { actor })).toBe(job);
});

test.each<{ command: Command; event: GithubEvent; given?: Partial<Selection>; job: string }>([
  { command: "plan", event: dispatch, job: "plan branch" },
  { command: "plan", event: dispatch, given: { pr: 7 }, job: "replan" },
  { command: "plan", event: onPull("labeled"), job: "plan pull" },
  { command: "plan", event: onPull("closed", { merged: true }), job: "nothing" },
  { command: "plan", event: onPull("opened", { headRepositoryId: 2 }), job: "offline-plan fork" },
  { command: "apply", event: dispatch, job: "refuse" },
  { command: "apply", event: dispatch, given: { pr: 7 }, job: "apply dispatch" },
  { command: "apply", event: dispatch, given: { planRunId: 7 }, job: "apply dispatch" },
  { command: "apply", event: dispatch, given: { planDigest: "c".repeat(64) }, job: "apply dispatch" },
  { command: "apply", event: onPull("opened"), job: "nothing" },
  { command: "apply", event: { kind: "schedule", repository: null }, job: "refuse" },
  { command: "breaker-open", event: dispatch, job: "breaker" },
  { command: "breaker-close", event: onPull("opened"), job: "refuse" },
  { command: "unlock", event: dispatch, job: "unlock" },
  { command: "run", event: { kind: "schedule", repository: null }, job: "run" },
  { command: "status", event: dispatch, job: "status" },
  { command: "rollback", event: dispatch, job: "rollback" },
  { command: "rollback", event: { kind: "schedule", repository: null }, job: "refuse" },
  { command: "clean", event: { kind: "schedule", repository: null }, job: "clean" },
])("$command on $event.kind → $job", ({ command, event, given, job }) => {
  expect(choose(event, { command, ...given })).toBe(job);
});

test.each<Command>(["apply", "plan", "breaker-open", "breaker-close", "unlock", "run", "rollback", "clean"])(
  "%s is refused on a branch whose workflow nobody reviewed",
  (command) => {
    const pr = command === "apply" ? { pr: 7 } : {};
    expect(choose(dispatch, { command, ref: "refs/heads/evil", ...pr })).toBe("refuse");
  },
);

test("status may be asked on any branch", () => {
  expect(choose(dispatch, { command: "status", ref: "refs/heads/evil" })).toBe("status");
});
