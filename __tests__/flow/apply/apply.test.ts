/** What an apply does when it must not, cannot, or need not go on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApplyOptions } from "../../../src/apply/apply.ts";
import { applyPlan } from "../../../src/apply/apply.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { parseEnvironmentName } from "../../../src/environment/naming.ts";
import type { ApplyEvent } from "../../../src/plan/events.ts";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { Outcome } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import type { State } from "../../../src/state/state.ts";
import { makePlan } from "../../../src/use-cases/plan.ts";
import { Workspace } from "../../../src/use-cases/workspace.ts";
import type { SmallProject } from "../../support/small-project.ts";
import { shop, smallProject } from "../../support/small-project.ts";

const now = Date.UTC(2024, 0, 4);
const revenue = shop["models/revenue.sql"] as string;
const second = { "models/revenue.sql": revenue.replace("SUM(o.amount)", "2 * SUM(o.amount)") };

let project: SmallProject;
let engine: Engine;
let state: State;

beforeEach(async () => {
  project = await smallProject();
  engine = await openDuckdb(
    { type: "duckdb", database: project.database, concurrentTasks: 2 },
    { directory: "/" },
  );
  state = await openState(engine, { tool: "0.0.0", lease: { lease: 30_000, heartbeat: 5_000, poll: 20 } });
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

async function plan(environment = "prod", options: PlanOptions = {}): Promise<PlanDocument> {
  await using workspace = new Workspace({
    paths: [project.path],
    env: {},
    now: () => now,
    directory: project.path,
  });
  return await makePlan(workspace, {
    environment: parseEnvironmentName(environment),
    options: { skipTests: true, ...options },
  });
}

interface Run {
  readonly outcome: Outcome;
  readonly events: readonly ApplyEvent[];
}

async function run(document: PlanDocument, options: Partial<ApplyOptions> = {}): Promise<Run> {
  const events: ApplyEvent[] = [];
  const { emit, ...rest } = options;
  const outcome = await applyPlan(document, {
    engine,
    state,
    now: () => now,
    owner: "test",
    ...rest,
    emit: (event) => {
      events.push(event);
      emit?.(event);
    },
  });
  return { outcome, events };
}

const seen = () => engine.query("SELECT * FROM shop.revenue ORDER BY shop");
const first = [
  { shop: "a", revenue: 15 },
  { shop: "b", revenue: 7 },
];
const doubled = first.map((row) => ({ ...row, revenue: row.revenue * 2 }));

async function applyFirst(): Promise<void> {
  expect((await run(await plan())).outcome.reason).toBe("applied");
  await project.write(second);
}

test("a plan runs once: applied, then already-applied with no statement sent", async () => {
  const document = await plan();
  const { outcome, events } = await run(document);
  expect(outcome).toMatchObject({ reason: "applied", production: "switched", environmentVersion: 1 });
  expect(outcome.stepsDone).toBe(outcome.stepsTotal);
  expect(events.filter((event) => event.kind === "step-finished")).toHaveLength(document.steps.length);
  expect(events.find((event) => event.kind === "audit-finished")).toMatchObject({
    audit: "not_null",
    badRows: 0,
  });
  expect(await seen()).toEqual(first);
  const again = await run(document);
  expect(again.outcome).toMatchObject({ reason: "already-applied", production: "switched" });
  expect(again.events.map((event) => event.kind)).toEqual(["apply-finished"]);
});

test("the pointer view and the ledger say which plan is live", async () => {
  const document = await plan();
  await run(document);
  expect(await engine.query("SELECT * FROM sluice.sluice__pointer")).toEqual([
    {
      plan_id: document.id,
      plan_digest: document.digest,
      environment_version: 1,
      promoted_at: "2024-01-04 00:00:00",
    },
  ]);
  expect(await state.readLedger(document.id)).toMatchObject({
    status: "applied",
    environmentVersion: 1,
    owner: "test",
  });
  expect(await state.readPlan(document.id)).toEqual(document);
});

describe("the circuit breaker", () => {
  test.each<{ name: string; breaker: () => boolean | Promise<boolean>; words: RegExp }>([
    { name: "false", breaker: () => false, words: /is open/ },
    { name: "a promise of false", breaker: async () => false, words: /is open/ },
    { name: "nothing", breaker: () => undefined as unknown as boolean, words: /is open/ },
    {
      name: "an error",
      breaker: () => Promise.reject(new Error("no answer from checks")),
      words: /no answer from checks/,
    },
    { name: "silence", breaker: () => new Promise(() => {}), words: /did not answer within 50 ms/ },
  ])("answering $name stops before anything is written", async ({ breaker, words }) => {
    const { outcome, events } = await run(await plan(), { circuitBreaker: breaker, fuseTimeout: 50 });
    expect(outcome).toMatchObject({ reason: "breaker-open", production: "unchanged", stepsDone: 0 });
    expect(outcome.failure?.message).toMatch(words);
    expect(events.some((event) => event.kind === "step-started")).toBe(false);
  });

  test("is asked before every step and before the switch, and stops right there", async () => {
    await applyFirst();
    const document = await plan();
    const steps = document.steps.filter((step) => step.kind !== "finalise").length;
    // Each attempt may ask once more than the one before: it stops one step further, whatever was done already.
    for (let allowed = 0; ; allowed++) {
      let asked = 0;
      const { outcome, events } = await run(document, { circuitBreaker: () => ++asked <= allowed });
      if (outcome.reason === "applied") break;
      expect([outcome.reason, outcome.production]).toEqual(["breaker-open", "unchanged"]);
      expect(await seen()).toEqual(first);
      // The first question comes before any step, and no step runs without one.
      const ran = events.filter((event) => event.kind === "step-finished" && !event.already).length;
      expect(ran).toBeLessThanOrEqual(Math.max(0, allowed - 1));
      expect(allowed).toBeLessThanOrEqual(steps);
    }
    expect(await seen()).toEqual(doubled);
  });

  test("a row in state stops everyone until it is closed", async () => {
    await state.migrate();
    const document = await plan();
    await state.writeBreaker({ open: true, reason: "incident 7", by: "ann", at: now });
    const { outcome } = await run(document);
    expect(outcome.reason).toBe("breaker-open");
    expect(outcome.failure?.message).toContain("opened by ann: incident 7");
    await state.writeBreaker({ open: false, reason: "over", by: "ann", at: now });
    expect((await run(document)).outcome.reason).toBe("applied");
  });

  test("a fuse names its own reason", async () => {
    const { outcome } = await run(await plan(), {
      fuses: [
        {
          name: "windows",
          ask: (moment) =>
            moment === "switch"
              ? { go: false, reason: "window-closed", sentence: "Too late." }
              : { go: true },
        },
      ],
    });
    expect(outcome).toMatchObject({ reason: "window-closed", production: "unchanged" });
    expect(outcome.stepsDone).toBe(outcome.stepsTotal - 2);
  });
});

describe("audits", () => {
  const badRow = () => engine.run("INSERT INTO raw.orders VALUES (NULL, 'c', 1, '2024-01-02')");

  test("a blocking audit keeps its batch out and production as it was", async () => {
    const document = await plan();
    await badRow();
    const { outcome, events } = await run(document);
    expect(outcome).toMatchObject({ reason: "audit-failed", production: "unchanged" });
    expect(outcome.failure).toMatchObject({
      model: "shop.orders",
      statement: expect.stringContaining("SELECT"),
    });
    expect(outcome.failure?.message).toContain("not_null found 1 row");
    expect(events.find((event) => event.kind === "audit-finished")).toMatchObject({
      badRows: 1,
      blocking: true,
    });
    expect((await state.readEnvironments()).size).toBe(0);
    const table = document.steps.find((step) => step.kind === "backfill" && step.model === "shop.orders");
    if (table?.kind !== "backfill") throw new Error("no backfill");
    expect(await engine.query(`SELECT COUNT(*) AS n FROM ${engine.name(table.table)}`)).toEqual([{ n: 0 }]);
    await engine.run("DELETE FROM raw.orders WHERE id IS NULL");
    expect((await run(document)).outcome.reason).toBe("applied");
    expect(await seen()).toEqual(first);
  });

  test("one that does not block is a warning", async () => {
    const orders = shop["models/orders.sql"] as string;
    await project.write({
      "models/orders.sql": orders.replace("columns := (id))", "columns := (id), blocking := false)"),
    });
    await badRow();
    const { outcome } = await run(await plan());
    expect(outcome.reason).toBe("applied");
    expect(outcome.warnings).toEqual(["Audit not_null found 1 bad rows; it does not block."]);
  });
});

test("a failing statement is told with model, statement and the database's words", async () => {
  const document = await plan();
  await engine.run("ALTER TABLE raw.orders DROP COLUMN amount");
  const { outcome } = await run(document);
  expect(outcome).toMatchObject({ reason: "engine-error", production: "unchanged" });
  expect(outcome.failure).toMatchObject({
    model: "shop.orders",
    step: expect.stringContaining("shop.orders"),
  });
  expect(outcome.failure?.message).toContain("amount");
  expect(outcome.failure?.statement).toContain("raw.orders");
  expect(await state.readLedger(document.id)).toMatchObject({ status: "failed" });
});

test("a plan whose base has moved is stale, and says who moved it", async () => {
  await applyFirst();
  const mine = await plan();
  const theirs = await plan();
  expect((await run(theirs)).outcome.reason).toBe("applied");
  const { outcome, events } = await run(mine);
  expect(outcome).toMatchObject({ reason: "stale", production: "unchanged" });
  expect(outcome.sentence).toContain(theirs.id);
  expect(events.map((event) => event.kind)).toEqual(["apply-finished"]);
  const accepted = await run(mine, { acceptBase: { environmentVersion: 2 } });
  expect(accepted.outcome).toMatchObject({ reason: "applied", environmentVersion: 3 });
});

test("of two applies at once one waits, and finds the work done", async () => {
  const document = await plan();
  const [one, two] = await Promise.all([run(document, { owner: "one" }), run(document, { owner: "two" })]);
  expect([one.outcome.reason, two.outcome.reason].sort()).toEqual(["already-applied", "applied"]);
  const waited = [...one.events, ...two.events].filter((event) => event.kind === "waiting-for-lock");
  expect(waited.length).toBe(1);
});

test("a lock that stays taken ends as locked, naming its owner", async () => {
  await state.migrate();
  const document = await plan();
  await using _held = await state.lock(parseEnvironmentName("prod"), "somebody else", { wait: 0 });
  const { outcome } = await run(document, { lockWait: 50 });
  expect(outcome).toMatchObject({ reason: "locked", production: "unchanged" });
  expect(outcome.sentence).toContain("somebody else");
});

test("an apply whose lock was taken away writes nothing more", async () => {
  const document = await plan();
  let taken: Promise<unknown> | undefined;
  const { outcome } = await run(document, {
    emit: (event) => {
      if (event.kind === "step-started" && event.step.kind === "backfill")
        taken ??= state.breakLock(parseEnvironmentName("prod"));
    },
  });
  expect(outcome).toMatchObject({ reason: "locked", production: "unchanged" });
  // It may have met a statement of the apply and be trying again.
  await taken;
  expect((await state.readEnvironments()).size).toBe(0);
});

describe("cancelling", () => {
  test("interrupts the statement at hand and leaves production alone", async () => {
    await project.write({
      "models/slow.sql":
        "MODEL (name shop.slow, kind FULL);\nSELECT COUNT(*) AS n FROM range(1000000) AS a, range(1000000) AS b WHERE a.range + b.range = -1",
    });
    const document = await plan();
    const controller = new AbortController();
    const started = performance.now();
    const { outcome } = await run(document, {
      signal: controller.signal,
      emit: (event) => {
        if (event.kind === "step-started" && event.step.id.includes("shop.slow")) controller.abort();
      },
    });
    expect(outcome).toMatchObject({ reason: "cancelled", production: "unchanged" });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await state.readLeases()).toEqual([]);
    expect(await state.readLedger(document.id)).toMatchObject({ status: "failed" });
  });

  test("before the start does nothing at all", async () => {
    const { outcome, events } = await run(await plan(), { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ reason: "cancelled", stepsDone: 0 });
    expect(events.map((event) => event.kind)).toEqual(["apply-finished"]);
  });
});

test("state in another database: the data first, then its record", async () => {
  await using other = await openDuckdb({ type: "duckdb" }, { directory: "/" });
  const apart = await openState(other, { tool: "0.0.0" });
  const document = await plan();
  const { outcome } = await run(document, { state: apart });
  expect(outcome.reason).toBe("applied");
  expect(await seen()).toEqual(first);
  expect((await apart.readEnvironments()).get(parseEnvironmentName("prod"))).toMatchObject({
    version: 1,
    finalizedAt: now,
  });
});

test("a removed model loses its view, its table stays", async () => {
  await applyFirst();
  const old = await plan("prod");
  await run(old);
  await project.write({ "models/revenue.sql": "MODEL (name shop.revenue2, kind VIEW);\nSELECT 1 AS a" });
  await run(await plan());
  const names = await engine.query(
    "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'shop' ORDER BY t",
  );
  expect(names.map(({ t }) => t)).toEqual(["orders", "revenue2"]);
  const kept = await engine.query(
    "SELECT COUNT(*) AS n FROM information_schema.tables WHERE starts_with(table_name, 'shop__revenue__')",
  );
  expect(kept).toEqual([{ n: 2 }]);
});

test("descriptions become comments in prod", async () => {
  await project.write({
    "models/revenue.sql": revenue.replace(
      "kind FULL",
      "kind FULL, description 'what came in', column_descriptions (shop = 'whose')",
    ),
  });
  expect((await run(await plan())).outcome.reason).toBe("applied");
  expect(await engine.query("SELECT comment FROM duckdb_views() WHERE view_name = 'revenue'")).toEqual([
    { comment: "what came in" },
  ]);
  expect(
    await engine.query(
      "SELECT comment FROM duckdb_columns() WHERE table_name = 'revenue' AND column_name = 'shop'",
    ),
  ).toEqual([{ comment: "whose" }]);
});

test("after_all that failed once production had moved runs when the plan is applied again, and then no more", async () => {
  const config = await readFile(join(project.path, "config.yaml"), "utf8");
  await project.write({ "config.yaml": `${config}\nafter_all: ["INSERT INTO marks.log VALUES (1)"]\n` });
  const document = await plan();
  const failed = await run(document);
  expect(failed.outcome).toMatchObject({ reason: "engine-error", production: "switched" });
  const shapes = () => engine.query("SELECT object, digest FROM sluice._shapes ORDER BY object");
  const noted = await shapes();
  expect(noted.length).toBeGreaterThan(0);

  await engine.run("CREATE SCHEMA marks");
  await engine.run("CREATE TABLE marks.log (n INT)");
  const again = await run(document);
  expect(again.outcome).toMatchObject({ reason: "applied", production: "switched" });
  const ran = again.events.flatMap((event) =>
    event.kind === "step-finished" && !event.already ? [event.step.kind] : [],
  );
  expect(ran).toEqual(["run-statements"]);
  expect(await shapes()).toEqual(noted);
  expect((await run(document)).outcome).toMatchObject({ reason: "already-applied" });
  expect(await engine.query("SELECT n FROM marks.log")).toEqual([{ n: 1 }]);
});
