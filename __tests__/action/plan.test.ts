/** Plan on the pull request: check run, comment, artifact, outputs and summary, from the Action's own process. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type JobResult, planPermissions } from "../support/github/job.ts";
import { pushTo } from "../support/github/pull-requests.ts";
import { type CheckRun, mallory, type PullRequest } from "../support/github/repository.ts";
import { countOrders, ShopWorld, shopConfig } from "../support/github/shop-world.ts";

let world: ShopWorld;
afterEach(() => expect(world.github.violations).toEqual([]));

function planCheck(pull: PullRequest): CheckRun {
  const found = world.github.repository.checks.filter((check) => check.sha === pull.head.sha);
  return found.at(-1) as CheckRun;
}

describe("a pull request is opened", () => {
  let pull: PullRequest;
  let planned: JobResult;
  let comment: string;
  let written: readonly string[];

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    pull = world.openPull({ branch: "count-orders", changes: countOrders });
    planned = await world.plan(pull, { after: ({ temp }) => (written = writtenFiles(temp)) });
    comment = world.comments(pull)[0]?.body ?? "";
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("the step succeeds and says what it found in its outputs", () => {
    expect(planned.exitCode, planned.log.join("\n")).toBe(0);
    expect(planned.warnings).toEqual([]);
    expect(planned.outputs).toMatchObject({
      outcome: "planned",
      environment: "prod",
      "base-version": "1",
      "has-changes": "true",
      added: "0",
      breaking: "0",
      "non-breaking": "1",
      destructive: "0",
      computed: "1",
    });
    expect(planned.outputs["plan-digest"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("outputs come by file, none by a command in the log, and nothing is exported", () => {
    expect(planned.logOutputs).toEqual({});
    expect(planned.exported).toEqual({});
  });

  test("the check of the head commit is green and records the artifact", () => {
    const check = planCheck(pull);
    expect(check).toMatchObject({ name: "sluice / plan (prod)", status: "completed", conclusion: "success" });
    expect(check.summary).toContain("shop.revenue");
    expect(check.text).toContain(planned.outputs["plan-digest"]);
    expect(check.text).toContain(planned.outputs["artifact-digest"]);
  });

  test("one comment begins with its marker and tells model, change and what happens next", () => {
    expect(world.comments(pull)).toHaveLength(1);
    expect(comment).toMatch(
      /^<!-- sluice:shop:prod state=planned digest=[0-9a-f]{64} base=1 head=[0-9a-f]{40} -->/,
    );
    expect(comment).toContain("`shop.revenue`");
    expect(comment).toContain("Non-breaking");
    expect(comment).toContain("Merging this pull request applies exactly this plan.");
  });

  test("the artifact is the plan itself: its digest is the file's", () => {
    const [artifact] = world.github.artifacts.listed(() => true);
    expect(artifact).toMatchObject({
      name: "sluice-plan-prod-1.json",
      run: planned.run.id,
      digest: `sha256:${planned.outputs["artifact-digest"]}`,
    });
    const plan = JSON.parse(world.github.artifacts.contentOf(artifact as never).toString()) as Record<
      string,
      unknown
    >;
    expect(plan).toMatchObject({
      digest: planned.outputs["plan-digest"],
      source: { repositoryId: 4711, pullRequest: pull.number, headSha: pull.head.sha },
    });
  });

  test("nobody else on a shared runner can read what was written there", () => {
    expect(planned.outputs["plan-file"]).toMatch(/\/sluice-plan-prod-1\.json$/);
    expect(written).toEqual(["sluice-*/sluice-plan-prod-1.json: 600", "sluice-*: 700"]);
  });

  test("the job summary shows the plan too", () => {
    expect(planned.summary).toContain("`shop.revenue`");
  });

  test("a token that another step made is hidden by the runner", async () => {
    const token = world.github.mintToken(planPermissions);
    const lines: string[] = [];
    const inputs = { "github-token": token };
    await world.plan(pull, { inputs, inProcess: {}, onLine: (line) => lines.push(line) });
    expect(lines.filter((line) => line.includes(token))).toEqual([`::add-mask::${token}`]);
  });

  test("planning sends few requests", async () => {
    const other = world.openPull({ branch: "few", changes: countOrders });
    world.github.calls.length = 0;
    await world.plan(other, { inProcess: {} });
    expect(world.github.calls.map((call) => call.operation)).toEqual([
      "checks/create",
      "pulls/get",
      "pulls/list-commits",
      "issues/list-comments",
      "issues/create-comment",
      "checks/update",
    ]);
  });

  test("running it again changes nothing but times", async () => {
    const { work } = recordOf(planCheck(pull));
    const again = await world.plan(pull, { again: planned.run });
    expect(again.exitCode, again.log.join("\n")).toBe(0);
    expect(recordOf(planCheck(pull))).toMatchObject({ attempt: 2, work, base: 1 });
    expect(world.comments(pull)).toHaveLength(1);
    expect(withoutTimes(world.comments(pull)[0]?.body ?? "")).toBe(withoutTimes(comment));
    const stored = world.github.artifacts.listed(({ run }) => run === planned.run.id);
    expect(stored.map(({ name }) => name)).toEqual(["sluice-plan-prod-2.json", "sluice-plan-prod-1.json"]);
  });

  test("a push plans the new head, and the comment moves on with it", async () => {
    pushTo(world.github.repository, pull, { "models/revenue.sql": null, "tests/test_revenue.yaml": null });
    const result = await world.plan(pull, { action: "synchronize" });
    expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome: "planned", removed: "1" });
    expect(world.comments(pull)).toHaveLength(1);
    expect(world.comments(pull)[0]?.body).toContain(`head=${pull.head.sha}`);
  });

  test("a stranger's comment with our marker is left alone", async () => {
    const other = world.openPull({ branch: "other", changes: countOrders });
    const fake = { id: 1, issue: other.number, body: comment, author: mallory, createdAt: "", updatedAt: "" };
    world.github.repository.comments.push({
      ...fake,
      createdAt: other.createdAt,
      updatedAt: other.createdAt,
    });
    await world.plan(other);
    expect(world.comments(other).map(({ author }) => author.login)).toEqual([
      "mallory",
      "github-actions[bot]",
    ]);
    expect(world.comments(other)[0]?.body).toBe(comment);
  });
});

