/** One project from `sluice init` through plan, apply and change, every step a process as a user would start it. */
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, sluice } from "../support/sluice-process.ts";

const cwd = await mkdtemp(join(tmpdir(), "sluice-project-"));
const run = (...words: string[]): Promise<Ended> =>
  sluice(words, { cwd, env: { SLUICE_NOW: "2024-01-08T00:00:00Z" } });
const edit = async (path: string, change: (text: string) => string) => {
  const file = join(cwd, path);
  await writeFile(file, change(await readFile(file, "utf8")));
};

beforeAll(async () => {
  expect((await run("init")).code).toBe(0);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

// The tests of this file tell one story and run in order.
describe("a new project", () => {
  test("passes its own unit tests and lint rules", async () => {
    const tests = await run("test");
    expect(tests).toMatchObject({ code: 0, stdout: expect.stringContaining("1 unit test, 0 failed") });
    expect(await run("lint")).toMatchObject({ code: 0, stdout: "No rule is violated.\n" });
  });

  test("plans everything as added and writes plan, comment and summary", async () => {
    const { code, stdout } = await run(
      "plan",
      "--out",
      "plan.json",
      "--comment",
      "comment.md",
      "--summary",
      "summary.md",
      "--detailed-exitcode",
    );
    expect(code).toBe(10);
    expect(stdout).toContain("4 models change in prod");
    expect(stdout).toContain("2024-01-01 to 2024-01-07 (7 days)");
    expect(await readFile(join(cwd, "comment.md"), "utf8")).toMatch(
      /^<!-- sluice:sluice-project-\w+:prod state=planned /,
    );
    expect(existsSync(join(cwd, "summary.md"))).toBe(true);
    // A plan holds names and literals of the project.
    expect(statSync(join(cwd, "plan.json")).mode & 0o777).toBe(0o600);
  });

  test("plans the same bytes again, but for id and time", async () => {
    await run("plan", "--out", "again.json");
    const [first, second] = await Promise.all(
      ["plan.json", "again.json"].map(async (file) => JSON.parse(await readFile(join(cwd, file), "utf8"))),
    );
    expect(second.digest).toBe(first.digest);
    expect({ ...second, id: first.id }).toEqual(first);
  });

  test("show tells the steps without a warehouse", async () => {
    const { code, stdout } = await run("show", "plan.json");
    expect(code).toBe(0);
    expect(stdout).toContain("Switch 4 views of prod at once, in one transaction.");
  });
});

describe("apply", () => {
  test("does it and reports progress on stderr", async () => {
    const { code, stdout, stderr } = await run("apply", "plan.json");
    expect({ code, stderr: stderr.includes("error") }).toEqual({ code: 0, stderr: false });
    expect(stdout).toMatch(/^Applied: prod\nprod is at version 1: 4 models computed and 4 views moved/);
    expect(stderr).toMatch(/\[ 1\/10\] Make sure the schema/);
  });

  test("a second time changes nothing and succeeds", async () => {
    const { code, stdout } = await run("apply", "plan.json");
    expect(code).toBe(0);
    expect(stdout).toContain("Already applied");
  });

  test("then there is nothing to do", async () => {
    const { code, stdout } = await run("plan", "--detailed-exitcode");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing to do: prod/);
  });

  test("what is said of options names them as they are written here", async () => {
    const dev = await run("plan", "dev");
    expect(dev).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ or set --include-unmodified to give dev a view of every model\.\n$/),
    });
    expect(await run("plan", "dev", "--skip-backfill", "--empty-backfill")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "the plan option --empty-backfill cannot be combined with --skip-backfill.",
      ),
    });
    // The library's names, for programs.
    expect(JSON.parse((await run("plan", "dev", "--json")).stdout).error.hint).toContain("includeUnmodified");
  });

  test("status, environments, audit and diff see it", async () => {
    expect((await run("status")).stdout).toContain("prod is at version 1, 4 models");
    const list = await run("environments", "--json");
    expect(JSON.parse(list.stdout).environments).toMatchObject([{ name: "prod", version: 1, models: 4 }]);
    expect(await run("audit")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("3 audits of prod, 0 failed."),
    });
    expect(await run("diff", "prod", "prod")).toMatchObject({
      code: 0,
      stdout: "prod and prod show the same.\n",
    });
    expect(await run("diff", "prod", "nowhere")).toMatchObject({ code: 3 });
  });
});

describe("a change", () => {
  test("with --json prints JSON alone, on stdout alone", async () => {
    await edit("models/customers.sql", (text) =>
      text.replace("COUNT(*) AS orders,", "COUNT(*) AS orders,\n  MIN(ordered_at) AS first_order,"),
    );
    const { code, stdout, stderr } = await run("plan", "--json", "--out", "mine.json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { plan } = JSON.parse(stdout);
    expect(plan.counts).toMatchObject({ changed: 1, nonBreaking: 1, computed: 1, destructive: 0 });
    expect(plan.direct[0]).toMatchObject({
      name: "shop.customers",
      label: "Non-breaking",
      columns: "+first_order",
    });
  });

  test("is refused with 3 once production moved in its way", async () => {
    const mine = await readFile(join(cwd, "models/customers.sql"), "utf8");
    await edit("models/customers.sql", (text) => text.replace("first_order", "earliest_order"));
    expect((await run("plan", "--auto-apply")).code).toBe(0);
    const { code, stdout } = await run("apply", "mine.json");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Stale: prod/);
    await writeFile(join(cwd, "models/customers.sql"), mine);
  });

  test("that fails an audit leaves production as it was and ends with 1", async () => {
    await edit("models/daily_revenue.sql", (text) =>
      text.replace("SUM(amount) AS revenue", "-SUM(amount) AS revenue"),
    );
    const { code, stdout } = await run("plan", "--auto-apply", "--skip-tests", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout).outcome).toMatchObject({ reason: "audit-failed", production: "unchanged" });
    expect((await run("status")).stdout).toContain("prod is at version 2");
  });

  test("that fails a unit test is not planned", async () => {
    const { code, stdout, stderr } = await run("plan");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("test_daily_revenue_adds_up");
    await edit("models/daily_revenue.sql", (text) => text.replace("-SUM(amount)", "SUM(amount)"));
  });

  test("a mistake in a file is named with file and line", async () => {
    await edit("models/orders.sql", (text) => text.replace("kind VIEW", "knd VIEW"));
    const { code, stdout, stderr } = await run("plan");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/models\/orders\.sql:\d+: .*knd.*kind/);
  });
});
