import { describe, expect, test } from "vitest";
import type { SluiceError } from "../../../src/errors.ts";
import { selectModels } from "../../../src/model/selector.ts";
import { loadFiles } from "../../support/project-folder.ts";

const project = await loadFiles({
  "models/orders.sql": "MODEL (name raw.orders, kind FULL, tags (source)); SELECT 1 AS id",
  "models/customers.sql": "MODEL (name raw.customers, kind FULL, tags (source, PII)); SELECT 2 AS cid",
  "models/stage.sql": "MODEL (name stg.orders_daily, tags (Staging)); SELECT id FROM raw.orders",
  "models/sales.sql":
    "MODEL (name mart.sales, kind FULL, tags (finance)); SELECT s.id FROM stg.orders_daily AS s CROSS JOIN raw.customers AS c",
  "models/board.sql": "MODEL (name rep.Board); SELECT id FROM mart.sales JOIN ext.outside USING (id)",
  "models/lonely.sql": "MODEL (name misc.lonely); SELECT 1 AS x",
});

const select = (...expressions: string[]): string[] =>
  [
    ...selectModels(expressions, project.facts, {
      defaultCatalog: "memory",
      changedFiles: () => new Set(["models/sales.sql", "docs/x.md"]),
    }),
  ].sort();
const everything = [
  "mart.sales",
  "misc.lonely",
  "raw.customers",
  "raw.orders",
  "rep.board",
  "stg.orders_daily",
];

describe("selection", () => {
  test.each([
    ["mart.sales", ["mart.sales"]],
    ["MART.Sales", ["mart.sales"]],
    ["memory.mart.sales", ["mart.sales"]],
    ['"mart"."sales"', ["mart.sales"]],
    ["mart.none", []],
    ["raw.*", ["raw.customers", "raw.orders"]],
    ["*_daily", ["stg.orders_daily"]],
    ["*order*", ["raw.orders", "stg.orders_daily"]],
    ["r*.orders", ["raw.orders"]],
    ["rep.B*", ["rep.board"]],
    ["rep.b*", []],
    ["*", everything],
    ["+mart.sales", ["mart.sales", "raw.customers", "raw.orders", "stg.orders_daily"]],
    ["stg.orders_daily+", ["mart.sales", "rep.board", "stg.orders_daily"]],
    ["+stg.orders_daily+", ["mart.sales", "raw.orders", "rep.board", "stg.orders_daily"]],
    [
      "(raw.orders | misc.lonely)+",
      ["mart.sales", "misc.lonely", "raw.orders", "rep.board", "stg.orders_daily"],
    ],
    ["tag:pii", ["raw.customers"]],
    ["tag:STAG*", ["stg.orders_daily"]],
    ["+tag:staging", ["raw.orders", "stg.orders_daily"]],
    ["tag:source & ^raw.orders", ["raw.customers"]],
    ["mart.sales | raw.* & tag:pii", ["mart.sales", "raw.customers"]],
    ["* & raw.* & tag:pii", ["raw.customers"]],
    ["^^mart.sales", ["mart.sales"]],
    ["^(tag:source | misc.*)", ["mart.sales", "rep.board", "stg.orders_daily"]],
    ["  mart.sales  |  misc.lonely ", ["mart.sales", "misc.lonely"]],
    ["mart.sales)", ["mart.sales"]],
    ["resource_type:model", everything],
    ["resource_type:audit", []],
    ["git:main", ["mart.sales"]],
  ])("%s", (expression, names) => {
    expect(select(expression)).toEqual(names);
  });

  test("several expressions are a union", () => {
    expect(select("mart.sales", "misc.lonely")).toEqual(["mart.sales", "misc.lonely"]);
  });
});

describe("refusals", () => {
  test.each([
    "",
    "(mart.sales",
    "&",
    "mart.sales |",
    "tag:",
    "nope:x",
    "mart.sales stg.orders",
    "++mart.sales",
    "resource_type:seed",
    '"open',
    "a..b",
  ])("%j", (expression) => {
    expect(() => select(expression)).toThrow(
      expect.objectContaining({ code: "PLAN_OPTION_INVALID" }) as SluiceError,
    );
  });

  test("git: without a repository", () => {
    expect(() => selectModels(["git:main"], project.facts)).toThrow("needs a Git repository");
  });
});
