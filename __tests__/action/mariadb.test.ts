/** The example workflow from the pull request to production on a real MariaDB, with an account that only reads for the plan. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, startMariadb, type TestServer } from "../../scripts/mariadb/server.ts";
import { Context } from "../../src/context.ts";
import { dispatchEvent, pullRequestEvent, pushEvent, type Trigger } from "../support/github/events.ts";
import { checkOut, makeFolders } from "../support/github/job.ts";
import { LocalGitHub } from "../support/github/local-github.ts";
import { merge, openPull } from "../support/github/pull-requests.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { projectRoot } from "../support/github/runner/action-file.ts";
import type { JobOutcome } from "../support/github/workflow/job.ts";
import { runWorkflow } from "../support/github/workflow/run.ts";

const config = `gateways:
  warehouse:
    connection:
      type: mysql
      host: "{{ env_var('WAREHOUSE_HOST') }}"
      port: {{ env_var('WAREHOUSE_PORT') }}
      user: "{{ env_var('WAREHOUSE_USER') }}"
      password: "{{ env_var('WAREHOUSE_PASSWORD') }}"
model_defaults: {dialect: mysql, start: '2024-01-01'}
`;

const orders = `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), audits (not_null(columns := (id))));

SELECT o.id, o.shop, o.amount, o.ds
FROM raw.orders AS o
WHERE o.ds BETWEEN @start_ds AND @end_ds
`;

const revenue = (more: string): string => `MODEL (name shop.revenue, kind FULL);

SELECT o.shop, SUM(o.amount) AS revenue${more}
FROM shop.orders AS o
GROUP BY o.shop
`;

const clock = "2024-01-05T00:00:00Z";
const accounts = {
  reader: { name: "sluice_reader", password: "reads-only", rights: "SELECT, SHOW VIEW" },
  writer: { name: "sluice_writer", password: "writes-too", rights: "ALL PRIVILEGES" },
};

const workflow = (name: string): string =>
  readFileSync(join(projectRoot, "examples/workflows", name), "utf8");

describe.runIf(hasMariadb())("on MariaDB", () => {
  let server: TestServer;
  let github: LocalGitHub;
  let pull: PullRequest;

  beforeAll(async () => {
    server = await startMariadb();
    await server.sql(
      ...["raw", "shop", "sluice", "sluice__shop"].map((name) => `DROP DATABASE IF EXISTS ${name}`),
      "CREATE DATABASE raw",
      "CREATE TABLE raw.orders (id INT, shop VARCHAR(20), amount DECIMAL(10, 2), ds DATE)",
      "INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03')",
      ...Object.values(accounts).flatMap(({ name, password, rights }) => [
        `DROP USER IF EXISTS ${name}`,
        `CREATE USER ${name} IDENTIFIED BY '${password}'`,
        `GRANT ${rights} ON *.* TO ${name}`,
      ]),
    );
    github = await LocalGitHub.start({
      "config.yaml": config,
      "external_models.yaml":
        "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR(20), amount: 'DECIMAL(10, 2)', ds: DATE}\n",
      "models/orders.sql": orders,
      "models/revenue.sql": revenue(""),
    });
    await promote();
    pull = openPull(github.repository, {
      branch: "count-orders",
      changes: { "models/revenue.sql": revenue(", COUNT(*) AS orders") },
    });
  });
  afterAll(async () => {
    await github?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  function environment(account: { readonly name: string; readonly password: string }) {
    const { host, port } = server.connection;
    return {
      WAREHOUSE_HOST: host,
      WAREHOUSE_PORT: String(port),
      WAREHOUSE_USER: account.name,
      WAREHOUSE_PASSWORD: account.password,
    };
  }

  /** The first commit is in production when the pull request comes. */
  async function promote(): Promise<void> {
    const folders = makeFolders();
    checkOut(github, github.repository.branchSha("main"), folders.workspace);
    await using context = new Context({
      paths: [folders.workspace],
      env: environment(accounts.writer),
      now: () => Date.parse(clock),
    });
    const outcome = await context.apply(await context.plan("prod"));
    expect(outcome.reason, outcome.sentence).toBe("applied");
    await rm(folders.home, { recursive: true, force: true });
  }

  async function run(
    trigger: Trigger,
    path = ".github/workflows/sluice.yml",
  ): Promise<Readonly<Record<string, JobOutcome>>> {
    const outcome = await runWorkflow(github, trigger, {
      path,
      content: workflow(path.split("/").at(-1) ?? ""),
      machine: { SLUICE_NOW: clock, WAREHOUSE_PORT: String(server.connection.port) },
      vars: {
        WAREHOUSE_HOST: server.connection.host,
        WAREHOUSE_READER: accounts.reader.name,
        WAREHOUSE_WRITER: accounts.writer.name,
      },
      secrets: {
        WAREHOUSE_READER_PASSWORD: accounts.reader.password,
        WAREHOUSE_WRITER_PASSWORD: accounts.writer.password,
      },
    });
    if (!outcome.triggered) throw new Error(outcome.reason);
    return outcome.jobs;
  }

  /** The step of Sluice in a job. */
  function stepOf(jobs: Readonly<Record<string, JobOutcome>>, id: string) {
    const step = jobs[id]?.steps.findLast(({ result }) => result !== undefined);
    return { outputs: step?.outputs ?? {}, log: step?.result?.log.join("\n") ?? "" };
  }

  const shown = () => server.sql("SELECT * FROM shop.revenue ORDER BY shop");
  const before = [
    { shop: "a", revenue: "15.00" },
    { shop: "b", revenue: "7.00" },
  ];

  test("the pull request is planned by an account that can write nothing", async () => {
    const { plan } = await run(pullRequestEvent(github, pull, "opened")).then((jobs) => ({
      plan: stepOf(jobs, "plan"),
    }));
    expect(plan.outputs, plan.log).toMatchObject({ outcome: "planned", "non-breaking": "1", computed: "1" });
    expect(plan.log).not.toContain(accounts.reader.password);
    expect(github.repository.comments).toHaveLength(1);
    expect(github.repository.checks.at(-1)).toMatchObject({ conclusion: "success" });
    expect(await shown()).toEqual(before);
  });

  test("an apply with the reader's credentials is refused by the database, in its own words, and changes nothing", async () => {
    merge(github.repository, pull);
    const jobs = await runWorkflow(github, pushEvent(github, "main"), {
      path: ".github/workflows/sluice.yml",
      content: workflow("sluice.yml").replaceAll("WRITER", "READER"),
      machine: { SLUICE_NOW: clock, WAREHOUSE_PORT: String(server.connection.port) },
      vars: { WAREHOUSE_HOST: server.connection.host, WAREHOUSE_READER: accounts.reader.name },
      secrets: { WAREHOUSE_READER_PASSWORD: accounts.reader.password },
    });
    const { outputs, log } = stepOf(jobs.triggered ? jobs.jobs : {}, "apply");
    expect(outputs, log).toMatchObject({ outcome: "engine-error" });
    expect(outputs["sentence"]).toMatch(/denied/);
    expect(github.repository.checks.at(-1)).toMatchObject({ conclusion: "failure" });
    expect(github.repository.comments[0]?.body).toContain("denied");
    expect(await shown()).toEqual(before);
  });

  test("the writer's apply of the same plan, by dispatch, shows it to readers at once", async () => {
    const jobs = await run(
      dispatchEvent(github, { command: "apply", pr: String(pull.number) }),
      ".github/workflows/sluice-dispatch.yml",
    );
    const { outputs, log } = stepOf(jobs, "act");
    expect(outputs, log).toMatchObject({
      outcome: "applied",
      production: "switched",
      "environment-version": "2",
    });
    expect(await shown()).toEqual([
      { shop: "a", revenue: "15.00", orders: 2 },
      { shop: "b", revenue: "7.00", orders: 1 },
    ]);
    expect(github.repository.comments[0]?.body).toMatch(/state=applied /);
    expect(github.repository.checks.at(-1)).toMatchObject({ sha: pull.mergeSha, conclusion: "success" });
  });

  test("the next pull request goes from opened to applied, and the push of the merge is enough", async () => {
    const next = openPull(github.repository, {
      branch: "latest",
      changes: { "models/revenue.sql": revenue(", COUNT(*) AS orders, MAX(o.ds) AS last_day") },
    });
    const planned = stepOf(await run(pullRequestEvent(github, next, "opened")), "plan");
    expect(planned.outputs["outcome"], planned.log).toBe("planned");
    merge(github.repository, next, "squash");
    const applied = stepOf(await run(pushEvent(github, "main")), "apply");
    expect(applied.outputs, applied.log).toMatchObject({
      outcome: "applied",
      "plan-digest": planned.outputs["plan-digest"],
    });
    expect((await shown())[0]).toMatchObject({ shop: "a", last_day: "2024-01-02" });
    expect(github.violations).toEqual([]);
  });
});
