/**
 * What an apply may be killed in: one scenario for every kind of step that changes what readers of production see or what
 * state says of it. Each goes round and round: every round is one plan more.
 */
import type { PlanOptions } from "../../../src/plan/options.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import type { StepKind } from "../../../src/plan/step.ts";
import type { Files, Place, Row } from "./warehouse.ts";

/** The warehouse between two applies. */
export interface Hands {
  readonly place: Place;
  /** Values as text, rows of the last statement. */
  readonly sql: (...statements: readonly string[]) => Promise<readonly Row[]>;
  readonly plan: (environment?: string, options?: PlanOptions) => Promise<PlanDocument>;
  readonly rollback: () => Promise<PlanDocument>;
  /** Applies in peace. */
  readonly apply: (plan: PlanDocument) => Promise<void>;
}

export interface Scenario {
  readonly name: string;
  readonly files: Files;
  /** Added to config.yaml. */
  readonly config?: string;
  /** Changes what is to be changed and makes the plan; null = a clean-up. `n` begins at 1. */
  readonly next: (hands: Hands, n: number) => Promise<PlanDocument | null>;
  /** Kinds of steps the plan must have, or the scenario shows nothing. */
  readonly kinds: readonly StepKind[];
  /** What readers see: all of it before, or all of it after. */
  readonly reads: string;
  /** What must hold right after the kill. */
  readonly between?: (n: number, hands: Hands) => Promise<void>;
  /** What must be there in the end. */
  readonly ends: (n: number, hands: Hands) => Promise<void>;
}

const model = (name: string, kind: string, query: string): Files => ({
  [`models/${name}.sql`]: `MODEL (name shop.${name}, kind ${kind}, start '2024-01-01');\n${query}\n`,
});
const count = (n: number) => model("count", "FULL", `SELECT ${n} AS n, COUNT(*) AS orders FROM raw.orders`);
const perDay = "WHERE ds BETWEEN @start_ds AND @end_ds";
const totals = (factor: number) =>
  model("totals", "FULL", `SELECT SUM(amount) * ${factor} AS amount FROM shop.orders`);

/** Columns come and go: round n has `c<n>` instead of `c<n-1>`. */
const log = (n: number) =>
  model(
    "log",
    "INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true, on_destructive_change ALLOW)",
    `SELECT ds, id, amount AS c${n} FROM raw.orders ${perDay}`,
  );

/** The one row of a query is this. */
async function one({ sql }: Hands, query: string, row: Row): Promise<void> {
  const rows = await sql(query);
  if (JSON.stringify(rows) !== JSON.stringify([row]))
    throw new Error(`${query}: ${JSON.stringify(rows)}, not ${JSON.stringify(row)}`);
}

export const restatement: Scenario = {
  name: "a live table restated in batches, beside",
  files: model(
    "latest",
    "INCREMENTAL_BY_UNIQUE_KEY (unique_key shop_id, batch_size 2)",
    `SELECT shop_id, MAX(amount) AS amount FROM raw.orders ${perDay} GROUP BY shop_id`,
  ),
  async next({ sql, plan }) {
    await sql("UPDATE raw.orders SET amount = amount + 10");
    return plan("prod", { restateModels: ["shop.latest"] });
  },
  kinds: ["backfill", "swap-table"],
  reads: "SELECT MIN(amount) AS least, MAX(amount) AS most, COUNT(*) AS n FROM shop.latest",
  ends: (n, hands) =>
    one(hands, "SELECT FLOOR(MIN(amount) / 10) AS a, FLOOR(MAX(amount) / 10) AS b FROM shop.latest", {
      a: String(n),
      b: String(n),
    }),
};

const riding: Scenario = {
  name: "a restatement beside a change, and a version of dev that forgets",
  files: {
    ...model(
      "orders",
      "INCREMENTAL_BY_TIME_RANGE (time_column ds, batch_size 3)",
      `SELECT id, amount, ds FROM raw.orders ${perDay}`,
    ),
    ...totals(1),
    ...count(0),
  },
  async next({ place, plan, apply, sql }, n) {
    await place.write(totals(2));
    await apply(await plan("dev", { backfillModels: ["shop.totals"] }));
    await place.write({ ...totals(1), ...count(n) });
    await sql("UPDATE raw.orders SET amount = amount + 10");
    const request = { id: `round ${n}`, models: ["shop.orders"], askedBy: "a test" };
    return plan("prod", { restateRequests: [request] });
  },
  kinds: ["backfill", "clear-intervals", "switch"],
  reads: "SELECT amount FROM shop.totals",
  async ends(n, hands) {
    await one(hands, `SELECT SUM(amount) - ${240 * n} AS amount FROM shop.orders`, { amount: "66" });
    await one(hands, "SELECT SUM(amount) - (SELECT MAX(amount) FROM shop.totals) AS lost FROM shop.orders", {
      lost: "0",
    });
    await one(hands, "SELECT n FROM shop.count", { n: String(n) });
    await hands.place.write(totals(2));
    const { steps } = await hands.plan("dev", { backfillModels: ["shop.totals"] });
    if (!steps.some((step) => step.kind === "backfill" && step.model === "shop.totals"))
      throw new Error("dev still trusts what it made of the old rows");
  },
};

