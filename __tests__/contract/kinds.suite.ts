/** What every kind of model writes, batch after batch, on every engine: rows in, rows out. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ApplyContext } from "../../src/apply/context.ts";
import { runStep } from "../../src/apply/run-step.ts";
import { createStop } from "../../src/apply/stop.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { parseEnvironmentName } from "../../src/environment/naming.ts";
import type { Model, ModelKind } from "../../src/model/model.ts";
import type { ApplyEvent } from "../../src/plan/events.ts";
import type { Step, StepId } from "../../src/plan/step.ts";
import type { Interval } from "../../src/snapshot/snapshot.ts";
import { memoryState } from "../../src/state/memory.ts";
import { aPlan } from "../support/plan-samples.ts";
import type { ModelSample } from "../support/snapshot-samples.ts";
import { aModel, aSnapshot } from "../support/snapshot-samples.ts";

const day = (n: number): number => Date.UTC(2023, 0, n);
const incremental = {
  forwardOnly: false,
  disableRestatement: false,
  onDestructiveChange: "ERROR",
  onAdditiveChange: "ALLOW",
} as const;

/** Rows of `raw_rows` (k, v, d) before the batch, the batch, and the rows of the model's table after it. */
interface BatchCase {
  readonly raw: readonly (readonly [k: string | null, v: number, d: string])[];
  readonly interval?: readonly [number, number];
  readonly first?: boolean;
  readonly now?: number;
  readonly rows: readonly (readonly unknown[])[];
}

interface KindCase {
  readonly name: string;
  readonly kind: ModelKind;
  readonly model?: ModelSample;
  readonly columns: readonly string[];
  readonly batches: readonly BatchCase[];
}

const scd = {
  ...incremental,
  uniqueKey: ["k"],
  validFrom: "valid_from",
  validTo: "valid_to",
  invalidateHardDeletes: true,
  timeDataType: "TIMESTAMP",
  updatedAtAsValidFrom: false,
  executionTimeAsValidFrom: false,
} as const;
const epoch = "1970-01-01 00:00:00";
const at = (n: number): string => `2023-01-0${n} 00:00:00`;

