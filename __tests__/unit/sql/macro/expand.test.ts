import { describe, expect, test } from "vitest";
import { SluiceError } from "../../../../src/errors.ts";
import { expandStatement, withDefinitions } from "../../../../src/sql/macro/expand.ts";
import { createScope, type MacroScope, type ScopeOptions } from "../../../../src/sql/macro/scope.ts";
import { textOfSql } from "../../../../src/sql/macro/value.ts";

const variables = {
  n: 5,
  dec: 2.5,
  flag: true,
  nothing: null,
  word: "cat",
  nums: [1, 2],
  names: ["x", "y"],
  cols: ["a", "b"],
  sch: "raw",
  tab: "orders",
  dotted: "raw.orders",
  odd: "two words",
  quote: "it's",
  map: { k: 1 },
};
const columns: Record<string, { name: string; type: string | null }[]> = {
  "s.t": [
    { name: "id", type: "INT" },
    { name: "day", type: "DATE" },
  ],
  "s.u": [
    { name: "day", type: "date" },
    { name: "id", type: "INT" },
    { name: "only", type: "INT" },
  ],
  "s.loose": [{ name: "id", type: null }],
};

function scope(options: Partial<ScopeOptions> = {}, definitions: readonly string[] = []): MacroScope {
  const base = createScope({
    family: "duckdb",
    file: "models/m.sql",
    line: 10,
    stage: "evaluating",
    variables,
    blueprint: { region: "eu", label: "'Europe'", n: "6" },
    locals: new Map([["this_model", textOfSql('"db"."shop"."m"', "duckdb")]]),
    pythonMacros: new Map([["mask", { file: "macros/mask.py", line: 3 }]]),
    columnsOf: (name) => columns[name] ?? null,
    ...options,
  });
  return withDefinitions(
    base,
    definitions.map((text) => ({ text, line: 1 })),
  );
}

const expand = (text: string, given = scope()): string => expandStatement(text, given).join(" ;; ");

function refusal(text: string, given = scope()): string {
  try {
    return `no error: ${expand(text, given)}`;
  } catch (error) {
    if (error instanceof SluiceError) return error.sentence;
    throw error;
  }
}

describe("variables and names", () => {
  test.each([
    ["SELECT @dec, @flag, @nothing, @word", "SELECT 2.5, TRUE, NULL, 'cat'"],
    ["SELECT @WORD, @quote", "SELECT 'cat', 'it''s'"],
    ["SELECT @{word}, p_@{word}_x, p_@word, a.@{word}", "SELECT cat, p_cat_x, p_cat, a.cat"],
    ['SELECT @{odd}, "q @{word}"', 'SELECT "two words", "q cat"'],
    ["SELECT 1 IN @nums, @map", "SELECT 1 IN (1, 2), MAP {'k': 1}"],
    ["SELECT @'n=@n b=@{word}x u=@unknown'", "SELECT 'n=6 b=catx u=@unknown'"],
    ["FROM @sch.@tab AS @word JOIN @dotted", "FROM raw.orders AS cat JOIN raw.orders"],
    ["SELECT * FROM @{sch}.tab_@{n}", "SELECT * FROM raw.tab_6"],
    [
      "SELECT @n, @VAR('n'), @BLUEPRINT_VAR('n'), @VAR('gone'), @VAR('gone', 7), @region, @label",
      "SELECT 6, 5, 6, NULL, 7, eu, 'Europe'",
    ],
    ["SELECT 'a @n b' /* @gone */, x -- @gone\nFROM t", "SELECT 'a @n b' /* @gone */, x -- @gone\nFROM t"],
    ["INSERT INTO @this_model (a) VALUES (1)", 'INSERT INTO "db"."shop"."m" (a) VALUES (1)'],
  ])("%s", (text, expected) => expect(expand(text)).toBe(expected));

  test("MySQL keeps its system variables and its strings", () => {
    expect(expand('SELECT @@version, "q @{word}", `a_@{word}`, @quote', scope({ family: "mysql" }))).toBe(
      "SELECT @@version, \"q @{word}\", `a_cat`, 'it''s'",
    );
  });
});

