import { describe, expect, test } from "vitest";
import { compareQueries } from "../../../src/sql/difference.ts";

type Family = "duckdb" | "mysql";
const cte =
  "WITH recent AS (SELECT probe, celsius FROM lab.reading WHERE celsius > 17.5) SELECT probe, celsius FROM recent";

describe("same", () => {
  test.each([
    { from: "SELECT a FROM t", to: "select  a -- c\nfrom t" },
    { from: "SELECT a, b FROM t", to: "SELECT a, b, FROM t" },
    { from: 'SELECT "a" FROM t', to: "SELECT a FROM t" },
  ])("$from | $to", ({ from, to }) => {
    expect(compareQueries(from, to, "duckdb")).toEqual({ kind: "same", added: [], removed: [], reasons: [] });
  });
});

describe("non-breaking: only projections were added, and they change nothing else", () => {
  test.each([
    {
      what: "at the end",
      from: cte,
      to: cte.replace("celsius FROM recent", "celsius, 1 AS k FROM recent"),
      added: ["k"],
    },
    { what: "at the start", from: "SELECT a FROM t", to: "SELECT b, a FROM t", added: ["b"] },
    {
      what: "in the middle",
      from: "SELECT a, c FROM t ORDER BY a",
      to: "SELECT a, b, c FROM t ORDER BY a",
      added: ["b"],
    },
    {
      what: "in a CTE",
      from: cte,
      to: cte.replace("probe, celsius FROM lab", "probe, day, celsius FROM lab"),
      added: [],
    },
    {
      what: "in a derived table",
      from: "SELECT a FROM (SELECT a FROM t) x",
      to: "SELECT a FROM (SELECT b, a FROM t) x",
      added: [],
    },
    {
      what: "through a star",
      from: "SELECT * FROM (SELECT a FROM t) x",
      to: "SELECT * FROM (SELECT a, b FROM t) x",
      added: [],
    },
    {
      what: "window and CASE",
      from: "SELECT a FROM t",
      to: "SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY c) AS n, CASE WHEN d THEN 1 ELSE 2 END AS e FROM t",
      added: ["n", "e"],
    },
    {
      what: "aggregate as a window",
      from: "SELECT a FROM t",
      to: "SELECT a, SUM(b) FILTER (WHERE c) OVER (ORDER BY d) AS n FROM t",
      added: ["n"],
    },
    {
      what: "cast and function",
      from: "SELECT a FROM t",
      to: "SELECT a, LOWER(b)::TEXT AS c FROM t",
      added: ["c"],
    },
    {
      what: "scalar subquery",
      from: "SELECT a FROM t",
      to: "SELECT a, (SELECT MAX(b) FROM u) AS m FROM t",
      added: ["m"],
    },
    {
      what: "table function inside a scalar subquery",
      from: "SELECT a FROM t",
      to: "SELECT a, (SELECT MAX(x) FROM UNNEST(l) AS q(x)) AS m FROM t",
      added: ["m"],
    },
    {
      what: "grouped aggregate",
      from: "SELECT a, COUNT(*) AS n FROM t GROUP BY 1",
      to: "SELECT a, COUNT(*) AS n, SUM(b) AS s FROM t GROUP BY 1",
      added: ["s"],
    },
    {
      what: "second aggregate",
      from: "SELECT COUNT(*) AS n FROM t",
      to: "SELECT COUNT(*) AS n, SUM(b) AS s FROM t",
      added: ["s"],
    },
    {
      what: "aggregate under GROUP BY ALL",
      from: "SELECT a, COUNT(*) AS n FROM t GROUP BY ALL",
      to: "SELECT a, COUNT(*) AS n, MAX(b) AS m FROM t GROUP BY ALL",
      added: ["m"],
    },
    {
      what: "both branches of UNION ALL",
      from: "SELECT a FROM t UNION ALL SELECT a FROM u",
      to: "SELECT a, 1 AS k FROM t UNION ALL SELECT a, 2 AS k FROM u",
      added: ["k"],
    },
    {
      what: "one branch of UNION ALL",
      from: "SELECT a FROM t UNION ALL SELECT a FROM u",
      to: "SELECT a, 1 AS k FROM t UNION ALL SELECT a FROM u",
      added: ["k"],
    },
    {
      what: "after the numbered columns",
      from: "SELECT a FROM t ORDER BY 1",
      to: "SELECT a, b FROM t ORDER BY 1",
      added: ["b"],
    },
    {
      what: "DISTINCT ON",
      from: "SELECT DISTINCT ON (a) a FROM t",
      to: "SELECT DISTINCT ON (a) a, b FROM t",
      added: ["b"],
    },
    {
      what: "IS DISTINCT FROM",
      from: "SELECT a IS DISTINCT FROM b AS d FROM t",
      to: "SELECT a IS DISTINCT FROM b AS d, c IS NOT DISTINCT FROM e AS f FROM t",
      added: ["f"],
    },
    {
      what: "several",
      from: "SELECT a, b FROM t WHERE c",
      to: "SELECT x, a, y, b, z FROM t WHERE c",
      added: ["x", "y", "z"],
    },
    {
      what: "in a recursive CTE",
      from: "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
      to: "WITH RECURSIVE r AS (SELECT 1 AS n, 0 AS k UNION ALL SELECT n + 1, k FROM r) SELECT n FROM r",
      added: [],
    },
    { what: "duplicate column", from: "SELECT a FROM t", to: "SELECT a, a AS b FROM t", added: ["b"] },
    { what: "star", from: "SELECT a FROM t", to: "SELECT a, u.* FROM t", added: [] },
  ])("$what", ({ from, to, added }) => {
    expect(compareQueries(from, to, "duckdb")).toEqual({
      kind: "non-breaking",
      added,
      removed: [],
      reasons: [],
    });
  });
});

