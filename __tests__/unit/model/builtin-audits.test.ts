import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtinAuditNames } from "../../../src/model/builtin-audits.ts";
import { renderAudit } from "../../../src/model/render-audit.ts";
import type { RenderContext } from "../../../src/model/render-context.ts";
import { tokenize } from "../../../src/sql/lexer.ts";
import { aModel } from "../../support/snapshot-samples.ts";

const context: RenderContext = {
  family: "duckdb",
  stage: "auditing",
  executionTime: 0,
  thisModel: '"t"',
  resolve: () => null,
  gateway: "local",
};

let query: (sql: string) => Promise<unknown[][]>;
let close: () => void;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  query = async (sql) => (await connection.runAndReadAll(sql)).getRows() as unknown[][];
  close = () => {
    connection.closeSync();
    instance.closeSync();
  };
});
afterAll(() => close());

/** Rows as VALUES, arguments, number of bad rows; every audit has a case that passes and one that fails. */
const cases: readonly (readonly [
  audit: string,
  args: Record<string, string>,
  columns: string,
  values: string,
  bad: number,
])[] = [
  ["not_null", { columns: "(id)" }, "id", "(1), (2)", 0],
  ["not_null", { columns: "(id, label)" }, "id, label", "(1, 'a'), (NULL, 'b'), (3, NULL), (NULL, NULL)", 3],
  [
    "not_null",
    { columns: "label", condition: "id > 2 OR id = 0" },
    "id, label",
    "(1, NULL), (3, NULL), (0, NULL)",
    2,
  ],
  ["unique_values", { columns: "id" }, "id", "(1), (2), (NULL)", 0],
  ["unique_values", { columns: "(id, label)" }, "id, label", "(1, 'a'), (2, NULL), (2, NULL), (3, 'a')", 2],
  ["unique_combination_of_columns", { columns: "(id, n)" }, "id, n", "(1, 1), (1, 2)", 0],
  ["unique_combination_of_columns", { columns: "(id, n)" }, "id, n", "(1, 1), (1, 1), (2, 1), (2, 1)", 2],
  ["accepted_values", { column: "s", is_in: "('a', 'b')" }, "s", "('a'), (NULL)", 0],
  ["accepted_values", { column: "s", is_in: "['a', 'b']" }, "s", "('a'), ('c'), ('')", 2],
  ["not_accepted_values", { column: "s", is_in: "('z')" }, "s", "('a'), (NULL)", 0],
  ["not_accepted_values", { column: "n", is_in: "(1)" }, "n", "(1), (1), (2)", 2],
  ["number_of_rows", { threshold: "2" }, "n", "(1), (2), (3)", 0],
  ["number_of_rows", { threshold: "3" }, "n", "(1), (2), (3)", 1],
  ["forall", { criteria: "(n > 0, n < 9)" }, "n", "(1), (8)", 0],
  ["forall", { criteria: "[n > 1 OR n IS NULL]" }, "n", "(1), (NULL), (2)", 1],
  ["accepted_range", { column: "x", min_v: "2", max_v: "5" }, "x", "(2), (5), (NULL)", 0],
  ["accepted_range", { column: "x", min_v: "2", max_v: "5", inclusive: "false" }, "x", "(2), (3), (5)", 2],
  ["accepted_range", { column: "x", max_v: "NULL", min_v: "2" }, "x", "(1), (3)", 1],
  [
    "accepted_range",
    { column: "d", min_v: "CURRENT_DATE - INTERVAL 7 DAY" },
    "d",
    "(DATE '2000-01-01'), (DATE '2999-01-01')",
    1,
  ],
  ["accepted_range", { column: "x" }, "x", "(1), (2)", 2],
  ["string_length_between", { column: "s", min_v: "2" }, "s", "('ab'), (NULL)", 0],
  [
    "string_length_between",
    { column: "s", max_v: "3", inclusive: "FALSE" },
    "s",
    "('ab'), ('abc'), ('abcd')",
    2,
  ],
  ["string_length_equal", { column: "s", v: "2" }, "s", "('ab')", 0],
  ["string_length_equal", { column: "s", v: "2" }, "s", "('a'), ('äö')", 1],
  ["at_least_one", { column: "n" }, "n", "(NULL), (1)", 0],
  ["at_least_one", { column: "n" }, "n", "(NULL::INT), (NULL)", 1],
  ["not_constant", { column: "n" }, "n", "(1), (2)", 0],
  ["not_constant", { column: "n" }, "n", "(7), (7), (NULL)", 1],
  ["not_empty_string", { column: "s" }, "s", "('a'), (NULL)", 0],
  ["not_empty_string", { column: "s" }, "s", "(''), ('')", 2],
  ["not_null_proportion", { column: "n", threshold: "0.5" }, "n", "(1), (2), (NULL)", 0],
  ["not_null_proportion", { column: "n", threshold: "0.9" }, "n", "(1), (2), (NULL)", 1],
  ["sequential_values", { column: "n" }, "n", "(3), (1), (2)", 0],
  ["sequential_values", { column: "n", interval: "5" }, "n", "(5), (10), (16)", 1],
  [
    "mutually_exclusive_ranges",
    { lower_bound_column: "lo", upper_bound_column: "hi" },
    "lo, hi",
    "(0, 10), (10, 20)",
    0,
  ],
  [
    "mutually_exclusive_ranges",
    { lower_bound_column: "lo", upper_bound_column: "hi" },
    "lo, hi",
    "(0, 10), (10, 20), (19, 30), (40, 35)",
    2,
  ],
  [
    "mutually_exclusive_ranges",
    { lower_bound_column: "lo", upper_bound_column: "hi", partition_clause: "g" },
    "g, lo, hi",
    "(1, 0, 10), (2, 5, 20)",
    0,
  ],
  ["valid_uuid", { column: "s" }, "s", "('6BA7B810-9dad-11d1-80b4-00c04fd430c8')", 0],
  ["valid_uuid", { column: "s" }, "s", "('6ba7b810-9dad-61d1-80b4-00c04fd430c8'), ('zzz')", 2],
  ["valid_url", { column: "s" }, "s", "('https://example.com/a?b=c'), ('ftp://a.b')", 0],
  ["valid_url", { column: "s" }, "s", "('example.com'), ('https:// x')", 2],
  ["valid_email", { column: "s" }, "s", "('anna@example.com'), ('a.b+c@x-y.co.uk')", 0],
  ["valid_email", { column: "s" }, "s", "('not an address'), ('a@b')", 2],
  ["valid_http_method", { column: "s" }, "s", "('GET'), ('PATCH')", 0],
  ["valid_http_method", { column: "s" }, "s", "('get'), ('FETCH')", 2],
  ["match_regex_pattern_list", { column: "s", patterns: "('^a', 'z$')" }, "s", "('ab'), ('xz')", 0],
  ["match_regex_pattern_list", { column: "s", patterns: "('^a', 'z$')" }, "s", "('ba'), ('ab')", 1],
  ["not_match_regex_pattern_list", { column: "s", patterns: "('^a')" }, "s", "('ba')", 0],
  [
    "not_match_regex_pattern_list",
    { column: "s", patterns: "('^a', 'b$')" },
    "s",
    "('ab'), ('cb'), ('c')",
    2,
  ],
  ["match_like_pattern_list", { column: "s", patterns: "('a%', '%z')" }, "s", "('ab'), ('xz')", 0],
  ["match_like_pattern_list", { column: "s", patterns: "('a%')" }, "s", "('ba')", 1],
  ["not_match_like_pattern_list", { column: "s", patterns: "('a%')" }, "s", "('ba')", 0],
  ["not_match_like_pattern_list", { column: "s", patterns: "('%b', 'a%')" }, "s", "('ab'), ('c')", 1],
  ["z_score", { column: "x", threshold: "2.5" }, "x", "(10), (11), (12)", 0],
  ["z_score", { column: "x", threshold: "2" }, "x", "(10), (11), (12), (9), (10), (60)", 1],
  ["mean_in_range", { column: "x", min_v: "10", max_v: "30" }, "x", "(10), (20)", 0],
  ["mean_in_range", { column: "x", max_v: "15", inclusive: "false" }, "x", "(10), (20)", 1],
  ["stddev_in_range", { column: "x", min_v: "1", max_v: "100" }, "x", "(10), (20)", 0],
  ["stddev_in_range", { column: "x", max_v: "2" }, "x", "(10), (20)", 1],
  [
    "kl_divergence",
    { source_column: "a", target_column: "b", threshold: "0.01" },
    "a, b",
    "('x', 'y'), ('y', 'x')",
    0,
  ],
  [
    "kl_divergence",
    { source_column: "a", target_column: "b", threshold: "0.01" },
    "a, b",
    "('x', 'x'), ('x', 'y')",
    1,
  ],
  [
    "chi_square",
    { column_a: "a", column_b: "b", critical_value: "3.84" },
    "a, b",
    "(1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2)",
    0,
  ],
  [
    "chi_square",
    { column_a: "a", column_b: "b", critical_value: "3.84", dependent: "FALSE" },
    "a, b",
    "(1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2)",
    1,
  ],
  [
    "chi_square",
    { column_a: "a", column_b: "b", critical_value: "3.84" },
    "a, b",
    "(1, 1), (1, 2), (2, 1), (2, 2)",
    1,
  ],
];