describe("definitions", () => {
  const defined = [
    "@DEF(k, 3);",
    "@DEF(k2, @k * 2)",
    "@DEF(half, v -> v / 2)",
    "@DEF(twice, v -> @half(@v) * 4)",
    "@DEF(pair, (a, b) -> a * b + @k)",
    "@DEF(src, raw.items)",
    "@DEF(list, [a, b])",
    "@DEF(y, 1 + 1)",
  ];
  test.each([
    [
      "SELECT @k2, @half(price), @twice(price), @pair(x, 10) FROM @src",
      "SELECT 3 * 2, price / 2, price / 2 * 4, x * 10 + 3 FROM raw.items",
    ],
    ["SELECT @EACH(@list, c -> @pair(@c, 2) AS @{c}_p)", "SELECT a * 2 + 3 AS a_p, b * 2 + 3 AS b_p"],
    ["SELECT @y * 2, (@y) * 2", "SELECT 1 + 1 * 2, (1 + 1) * 2"],
  ])("%s", (text, expected) => expect(expand(text, scope({}, defined))).toBe(expected));

  test("the last one wins, and hides variables", () => {
    expect(expand("SELECT @n", scope({}, ["@DEF(n, 1)", "@DEF(n, 2)"]))).toBe("SELECT 2");
  });
});

describe("lists and removal", () => {
  test.each([
    ["SELECT @EACH([a, b], c -> MAX(c) AS max_@c), z", "SELECT MAX(a) AS max_a, MAX(b) AS max_b, z"],
    [
      "SELECT @EACH(@nums, n -> SUM(IF(x = @n, 1, 0)) AS is_@n)",
      "SELECT SUM(IF(x = 1, 1, 0)) AS is_1, SUM(IF(x = 2, 1, 0)) AS is_2",
    ],
    ["SELECT @EACH(@names, n -> @n AS @{n}_name)", "SELECT 'x' AS x_name, 'y' AS y_name"],
    ["SELECT @EACH([(a, 10), (b, 20)], (c, f) -> @c * @f)", "SELECT a * 10, b * 20"],
    ["SELECT @EACH([t], c -> c.id + c(c))", "SELECT c.id + c(t)"],
    [
      "SELECT 1 IN (@EACH([1, 2], n -> n * 10)) ORDER BY @EACH([x, y], c -> c DESC)",
      "SELECT 1 IN (1 * 10, 2 * 10) ORDER BY x DESC, y DESC",
    ],
    ["SELECT COALESCE(@EACH([a, b], c -> c))", "SELECT COALESCE(a, b)"],
    ["SELECT @FILTER([1, 2, 3], i -> i > 1)", "SELECT 2, 3"],
    ["SELECT @REDUCE([a, b, c], (l, r) -> l + r)", "SELECT a + b + c"],
    ["SELECT @REDUCE(@EACH([a, b], x -> x * 2), (l, r) -> GREATEST(l, r))", "SELECT GREATEST(a * 2, b * 2)"],
    ["SELECT a, @IF(FALSE, b), c FROM t", "SELECT a,  c FROM t"],
    ["SELECT a, @IF(FALSE, b) FROM t", "SELECT a  FROM t"],
    ["SELECT @IF(FALSE, a), @IF(FALSE, b), c FROM t", "SELECT   c FROM t"],
    ["SELECT a, -- why\n  @IF(FALSE, b) /* gone */\nFROM t", "SELECT a -- why\n   /* gone */\nFROM t"],
    ["SELECT f(@IF(FALSE, b), c), g(@IF(FALSE, b))", "SELECT f( c), g()"],
    ["@IF(@n = 6, INSERT INTO l VALUES (1, 'a'))", "INSERT INTO l VALUES (1, 'a')"],
    ["@IF(@n = 1, UPDATE t SET a = 1, b = 2, UPDATE u SET c = 3, d = 4);", "UPDATE u SET c = 3, d = 4"],
    ["@IF(@n = 1, INSERT INTO l VALUES (1));", ""],
  ])("%s", (text, expected) => expect(expand(text)).toBe(expected));
});

