/**
 * The built-in audits as SQL with macros (spec project-format 7.4). Each query gives the bad rows. They are written once for
 * both families; what differs is asked of {@link Words}.
 */
import { type Dialect, type DialectFamily, familyOf, quoteString } from "../sql/dialect.ts";
import type { AuditDefinition } from "./model.ts";

/** What the two families say differently. */
interface Words {
  /** Number of characters. */
  readonly length: string;
  /** ` NULLS FIRST`, where NULLs do not come first by themselves. */
  readonly nullsFirst: string;
  readonly matches: (text: string, pattern: string) => string;
  readonly pattern: (regex: string) => string;
  /** An optional argument was given, and is not NULL. */
  readonly has: (argument: string) => boolean;
}

interface Builtin {
  readonly defaults?: Readonly<Record<string, string>>;
  readonly query: (words: Words) => string;
}

const rows = "FROM @this_model AS audited";
const badRows = (test: string): string => `SELECT * ${rows} WHERE (${test}) AND (@condition)`;

const audits: Readonly<Record<string, Builtin>> = {
  not_null: { query: () => badRows("@OR(@EACH(@columns, c -> @c IS NULL))") },
  unique_values: {
    query: ({ nullsFirst }) =>
      `SELECT * FROM (SELECT @EACH(@columns, c -> ROW_NUMBER() OVER (PARTITION BY @c ORDER BY @c${nullsFirst}) AS rank_@c) ` +
      `${rows} WHERE @condition) AS ranked WHERE @OR(@EACH(@columns, c -> rank_@c > 1))`,
  },
  unique_combination_of_columns: {
    query: () =>
      `SELECT @EACH(@columns, c -> @c) ${rows} WHERE @condition GROUP BY @EACH(@columns, c -> @c) HAVING COUNT(*) > 1`,
  },
  accepted_values: { query: () => badRows("@column NOT IN (@EACH(@is_in, v -> @v))") },
  not_accepted_values: { query: () => badRows("@column IN (@EACH(@is_in, v -> @v))") },
  number_of_rows: {
    query: () =>
      `SELECT COUNT(*) AS number_of_rows FROM (SELECT 1 AS one_row ${rows} WHERE @condition LIMIT @EVAL(@threshold + 1)) AS counted ` +
      "HAVING COUNT(*) <= @threshold",
  },
  forall: { query: () => badRows("@OR(@EACH(@criteria, c -> NOT (@c)))") },
  accepted_range: { defaults: { inclusive: "TRUE" }, query: (words) => badRows(outside("@column", words)) },
  string_length_between: {
    defaults: { inclusive: "TRUE" },
    query: (words) => badRows(outside(`${words.length}(@column)`, words)),
  },
  string_length_equal: { query: ({ length }) => badRows(`${length}(@column) <> @v`) },
  at_least_one: {
    query: () => `SELECT 1 AS all_null ${rows} WHERE @condition GROUP BY 1 HAVING COUNT(@column) = 0`,
  },
  not_constant: {
    query: () =>
      `SELECT 1 AS constant_value FROM (SELECT COUNT(DISTINCT @column) AS t_cardinality ${rows} WHERE @condition) AS r ` +
      "WHERE r.t_cardinality <= 1",
  },
  not_empty_string: { query: () => badRows("@column = ''") },
  not_null_proportion: {
    query: () =>
      "SELECT * FROM (SELECT COUNT(*) AS cnt_tot, COUNT(@column) AS cnt_not_null, COUNT(*) - COUNT(@column) AS cnt_null " +
      `${rows} WHERE @condition) AS s WHERE s.cnt_not_null <= s.cnt_tot * @threshold`,
  },
  sequential_values: {
    defaults: { interval: "1" },
    query: ({ nullsFirst }) =>
      `WITH windowed AS (SELECT @column AS current_value, LAG(@column) OVER (ORDER BY @column${nullsFirst}) AS prv ${rows} WHERE @condition) ` +
      "SELECT * FROM windowed WHERE NOT (current_value = prv + @interval)",
  },
  mutually_exclusive_ranges: { query: (words) => exclusiveRanges(words) },
  valid_uuid: {
    query: ({ matches, pattern }) =>
      badRows(
        `NOT (${matches("LOWER(@column)", pattern("^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))})`,
      ),
  },
  valid_url: {
    query: ({ matches, pattern }) =>
      badRows(`NOT (${matches("@column", pattern("^(https?|ftp)://[^\\s/$.?#].[^\\s]*$"))})`),
  },
  valid_email: {
    query: ({ matches, pattern }) =>
      badRows(`NOT (${matches("@column", pattern("^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\\.[a-zA-Z0-9.-]+$"))})`),
  },
  valid_http_method: {
    query: () =>
      badRows(
        "@column NOT IN ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT')",
      ),
  },
  match_regex_pattern_list: {
    query: ({ matches }) => badRows(`@AND(@EACH(@patterns, p -> NOT (${matches("@column", "@p")})))`),
  },
  not_match_regex_pattern_list: {
    query: ({ matches }) => badRows(`@OR(@EACH(@patterns, p -> ${matches("@column", "@p")}))`),
  },
  match_like_pattern_list: { query: () => badRows("@AND(@EACH(@patterns, p -> NOT (@column LIKE @p)))") },
  not_match_like_pattern_list: { query: () => badRows("@OR(@EACH(@patterns, p -> @column LIKE @p))") },
  z_score: {
    query: () => {
      const score = "(@column - stats.mean_value) / NULLIF(stats.stddev_value, 0)";
      return (
        `WITH stats AS (SELECT AVG(@column) AS mean_value, STDDEV_SAMP(@column) AS stddev_value ${rows} WHERE @condition) ` +
        `SELECT @column AS checked_value, ${score} AS z_score ${rows} CROSS JOIN stats WHERE ABS(${score}) > @threshold`
      );
    },
  },
  mean_in_range: { defaults: { inclusive: "TRUE" }, query: (words) => aggregateInRange("AVG", words) },
  stddev_in_range: {
    defaults: { inclusive: "TRUE" },
    query: (words) => aggregateInRange("STDDEV_SAMP", words),
  },
  kl_divergence: { query: () => divergence() },
  chi_square: { defaults: { dependent: "TRUE" }, query: () => chiSquare() },
};

