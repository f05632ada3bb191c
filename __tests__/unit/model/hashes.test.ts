import { describe, expect, test } from "vitest";
import type { ModelHashes } from "../../../src/model/model.ts";
import { duckdbConfig, loadModel } from "../../support/project-folder.ts";

const query =
  "SELECT a.id::INT AS id, a.ds::DATE AS ds FROM raw.a AS a WHERE a.ds BETWEEN @start_ds AND @end_ds AND a.n > @low";
const header = "name s.m, kind INCREMENTAL_BY_TIME_RANGE (time_column ds), owner jen";
const config = `${duckdbConfig}variables: {low: 1, other: 2}\n`;

interface Variant {
  readonly what: string;
  readonly header?: string;
  readonly query?: string;
  readonly before?: string;
  readonly after?: string;
  readonly config?: string;
}

async function hashesOf({
  header: h = header,
  query: q = query,
  before = "",
  after = "",
  config: c = config,
}: Partial<Variant>): Promise<ModelHashes> {
  const model = await loadModel({
    "config.yaml": c,
    "models/m.sql": `MODEL (${h});\n${before}\n${q};\n${after}`,
  });
  return model.hashes;
}

const keys = ["data", "properties", "rendered", "metadata"] as const;

async function changedBy(variant: Partial<Variant>, base: Partial<Variant> = {}): Promise<string> {
  const [before, after] = [await hashesOf(base), await hashesOf({ ...base, ...variant })];
  return keys.filter((key) => before[key] !== after[key]).join(" ");
}

describe("what a change touches", () => {
  test.each<Variant & { changes: string }>([
    { what: "nothing", changes: "" },
    {
      what: "layout and comments",
      query: `/* x */ ${query.replaceAll(" AND ", "\n  AND -- c\n ").replace("SELECT", "select")}`,
      changes: "",
    },
    { what: "an unused variable", config: config.replace("other: 2", "other: 3"), changes: "" },
    { what: "a used variable", config: config.replace("low: 1", "low: 3"), changes: "data rendered" },
    { what: "a filter", query: `${query} AND a.id > 0`, changes: "data rendered metadata" },
    {
      what: "the other time variable",
      query: query.replace("@end_ds", "@start_ds"),
      changes: "data rendered metadata",
    },
    {
      what: "the query at evaluation only",
      query: query.replace("a.n > @low", "@IF(@runtime_stage = 'evaluating', a.n > @low, TRUE)"),
      changes: "data rendered metadata",
    },
    {
      what: "a redundant macro",
      query: query.replace("a.n > @low", "a.n > @EVAL(@low)"),
      changes: "data metadata",
    },
    { what: "a pre-statement", before: "SET threads = 1;", changes: "data rendered metadata" },
    { what: "a definition nobody uses", before: "@DEF(unused, 1);", changes: "data metadata" },
    {
      what: "a virtual-update statement",
      after: "ON_VIRTUAL_UPDATE_BEGIN; SELECT 1; ON_VIRTUAL_UPDATE_END;",
      changes: "metadata",
    },
    { what: "the owner", header: header.replace("jen", "ken"), changes: "metadata" },
    { what: "a tag", header: `${header}, tags (x)`, changes: "metadata" },
    { what: "a description", header: `${header}, description 'd'`, changes: "metadata" },
    {
      what: "a comment that describes a column",
      query: query.replace("AS id,", "AS id, -- the id\n"),
      changes: "metadata",
    },
    { what: "an audit", header: `${header}, audits (not_null(columns := (id)))`, changes: "metadata" },
    { what: "the cron within its unit", header: `${header}, cron '30 7 * * *'`, changes: "metadata" },
    { what: "the interval unit", header: `${header}, cron '@hourly'`, changes: "data properties metadata" },
    { what: "the stamp", header: `${header}, stamp 'x'`, changes: "data properties" },
    {
      what: "a physical property",
      header: `${header}, physical_properties (a = 1)`,
      changes: "data properties",
    },
    { what: "declared columns", header: `${header}, columns (id INT, ds DATE)`, changes: "data properties" },
    { what: "the partitions", header: `${header}, partitioned_by id`, changes: "data properties" },
    { what: "the lookback", header: header.replace("ds)", "ds, lookback 1)"), changes: "data properties" },
    { what: "the batch size", header: header.replace("ds)", "ds, batch_size 2)"), changes: "metadata" },
    { what: "forward_only", header: header.replace("ds)", "ds, forward_only true)"), changes: "metadata" },
    { what: "the time format", header: header.replace("ds)", "(ds, '%Y'))"), changes: "data properties" },
    {
      what: "the physical schema",
      config: `${config}physical_schema_mapping: {s: lake}\n`,
      changes: "data properties",
    },
    {
      what: "a default owner",
      config: config.replace("dialect: duckdb", "dialect: duckdb\n  owner: x"),
      changes: "",
    },
    { what: "the project's name", config: `${config}project: p\n`, changes: "metadata" },
  ])("$what: $changes", async ({ changes, ...variant }) => {
    expect(await changedBy(variant)).toBe(changes);
  });

  test("a macro that always gives the same text renders the same", async () => {
    const plain = { header: "name s.m, kind FULL", query: "SELECT 2 AS a FROM raw.a" };
    expect(await changedBy({ query: "SELECT @EVAL(1 + 1) AS a FROM raw.a" }, plain)).toBe("data metadata");
  });

  test("the time column does not count twice when it stands in partitioned_by", async () => {
    expect(await changedBy({ header: `${header}, partitioned_by (ds)` })).toBe("");
  });

  test("a variable that only an audit reads is metadata", async () => {
    const base = { header: `${header}, audits (number_of_rows(threshold := @other))` };
    expect(await changedBy({ config: config.replace("other: 2", "other: 3") }, base)).toBe("metadata");
  });

  test("a changed inline audit is metadata", async () => {
    const base = {
      header: `${header}, audits (mine)`,
      after: "AUDIT (name mine); SELECT * FROM @this_model WHERE id < 0",
    };
    expect(await changedBy({ after: base.after.replace("< 0", "< 1") }, base)).toBe("metadata");
  });
});

describe("seeds", () => {
  const seed = (csv: string, header = "name s.m, kind SEED (path '../s.csv')") =>
    loadModel({ "models/m.sql": `MODEL (${header});`, "s.csv": csv }).then((model) => model.hashes);

  test("rows are data, the batch size is metadata, line endings are neither", async () => {
    const before = await seed("id,n\n1,a\n");
    expect((await seed("id,n\n1,b\n")).data).not.toBe(before.data);
    expect(await seed("id,n\r\n1,a\r\n")).toEqual(before);
    const batches = await seed("id,n\n1,a\n", "name s.m, kind SEED (path '../s.csv', batch_size 7)");
    expect(keys.filter((key) => batches[key] !== before[key])).toEqual(["metadata"]);
  });

  test("an empty value differs from a missing one", async () => {
    expect((await seed("id,n\n1,\n")).data).not.toBe((await seed("id,n\n1\n")).data);
  });
});
