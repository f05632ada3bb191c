/** Steps that share a transaction: what is said, done and recorded is the same as of steps that do not. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApplyOptions, applyPlan } from "../../../src/apply/apply.ts";
import { openDuckdb } from "../../../src/engine/duckdb/duckdb.ts";
import type { Engine, Session, TransactionOptions } from "../../../src/engine/engine.ts";
import { prod } from "../../../src/environment/naming.ts";
import type { ApplyEvent } from "../../../src/plan/events.ts";
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { openState } from "../../../src/state/sql-state.ts";
import { makePlan } from "../../../src/use-cases/plan.ts";
import { type SmallProject, smallProject } from "../../support/small-project.ts";
import { workspaceOf } from "./crash-project.ts";

const now = Date.UTC(2024, 0, 4);
const days = (name: string, more = ""): string =>
  `MODEL (name shop.${name}, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), start '2024-01-01'${more});
SELECT r.id::INT AS id, r.ds::DATE AS ds FROM raw.rows AS r WHERE r.ds BETWEEN @start_ds AND @end_ds`;
const full = (name: string, from: string): string =>
  `MODEL (name shop.${name}, kind FULL);\nSELECT COUNT(*) AS n FROM ${from}`;
const files = {
  "external_models.yaml": "- name: raw.rows\n  columns: {id: INT, ds: DATE}\n",
  "models/a.sql": days("a"),
  "models/b.sql": days("b", ", audits (not_null(columns := (id)))"),
  "models/c.sql": "MODEL (name shop.c, kind VIEW);\nSELECT id FROM shop.a",
  "models/of_b.sql": full("of_b", "shop.b"),
  "models/of_c.sql": full("of_c", "shop.c"),
};

let project: SmallProject;
let engine: Engine;
let plan: PlanDocument;
const events: ApplyEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  const raw = "CREATE SCHEMA raw; CREATE TABLE raw.rows AS SELECT NULL::INT AS id, DATE '2024-01-02' AS ds";
  project = await smallProject(files, raw);
  plan = await planned();
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
});
afterEach(async () => {
  await engine?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

async function planned(options: PlanOptions = {}): Promise<PlanDocument> {
  await using workspace = workspaceOf(project);
  return await makePlan(workspace, { environment: prod, options: { skipTests: true, ...options } });
}

async function run(options: Partial<ApplyOptions> = {}) {
  const state = await openState(engine, { tool: "0.0.0" });
  const emit = (event: ApplyEvent): void => void events.push(event);
  const common = { engine, state, now: () => now, owner: "test", emit };
  return applyPlan(plan, { ...common, sharedCommits: Number.POSITIVE_INFINITY, ...options });
}

/** Of the steps that events of this kind are about, the sentences. */
const told = (kind: ApplyEvent["kind"]): readonly string[] =>
  events.flatMap((event) => (event.kind === kind && "step" in event ? [event.step.sentence] : []));

test("one that fails is named alone, keeps back what needs it, and leaves the others done", async () => {
  const outcome = await run();
  expect(outcome).toMatchObject({
    reason: "audit-failed",
    production: "unchanged",
    sentence: expect.stringMatching(/; prod does not exist yet\.$/),
    failure: { message: expect.stringContaining("shop.b") },
  });
  const failed = told("step-failed");
  expect(failed).toEqual([expect.stringContaining("shop.b")]);
  expect(told("audit-finished")).toEqual(failed);
  // Each is told once, although it ran with others first and alone then.
  const started = told("step-started");
  expect(new Set(started).size).toBe(started.length);
  expect(started.length).toBe(told("step-finished").length + 1);
  expect(told("step-finished")).toHaveLength(outcome.stepsDone);
  const finished = told("step-finished").join("\n");
  for (const name of ["shop.a", "shop.c", "shop.of_c"]) expect(finished).toContain(name);
  expect(finished).not.toContain("shop.of_b");
  const recorded = await engine.query("SELECT step FROM sluice._journal WHERE status = 'done'");
  expect(recorded).toHaveLength(outcome.stepsDone);

  await engine.run("UPDATE raw.rows SET id = 7");
  events.length = 0;
  expect(await run()).toMatchObject({ reason: "applied", production: "switched" });
  const again = events.flatMap((event) => (event.kind === "step-finished" && !event.already ? [event] : []));
  expect(again.map(({ step }) => step.sentence).join("\n")).not.toContain("shop.of_c");
  expect(await engine.query("SELECT id, n FROM shop.b, shop.of_b")).toEqual([{ id: 7, n: 1 }]);
});

test("a breaker that opens between them undoes what is not committed, and nothing is tried again", async () => {
  await engine.run("UPDATE raw.rows SET id = 7");
  let asked = 0;
  const outcome = await run({ circuitBreaker: () => ++asked < 7 });
  expect(outcome).toMatchObject({ reason: "breaker-open", production: "unchanged", stepsDone: 0 });
  expect(asked).toBe(7);
  expect(told("step-finished")).toEqual([]);
  expect(await engine.query("SELECT COUNT(*) AS n FROM sluice._journal")).toEqual([{ n: 0 }]);
  expect(
    await engine.query("SELECT COUNT(*) AS n FROM duckdb_tables() WHERE schema_name = 'sluice__shop'"),
  ).toEqual([{ n: 0 }]);
  expect(await run()).toMatchObject({ reason: "applied" });
});