/** `value < min OR value > max` with the bounds that were given; with none every row is outside. */
function outside(value: string, { has }: Words): string {
  const bounds = [
    ...(has("min_v") ? [`@IF(@inclusive, ${value} < @min_v, ${value} <= @min_v)`] : []),
    ...(has("max_v") ? [`@IF(@inclusive, ${value} > @max_v, ${value} >= @max_v)`] : []),
  ];
  return bounds.length === 0 ? "TRUE" : bounds.join(" OR ");
}

function aggregateInRange(aggregate: string, words: Words): string {
  return `SELECT * FROM (SELECT ${aggregate}(@column) AS measured ${rows} WHERE @condition) AS s WHERE ${outside("s.measured", words)}`;
}

function exclusiveRanges({ has, nullsFirst }: Words): string {
  const partition = has("partition_clause") ? "PARTITION BY @partition_clause " : "";
  const [low, high] = ["@lower_bound_column", "@upper_bound_column"];
  return (
    `WITH window_functions AS (SELECT ${low} AS lower_bound, ${high} AS upper_bound, ` +
    `LEAD(${low}) OVER (${partition}ORDER BY ${low}${nullsFirst}, ${high}${nullsFirst}) AS next_lower_bound, ` +
    `ROW_NUMBER() OVER (${partition}ORDER BY ${low} DESC, ${high} DESC) = 1 AS is_last_record ${rows} WHERE @condition), ` +
    "calc AS (SELECT lower_bound, upper_bound, next_lower_bound, COALESCE(lower_bound <= upper_bound, FALSE) AS ordered, " +
    "COALESCE(upper_bound <= next_lower_bound, is_last_record, FALSE) AS apart FROM window_functions) " +
    "SELECT * FROM calc WHERE NOT (ordered AND apart)"
  );
}

