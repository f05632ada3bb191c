import { describe, expect, test } from "vitest";
import type { Model, ModelKind } from "../../../src/model/model.ts";
import { compareModels } from "../../../src/snapshot/category.ts";
import { assignVersion, historyAfter } from "../../../src/snapshot/version.ts";
import { aNode, full, timeRange, view } from "../../support/planning-world.ts";
import { aSnapshot, type ModelSample } from "../../support/snapshot-samples.ts";

const unmanaged: ModelKind = {
  name: "INCREMENTAL_UNMANAGED",
  insertOverwrite: false,
  forwardOnly: true,
  disableRestatement: true,
  onDestructiveChange: "ERROR",
  onAdditiveChange: "ALLOW",
};
const model = (sample: Partial<ModelSample> = {}): Model =>
  aNode({ name: "db.a", kind: full, sql: "SELECT id FROM t", ...sample });
const compare = (
  after: Model,
  before: Model,
  query: (one: Model) => string | null = (one) => one.query?.text ?? null,
) => compareModels({ model: after, query: query(after) }, { model: before, query: query(before) });

describe("two definitions", () => {
  test.each<{
    why: string;
    after: Partial<ModelSample>;
    before?: Partial<ModelSample>;
    verdict: string;
    code: string;
  }>([
    {
      why: "a column more",
      after: { sql: "SELECT id, 1 AS x FROM t" },
      verdict: "non-breaking",
      code: "columns-added",
    },
    {
      why: "another filter",
      after: { sql: "SELECT id FROM t WHERE id > 1" },
      verdict: "undetermined",
      code: "filter-changed",
    },
    { why: "another kind", after: { kind: view }, verdict: "breaking", code: "kind" },
    {
      why: "another incremental kind, parted alike",
      after: { kind: unmanaged, partitionedBy: ["ds"] },
      before: { kind: timeRange() },
      verdict: "non-breaking",
      code: "same-query",
    },
    {
      why: "another incremental kind, parted otherwise",
      after: { kind: unmanaged },
      before: { kind: timeRange() },
      verdict: "breaking",
      code: "kind",
    },
    {
      why: "lookback",
      after: { kind: timeRange({ lookback: 1 }) },
      before: { kind: timeRange() },
      verdict: "undetermined",
      code: "lookback",
    },
    { why: "stamp", after: { stamp: "again" }, verdict: "undetermined", code: "properties" },
    { why: "partitions", after: { partitionedBy: ["id"] }, verdict: "undetermined", code: "properties" },
    {
      why: "a column more and a new stamp",
      after: { sql: "SELECT id, 1 AS x FROM t", stamp: "again" },
      verdict: "undetermined",
      code: "properties",
    },
    {
      why: "a post-statement",
      after: { postStatements: [{ text: "DELETE FROM t", line: 1 }] },
      verdict: "undetermined",
      code: "statements",
    },
    { why: "interval unit", after: { intervalUnit: "hour" }, verdict: "non-breaking", code: "same-query" },
    { why: "virtual mode", after: { virtualEnvironmentMode: "dev_only" }, verdict: "breaking", code: "kind" },
  ])("$why: $verdict", ({ after, before = {}, verdict, code }) => {
    const found = compare(model(after), model(before));
    expect(found.verdict).toBe(verdict);
    if (code !== "filter-changed") expect(found.reasons[0]?.code).toBe(code);
    expect(found.reasons.every((reason) => reason.text.length > 0)).toBe(true);
  });

  test("a query that cannot be expanded leaves it open", () => {
    expect(compare(model({ sql: "SELECT 1" }), model(), () => null).verdict).toBe("undetermined");
  });

  test.each([
    {
      why: "a column more",
      after: [
        { name: "id", type: "INT" },
        { name: "x", type: "TEXT" },
      ],
      verdict: "non-breaking",
    },
    { why: "another type", after: [{ name: "id", type: "BIGINT" }], verdict: "undetermined" },
    { why: "a column less", after: [], verdict: "undetermined" },
  ])("an external table with $why: $verdict", ({ after, verdict }) => {
    const external = (columns: Model["columns"]) => model({ kind: { name: "EXTERNAL" }, columns });
    expect(compare(external(after), external([{ name: "id", type: "INT" }])).verdict).toBe(verdict);
  });
});

describe("the version of a snapshot", () => {
  const fingerprint = { data: "d", metadata: "m", parentData: "p", parentMetadata: "q" };
  const before = aSnapshot({
    model: model(),
    identifier: "old",
    version: "v1",
    devVersion: "d1",
    physicalSchema: "kept",
  });
  const previous = historyAfter(before).at(-1);
  const assign = (
    category: Parameters<typeof assignVersion>[0]["category"],
    forwardOnly = false,
    facts = model(),
  ) => assignVersion({ facts, fingerprint, category, forwardOnly, previous });

  test.each([
    { category: "BREAKING" as const, forwardOnly: false, keeps: false, keepsDev: false },
    { category: "NON_BREAKING" as const, forwardOnly: false, keeps: false, keepsDev: false },
    { category: "INDIRECT_BREAKING" as const, forwardOnly: false, keeps: false, keepsDev: false },
    { category: "INDIRECT_NON_BREAKING" as const, forwardOnly: false, keeps: true, keepsDev: true },
    { category: "METADATA" as const, forwardOnly: false, keeps: true, keepsDev: true },
    { category: "BREAKING" as const, forwardOnly: true, keeps: true, keepsDev: false },
    { category: null, forwardOnly: false, keeps: false, keepsDev: false },
  ])("$category, forward-only $forwardOnly: keeps $keeps", ({ category, forwardOnly, keeps, keepsDev }) => {
    const assigned = assign(category, forwardOnly);
    expect([
      assigned.version === "v1",
      assigned.devVersion === "d1",
      assigned.physicalSchema === "kept",
    ]).toEqual([keeps, keepsDev, keeps]);
  });

  test("a view keeps its version but not its object's", () => {
    const assigned = assign("INDIRECT_NON_BREAKING", false, model({ kind: view }));
    expect([assigned.version, assigned.devVersion === "d1"]).toEqual(["v1", false]);
  });

  test("a pinned one wins", () => {
    expect(assign("BREAKING", false, model({ physicalVersion: "pin" })).version).toBe("pin");
  });

  test("a chain remembers the last ten", () => {
    let snapshot = before;
    for (let i = 0; i < 15; i++)
      snapshot = aSnapshot({ identifier: `i${i}`, previousVersions: historyAfter(snapshot) });
    expect(snapshot.previousVersions.map((one) => one.identifier)).toEqual([
      "i4",
      "i5",
      "i6",
      "i7",
      "i8",
      "i9",
      "i10",
      "i11",
      "i12",
      "i13",
    ]);
  });
});
