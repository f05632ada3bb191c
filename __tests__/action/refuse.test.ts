/**
 * One test per attack of spec github-platform 11 that reaches the apply job: each is refused with its reason and sends
 * no statement; without the attack the same merge is applied.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Artifact, sha256 } from "../support/github/artifacts/store.ts";
import { dispatchEvent } from "../support/github/events.ts";
import type { JobOptions, JobResult } from "../support/github/job.ts";
import { fork, openPull, pushTo, pushToBranch } from "../support/github/pull-requests.ts";
import { type CheckRun, mallory, type PullRequest, type WorkflowRun } from "../support/github/repository.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

let world: ShopWorld;
afterEach(() => expect(world.github.violations).toEqual([]));

/** What the warehouse shows and what it remembers: equal before and after means that nothing was sent. */
async function warehouse(): Promise<unknown> {
  const shown = await world.sql("SELECT * FROM shop.revenue ORDER BY shop");
  const ledger = await world.sql("SELECT count(*)::INT AS entries FROM sluice._ledger");
  return { shown, ledger };
}

async function refused(run: () => Promise<JobResult>, reason: string): Promise<JobResult> {
  const before = await warehouse();
  const result = await run();
  expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
  expect(result.exitCode).toBe(3);
  expect(result.outputs["production"] ?? "unchanged").toBe("unchanged");
  expect(await warehouse()).toEqual(before);
  return result;
}