/** Values that occur in one column only count as very rare in the other: the divergence would be infinite. */
function divergence(): string {
  const shares = (column: string): string =>
    `SELECT ${column} AS x, COUNT(*) * 1e0 / SUM(COUNT(*)) OVER () AS share ${rows} WHERE ${column} IS NOT NULL AND (@condition) GROUP BY ${column}`;
  return (
    `WITH source_shares AS (${shares("@source_column")}), target_shares AS (${shares("@target_column")}) ` +
    "SELECT * FROM (SELECT SUM(s.share * LN(s.share / COALESCE(t.share, 1e-10))) AS divergence " +
    "FROM source_shares AS s LEFT JOIN target_shares AS t ON s.x = t.x) AS total WHERE total.divergence > @threshold"
  );
}

function chiSquare(): string {
  const expected = "(tot_a * 1e0 * tot_b / g_t)";
  return (
    `WITH samples AS (SELECT @column_a AS x_a, @column_b AS x_b ${rows} WHERE @column_a IS NOT NULL AND @column_b IS NOT NULL AND (@condition)), ` +
    "contingency AS (SELECT x_a, x_b, COUNT(*) AS observed, SUM(COUNT(*)) OVER (PARTITION BY x_a) AS tot_a, " +
    "SUM(COUNT(*)) OVER (PARTITION BY x_b) AS tot_b, SUM(COUNT(*)) OVER () AS g_t FROM samples GROUP BY x_a, x_b) " +
    "SELECT * FROM (SELECT (COUNT(DISTINCT x_a) - 1) * (COUNT(DISTINCT x_b) - 1) AS degrees_of_freedom, " +
    `SUM((observed - ${expected}) * (observed - ${expected}) / ${expected}) AS chi_square FROM contingency) AS statistic ` +
    "WHERE @IF(@dependent, chi_square <= @critical_value, chi_square > @critical_value)"
  );
}

const twin = "_non_blocking";

/** Names of all built-in audits, with their twins that only warn. */
export const builtinAuditNames: readonly string[] = Object.keys(audits).flatMap((name) => [
  name,
  name + twin,
]);

/**
 * The built-in audit of this lower-case name for a dialect, or undefined. `given` holds the lower-case names of the arguments
 * that are present, which decides what optional bounds the query has.
 */
export function builtinAudit(
  name: string,
  dialect: Dialect,
  given: ReadonlySet<string> = new Set(),
): AuditDefinition | undefined {
  const blocking = !name.endsWith(twin);
  const base = blocking ? name : name.slice(0, -twin.length);
  const audit = Object.hasOwn(audits, base) ? audits[base] : undefined;
  if (!audit) return undefined;
  const text = audit.query(wordsOf(familyOf(dialect), given));
  return {
    name,
    path: "",
    dialect,
    skip: false,
    blocking,
    defaults: { condition: "TRUE", ...audit.defaults },
    statements: [],
    query: { text, line: 1 },
  };
}

function wordsOf(family: DialectFamily, given: ReadonlySet<string>): Words {
  const mysql = family === "mysql";
  return {
    length: mysql ? "CHAR_LENGTH" : "LENGTH",
    nullsFirst: mysql ? "" : " NULLS FIRST",
    // REGEXP is understood by all of the family, REGEXP_LIKE not by MariaDB.
    matches: (text, pattern) => (mysql ? `${text} REGEXP ${pattern}` : `REGEXP_MATCHES(${text}, ${pattern})`),
    pattern: (regex) => quoteString(regex, family),
    has: (argument) => given.has(argument),
  };
}
