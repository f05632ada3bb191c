/** The circuit breaker in the Action: required checks and the kill switch. Each fuse is asked before every step; all fail closed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultKind } from "../support/github/faults.ts";
import type { JobOptions, JobResult } from "../support/github/job.ts";
import { actionsApp, type CheckRun, now, type PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
let pull: PullRequest;
const revenue = "SELECT * FROM shop.revenue ORDER BY shop";

async function mergedWorld(options: JobOptions = { inProcess: {} }): Promise<void> {
  world = await ShopWorld.promoted();
  world.options = options;
  pull = world.openPull({ branch: "count-orders", changes: countOrders });
  await world.plan(pull);
  world.merge(pull);
}

afterEach(() => expect(world.github.violations).toEqual([]));

function addCheck(name: string, conclusion: string | null, more: Partial<CheckRun> = {}): CheckRun {
  const check: CheckRun = {
    id: world.github.repository.nextId(),
    sha: pull.head.sha,
    name,
    app: actionsApp,
    status: conclusion === null ? "in_progress" : "completed",
    conclusion,
    externalId: "",
    detailsUrl: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    startedAt: now(),
    completedAt: conclusion === null ? null : now(),
    hiddenFor: 0,
    ...more,
  };
  world.github.repository.checks.push(check);
  return check;
}

function addStatus(context: string, state: "error" | "failure" | "pending" | "success"): void {
  const id = world.github.repository.nextId();
  world.github.repository.statuses.push({
    id,
    sha: pull.head.sha,
    context,
    state,
    description: "",
    at: now(),
  });
}

function apply(inputs: Readonly<Record<string, string>> = {}): Promise<JobResult> {
  return world.apply(pull, {
    inputs: { "required-checks": "build", "required-checks-grace": "0", ...inputs },
  });
}

async function stopped(run: () => Promise<JobResult>): Promise<JobResult> {
  const before = await world.sql(revenue);
  const result = await run();
  expect(result.outputs, result.log.join("\n")).toMatchObject({
    outcome: "breaker-open",
    production: "unchanged",
  });
  expect(result.exitCode).toBe(4);
  expect(await world.sql(revenue)).toEqual(before);
  return result;
}

describe("required checks stop an apply", () => {
  beforeAll(() => mergedWorld());
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(() => {
    const { repository, faults } = world.github;
    faults.clear();
    repository.statuses.length = 0;
    Object.assign(repository, { requiredByRules: [], requiredByProtection: [] });
    for (const check of repository.checks.filter(({ name }) => /^(build|other)\b/.test(name)))
      repository.checks.splice(repository.checks.indexOf(check), 1);
  });

  test.each([
    { state: "missing", play: () => undefined, says: "build is missing" },
    { state: "still running", play: () => addCheck("build", null), says: "build is still running" },
    { state: "failed", play: () => addCheck("build", "failure"), says: "build is not green" },
    { state: "skipped", play: () => addCheck("build", "skipped"), says: "skipped" },
    {
      state: "a red commit status beside a green check",
      play: () => [addCheck("build", "success"), addStatus("build", "error")],
      says: "error",
    },
    { state: "a pending commit status", play: () => addStatus("build", "pending"), says: "still running" },
    {
      state: "green, but from another app than the pinned one",
      play: () => addCheck("build", "success", { app: { id: 1, slug: "forger" } }),
      says: "app 1",
      inputs: { "required-checks": "build@15368" },
    },
    {
      state: "green on the head, missing on the merge commit",
      play: () => addCheck("build", "success"),
      says: "missing",
      inputs: { "required-checks-on": "both" },
    },
    {
      state: "red, on the second page of the list",
      play: () => {
        addCheck("build", "failure");
        for (let each = 0; each < 120; each++) addCheck(`other ${each}`, "success");
      },
      says: "build is not green",
    },
    {
      state: "green in its newest run, red in another app's of the same name",
      play: () => [
        addCheck("build", "failure", { app: { id: 2, slug: "other" } }),
        addCheck("build", "success"),
      ],
      says: "build is not green",
    },
    {
      state: "missing, and required by a ruleset",
      play: () => Object.assign(world.github.repository, { requiredByRules: [{ name: "build" }] }),
      says: "build is missing",
      inputs: { "required-checks": "auto" },
    },
    {
      state: "missing, and required by classic protection",
      play: () =>
        Object.assign(world.github.repository, { requiredByProtection: [{ name: "build", appId: 15368 }] }),
      says: "build is missing",
      inputs: { "required-checks": "auto" },
    },
  ])("$state", async ({ play, says, inputs = {} }) => {
    play();
    const result = await stopped(() => apply(inputs));
    expect(result.outputs["sentence"]).toContain(says);
    expect(world.comments(pull)[0]?.body).toContain(says);
  });

  test.each<{ fault: string; kind: FaultKind }>([
    { fault: "answers 403", kind: { status: 403 } },
    { fault: "answers half a document", kind: "malformed" },
  ])("GitHub $fault when asked for the statuses", async ({ kind }) => {
    addCheck("build", "success");
    world.github.faults.add({ call: "repos/get-combined-status-for-ref", kind, times: 50 });
    await stopped(() => apply());
  });

  test("one that turns red in mid-apply stops it before the switch; by dispatch it goes on when green again", async () => {
    const check = addCheck("build", "success");
    let asked = 0;
    world.github.onCall = (operation) => {
      if (operation !== "repos/get-combined-status-for-ref") return;
      asked += 1;
      if (asked === 3) check.conclusion = "failure";
    };
    const result = await stopped(() => apply());
    expect(result.log.join("\n")).toMatch(/Applying plan \w+: \d+ steps\./);
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(result.log.join("\n")).not.toContain("Switch prod");
    // Asked again and again, GitHub says "nothing new", which costs none of the rate limit.
    const repeated = world.github.calls
      .filter(({ status }) => status === 304)
      .map(({ operation }) => operation);
    expect(repeated).toEqual(
      expect.arrayContaining(["checks/list-for-ref", "repos/get-combined-status-for-ref"]),
    );
    world.github.onCall = () => undefined;
    check.conclusion = "success";
    const resumed = await world.dispatch({
      command: "apply",
      pr: String(pull.number),
      "required-checks": "build",
      "required-checks-grace": "0",
    });
    expect(resumed.outputs, resumed.log.join("\n")).toMatchObject({
      outcome: "applied",
      production: "switched",
    });
  });
});

describe("in the process that the runner starts", () => {
  beforeAll(() => mergedWorld({}));
  afterAll(() => world[Symbol.asyncDispose]());

  test("red ones on the last pages of both lists stop it; one that appears a moment after the merge is waited for, and stops it when it turns red in mid-apply", async () => {
    const { repository } = world.github;
    const [red, deploy] = [addCheck("build", "failure"), "deploy gate"];
    addStatus(deploy, "success");
    for (let each = 0; each < 210; each++) {
      addCheck(`other ${each}`, "success");
      addStatus(`status ${each}`, "success");
    }
    addStatus("scan", "failure");
    const required = { "required-checks": `build, ${deploy}, scan` };
    const result = await stopped(() => apply(required));
    expect(result.outputs["sentence"]).toContain("build is not green");
    expect(result.outputs["sentence"]).toContain("scan is not green");
    expect(result.outputs["sentence"]).not.toContain(deploy);

    repository.checks.splice(repository.checks.indexOf(red), 211);
    repository.statuses.pop();
    addStatus("scan", "success");
    const late = addCheck("build", "success", { hiddenFor: 1 });
    let asked = 0;
    world.github.onCall = (operation) => {
      if (operation === "checks/list-for-ref") asked += 1;
      if (asked === 6) late.conclusion = "failure";
    };
    const waited = await stopped(() => apply({ ...required, "required-checks-grace": "1" }));
    world.github.onCall = () => undefined;
    expect(waited.log.join("\n")).toMatch(/Applying plan \w+: \d+ steps\./);
    expect(asked).toBeGreaterThanOrEqual(6);
    expect(waited.log.join("\n")).toMatch(/build is missing on [0-9a-f]{7}\. Waiting at most 60 s more\./);
  });

  test("cancelled while it waits, it ends at once and says so", async () => {
    const controller = new AbortController();
    const onLine = (line: string) => {
      if (line.includes("Waiting at most")) controller.abort();
    };
    const inputs = { "required-checks": "never", "required-checks-grace": "5" };
    const result = await world.apply(pull, { inputs, cancel: controller.signal, onLine });
    expect(result.outputs, result.log.join("\n")).toMatchObject({
      outcome: "cancelled",
      production: "unchanged",
    });
    expect(result.exitCode).toBe(130);
    expect(world.github.repository.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });
});

describe("the kill switch", () => {
  beforeAll(() => mergedWorld());
  afterAll(() => world[Symbol.asyncDispose]());

  test("opened by dispatch it stops every apply and says who and why; closed it lets them go on", async () => {
    const opened = await world.dispatch({ command: "breaker-open", reason: "Quarter-end freeze" });
    expect(opened.outputs, opened.log.join("\n")).toMatchObject({ "breaker-open": "true" });
    const result = await stopped(() => world.apply(pull));
    expect(result.outputs["sentence"]).toContain("Quarter-end freeze");
    const status = await world.dispatch({ command: "status" });
    expect(status.outputs["breaker-open"]).toBe("true");
    expect(status.summary).toContain("Quarter-end freeze");
    expect(status.summary).toContain("octocat");
    const closed = await world.dispatch({ command: "breaker-close", reason: "Done" });
    expect(closed.outputs["breaker-open"]).toBe("false");
    const applied = await world.apply(pull);
    expect(applied.outputs["outcome"], applied.log.join("\n")).toBe("applied");
  });

  test("needs a reason", async () => {
    const result = await world.dispatch({ command: "breaker-open" });
    expect(result).toMatchObject({ exitCode: 2, outputs: { outcome: "config-error" } });
  });
});