const breaking: readonly { from: string; to: string; says: string; family?: Family }[] = [
  { from: cte, to: `${cte} WHERE celsius > 20`, says: "a WHERE was added" },
  { from: "SELECT a FROM t WHERE a", to: "SELECT a FROM t", says: "a WHERE was removed" },
  { from: "SELECT a FROM t WHERE a > 1", to: "SELECT a FROM t WHERE a > 2", says: "the WHERE changed" },
  { from: "SELECT a FROM t WHERE a AND b", to: "SELECT a FROM t WHERE a OR b", says: "the WHERE changed" },
  { from: cte, to: cte.replace("17.5", "18"), says: "the WHERE changed in the CTE `recent`" },
  { from: "SELECT a FROM t", to: "SELECT a FROM t GROUP BY a", says: "a GROUP BY was added" },
  {
    from: "SELECT a FROM t GROUP BY a",
    to: "SELECT a FROM t GROUP BY a HAVING COUNT(*) > 1",
    says: "a HAVING was added",
  },
  { from: "SELECT a FROM t", to: "SELECT a FROM t ORDER BY a", says: "an ORDER BY was added" },
  { from: "SELECT a FROM t", to: "SELECT a FROM t LIMIT 3", says: "a LIMIT was added" },
  { from: "SELECT a FROM t", to: "SELECT DISTINCT a FROM t", says: "DISTINCT was added to SELECT" },
  { from: "SELECT DISTINCT a FROM t", to: "SELECT a FROM t", says: "DISTINCT was removed from SELECT" },
  { from: "SELECT a FROM t", to: "SELECT a FROM t JOIN u USING (a)", says: "a join was added" },
  {
    from: "SELECT a FROM t JOIN u USING (a)",
    to: "SELECT a FROM t LEFT JOIN u USING (a)",
    says: "the FROM changed",
  },
  { from: "SELECT a FROM t", to: "SELECT a FROM u", says: "the FROM changed" },
  { from: "SELECT x.a FROM t AS x", to: "SELECT x.a FROM t AS y", says: "the FROM changed" },
  { from: "SELECT a FROM t", to: "WITH x AS (SELECT 1) SELECT a FROM t", says: "the CTE `x` was added" },
  { from: "WITH x AS (SELECT 1) SELECT a FROM t", to: "SELECT a FROM t", says: "the CTE `x` was removed" },
  { from: "SELECT a, b FROM t", to: "SELECT a FROM t", says: "column `b` was removed" },
  { from: "SELECT a, b FROM t", to: "SELECT b, a FROM t", says: "columns were reordered" },
  { from: "SELECT a, b + 1 AS c FROM t", to: "SELECT a, b + 2 AS c FROM t", says: "column `c` changed" },
  { from: "SELECT a, b AS c FROM t", to: "SELECT a, b AS d FROM t", says: "column `c` was removed" },
  { from: "SELECT a::INT AS a FROM t", to: "SELECT a::BIGINT AS a FROM t", says: "column `a` changed" },
  {
    from: "SELECT COUNT(*) FROM t",
    to: "SELECT COUNT(a) FROM t",
    says: "a projection without a name changed or was removed",
  },
  {
    from: "SELECT a FROM t UNION ALL SELECT a FROM u",
    to: "SELECT a FROM t UNION SELECT a FROM u",
    says: "UNION ALL became UNION",
  },
  { from: "SELECT a FROM t", to: "SELECT a FROM t UNION ALL SELECT a FROM u", says: "a UNION ALL was added" },
  {
    from: "SELECT DISTINCT a FROM t",
    to: "SELECT DISTINCT a, b FROM t",
    says: "the projection `b` was added under SELECT DISTINCT",
  },
  {
    from: "WITH x AS (SELECT DISTINCT a FROM t) SELECT a FROM x",
    to: "WITH x AS (SELECT DISTINCT a, b FROM t) SELECT a FROM x",
    says: "the projection `b` in the CTE `x` was added under SELECT DISTINCT",
  },
  {
    from: "SELECT a FROM t UNION SELECT a FROM u",
    to: "SELECT a, b FROM t UNION SELECT a, b FROM u",
    says: "added to a query of a UNION, which compares whole rows",
  },
  {
    from: "(SELECT a FROM t) EXCEPT (SELECT a FROM u)",
    to: "(SELECT a, b FROM t) EXCEPT (SELECT a, b FROM u)",
    says: "added to a query of an EXCEPT, which compares whole rows",
  },
  {
    from: "SELECT a FROM t UNION ALL SELECT a FROM u",
    to: "SELECT a, b FROM t UNION ALL SELECT b, a FROM u",
    says: "projections were added at different positions of a UNION ALL",
  },
  {
    from: "SELECT a FROM t",
    to: "SELECT a, COUNT(*) AS n FROM t",
    says: "is the first aggregate of a SELECT without GROUP BY",
  },
  {
    from: "SELECT a FROM t",
    to: "SELECT a, 1 + MAX(b) AS n FROM t",
    says: "is the first aggregate of a SELECT without GROUP BY",
  },
  {
    from: "SELECT a, COUNT(*) AS n FROM t GROUP BY ALL",
    to: "SELECT a, b, COUNT(*) AS n FROM t GROUP BY ALL",
    says: "joins the keys of GROUP BY ALL",
  },
  {
    from: "SELECT a, COUNT(*) AS n FROM t GROUP BY 1",
    to: "SELECT b, a, COUNT(*) AS n FROM t GROUP BY 1",
    says: "GROUP BY 1 now means another column",
  },
  {
    from: "SELECT a, c FROM t ORDER BY 2 LIMIT 3",
    to: "SELECT a, b, c FROM t ORDER BY 2 LIMIT 3",
    says: "ORDER BY 2 now means another column",
  },
  {
    from: "SELECT a, c FROM t GROUP BY ROLLUP (1, 2)",
    to: "SELECT a, b, c FROM t GROUP BY ROLLUP (1, 2)",
    says: "GROUP BY 2 now means another column",
  },
  {
    from: "(SELECT a, c FROM t) ORDER BY 2 LIMIT 3",
    to: "(SELECT a, b, c FROM t) ORDER BY 2 LIMIT 3",
    says: "ORDER BY 2 now means another column",
  },
  {
    from: "SELECT a, c FROM t UNION ALL SELECT a, c FROM u ORDER BY 2 LIMIT 1",
    to: "SELECT a, b, c FROM t UNION ALL SELECT a, b, c FROM u ORDER BY 2 LIMIT 1",
    says: "ORDER BY 2 now means another column",
  },
  { from: "SELECT a FROM t", to: "SELECT a, UNNEST(b) AS c FROM t", says: "calls UNNEST, which makes rows" },
  {
    from: "SELECT a FROM t",
    to: "SELECT a, 1 + explode(b) AS c FROM t",
    says: "calls EXPLODE, which makes rows",
  },
  {
    from: "SELECT a FROM t",
    to: "SELECT a, generate_series(1, 3) AS c FROM t",
    says: "calls GENERATE_SERIES, which makes rows",
  },
  {
    from: "SELECT x FROM (SELECT a FROM t) AS d (x)",
    to: "SELECT x FROM (SELECT b, a FROM t) AS d (x)",
    says: "added before columns that are named by position",
  },
  {
    from: "WITH d (x) AS (SELECT a FROM t) SELECT x FROM d",
    to: "WITH d (x) AS (SELECT b, a FROM t) SELECT x FROM d",
    says: "added before columns that are named by position",
  },
  {
    from: "SELECT DISTINCT * FROM (SELECT a FROM t) x",
    to: "SELECT DISTINCT * FROM (SELECT a, b FROM t) x",
    says: "may reach a SELECT DISTINCT *",
  },
  {
    from: "WITH x AS (SELECT a FROM t) SELECT * FROM x UNION SELECT a FROM u",
    to: "WITH x AS (SELECT a, b FROM t) SELECT * FROM x UNION SELECT a FROM u",
    says: "may reach a UNION of SELECT *",
  },
  {
    from: "WITH x AS (SELECT a FROM t) SELECT a FROM x NATURAL JOIN u",
    to: "WITH x AS (SELECT a, b FROM t) SELECT a FROM x NATURAL JOIN u",
    says: "may reach a NATURAL JOIN",
  },
  {
    from: "SELECT a AS x FROM t GROUP BY a HAVING y > 1",
    to: "SELECT a AS x, MAX(b) AS y FROM t GROUP BY a HAVING y > 1",
    says: "the new alias `y` is a name that HAVING uses",
  },
  {
    from: "SELECT LENGTH(a) AS n FROM t",
    to: "SELECT CHAR_LENGTH(a) AS n FROM t",
    says: "column `n` changed",
    family: "mysql",
  },
  {
    from: "SELECT a FROM t WHERE a LIKE '10\\%'",
    to: "SELECT a FROM t WHERE a LIKE '10%'",
    says: "the WHERE changed",
    family: "mysql",
  },
  {
    from: "SELECT a FROM t",
    to: "SELECT /*+ BKA(t) */ a FROM t",
    says: "was added to SELECT",
    family: "mysql",
  },
  {
    from: "WITH x AS (SELECT 1 AS a) (SELECT a FROM x) LIMIT 1",
    to: "(SELECT a FROM x) LIMIT 1",
    says: "the CTE `x` was removed",
    family: "mysql",
  },
  {
    from: "SELECT NTH_VALUE(a, 2) FROM LAST OVER w AS n FROM t",
    to: "SELECT NTH_VALUE(a, 2) OVER w AS n FROM t",
    says: "changed",
    family: "mysql",
  },
  { from: "VALUES (1)", to: "VALUES (2)", says: "the VALUES changed" },
  { from: "SELECT a FROM t", to: "@my_macro()", says: "the query changed" },
];

