/** Plans written by hand for tests of what people read. Times, ids and digests are fixed. */
import { sha256 } from "../../src/digest.ts";
import type { EnvironmentName } from "../../src/environment/environment.ts";
import type { KindName, ModelName } from "../../src/model/model.ts";
import type { PlanDocument, PlannedModel } from "../../src/plan/plan.ts";
import type { Step, StepId } from "../../src/plan/step.ts";
import type {
  ChangeCategory,
  Interval,
  SnapshotId,
  SnapshotIdentifier,
  Version,
} from "../../src/snapshot/snapshot.ts";

export const planNow = Date.UTC(2023, 0, 8);

/** `days(1, 8)`: 1 to 7 January 2023. */
export function days(from: number, to: number): Interval {
  return [Date.UTC(2023, 0, from), Date.UTC(2023, 0, to)];
}

type ModelSample = Partial<Omit<PlannedModel, "name" | "downstream" | "parents">> & {
  readonly name: string;
  readonly downstream?: readonly string[];
  readonly parents?: readonly string[];
};

export function aPlannedModel(sample: ModelSample): PlannedModel {
  const { name, downstream, parents, ...rest } = sample;
  const id: SnapshotId = { name: name as ModelName, identifier: "abc" as SnapshotIdentifier };
  const change = sample.change ?? "directly_modified";
  return {
    displayName: name,
    kind: "VIEW" as KindName,
    change,
    category: (change === "directly_modified" ? "BREAKING" : null) as ChangeCategory | null,
    forwardOnly: false,
    reasons: [],
    snapshot: change === "removed" ? null : id,
    previous: change === "added" ? null : id,
    isNewSnapshot: change !== "removed" && change !== "unmodified",
    version: change === "removed" ? null : ("v1" as Version),
    reuse: "new",
    intervals: [],
    deployable: true,
    representative: true,
    columns: { added: [], removed: [], retyped: [] },
    destructive: [],
    additive: [],
    path: `models/${name.replace(/\W+/g, "_")}.sql`,
    diff: "",
    ...rest,
    name: name as ModelName,
    downstream: (downstream ?? []) as ModelName[],
    parents: (parents ?? []) as ModelName[],
  };
}

type StepSample = { readonly kind: Step["kind"]; readonly id?: string } & Record<string, unknown>;

/** A step of any kind; what is not given gets a harmless value. */
export function aStep(sample: StepSample): Step {
  const model = (sample["model"] as string | undefined) ?? "shop.orders";
  return {
    needs: [],
    sentence: `${sample.kind} ${model}`,
    done: { kind: "repeatable" },
    snapshot: { name: model as ModelName, identifier: "abc" as SnapshotIdentifier },
    table: { schema: "sluice__shop", table: `${model.replaceAll(".", "__")}__v1` },
    reads: {},
    dev: false,
    interval: days(1, 8),
    batch: 1,
    batches: 1,
    first: true,
    ...(sample.kind === "clear-intervals" ? {} : { model }),
    ...sample,
    id: (sample.id ?? `${sample.kind}:${model}`) as StepId,
  } as unknown as Step;
}

export function aPlan(parts: Partial<PlanDocument> = {}): PlanDocument {
  const models = parts.models ?? [];
  const changed = models.some((model) => model.change !== "unmodified");
  return {
    format: 1,
    tool: { name: "sluice", version: "0.1.0" },
    id: "0123456789abcdef0123456789abcdef",
    createdAt: "2023-01-08T06:30:00.000Z",
    digest: sha256("digest"),
    work: sha256("work"),
    environment: {
      name: "prod" as EnvironmentName,
      naming: { suffixTarget: "schema" },
      from: 12,
      to: 13,
      isNew: false,
      createdFrom: null,
      isDev: false,
      ttl: null,
      promoted: null,
      statements: { beforeAll: [], afterAll: [] },
      statementsChanged: false,
    },
    base: { environmentVersion: 12, planId: "fedcba9876543210fedcba9876543210", digest: sha256("base") },
    source: { headSha: "5f2c1a9e0b7d4c3f8a6e5d4c3b2a190807060504", projectDigest: sha256("project") },
    engine: { type: "mysql", flavour: "mariadb", version: "10.11", switch: "rename" },
    options: {
      skipTests: false,
      skipLinter: false,
      noGaps: false,
      skipBackfill: false,
      emptyBackfill: false,
      forwardOnly: false,
      allowDestructiveModels: [],
      allowAdditiveModels: [],
      includeUnmodified: false,
      enablePreview: false,
      run: false,
      ignoreCron: false,
      minIntervals: 0,
      noAutoCategorization: false,
      choices: {},
    },
    start: Date.UTC(2023, 0, 1),
    end: planNow,
    hasChanges: changed,
    requiresBackfill: models.some((model) => model.intervals.length > 0),
    models,
    snapshots: [],
    steps: [],
    restatements: [],
    tests: { ran: 14, failed: 0, skipped: false },
    warnings: [],
    ...parts,
  };
}