describe("conditions", () => {
  test.each([
    ["SELECT @AND(a = 1, NULL, b = 2), @OR(NULL), @AND(x)", "SELECT a = 1 AND b = 2, TRUE, x"],
    ["SELECT @AND(a OR b, c), @OR(a AND b, c)", "SELECT (a OR b) AND c, (a AND b) OR c"],
    ["WHERE z AND @OR(a, b)", "WHERE z AND (a OR b)"],
    ["WHERE @AND(@EACH([a, b], c -> c > 0))", "WHERE a > 0 AND b > 0"],
    ["SELECT @EVAL(2 * 3), @EVAL(CONCAT('co', 'l')), @EVAL(@nothing IS NULL)", "SELECT 6, col, TRUE"],
  ])("%s", (text, expected) => expect(expand(text)).toBe(expected));
});

describe("clause operators", () => {
  test.each([
    ["SELECT a FROM t @WHERE(TRUE) a > 1 @LIMIT(@n > 5) 3", "SELECT a FROM t WHERE a > 1 LIMIT 3"],
    ["SELECT a FROM t @WHERE(FALSE) a > @gone @GROUP_BY(TRUE) a", "SELECT a FROM t  GROUP BY a"],
    [
      "SELECT a FROM t LEFT OUTER @JOIN(FALSE) u ON LEFT(a, 1) = 'x' JOIN v ON TRUE",
      "SELECT a FROM t    JOIN v ON TRUE",
    ],
    ["SELECT a FROM t LEFT @JOIN(TRUE) u ON TRUE", "SELECT a FROM t LEFT JOIN u ON TRUE"],
    ["@WITH(FALSE) x AS (SELECT 1), y AS (SELECT 2) SELECT 1", " SELECT 1"],
    ["@WITH(TRUE) x AS (SELECT 1) SELECT 1", "WITH x AS (SELECT 1) SELECT 1"],
    [
      "SELECT * FROM (SELECT a FROM t @WHERE(FALSE) a) UNION SELECT 1",
      "SELECT * FROM (SELECT a FROM t ) UNION SELECT 1",
    ],
    [
      "SELECT a FROM t @ORDER_BY(FALSE) a, b @HAVING(FALSE) c UNION ALL SELECT 2",
      "SELECT a FROM t   UNION ALL SELECT 2",
    ],
  ])("%s", (text, expected) => expect(expand(text).replace(/ +$/, "")).toBe(expected));
});

describe("built-in macros", () => {
  test.each([
    ["@SQL('a + @n')", "a + 6"],
    ["SELECT @SQL('@{word} * 2')", "SELECT cat * 2"],
    [
      "SELECT @SAFE_ADD(a, b)",
      "SELECT CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) + COALESCE(b, 0) END",
    ],
    ["SELECT 1 - @SAFE_DIV(a + b, c)", "SELECT 1 - ((a + b) / NULLIF(c, 0))"],
    [
      "SELECT @GENERATE_SURROGATE_KEY(a, hash_function := 'SHA256')",
      "SELECT SHA256(COALESCE(CAST(a AS TEXT), '_sqlmesh_surrogate_key_null_'))",
    ],
    ["SELECT @STAR(s.t, x, [day], 'p_')", 'SELECT CAST("x"."id" AS INT) AS "p_id"'],
    ["SELECT @STAR(s.loose)", 'SELECT "loose"."id" AS "id"'],
    ["SELECT @STAR(s.gone, g, exclude := [a])", 'SELECT "g".* EXCLUDE ("a")'],
    [
      "@UNION('distinct', s.t, s.u)",
      'SELECT CAST("id" AS INT) AS "id", CAST("day" AS DATE) AS "day" FROM s.t UNION SELECT CAST("id" AS INT) AS "id", CAST("day" AS DATE) AS "day" FROM s.u',
    ],
    ["@UNION(FALSE, s.t, s.u)", 'SELECT CAST("id" AS INT) AS "id", CAST("day" AS DATE) AS "day" FROM s.t'],
    [
      "SELECT @PIVOT(s, ['a'], agg := 'MAX', then_value := v, \"distinct\" := TRUE)",
      "SELECT MAX(DISTINCT CASE WHEN s = 'a' THEN v ELSE 0 END) AS \"a\"",
    ],
    [
      "@DEDUPLICATE(s.t, [id], ['day desc'])",
      "SELECT * FROM s.t QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY day desc) = 1",
    ],
    [
      "SELECT @RESOLVE_TEMPLATE('s3://@{catalog_name}/@{schema_name}/@{table_name}')",
      "SELECT 's3://db/shop/m'",
    ],
  ])("%s", (text, expected) => expect(expand(text)).toBe(expected));

  test.each([
    [
      "SELECT @GENERATE_SURROGATE_KEY(a, b)",
      "SELECT MD5(CONCAT(COALESCE(CAST(a AS CHAR), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS CHAR), '_sqlmesh_surrogate_key_null_')))",
    ],
    ["SELECT @STAR(s.t)", "SELECT CAST(`t`.`id` AS SIGNED) AS `id`, CAST(`t`.`day` AS DATE) AS `day`"],
    [
      "@DEDUPLICATE(s.t, [id], ['day asc nulls last', 'id'])",
      "SELECT `id`, `day` FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY CASE WHEN day IS NULL THEN 1 ELSE 0 END, day ASC, id ASC) AS _row_number FROM s.t) AS _t WHERE _row_number = 1",
    ],
  ])("MySQL: %s", (text, expected) => expect(expand(text, scope({ family: "mysql" }))).toBe(expected));
});

