/** Types and definitions that somebody changed by hand in the physical layer: named, and set right by steps of the plan. */
import { expect, test } from "vitest";
import { Context } from "../../src/context.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { NameParts } from "../../src/sql/name-parts.ts";

export interface ShapeWorld {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** The statement that changes a column's type, as somebody types it. */
  retype(table: string, column: string, type: string): string;
}

const day = 86_400_000;
const first = Date.UTC(2024, 0, 4, 6);

const orders = `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true, on_destructive_change allow), start '2024-01-01');

SELECT o.id AS id, o.shop AS shop, o.amount AS amount, o.ds AS ds FROM raw.orders AS o WHERE o.ds BETWEEN @start_ds AND @end_ds
`;

/** Types nobody declared; a view of everything an engine might write down in other words. */
export const shapeFiles: Readonly<Record<string, string>> = {
  "models/orders.sql": orders,
  "models/revenue.sql":
    "MODEL (name shop.revenue, kind FULL);\n\nSELECT o.shop AS shop, SUM(o.amount) AS revenue FROM shop.orders AS o GROUP BY o.shop\n",
  "models/top.sql":
    "MODEL (name shop.top, kind VIEW);\n\nSELECT r.shop AS shop FROM shop.revenue AS r WHERE r.revenue > 10\n",
  "models/odd.sql": `MODEL (name shop.odd, kind VIEW);

WITH big AS (SELECT o.shop AS shop, COUNT(*) AS n, MAX(o.ds) AS last_day FROM shop.orders AS o GROUP BY o.shop HAVING COUNT(*) > 0)
SELECT b.shop AS shop, CASE WHEN b.n > 1 THEN 'it''s many' ELSE NULL END AS words, CAST(b.n AS DECIMAL(10, 2)) / 3 AS third,
  ROW_NUMBER() OVER (PARTITION BY b.shop ORDER BY b.n DESC) AS place, b.last_day <> DATE '2024-01-01' AND NOT b.n IN (5, 6) AS late,
  COALESCE(t.shop, '-') AS top
FROM big AS b LEFT JOIN shop.top AS t ON t.shop = b.shop WHERE b.shop LIKE '%' OR EXISTS (SELECT 1 FROM shop.revenue AS r WHERE r.shop = b.shop)
`,
};

