/**
 * GitHub fails, call by call and fault by fault. Lasting faults end in a reason of the closed list with nothing sent to the warehouse, or,
 * where the call only tells people, in an apply with a warning; passing faults are survived. No call is left out: the calls of a run
 * without faults are held against the rows.
 */
import { copyFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lasting, passing, requestLimit, rowsOf } from "../support/github/fault-matrix.ts";
import { applyPermissions, type JobResult } from "../support/github/job.ts";
import type { CheckRun, PullRequest } from "../support/github/repository.ts";
import { ShopWorld } from "../support/github/shop-world.ts";

const counts = (more: string): Readonly<Record<string, string>> => ({
  "models/revenue.sql": `MODEL (name shop.revenue, kind FULL);

SELECT o.shop, SUM(o.amount)::DOUBLE AS revenue${more}
FROM raw.orders AS o
GROUP BY o.shop
`,
});
const tiny = { ...counts(""), "models/orders.sql": null, "tests/test_revenue.yaml": null };
const change = counts(", COUNT(*)::BIGINT AS orders");

let world: ShopWorld;
let pull: PullRequest;

/** What the warehouse remembers and shows. */
function warehouse(): Promise<unknown> {
  return world.sql(
    "SELECT *, (SELECT count(*) FROM sluice._ledger) AS entries FROM shop.revenue ORDER BY shop",
  );
}

/** Checks that would stay pending for ever. */
function openChecks(): readonly CheckRun[] {
  return world.github.repository.checks.filter(({ status }) => status !== "completed");
}

function calls(): readonly string[] {
  return [...world.github.calls.map(({ operation }) => operation), ...world.github.artifacts.calls];
}

function forgetCalls(): void {
  world.github.calls.length = 0;
  world.github.artifacts.calls.length = 0;
}

beforeAll(async () => {
  world = await ShopWorld.promoted(tiny);
  world.options = { inProcess: {} };
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  const violations = [...world.github.violations];
  world.github.faults.clear();
  world.github.forgive();
  world.github.repository.checks.length = 0;
  expect(violations).toEqual([]);
});

describe("a plan", () => {
  const reasons = {
    "checks/create": "github-error",
    "checks/update": "github-error",
    "pulls/get": "github-error",
    "pulls/list-commits": "github-error",
    "issues/list-comments": "github-error",
    "issues/create-comment": "github-error",
    "issues/update-comment": "github-error",
    CreateArtifact: "github-error",
    "blob PUT": "github-error",
    FinalizeArtifact: "github-error",
  };
  let commented: PullRequest;

  beforeAll(async () => {
    commented = world.openPull({ branch: "commented", changes: change });
    await world.plan(commented);
    world.github.repository.checks.length = 0;
  });

  /** A pull request without a comment, unless it is about rewriting one. */
  function subject(call: string): PullRequest {
    if (call !== "issues/update-comment") return world.openPull({ branch: "new", changes: change });
    for (const comment of world.comments(commented)) comment.body += "\nolder";
    return commented;
  }

  test("calls nothing that has no rows", async () => {
    forgetCalls();
    for (const call of ["any", "issues/update-comment"]) await world.plan(subject(call));
    expect(new Set(calls())).toEqual(new Set(Object.keys(reasons)));
  });

  test.each(rowsOf(reasons))("$call always answers $fault: $reason", async ({ call, kind, reason }) => {
    world.github.faults.add({ call, kind, times: 100 });
    pull = subject(call);
    const result = await world.plan(pull);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
    expect(result.exitCode).toBe(1);
    expect(result.issues.map(({ kind: level }) => level)).toContain("error");
    expect(world.github.repository.checks.map(({ conclusion }) => conclusion)).toEqual(
      { "checks/create": [], "checks/update": [null] }[call] ?? ["failure"],
    );
    const told = /^(issues\/|checks\/create)/.test(call) ? [] : [expect.stringContaining("state=failed")];
    expect(world.comments(pull).map(({ body }) => body)).toEqual(
      pull === commented ? expect.anything() : told,
    );
  });

  test.each(Object.entries(passing))("every call answers %s once: planned", async (fault, kind) => {
    // A comment that appears after everybody gave it up stands beside ours until somebody deletes it.
    const calm = fault === "silent" ? ["issues/create-comment"] : [];
    for (const subjectOf of ["any", "issues/update-comment"]) {
      for (const call of Object.keys(reasons).filter((name) => name.includes("/") && !calm.includes(name)))
        world.github.faults.add({ call, kind });
      pull = subject(subjectOf);
      const result = await world.plan(pull, { inProcess: { requestLimit } });
      expect(result.outputs["outcome"], result.log.join("\n")).toBe("planned");
      expect(world.comments(pull)).toHaveLength(1);
      expect(openChecks()).toEqual([]);
      world.github.faults.clear();
      world.github.repository.checks.length = 0;
    }
  });

  // What of an upload is tried again is the toolkit's decision.
  const uploads = Object.entries({
    CreateArtifact: { dropped: "github-error" },
    "blob PUT": { "429": "github-error", "502": "github-error" },
    FinalizeArtifact: { dropped: "github-error" },
  }).flatMap(([call, reasonOf]) =>
    Object.entries(passing).map(([fault, kind]) => ({
      call,
      fault,
      kind,
      reason: (reasonOf as Readonly<Record<string, string>>)[fault] ?? "planned",
    })),
  );
  test.each(uploads)("$call answers $fault once: $reason", async ({ call, kind, reason }) => {
    world.github.faults.add({ call, kind });
    pull = subject(call);
    const result = await world.plan(pull);
    expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
    const conclusion = reason === "planned" ? "success" : "failure";
    expect(world.github.repository.checks.map((check) => check.conclusion)).toEqual([conclusion]);
  });

  test("GitHub refuses the conclusion: the check ends red, with the reason", async () => {
    world.github.faults.add({ call: "checks/update", kind: { status: 422 } });
    const result = await world.plan(subject("any"));
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("github-error");
    expect(world.github.repository.checks.map(({ conclusion }) => conclusion)).toEqual(["failure"]);
  });
});