/** Our own files in the runner's folder for them, with their modes. */
function writtenFiles(temp: string): readonly string[] {
  return readdirSync(temp, { recursive: true, encoding: "utf8" })
    .filter((path) => path.startsWith("sluice-"))
    .map((path) => {
      const mode = (statSync(join(temp, path)).mode & 0o777).toString(8);
      return `${path.replace(/^sluice-[^/]+/, "sluice-*")}: ${mode}`;
    })
    .sort();
}

/** The moment of planning is part of a plan's digest, and each attempt has its own artifact. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<digest>")
    .replaceAll(/\b[0-9a-f]{12}\b/g, "<digest>")
    .replaceAll(/\/artifacts\/\d+/g, "/artifacts/n");
}

function recordOf(check: CheckRun): Readonly<Record<string, unknown>> {
  const [, json = "{}"] = /<!-- sluice-record (.*) -->/.exec(check.text ?? "") ?? [];
  return JSON.parse(json) as Readonly<Record<string, unknown>>;
}

describe("a plan that fails", () => {
  beforeAll(async () => {
    world = await ShopWorld.open();
    world.options = { inProcess: {} };
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const forgotten = { "models/revenue.sql": countOrders["models/revenue.sql"] as string };
  test.each([
    {
      fault: "a unit test",
      changes: forgotten,
      outcome: "tests-failed",
      annotation: { path: "tests/test_revenue.yaml", start_line: 1 },
    },
    {
      fault: "a lint rule",
      changes: {
        "config.yaml": `${shopConfig}linter: {enabled: true, rules: [noselectstar]}\n`,
        "models/all.sql": "MODEL (name shop.all_orders, kind VIEW);\n\nSELECT * FROM shop.orders\n",
      },
      outcome: "lint-failed",
      annotation: { path: "models/all.sql", title: "Lint: noselectstar" },
    },
    {
      fault: "a model that cannot be read",
      changes: { "models/revenue.sql": "MODEL (name shop.revenue, kind FUL);\n\nSELECT 1 AS one\n" },
      outcome: "config-error",
      annotation: { path: "models/revenue.sql", start_line: 1 },
    },
    {
      fault: "a configuration that cannot be read",
      changes: { "config.yaml": "gateways: [\n" },
      outcome: "config-error",
      annotation: { path: "config.yaml" },
    },
  ])(
    "$fault leaves a red check, an annotation, a comment and no artifact",
    async ({ changes, outcome, annotation }) => {
      const pull = world.openPull({ branch: "broken", changes });
      const result = await world.plan(pull);
      expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome });
      expect(result.exitCode).toBeGreaterThan(0);
      const check = planCheck(pull);
      expect(check).toMatchObject({ status: "completed", conclusion: "failure" });
      expect(check.annotations).toEqual([
        expect.objectContaining({ annotation_level: "failure", ...annotation }),
      ]);
      expect(world.comments(pull).map(({ body }) => body)).toEqual([expect.stringContaining("state=failed")]);
      expect(world.github.artifacts.listed(() => true)).toEqual([]);
    },
  );

  test("a warehouse that is not there is told without its credentials", async () => {
    const pull = world.openPull({ branch: "nowhere", changes: countOrders });
    const result = await world.plan(pull, { env: { WAREHOUSE: "/nowhere/at/all.duckdb" } });
    expect(result.outputs, result.log.join("\n")).toMatchObject({ outcome: "engine-error" });
    expect(planCheck(pull)).toMatchObject({ status: "completed", conclusion: "failure" });
  });

  test.each([
    { input: { command: "aply" }, names: "command" },
    { input: { project: "../secrets" }, names: "project" },
    { input: { environment: "prod; drop" }, names: "environment" },
    { input: { "plan-options": "- a" }, names: "plan-options" },
    { input: { "required-checks": "auto, build" }, names: "required-checks" },
    { input: { "plan-digest": "abc" }, names: "plan-digest" },
    { input: { pr: "1e3" }, names: "pr" },
  ])("a wrong input is named: $names", async ({ input, names }) => {
    const pull = world.github.repository.pulls[0] as PullRequest;
    const result = await world.plan(pull, { inputs: input as unknown as Record<string, string> });
    expect(result).toMatchObject({ exitCode: 2, outputs: { outcome: "config-error" } });
    expect(result.issues.map(({ message }) => message)).toEqual([expect.stringContaining(names)]);
  });

  test("Enterprise Server, whose artifact service is another, is refused by name", async () => {
    const pull = world.openPull({ branch: "enterprise", changes: countOrders });
    const result = await world.plan(pull, { github: { GITHUB_SERVER_URL: "https://github.example.com" } });
    expect(result.outputs["outcome"], result.log.join("\n")).toBe("github-error");
    expect(result.outputs["sentence"]).toContain("Enterprise Server");
    expect(planCheck(pull)).toMatchObject({ status: "completed", conclusion: "failure" });
    world.merge(pull);
    const merged = await world.apply(pull, { github: { GITHUB_SERVER_URL: "https://github.example.com" } });
    expect(merged.outputs, merged.log.join("\n")).toMatchObject({
      outcome: "github-error",
      production: "unchanged",
    });
    expect(world.comments(pull).at(-1)?.body).toContain("Enterprise Server (github.example.com)");
  });
});