export function shapeSuite(make: () => Promise<ShapeWorld & AsyncDisposable>): void {
  async function open<T>(world: ShapeWorld, now: number, work: (context: Context) => Promise<T>): Promise<T> {
    await using context = new Context({ paths: [world.path], env: {}, now: () => now, owner: "test" });
    return await work(context);
  }
  const inWarehouse = <T>(world: ShapeWorld, work: (engine: Engine) => Promise<T>) =>
    open(world, first, (context) => context.inspect(work));
  const apply = (world: ShapeWorld, now = first) =>
    open(world, now, async (context) => {
      const plan = await context.plan("prod");
      expect((await context.apply(plan)).reason).toBe("applied");
      return plan.toJSON();
    });
  const found = (world: ShapeWorld, now = first) =>
    open(world, now, async (context) => {
      const { drift } = await context.status();
      expect(drift.unchecked).toBeNull();
      return drift.findings.map(({ kind, model, text, repair }) => ({ kind, model, text, repair }));
    });
  async function physical(world: ShapeWorld, model: string): Promise<NameParts> {
    const [object] = await inWarehouse(world, (engine) =>
      engine.listObjects(["sluice__shop"], `shop__${model}__`),
    );
    return object?.name as NameParts;
  }
  const dotted = ({ schema, table }: NameParts) => `${schema}.${table}`;
  const typesOf = (world: ShapeWorld, table: NameParts) =>
    inWarehouse(world, async (engine) => (await engine.columnsOf(table)).map(({ type }) => type));

  test("what Sluice itself does is never taken for somebody's hand", async () => {
    await using world = await make();
    await apply(world);
    expect(await found(world)).toEqual([]);
    await open(world, first + day, async (context) => {
      expect((await context.run("prod")).reason).toBe("applied");
    });
    expect(await found(world, first + day)).toEqual([]);
    // The table is kept, and gets another type: what is noted is what the last plan made of it.
    await world.write({
      "models/orders.sql": orders.replace("o.amount AS", "CAST(o.amount AS DECIMAL(12, 3)) AS"),
    });
    const { steps } = await apply(world, first + day);
    expect(steps.map(({ kind }) => kind)).toContain("evolve-table");
    expect(await found(world, first + day)).toEqual([]);
    await open(world, first + day, async (context) => {
      expect((await context.plan("prod")).toJSON()).toMatchObject({ hasChanges: false, warnings: [] });
    });
  });

  test("a type that was changed by hand survives a cadence run as a finding, and the plan gives it back", async () => {
    await using world = await make();
    await apply(world);
    const [facts, revenue] = [await physical(world, "orders"), await physical(world, "revenue")];
    const before = await typesOf(world, facts);
    await inWarehouse(world, async (engine) => {
      await engine.run(world.retype(engine.name(facts), "amount", "DECIMAL(12, 2)"));
      await engine.run(world.retype(engine.name(revenue), "revenue", "DECIMAL(12, 2)"));
    });
    const retyped = (model: string, table: NameParts, column: string) => ({
      kind: "table-retyped",
      model: expect.stringContaining(model),
      text: expect.stringMatching(
        new RegExp(
          `^its table ${dotted(table)} was changed by hand: ${column} is decimal\\(12,2\\) instead of double$`,
          "i",
        ),
      ),
      repair: "plan",
    });
    expect(await found(world)).toEqual([
      retyped("orders", facts, "amount"),
      retyped("revenue", revenue, "revenue"),
    ]);
    // Rows are added to one table, and the other is computed anew: the one still is not what it was.
    await open(world, first + day, async (context) => {
      expect((await context.run("prod")).reason).toBe("applied");
    });
    expect(await found(world, first + day)).toEqual([retyped("orders", facts, "amount")]);
    // An apply that is stopped before it has begun leaves the finding to the next plan.
    await open(world, first + day, async (context) => {
      const events: string[] = [];
      const stopped = await context.apply(await context.plan("prod"), {
        circuitBreaker: () => events.length < 2,
        onEvent: ({ kind }) => void events.push(kind),
      });
      expect(stopped.reason).toBe("breaker-open");
    });
    const { models, steps, warnings } = await apply(world, first + day);
    expect(models.map(({ displayName, change }) => [displayName, change])).toEqual([
      ["shop.orders", "unmodified"],
    ]);
    expect(warnings.map(({ text }) => text)).toEqual([expect.stringContaining("set right by this plan: ")]);
    const restore = steps.find((step) => step.kind === "evolve-table");
    expect(restore).toMatchObject({ phase: "restore", changes: { added: [], removed: [] } });
    expect(restore?.sentence).toMatch(
      /set right what was changed by hand: amount from decimal\(12,2\) back to double$/i,
    );
    expect(await typesOf(world, facts)).toEqual(before);
    expect(await found(world, first + day)).toEqual([]);
    const rows = await inWarehouse(world, (engine) =>
      engine.query("SELECT shop, revenue FROM shop.revenue ORDER BY 1"),
    );
    expect(rows.map(({ shop, revenue: sum }) => [shop, Number(sum)])).toEqual([
      ["a", 15],
      ["b", 7],
    ]);
  });

  test("a physical view that was defined otherwise is made again, and a plan that would not is refused", async () => {
    await using world = await make();
    await apply(world);
    const top = await physical(world, "top");
    await inWarehouse(world, (engine) => engine.run(engine.statements.createView(top, "SELECT 'x' AS shop")));
    expect(await found(world)).toEqual([
      {
        kind: "table-redefined",
        model: expect.stringContaining("top"),
        text: `its physical view ${dotted(top)} was changed by hand: it is defined otherwise than the model says`,
        repair: "plan",
      },
    ]);
    await open(world, first, async (context) => {
      await expect(context.plan("prod", { skipBackfill: true })).rejects.toMatchObject({
        code: "PLAN_REFUSED",
        message: expect.stringMatching(/was changed by hand, and this plan does not make it again$/),
      });
    });
    const { models, steps } = await apply(world);
    expect(models.map(({ displayName, reasons }) => [displayName, reasons[0]?.code])).toEqual([
      ["shop.top", "drift"],
    ]);
    expect(
      steps.filter(({ kind }) => kind !== "ensure-schema").map(({ kind, sentence }) => [kind, sentence]),
    ).toEqual([
      ["clear-intervals", "Forget that the view of shop.top was made: it was changed by hand"],
      ["backfill", "Create the view shop.top"],
      ["switch", expect.any(String)],
      ["finalise", expect.any(String)],
    ]);
    expect(await inWarehouse(world, (engine) => engine.query("SELECT * FROM shop.top"))).toEqual([
      { shop: "a" },
    ]);
    expect(await found(world)).toEqual([]);
  });

  test("columns that came or went are named by the plan, which leaves them", async () => {
    await using world = await make();
    await apply(world);
    const revenue = await physical(world, "revenue");
    await inWarehouse(world, (engine) =>
      engine.run(`ALTER TABLE ${engine.name(revenue)} ADD COLUMN note INT`),
    );
    const text = `its table ${dotted(revenue)} was changed by hand: it has gained note`;
    expect(await found(world)).toEqual([
      { kind: "table-changed", model: expect.stringContaining("revenue"), text, repair: "hand" },
    ]);
    await open(world, first, async (context) => {
      const { hasChanges, steps, warnings } = (await context.plan("prod")).toJSON();
      expect([hasChanges, steps]).toEqual([false, []]);
      expect(warnings.map(({ text: words }) => words)).toEqual([
        expect.stringMatching(
          /^Changed by hand in the warehouse, and left for somebody to decide: .*it has gained note\.$/,
        ),
      ]);
    });
  });

  test("of a plan that did not arrive nothing is known, and nothing is said", async () => {
    await using world = await make();
    await apply(world);
    await world.write({
      "models/orders.sql": orders.replace("o.amount AS", "CAST(o.amount AS DECIMAL(12, 3)) AS"),
    });
    await open(world, first, async (context) => {
      const evolved: string[] = [];
      const outcome = await context.apply(await context.plan("prod"), {
        circuitBreaker: () => evolved.length === 0,
        onEvent: (event) => {
          if (event.kind === "step-finished" && event.step.kind === "evolve-table")
            evolved.push(event.step.id);
        },
      });
      expect(outcome).toMatchObject({ reason: "breaker-open", production: "unchanged" });
    });
    await world.write({
      "models/orders.sql": orders,
      "models/late.sql": "MODEL (name shop.late, kind FULL);\n\nSELECT 1 AS one\n",
    });
    const { steps } = await apply(world);
    expect(steps.map(({ kind }) => kind)).not.toContain("evolve-table");
    expect(await found(world)).toEqual([]);
  });
}