const cases: readonly KindCase[] = [
  {
    name: "FULL replaces all rows",
    kind: { name: "FULL" },
    columns: ["k", "v"],
    batches: [
      { raw: [["a", 1, "2023-01-01"]], rows: [["a", 1]] },
      { raw: [["b", 2, "2023-01-01"]], rows: [["b", 2]] },
    ],
  },
  {
    name: "time range replaces its range and keeps rows outside it out",
    kind: {
      name: "INCREMENTAL_BY_TIME_RANGE",
      timeColumn: "d",
      timeFormat: "%Y-%m-%d",
      partitionByTimeColumn: true,
      ...incremental,
    },
    columns: ["k", "v"],
    batches: [
      {
        raw: [
          ["a", 1, "2023-01-01"],
          ["b", 1, "2023-01-02"],
          ["c", 1, "2023-01-03"],
        ],
        interval: [1, 3],
        rows: [
          ["a", 1],
          ["b", 1],
        ],
      },
      {
        raw: [
          ["b", 2, "2023-01-02"],
          ["c", 2, "2023-01-03"],
          ["a", 9, "2023-01-01"],
        ],
        interval: [2, 4],
        rows: [
          ["a", 1],
          ["b", 2],
          ["c", 2],
        ],
      },
    ],
  },
  {
    name: "unique key merges, NULL keys too",
    kind: { name: "INCREMENTAL_BY_UNIQUE_KEY", uniqueKey: ["k"], ...incremental },
    columns: ["k", "v"],
    batches: [
      {
        raw: [
          ["a", 1, "2023-01-01"],
          [null, 1, "2023-01-01"],
        ],
        first: true,
        rows: [
          ["a", 1],
          [null, 1],
        ],
      },
      {
        raw: [
          ["b", 2, "2023-01-01"],
          [null, 2, "2023-01-01"],
        ],
        rows: [
          ["a", 1],
          ["b", 2],
          [null, 2],
        ],
      },
      {
        raw: [
          ["b", 3, "2023-01-01"],
          ["b", 3, "2023-01-01"],
        ],
        rows: [
          ["a", 1],
          ["b", 3],
          [null, 2],
        ],
      },
      { raw: [["z", 0, "2023-01-01"]], first: true, rows: [["z", 0]] },
    ],
  },
  {
    name: "unique key of expressions",
    kind: { name: "INCREMENTAL_BY_UNIQUE_KEY", uniqueKey: ["COALESCE(k, '?')", "v % 2"], ...incremental },
    columns: ["k", "v"],
    batches: [
      {
        raw: [
          ["a", 1, "2023-01-01"],
          [null, 2, "2023-01-01"],
        ],
        first: true,
        rows: [
          ["a", 1],
          [null, 2],
        ],
      },
      {
        raw: [
          ["a", 3, "2023-01-01"],
          ["?", 4, "2023-01-01"],
          ["a", 8, "2023-01-01"],
        ],
        rows: [
          ["?", 4],
          ["a", 3],
          ["a", 8],
        ],
      },
    ],
  },
  {
    name: "partition replaces the partitions present in the new rows",
    kind: { name: "INCREMENTAL_BY_PARTITION", ...incremental, forwardOnly: true },
    model: { partitionedBy: ["k"] },
    columns: ["k", "v"],
    batches: [
      {
        raw: [
          ["a", 1, "2023-01-01"],
          ["a", 2, "2023-01-01"],
          ["b", 3, "2023-01-01"],
        ],
        first: true,
        rows: [
          ["a", 1],
          ["a", 2],
          ["b", 3],
        ],
      },
      {
        raw: [
          ["a", 7, "2023-01-01"],
          ["a", 7, "2023-01-01"],
        ],
        rows: [
          ["a", 7],
          ["a", 7],
          ["b", 3],
        ],
      },
    ],
  },
  {
    name: "unmanaged appends",
    kind: { name: "INCREMENTAL_UNMANAGED", insertOverwrite: false, ...incremental },
    columns: ["k", "v"],
    batches: [
      { raw: [["a", 1, "2023-01-01"]], first: true, rows: [["a", 1]] },
      {
        raw: [["a", 1, "2023-01-01"]],
        rows: [
          ["a", 1],
          ["a", 1],
        ],
      },
    ],
  },
  {
    name: "SCD by time closes, reopens and keeps history",
    kind: { name: "SCD_TYPE_2_BY_TIME", ...scd, updatedAt: "d" },
    columns: ["k", "v", "valid_from", "valid_to"],
    batches: [
      {
        raw: [
          ["a", 1, at(1)],
          ["b", 1, at(1)],
        ],
        first: true,
        now: 2,
        rows: [
          ["a", 1, epoch, null],
          ["b", 1, epoch, null],
        ],
      },
      {
        raw: [
          ["a", 2, at(3)],
          ["b", 1, at(1)],
        ],
        now: 4,
        rows: [
          ["a", 1, epoch, at(3)],
          ["a", 2, at(3), null],
          ["b", 1, epoch, null],
        ],
      },
      {
        raw: [["b", 1, at(1)]],
        now: 5,
        rows: [
          ["a", 1, epoch, at(3)],
          ["a", 2, at(3), at(5)],
          ["b", 1, epoch, null],
        ],
      },
      {
        raw: [
          ["a", 3, at(7)],
          ["b", 1, at(1)],
        ],
        now: 8,
        rows: [
          ["a", 1, epoch, at(3)],
          ["a", 2, at(3), at(5)],
          ["a", 3, at(7), null],
          ["b", 1, epoch, null],
        ],
      },
    ],
  },
  {
    name: "SCD by column compares without NULL traps",
    kind: { name: "SCD_TYPE_2_BY_COLUMN", ...scd, columns: ["v"], invalidateHardDeletes: false },
    columns: ["k", "v", "valid_from", "valid_to"],
    batches: [
      { raw: [["a", 1, at(1)]], first: true, now: 2, rows: [["a", 1, epoch, null]] },
      {
        raw: [
          ["a", 1, at(9)],
          ["b", 5, at(1)],
        ],
        now: 3,
        rows: [
          ["a", 1, epoch, null],
          ["b", 5, at(3), null],
        ],
      },
      {
        raw: [["a", 2, at(1)]],
        now: 4,
        rows: [
          ["a", 1, epoch, at(4)],
          ["a", 2, at(4), null],
          ["b", 5, at(3), null],
        ],
      },
    ],
  },
];