const evolution: Scenario = {
  name: "a live table that gains and loses columns",
  files: log(0),
  async next({ place, plan }, n) {
    await place.write(log(n));
    return plan();
  },
  kinds: ["evolve-table", "switch"],
  reads: "SELECT id, ds FROM shop.log ORDER BY id",
  // Old readers find what they know until the switch, new ones from then on; what goes may be there a moment longer.
  async between(n, { sql }) {
    const columns = Object.keys((await sql("SELECT * FROM shop.log"))[0] ?? {}).sort();
    const lists = [[n - 1], [n - 1, n], [n]].map((own) =>
      [...own.map((number) => `c${number}`), "ds", "id"].sort().join(),
    );
    if (!lists.includes(columns.join())) throw new Error(`shop.log has ${columns.join()}`);
  },
  async ends(n, { sql }) {
    const rows = await sql("SELECT * FROM shop.log");
    const columns = Object.keys(rows[0] ?? {}).sort();
    if (rows.length !== 24 || columns.join() !== `c${n},ds,id`)
      throw new Error(`${rows.length} rows of ${columns.join()}`);
  },
};

/** A type that somebody changed by hand goes back; on DuckDB views of the table cannot be read meanwhile. */
const restoring: Scenario = {
  name: "a type that is set right",
  files: { ...log(0), ...count(0) },
  async next({ sql, plan, place }) {
    const table = await physicalTable({ sql }, "log");
    await sql(
      place.warehouse.type === "duckdb"
        ? `ALTER TABLE ${table} ALTER c0 TYPE DECIMAL(9, 1)`
        : `ALTER TABLE ${table} MODIFY c0 DECIMAL(9, 1)`,
    );
    return plan();
  },
  kinds: ["evolve-table", "switch"],
  reads: "SELECT n FROM shop.count",
  async ends(_, hands) {
    const types = `SELECT COUNT(*) AS columns FROM information_schema.columns WHERE column_name = 'c0'
      AND table_schema IN ('shop', 'sluice__shop') AND data_type LIKE 'decimal%'`;
    await one(hands, types, { columns: "0" });
  },
};

async function physicalTable({ sql }: Pick<Hands, "sql">, name: string): Promise<string> {
  const [row] = await sql(
    `SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'sluice__shop' AND table_name LIKE 'shop__${name}__%'`,
  );
  return `sluice__shop.${row?.["t"]}`;
}

const statements: Scenario = {
  name: "statements before and after",
  files: count(0),
  config: `before_all: ["INSERT INTO marks.log VALUES (1, 'before')"]
after_all: ["INSERT INTO marks.log VALUES (1, 'after')"]
`,
  async next({ place, plan }, n) {
    await place.write(count(n));
    return plan();
  },
  kinds: ["run-statements", "switch"],
  reads: "SELECT n FROM shop.count",
  async ends(n, hands) {
    await one(hands, "SELECT n FROM shop.count", { n: String(n) });
    for (const place of ["before", "after"])
      await one(hands, `SELECT COUNT(*) AS times FROM marks.log WHERE place = '${place}'`, {
        times: String(n + 1),
      });
  },
};

export const rollback: Scenario = {
  name: "a rollback, and the rollback of a rollback",
  files: { ...count(0), ...model("seen", "VIEW", "SELECT n FROM shop.count") },
  async next({ place, plan, apply, rollback: back }, n) {
    if (n === 1) {
      await place.write(count(1));
      await apply(await plan());
    }
    return back();
  },
  kinds: ["switch", "finalise"],
  reads: "SELECT a.n AS a, b.n AS b FROM shop.count AS a JOIN shop.seen AS b ON 1 = 1",
  ends: (n, hands) => {
    const now = String((n + 1) % 2);
    return one(hands, "SELECT a.n AS a, b.n AS b FROM shop.count AS a JOIN shop.seen AS b ON 1 = 1", {
      a: now,
      b: now,
    });
  },
};

/** Readers of the table itself see columns come and go; rows are always there. */
const devOnly: Scenario = {
  name: "a table under the model's own name (dev_only)",
  files: log(0),
  config: "virtual_environment_mode: dev_only\n",
  async next({ place, plan }, n) {
    await place.write(log(n));
    return plan();
  },
  kinds: ["evolve-table", "switch"],
  reads: "SELECT id, ds FROM shop.log ORDER BY id",
  ends: evolution.ends,
};

const cleaning: Scenario = {
  name: "a clean-up",
  files: count(0),
  async next({ place, plan, apply }, n) {
    await place.write(count(n));
    await apply(await plan());
    return null;
  },
  kinds: [],
  reads: "SELECT n FROM shop.count",
  async ends(n, hands) {
    await one(hands, "SELECT n FROM shop.count", { n: String(n) });
    await one(
      hands,
      "SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = 'sluice__shop'",
      {
        tables: "1",
      },
    );
  },
};

export const scenarios: readonly Scenario[] = [
  restatement,
  riding,
  evolution,
  restoring,
  statements,
  rollback,
  devOnly,
  cleaning,
];