describe("refusals name the place and what to do", () => {
  test.each([
    ["SELECT 1,\n  @wrod", 'models/m.sql:11: Macro variable "wrod" is undefined', 'Did you mean "word"?'],
    ["SELECT @nosuch(1)", 'models/m.sql:10: Macro "nosuch" does not exist', "@DEF"],
    ["SELECT @EAHC([a], c -> c)", 'Macro "EAHC" does not exist', "Did you mean @EACH?"],
    ["SELECT @mask(a)", 'Macro "mask" is implemented in Python (macros/mask.py)', "@DEF"],
    ["SELECT 1 WHERE @IF(FALSE, a)", "@IF gives nothing where a value is needed", "else branch"],
    ["SELECT @IF(FALSE, a) FROM t", "Every column of the SELECT list was removed", "Keep at least one"],
    ["SELECT @IF(FALSE, a) AS b", "@IF gives nothing", "else"],
    ["SELECT 1 + @EACH([a, b], c -> c)", "several values where one is needed", "list"],
    ["SELECT 1 IN @EACH([a, b], c -> c)", "several values where one is needed", "list"],
    ["SELECT @EACH([a])", "@EACH needs a lambda", "x -> …"],
    ["SELECT @EVAL('a' || 'b')", "cannot be evaluated", '"||"'],
    ["SELECT @STAR(s.gone, prefix := 'x')", "@STAR needs the columns of s.gone", "Declare them"],
    ["@DATE_SPINE('hour', '2024-01-01', '2024-01-02')", 'cannot count by "hour"', "day, week"],
    ["@DATE_SPINE('day', '2024-01-02', '2024-01-01')", "lies before its start", ""],
    ["@DATE_SPINE('day', '1.1.2024', '2024-01-01')", "is no start_date", "YYYY-MM-DD"],
    ["SELECT @IF(", '"(" of @IF is never closed', ""],
    ["SELECT @PIVOT(a, values := ['x'], 3)", "positional argument after a named one", ""],
  ])("%s", (text, message, hint) => {
    const sentence = refusal(text);
    expect(sentence).toContain(message);
    expect(sentence).toContain(hint);
  });

  test("a definition that calls itself ends", () => {
    expect(refusal("SELECT @f(1)", scope({}, ["@DEF(f, x -> @f(@x))"]))).toContain(
      "calls itself without end",
    );
  });
});

test("columns that are not known at load leave a placeholder", () => {
  const loading = scope({ stage: "loading" });
  expect(expand("SELECT @STAR(s.gone)", loading)).toBe("SELECT __schema_unavailable_at_load__");
  expect(expand("@UNION(s.gone, s.t)", loading)).toBe(
    "SELECT __schema_unavailable_at_load__ FROM s.gone UNION ALL SELECT __schema_unavailable_at_load__ FROM s.t",
  );
});