export function kindsContract(name: string, open: () => Promise<Engine>): void {
  describe(`kinds: ${name}`, () => {
    let engine: Engine;
    const schema = "kinds_contract";

    beforeAll(async () => {
      engine = await open();
    });
    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      await engine.run(engine.statements.createSchema({ schema }));
      for (const table of ["raw_rows", "target"])
        await engine.run(engine.statements.drop({ schema, table }, "table"));
      await engine.run(
        engine.statements.createTable({ schema, table: "raw_rows" }, [
          { name: "k", type: "VARCHAR(10)" },
          { name: "v", type: "INT" },
          { name: "d", type: engine.family === "mysql" ? "DATETIME" : "TIMESTAMP" },
        ]),
      );
    });

    test.each(cases)("$name", async ({ kind, columns, batches, model: extra }) => {
      const raw = { schema, table: "raw_rows" };
      const target = { schema, table: "target" };
      const select = kind.name === "INCREMENTAL_BY_TIME_RANGE" ? "k, v, CAST(d AS DATE) AS d" : "k, v, d";
      const model = aModel({
        ...extra,
        kind,
        sql: `SELECT ${select} FROM ${engine.name(raw)} -- a comment at the end`,
        dialect: engine.family,
      });
      for (const [index, batch] of batches.entries()) {
        await engine.run(`DELETE FROM ${engine.name(raw)}`);
        await engine.insertRows(engine, raw, ["k", "v", "d"], batch.raw);
        const [from, to] = batch.interval ?? [1, 2];
        const context = await aContext(engine, model, day(batch.now ?? 9));
        await runStep(context, {
          ...aSnapshotStep(model, target, [day(from), day(to)]),
          kind: "backfill",
          batch: index + 1,
          batches: batches.length,
          first: batch.first ?? false,
        });
        const list = columns.join(", ");
        const order = columns.map((column) => `${column} IS NULL, ${column}`).join(", ");
        const rows = await engine.query(`SELECT ${list} FROM ${engine.name(target)} ORDER BY ${order}`);
        expect(rows.map((row) => Object.values(row).map(plain))).toEqual(batch.rows);
      }
      const left = await engine.query(
        `SELECT table_name AS t FROM information_schema.tables WHERE table_schema = ${engine.literal(schema)} ORDER BY 1`,
      );
      expect(left.map((row) => Object.values(row)[0])).toEqual(["raw_rows", "target"]);
    });

    test("a seed loads what its CSV says", async () => {
      const target = { schema, table: "target" };
      const kind: ModelKind = { name: "SEED", path: "s.csv", batchSize: 2, csv: {} };
      const content = 'id,label,share,ok\n1,"a, ""b""",0.5,true\n2,NULL,,FALSE\n3,it\'s,2,true\n';
      const model = aModel({
        kind,
        seed: { content, digest: aModel().sourceDigest },
        dialect: engine.family,
      });
      const context = await aContext(engine, model, day(9));
      const step = { ...aSnapshotStep(model, target, [day(1), day(2)]), kind: "load-seed" } as const;
      expect(await runStep(context, step)).toBe(3);
      expect(await runStep(context, step)).toBe(3);
      const rows = await engine.query(`SELECT id, label, share, ok FROM ${engine.name(target)} ORDER BY id`);
      expect(rows.map((row) => ({ ...row, ok: Boolean(row["ok"]) }))).toEqual([
        { id: 1, label: 'a, "b"', share: 0.5, ok: true },
        { id: 2, label: null, share: null, ok: false },
        { id: 3, label: "it's", share: 2, ok: true },
      ]);
    });
  });
}

function plain(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\.0+$/, "") : value;
}

function aSnapshotStep(model: Model, table: { schema: string; table: string }, interval: Interval) {
  const snapshot = aSnapshot({ model });
  return {
    id: "step" as StepId,
    needs: [],
    sentence: "a step",
    done: { kind: "repeatable" },
    model: model.name,
    snapshot,
    table,
    dev: false,
    reads: {},
    inlines: [],
    live: false,
    interval,
  } as const satisfies Partial<Step>;
}

async function aContext(engine: Engine, model: Model, executionTime: number): Promise<ApplyContext> {
  const state = memoryState();
  const environment = parseEnvironmentName("prod");
  const snapshot = aSnapshot({ model });
  return {
    plan: aPlan(),
    engine,
    state,
    lock: await state.lock(environment, "suite", { wait: 0 }),
    now: () => executionTime,
    gateway: "local",
    variables: {},
    emit: (_: ApplyEvent) => {},
    executionTime,
    before: null,
    moved: false,
    rebuilds: { begun: new Set(), swapped: new Map() },
    found: new Map(),
    ahead: new Set(),
    after: {
      name: environment,
      version: 1,
      naming: { suffixTarget: "schema" },
      members: [],
      planId: "p",
      planDigest: "d",
      previousPlanId: null,
      startAt: null,
      endAt: null,
      finalizedAt: null,
      expiresAt: null,
      previousFinalized: null,
      statements: { beforeAll: [], afterAll: [] },
    },
    definitions: { snapshot: () => snapshot, model: () => model },
    stop: createStop(),
  };
}