describe("on DuckDB", () => {
  test.each(cases)("%s %j over %s %s finds %i", async (name, args, columns, values, bad) => {
    const { sql, blocking, skip } = renderAudit(aModel({ kind: { name: "FULL" } }), { name, args }, context);
    await query(`CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES ${values}) AS v(${columns})`);
    const [[count]] = (await query(`SELECT COUNT(*)::INT FROM (${sql}) AS audit`)) as [[number]];
    expect({ count, blocking, skip }).toEqual({ count: bad, blocking: true, skip: false });
  });

  test("every audit has a case", () => {
    const names = builtinAuditNames.filter((name) => !name.endsWith("_non_blocking"));
    expect([...new Set(cases.map(([name]) => name))].sort()).toEqual([...names].sort());
  });
});

describe("for MySQL", () => {
  test.each(cases)("%s %j has no macro left", (name, args) => {
    const model = aModel({ kind: { name: "FULL" }, dialect: "mysql" });
    const { sql } = renderAudit(model, { name, args }, { ...context, family: "mysql", thisModel: "`t`" });
    const kinds = tokenize(sql, "mysql").map((token) => token.kind);
    expect(kinds.filter((kind) => kind.startsWith("macro"))).toEqual([]);
    expect(sql).not.toMatch(/NULLS FIRST|REGEXP_MATCHES|[^_]LENGTH\(/);
  });

  test("patterns keep their backslashes", () => {
    const { sql } = renderAudit(
      aModel({ dialect: "mysql" }),
      { name: "valid_email", args: { column: "e" } },
      { ...context, family: "mysql", thisModel: "`t`" },
    );
    expect(sql).toContain("e REGEXP '^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\\\\.[a-zA-Z0-9.-]+$'");
  });
});

test("a twin only warns, and a use may decide for itself", () => {
  const use = (name: string, args: Record<string, string>) =>
    renderAudit(aModel(), { name, args: { columns: "a", ...args } }, context).blocking;
  expect([
    use("not_null", {}),
    use("not_null_non_blocking", {}),
    use("not_null", { blocking: "false" }),
    use("not_null_non_blocking", { blocking: "TRUE" }),
  ]).toEqual([true, false, false, true]);
});