const ordersDiff = `--- a/models/orders.sql
+++ b/models/orders.sql
@@ -8,9 +8,10 @@
 SELECT
   o.order_id,
   o.customer_id,
-  o.discount,
   o.amount,
+  o.amount * 0.19 AS tax,
   o.ordered_at
 FROM raw.orders AS o
-WHERE o.ordered_at BETWEEN @start_ts AND @end_ts
+WHERE o.status <> 'cancelled'
+  AND o.ordered_at BETWEEN @start_ts AND @end_ts
`;

const customersDiff = `--- a/models/customers.sql
+++ b/models/customers.sql
@@ -4,5 +4,6 @@
 SELECT
   c.customer_id,
   c.name,
+  c.country,
   count(o.order_id) AS orders
 FROM raw.customers AS c
`;

/** A breaking change with descendants, a column added, a model added, one removed, one metadata change. */
export function aBreakingPlan(parts: Partial<PlanDocument> = {}): PlanDocument {
  const whole = [days(1, 8)];
  const models = [
    aPlannedModel({
      name: "shop.orders",
      kind: "INCREMENTAL_BY_TIME_RANGE",
      category: "BREAKING",
      intervals: whole,
      diff: ordersDiff,
      owner: "sales",
      reasons: [{ code: "filter-changed", text: "The WHERE clause changed, so existing rows may differ." }],
      columns: { added: ["tax"], removed: ["discount"], retyped: [] },
      parents: ["raw.orders"],
      downstream: ["shop.revenue", "shop.top_customers"],
    }),
    aPlannedModel({
      name: "shop.customers",
      kind: "FULL",
      category: "NON_BREAKING",
      intervals: whole,
      diff: customersDiff,
      reasons: [{ code: "column-added", text: "Only adds columns." }],
      columns: { added: ["country"], removed: [], retyped: [] },
      parents: ["raw.customers", "shop.orders"],
      downstream: ["shop.top_customers"],
    }),
    aPlannedModel({
      name: "shop.returns",
      change: "added",
      category: "BREAKING",
      kind: "VIEW",
      intervals: whole,
      parents: ["shop.orders"],
    }),
    aPlannedModel({ name: "shop.old_orders", change: "removed", parents: ["shop.orders"] }),
    aPlannedModel({
      name: "shop.payments",
      change: "metadata_updated",
      category: "METADATA",
      reasons: [{ code: "metadata", text: "The owner changed." }],
      parents: [],
    }),
    aPlannedModel({
      name: "shop.revenue",
      change: "indirectly_modified",
      category: "INDIRECT_BREAKING",
      kind: "INCREMENTAL_BY_TIME_RANGE",
      intervals: whole,
      reasons: [{ code: "parent", text: "Reads shop.orders, which changes." }],
      parents: ["shop.orders"],
    }),
    aPlannedModel({
      name: "shop.top_customers",
      change: "indirectly_modified",
      category: "INDIRECT_BREAKING",
      kind: "VIEW",
      intervals: whole,
      reasons: [{ code: "parent", text: "Reads shop.orders, which changes." }],
      parents: ["shop.orders", "shop.customers"],
    }),
  ];
  const views = ["shop.orders", "shop.customers", "shop.returns", "shop.revenue", "shop.top_customers"].map(
    (model) => ({
      model: model as ModelName,
      view: { schema: "shop", table: model.slice(5) },
      table: { schema: "sluice__shop", table: `${model}__v1` },
    }),
  );
  const steps = [
    aStep({ kind: "ensure-schema", id: "schema", schema: { schema: "sluice__shop", table: "" } }),
    ...["shop.orders", "shop.customers", "shop.revenue"].map((model) =>
      aStep({ kind: "create-table", model }),
    ),
    aStep({
      kind: "backfill",
      model: "shop.orders",
      id: "backfill:shop.orders:1",
      interval: days(1, 5),
      batch: 1,
      batches: 2,
    }),
    aStep({
      kind: "backfill",
      model: "shop.orders",
      id: "backfill:shop.orders:2",
      interval: days(5, 8),
      batch: 2,
      batches: 2,
    }),
    aStep({ kind: "backfill", model: "shop.customers" }),
    aStep({ kind: "backfill", model: "shop.revenue" }),
    aStep({ kind: "backfill", model: "shop.returns" }),
    aStep({ kind: "backfill", model: "shop.top_customers" }),
    aStep({ kind: "build-views", id: "views", views }),
    aStep({
      kind: "switch",
      id: "switch",
      views,
      drops: [{ schema: "shop", table: "old_orders" }],
      pointer: { table: "sluice__pointer" },
    }),
    aStep({ kind: "finalise", id: "finalise" }),
  ];
  return aPlan({
    models,
    steps,
    estimates: {
      "shop.orders": { rows: 1_240_000, seconds: 41 },
      "shop.revenue": { rows: 2_600, seconds: 6 },
      "shop.customers": { rows: 48_000, seconds: 3 },
    },
    ...parts,
  });
}
