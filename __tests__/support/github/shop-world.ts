/** A shop's repository on the local GitHub with a DuckDB warehouse behind it, promoted to production or empty. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Context } from "../../../src/context.ts";
import { shop } from "../small-project.ts";
import { dispatchEvent, type PullAction, pullRequestEvent, type Trigger } from "./events.ts";
import { checkOut, type JobOptions, type JobResult, makeFolders, planPermissions, runJob } from "./job.ts";
import { LocalGitHub } from "./local-github.ts";
import { type Changes, type MergeMethod, merge, type NewPull, openPull } from "./pull-requests.ts";
import type { Comment, PullRequest } from "./repository.ts";

export const shopConfig = `gateways:
  local:
    connection: {type: duckdb, database: "{{ env_var('WAREHOUSE') }}"}
model_defaults: {dialect: duckdb, start: '2024-01-01'}
`;

const rawOrders = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT, shop VARCHAR, amount DOUBLE, ds DATE);
INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03');`;

/** One day after the last order. */
const clock = "2024-01-05T00:00:00Z";

/** The change most tests make: revenue counts its orders too. */
export const countOrders: Changes = {
  "models/revenue.sql": `MODEL (name shop.revenue, kind FULL);

SELECT o.shop, SUM(o.amount)::DOUBLE AS revenue, COUNT(*)::BIGINT AS orders
FROM shop.orders AS o
GROUP BY o.shop
`,
  "tests/test_revenue.yaml": (shop["tests/test_revenue.yaml"] ?? "").replace(
    "revenue: 4.0}",
    "revenue: 4.0, orders: 2}",
  ),
};

export class ShopWorld implements AsyncDisposable {
  readonly github: LocalGitHub;
  /** What all runs of this world are given. */
  options: JobOptions = {};
  readonly #folder: string;

  private constructor(github: LocalGitHub, folder: string) {
    this.github = github;
    this.#folder = folder;
  }

  /** `files` are added to the shop's; null leaves one out. */
  static async open(files: Changes = {}): Promise<ShopWorld> {
    const all = Object.entries({ "config.yaml": shopConfig, ...shop, ...files });
    const github = await LocalGitHub.start(
      Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null)),
    );
    const world = new ShopWorld(github, await mkdtemp(join(tmpdir(), "sluice-warehouse-")));
    await world.sql(rawOrders);
    return world;
  }

  /** A world whose first commit is in production already. */
  static async promoted(files: Changes = {}): Promise<ShopWorld> {
    const world = await ShopWorld.open(files);
    const folders = makeFolders();
    checkOut(world.github, world.github.repository.branchSha("main"), folders.workspace);
    await using context = new Context({
      paths: [folders.workspace],
      env: { WAREHOUSE: world.warehouse },
      now: () => Date.parse(clock),
    });
    const outcome = await context.apply(await context.plan("prod"));
    if (outcome.reason !== "applied") throw new Error(`The first apply failed: ${outcome.sentence}`);
    await rm(folders.home, { recursive: true, force: true });
    return world;
  }

  get warehouse(): string {
    return join(this.#folder, "warehouse.duckdb");
  }

  /** What steps find in their environment: the warehouse, and a clock one day after the last order. */
  get environment(): Readonly<Record<string, string>> {
    return { WAREHOUSE: this.warehouse, SLUICE_NOW: clock };
  }

  openPull(pull: NewPull): PullRequest {
    return openPull(this.github.repository, pull);
  }

  merge(pull: PullRequest, method: MergeMethod = "merge"): void {
    merge(this.github.repository, pull, method);
  }

  /** One run on any event. */
  run(trigger: Trigger, options: JobOptions = {}): Promise<JobResult> {
    return runJob(this.github, trigger, {
      ...this.options,
      ...options,
      env: { ...this.environment, ...options.env },
    });
  }

  /** A run on a pull request's event, with the plan job's permissions. */
  plan(pull: PullRequest, options: JobOptions & { readonly action?: PullAction } = {}): Promise<JobResult> {
    const trigger = pullRequestEvent(this.github, pull, options.action ?? "opened");
    return this.run(trigger, { permissions: planPermissions, ...options });
  }

  /** The run on the event of a merge. */
  apply(pull: PullRequest, options: JobOptions = {}): Promise<JobResult> {
    return this.run(pullRequestEvent(this.github, pull, "closed"), options);
  }

  dispatch(inputs: Readonly<Record<string, string>>, options: JobOptions = {}): Promise<JobResult> {
    return this.run(dispatchEvent(this.github, inputs), { inputs, ...options });
  }

  comments(pull: PullRequest): readonly Comment[] {
    return this.github.repository.comments.filter((comment) => comment.issue === pull.number);
  }

  /** Rows of the last statement, while nobody else has the warehouse open. */
  async sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const instance = await DuckDBInstance.create(this.warehouse);
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(text)).getRowObjectsJson();
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.github[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