test("a model that asks for its parent's columns finds those that were made a moment ago", async () => {
  await project.write({
    "models/of_c.sql": `MODEL (name shop.of_c, kind FULL);
SELECT @STAR(shop.of_b, b, prefix := 'p_') FROM shop.of_b AS b`,
  });
  await engine.run("UPDATE raw.rows SET id = 7");
  await engine[Symbol.asyncDispose]();
  plan = await planned();
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
  let asked = 0;
  expect(await run({ circuitBreaker: () => ++asked > 0 })).toMatchObject({ reason: "applied" });
  // Before the start and before each step, but for what only tidies up: none of them was run a second time.
  expect(asked).toBe(plan.steps.length);
  expect(await engine.query("SELECT * FROM shop.of_c")).toEqual([{ p_n: 1 }]);
});

test("one whose text cannot be rendered fails in its turn, although it is rendered while the one before it runs", async () => {
  await project.write({
    "models/of_c.sql":
      "MODEL (name shop.of_c, kind FULL);\n@IF(@runtime_stage = 'loading', SELECT COUNT(*) AS n FROM shop.c)",
  });
  await engine.run("UPDATE raw.rows SET id = 7");
  await engine[Symbol.asyncDispose]();
  plan = await planned();
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
  const outcome = await run();
  expect(outcome).toMatchObject({
    production: "unchanged",
    failure: { message: expect.stringContaining("models/of_c.sql:2: Nothing is left of the query") },
  });
  expect(told("step-failed")).toEqual([expect.stringContaining("shop.of_c")]);
  expect(told("step-finished").join("\n")).toContain("shop.of_b");
});

/** What the transactions of an engine run. */
function recording(sent: string[]): Engine {
  return new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return (work: (session: Session) => Promise<unknown>, options: TransactionOptions) =>
        target.transaction((session) => {
          return work({
            query: (sql, values) => {
              sent.push(sql);
              return session.query(sql, values);
            },
            run: (sql, values) => {
              sent.push(sql);
              return session.run(sql, values);
            },
          });
        }, options);
    },
  });
}

test("rows of a table that the same transaction made are not looked for, those of the next batch are", async () => {
  await project.write({
    "models/a.sql": days("a").replace("(time_column ds)", "(time_column ds, batch_size 2)"),
  });
  await engine.run("UPDATE raw.rows SET id = 7; INSERT INTO raw.rows VALUES (8, '2024-01-03')");
  await engine[Symbol.asyncDispose]();
  plan = await planned();
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
  const sent: string[] = [];
  const recorded = recording(sent);
  const state = await openState(recorded, { tool: "0.0.0" });
  expect(await run({ engine: recorded, state })).toMatchObject({ reason: "applied" });
  const deleted = sent.filter((sql) => /^DELETE FROM "\w+"."sluice__shop"/.test(sql));
  expect(deleted.length).toBeGreaterThan(1);
  for (const sql of deleted) expect(sql).toContain("shop__a__");
  expect(deleted.join("\n")).not.toContain("2024-01-01");
  expect(sent.filter((sql) => sql.startsWith("DESCRIBE") && sql.includes("shop__b__"))).toEqual([]);
  expect(await engine.query("SELECT id FROM shop.a ORDER BY id")).toEqual([{ id: 7 }, { id: 8 }]);
});

test("a table that somebody else made meanwhile is taken as it is, and its rows in the range go", async () => {
  await engine.run("UPDATE raw.rows SET id = 7");
  const create = plan.steps.find((step) => step.kind === "create-table" && step.model === "shop.a");
  if (create?.kind !== "create-table") throw new Error("no such step");
  const theirs = engine.name(create.table);
  let made = false;
  const outcome = await run({
    circuitBreaker: async () => {
      if (made) return true;
      made = true;
      await engine.run(
        `CREATE SCHEMA sluice__shop; CREATE TABLE ${theirs} AS SELECT 99 AS id, DATE '2024-01-02' AS ds`,
      );
      return true;
    },
  });
  expect(outcome).toMatchObject({ reason: "applied" });
  expect(await engine.query("SELECT id FROM shop.a")).toEqual([{ id: 7 }]);
});

test.each([
  ["computed", {}],
  ["recorded without being computed", { emptyBackfill: true }],
])("%s: few commits where they share, one for each step where they do not", async (_, options) => {
  await engine.run("UPDATE raw.rows SET id = 7");
  await engine[Symbol.asyncDispose]();
  plan = await planned(options);
  engine = await openDuckdb({ type: "duckdb", database: project.database }, { directory: "/" });
  let commits = 0;
  const counted = new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "transaction") commits++;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const shared = { engine: counted, state: await openState(counted, { tool: "0.0.0" }) };
  expect(await run(shared)).toMatchObject({ reason: "applied" });
  expect(commits).toBeLessThan(plan.steps.length);
  // Everything is built again, with a commit for each step.
  await engine.run("DROP SCHEMA sluice CASCADE; DROP SCHEMA sluice__shop CASCADE; DROP SCHEMA shop CASCADE");
  commits = 0;
  const own = { engine: counted, state: await openState(counted, { tool: "0.0.0" }), sharedCommits: 0 };
  expect(await run(own)).toMatchObject({ reason: "applied" });
  expect(commits).toBeGreaterThan(plan.steps.length);
});