describe("attacks on the plan of a merged pull request", () => {
  let pull: PullRequest;
  let planned: JobResult;
  let artifact: Artifact;
  let check: CheckRun;

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    pull = world.openPull({ branch: "count-orders", changes: countOrders });
    planned = await world.plan(pull);
    artifact = world.github.artifacts.listed(() => true)[0] as Artifact;
    check = world.github.repository.checks.at(-1) as CheckRun;
    world.merge(pull);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  interface Attack {
    readonly attack: string;
    readonly reason: string;
    /** Returns what undoes it. */
    readonly play: () => () => void;
  }

  /** Sets properties, and puts the old ones back. */
  function change<T extends object>(target: T, properties: Partial<T>): () => void {
    const old = Object.fromEntries(
      Object.keys(properties).map((key) => [key, target[key as keyof T]]),
    ) as Partial<T>;
    Object.assign(target, properties);
    return () => Object.assign(target, old);
  }

  function content(bytes: Buffer): () => void {
    return change(world.github.artifacts.blob(artifact.blob), { data: bytes });
  }

  /** Everything a job of the pull request can write says the same. */
  function forge(bytes: Buffer): () => void {
    const digest = sha256(bytes);
    const own = (artifact.digest ?? "").replace("sha256:", "");
    const undo = [
      content(bytes),
      change(artifact, { digest, size: bytes.length }),
      change(check, { text: (check.text ?? "").replace(own, digest.replace("sha256:", "")) }),
    ];
    return () => {
      for (const each of undo) each();
    };
  }

  test.each<Attack>([
    {
      attack: "the artifact has expired",
      reason: "plan-expired",
      play: () => change(artifact, { expiresAt: 0 }),
    },
    {
      attack: "the artifact was deleted",
      reason: "plan-missing",
      play: () => change(artifact, { deleted: true }),
    },
    {
      attack: "the artifact was deleted and uploaded again by another job of the run",
      reason: "plan-untrusted",
      play: () => {
        const undo = change(artifact, { deleted: true });
        const again = { ...artifact, id: artifact.id + 500, deleted: false };
        world.github.artifacts.artifacts.push(again);
        return () => {
          again.deleted = true;
          undo();
        };
      },
    },
    {
      attack: "the stored bytes were swapped",
      reason: "plan-untrusted",
      play: () =>
        content(Buffer.from(world.github.artifacts.contentOf(artifact).toString().replace('"shop', '"shox'))),
    },
    {
      attack: "the stored bytes are cut in half",
      reason: "plan-untrusted",
      play: () => content(world.github.artifacts.contentOf(artifact).subarray(0, 2000)),
    },
    {
      attack: "the check was edited",
      reason: "plan-untrusted",
      play: () =>
        change(check, { text: (check.text ?? "").replace(/"digest":"[0-9a-f]{4}/, '"digest":"0000') }),
    },
    {
      attack: "the check is red",
      reason: "plan-untrusted",
      play: () => change(check, { conclusion: "failure" }),
    },
    {
      attack: "the check says nothing",
      reason: "plan-untrusted",
      play: () => change(check, { text: "Trust me." }),
    },
    {
      attack: "the plan comes from a fork's run that uploaded the same name",
      reason: "plan-missing",
      play: () => change(planned.run as { home: typeof fork }, { home: fork }),
    },
    {
      attack: "the plan comes from another workflow",
      reason: "plan-missing",
      play: () => change(planned.run as { path: string }, { path: ".github/workflows/mine.yml" }),
    },
    {
      attack: "the plan comes from another event",
      reason: "plan-missing",
      play: () => change(planned.run as { event: string }, { event: "pull_request_target" }),
    },
    {
      attack: "the plan was made on another commit",
      reason: "plan-missing",
      play: () => change(planned.run as { headSha: string }, { headSha: "f".repeat(40) }),
    },
    {
      attack: "the plan's run failed",
      reason: "plan-untrusted",
      play: () => change(planned.run, { conclusion: "failure" }),
    },
    {
      attack: "bytes that are no plan, with the digest of artifact and check made to fit",
      reason: "plan-untrusted",
      play: () => forge(Buffer.from("PK\u0003\u0004 ../../etc/passwd")),
    },
    {
      attack: "a plan whose work was changed, with the digest of artifact and check made to fit",
      reason: "plan-untrusted",
      play: () =>
        forge(
          Buffer.from(world.github.artifacts.contentOf(artifact).toString().replace("COUNT(*)", "MAX(id)")),
        ),
    },
    {
      attack: "a plan file larger than anybody reads",
      reason: "plan-untrusted",
      play: () => change(artifact, { size: 65 * 1024 * 1024 }),
    },
    {
      attack: "the plan is of an older attempt",
      reason: "plan-untrusted",
      play: () => change(planned.run, { attempt: 2 }),
    },
  ])("$attack", async ({ play, reason }) => {
    const undo = play();
    const result = await refused(() => world.apply(pull), reason);
    undo();
    expect(result.outputs["sentence"]).toMatch(/\.$/);
    expect(world.comments(pull).map(({ body }) => body)).toEqual([expect.stringContaining("state=refused")]);
    expect(world.github.repository.checks.at(-1)).toMatchObject({
      sha: pull.mergeSha,
      conclusion: "failure",
    });
  });

  test.each([
    {
      attack: "a digest that is not the plan's",
      inputs: { "plan-digest": "0".repeat(64) },
      reason: "plan-untrusted",
    },
    { attack: "a run that does not exist", inputs: { "plan-run-id": "424242" }, reason: "github-error" },
    {
      attack: "a run of another workflow",
      inputs: { "plan-run-id": "new" },
      run: { path: ".github/workflows/mine.yml" },
      reason: "plan-untrusted",
    },
    {
      attack: "a run of a fork",
      inputs: { "plan-run-id": "new" },
      run: { home: fork },
      reason: "plan-untrusted",
    },
    {
      attack: "a plan that a branch's own dispatch made",
      inputs: { "plan-run-id": "new" },
      run: { event: "workflow_dispatch", headBranch: "evil" },
      reason: "plan-untrusted",
    },
  ])("dispatch with $attack", async ({ inputs, run = {}, reason }) => {
    const { repository, artifacts } = world.github;
    const other: WorkflowRun = { ...planned.run, id: repository.nextId(), ...run };
    repository.runs.push(other);
    artifacts.artifacts.push({ ...artifact, id: repository.nextId(), run: other.id });
    const all = {
      command: "apply",
      pr: String(pull.number),
      ...inputs,
      ...("plan-run-id" in inputs && inputs["plan-run-id"] === "new"
        ? { "plan-run-id": String(other.id) }
        : {}),
    };
    const before = await warehouse();
    const result = await world.dispatch(all);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
    expect(result.exitCode).toBeGreaterThan(0);
    expect(await warehouse()).toEqual(before);
    repository.runs.pop();
    repository.runs.splice(repository.runs.indexOf(other), 1);
    artifacts.artifacts.pop();
  });

  test("dispatch with a pull request that was merged into another branch", async () => {
    const { repository } = world.github;
    repository.branches.set("dev", pull.base.sha);
    const elsewhere = world.openPull({ branch: "to-dev", changes: countOrders, base: "dev" });
    world.merge(elsewhere);
    const before = await warehouse();
    const result = await world.dispatch({ command: "apply", pr: String(elsewhere.number) });
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("plan-untrusted");
    expect(result.outputs["sentence"]).toContain("merged into dev");
    expect(await warehouse()).toEqual(before);
  });

  test("dispatch from a branch with an edited workflow", async () => {
    world.github.repository.branches.set("evil", world.github.repository.branchSha("main"));
    const inputs = { command: "apply", pr: String(pull.number) };
    const before = await warehouse();
    const result = await world.run(dispatchEvent(world.github, inputs, "evil"), { inputs });
    expect(result, result.log.join("\n")).toMatchObject({
      exitCode: 2,
      outputs: { outcome: "config-error" },
    });
    expect(result.outputs["sentence"]).toContain("not on evil");
    expect(await warehouse()).toEqual(before);
  });

  test("dispatch with a pull request that is not merged", async () => {
    const open = world.openPull({
      branch: "open",
      changes: { "models/revenue.sql": null, "tests/test_revenue.yaml": null },
    });
    await world.plan(open);
    const before = await warehouse();
    const result = await world.dispatch({ command: "apply", pr: String(open.number) });
    expect(result.exitCode, result.log.join("\n")).toBeGreaterThan(0);
    expect(await warehouse()).toEqual(before);
  });

  test("runs upon runs of the plan workflow without a plan: the search ends, and says how to go on", async () => {
    const { repository } = world.github;
    const before = repository.runs.length;
    for (let each = 0; each < 100; each++)
      repository.runs.push({ ...planned.run, id: repository.nextId(), conclusion: "cancelled" });
    const result = await refused(() => world.apply(pull), "plan-missing");
    expect(result.outputs["sentence"]).toContain("None of the newest 100 runs of the plan workflow");
    repository.runs.splice(before, 100);
    world.github.calls.length = 0;
  });

  test("a fork's newer run with our branch name and artifact, and strangers' comments, change nothing: the same merge is applied", async () => {
    const { repository, artifacts } = world.github;
    const theirs: WorkflowRun = { ...planned.run, id: repository.nextId(), home: fork };
    repository.runs.push(theirs);
    artifacts.artifacts.push({ ...artifact, id: artifact.id + 900, run: theirs.id });
    const [own] = world.comments(pull);
    if (own) own.body = own.body.replace(/digest=[0-9a-f]+/, `digest=${"0".repeat(64)}`);
    repository.comments.push({
      ...(own as (typeof repository.comments)[0]),
      id: repository.nextId(),
      author: mallory,
      body: "<!-- sluice:shop:prod state=applied -->\napproved",
    });
    const result = await world.apply(pull);
    expect(result.outputs, result.log.join("\n")).toMatchObject({
      outcome: "applied",
      "plan-digest": planned.outputs["plan-digest"],
    });
  });

  test("an old plan by dispatch does not bring the old version back", async () => {
    const next = world.openPull({
      branch: "gone",
      changes: { "models/revenue.sql": null, "tests/test_revenue.yaml": null },
    });
    await world.plan(next);
    world.merge(next);
    expect((await world.apply(next)).outputs["outcome"]).toBe("applied");
    const result = await world.dispatch({
      command: "apply",
      pr: String(pull.number),
      "plan-run-id": String(planned.run.id),
    });
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("already-applied");
    await expect(world.sql("SELECT * FROM shop.revenue")).rejects.toThrow("revenue");
  });
});

describe("a plan that its pull request forged", () => {
  afterEach(() => world[Symbol.asyncDispose]());

  test("planned from other code than was merged: planning again finds it out", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const { repository } = world.github;
    const honest = world.openPull({ branch: "honest", changes: countOrders });
    // The pull request's own workflow checks out what nobody reviewed, and plans that.
    const evil = openPull(repository, {
      branch: "evil",
      changes: {
        "models/revenue.sql":
          "MODEL (name shop.revenue, kind FULL);\n\nSELECT 'x' AS shop, 0::DOUBLE AS revenue, 1 AS orders\n",
        "tests/test_revenue.yaml": null,
      },
    });
    const planned = await world.plan(honest, { checkout: evil.head.sha });
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
    world.merge(honest);
    const result = await refused(() => world.apply(honest), "stale");
    expect(result.outputs["sentence"]).toContain("plan");
    expect(world.comments(honest)[0]?.body).toContain("shop.revenue");
  });

  test("too old by sluice.yaml: expired", async () => {
    world = await ShopWorld.promoted({ "sluice.yaml": "plan_ttl_hours: 24\n" });
    world.options = { inProcess: {} };
    const pull = world.openPull({ branch: "old", changes: countOrders });
    await world.plan(pull);
    world.merge(pull);
    const late: JobOptions = { env: { SLUICE_NOW: "2024-01-09T00:00:00Z" } };
    await refused(() => world.apply(pull, late), "plan-expired");
  });

  test("a commit pushed after the plan, and merged before it was planned", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    const pull = world.openPull({ branch: "quick", changes: countOrders });
    await world.plan(pull);
    pushTo(world.github.repository, pull, {
      "models/more.sql": "MODEL (name shop.more, kind FULL);\n\nSELECT 1 AS one\n",
    });
    world.merge(pull);
    await refused(() => world.apply(pull), "plan-missing");
  });

  test("a push to main that no pull request made is not applied", async () => {
    world = await ShopWorld.promoted();
    world.options = { inProcess: {} };
    pushToBranch(world.github.repository, "main", countOrders);
    const { pushEvent } = await import("../support/github/events.ts");
    await refused(() => world.run(pushEvent(world.github, "main")), "plan-missing");
  });
});