describe("breaking, with a reason for a reviewer", () => {
  test.each(breaking)("$from | $to", ({ from, to, says, family = "duckdb" }) => {
    const difference = compareQueries(from, to, family);
    expect(difference.kind).toBe("breaking");
    expect(difference.reasons.map((reason) => reason.text).join("; ")).toContain(says);
  });
  test("added and removed columns are told beside the reasons", () => {
    expect(compareQueries("SELECT a, b FROM t", "SELECT a, C FROM t WHERE a", "duckdb")).toMatchObject({
      kind: "breaking",
      added: ["C"],
      removed: ["b"],
      reasons: [{ text: "a WHERE was added" }, { text: "column `b` was removed" }],
    });
  });
});

/** Every edit of a query but an added projection must be breaking, wherever it stands. */
describe("single-token mutations are never overlooked", () => {
  const query =
    "WITH a AS (SELECT x, SUM(y) AS s FROM r.t WHERE z > 1 GROUP BY x), b AS (SELECT * FROM a JOIN r.u AS u ON u.x = a.x AND u.k IN (SELECT k FROM r.v)) SELECT b.x, CASE WHEN s > 2 THEN 'big' ELSE 'small' END AS size, ROW_NUMBER() OVER (PARTITION BY b.x ORDER BY s) AS n FROM b LEFT JOIN (SELECT x, MAX(w) AS w FROM r.w GROUP BY 1) AS w ON w.x = b.x WHERE b.s BETWEEN 3 AND 4 UNION ALL SELECT x, size, 5 FROM r.old ORDER BY 1 LIMIT 6";
  const words = query.split(" ");
  test.each(words.map((word, i) => ({ i, word })))("$i $word", ({ i }) => {
    const without = words.toSpliced(i, 1).join(" ");
    const changed = words.with(i, `${words[i]}_x`).join(" ");
    for (const mutant of [without, changed]) {
      let kind: string;
      try {
        kind = compareQueries(query, mutant, "duckdb").kind;
      } catch {
        continue;
      }
      expect(kind, mutant).toBe("breaking");
    }
  });
});