describe("an apply", () => {
  const stops = {
    "pulls/get": "github-error",
    "checks/create": "github-error",
    "actions/list-workflow-runs-for-repo": "github-error",
    "actions/list-workflow-run-artifacts": "github-error",
    "actions/get-workflow-run": "github-error",
    "checks/list-for-ref": "github-error",
    "actions/download-artifact": { "410": "plan-expired", else: "github-error" },
    "blob GET": { malformed: "plan-untrusted", else: "github-error" },
    "pulls/get+1": "github-error",
    "pulls/list-commits": "github-error",
    "repos/get-branch-rules": "github-error",
    "repos/get-branch": "github-error",
    "checks/list-for-ref+1": "breaker-open",
    "repos/get-combined-status-for-ref": "breaker-open",
  };
  /** Calls that tell people, and those that come after them where these are answered. */
  const tells: readonly (readonly string[])[] = [
    ["issues/list-comments", "checks/update", "repos/create-deployment", "pulls/list"],
    ["issues/update-comment", "repos/create-deployment-status", "checks/create+1", "actions/re-run-workflow"],
  ];
  const exitCodes: Readonly<Record<string, number>> = {
    "github-error": 1,
    "plan-expired": 3,
    "plan-untrusted": 3,
    "breaker-open": 4,
  };
  let other: PullRequest;
  let green: CheckRun;
  let planned: readonly CheckRun[];
  let plannedRuns: number;
  let before: unknown;

  beforeAll(async () => {
    other = world.openPull({ branch: "other", changes: counts(", MIN(o.ds)::DATE AS first_day") });
    pull = world.openPull({ branch: "merged", changes: change });
    await world.plan(other);
    await world.plan(pull);
    world.merge(pull);
    green = {
      ...(world.github.repository.checks[0] as CheckRun),
      id: 1,
      sha: pull.head.sha,
      name: "build",
      text: null,
    };
    plannedRuns = world.github.repository.runs.length;
    planned = [...world.github.repository.checks, green];
    world.github.repository.requiredByRules = [{ name: "build" }];
    await copyFile(world.warehouse, `${world.warehouse}.before`);
    before = await warehouse();
  });

  /** On the same world each time. */
  async function apply(hurry = {}): Promise<JobResult> {
    const { checks, runs } = world.github.repository;
    checks.push(...planned);
    runs.length = plannedRuns;
    return world.apply(pull, {
      inProcess: hurry,
      permissions: { ...applyPermissions, actions: "write" },
      inputs: {
        "required-checks": "auto",
        "required-checks-grace": "0",
        "deployment-environment": "production",
      },
    });
  }

  async function rewind(): Promise<void> {
    expect(await warehouse()).not.toEqual(before);
    await copyFile(`${world.warehouse}.before`, world.warehouse);
    for (const comment of world.comments(pull))
      comment.body = comment.body.replace("state=applied", "state=planned");
  }

  test("calls nothing that has no rows", async () => {
    forgetCalls();
    const result = await apply();
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("applied");
    await rewind();
    const known = [...Object.keys(stops), ...tells.flat()].map((name) => name.split("+")[0]);
    expect(new Set(calls())).toEqual(new Set(known));
  });

  describe("that cannot know enough", () => {
    test.each(rowsOf(stops))(
      "$call always answers $fault after $after: $reason",
      async ({ call, after, kind, reason }) => {
        world.github.faults.add({ call, kind, after, times: 100 });
        const result = await apply();
        expect(result.outputs["outcome"], result.log.join("\n")).toBe(reason);
        expect(result.exitCode).toBe(exitCodes[reason]);
        expect(result.outputs["production"] ?? "unchanged").toBe("unchanged");
        expect(openChecks()).toEqual([]);
      },
    );

    afterAll(async () => expect(await warehouse()).toEqual(before));
  });

  describe("that cannot tell", () => {
    const rows = tells.flatMap((names) =>
      Object.entries(lasting).map(([fault, kind]) => ({ names, fault, kind })),
    );
    test.each(rows)("$names always answer $fault: applied, with a warning", async ({ names, kind }) => {
      for (const name of names) {
        const [call = "", after = "0"] = name.split("+");
        world.github.faults.add({ call, kind, after: Number(after), times: 100 });
      }
      const result = await apply();
      expect(result.outputs, result.log.join("\n")).toMatchObject({
        outcome: "applied",
        production: "switched",
      });
      expect(result.exitCode).toBe(0);
      expect(result.issues.map(({ kind: level }) => level)).toContain("warning");
      await rewind();
    });
  });

  test.each(Object.entries(passing))("every call answers %s once: applied", async (_, kind) => {
    for (const name of [...Object.keys(stops), ...tells.flat()])
      world.github.faults.add({ call: name.split("+")[0] ?? "", kind });
    const result = await apply({ requestLimit });
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("applied");
    expect(openChecks()).toEqual([]);
    await rewind();
  });
});
