import { describe, expect, test } from "vitest";
import type { SluiceError } from "../../../src/errors.ts";
import { type FilePart, findDialect, splitFile, statementShape } from "../../../src/sql/statements.ts";

const describePart = (part: FilePart): string => {
  if (part.kind === "header") return `${part.header.word}@${part.header.line}`;
  if (part.kind === "virtual-update") return `virtual[${part.statements.map((one) => one.text).join("|")}]`;
  return `${part.shape}@${part.sql.line} ${part.sql.text}${part.sql.jinja ? " (jinja)" : ""}`;
};
const parts = (text: string, family: "duckdb" | "mysql" = "duckdb"): string[] =>
  splitFile(text, family, "m.sql").map(describePart);

describe("splitFile", () => {
  test("a whole model file", () => {
    const text = `-- about
MODEL (name shop.s, kind FULL);
@DEF(lim, 5);
SET x = ';';

SELECT 1 AS a -- first; really
;;
; -- an empty statement
@IF(@runtime_stage = 'creating', CREATE INDEX i ON @this_model (a));
AUDIT (name positive);
SELECT * FROM @this_model WHERE a <= 0;
on_virtual_update_begin;
COMMENT ON VIEW @this_model IS 'x; y';
GRANT SELECT ON @this_model TO r;
ON_VIRTUAL_UPDATE_END;
DROP TABLE side.x
-- the end`;
    expect(parts(text)).toEqual([
      "MODEL@2",
      "macro-call@3 @DEF(lim, 5)",
      "other@4 SET x = ';'",
      "query@6 SELECT 1 AS a -- first; really",
      "macro-call@9 @IF(@runtime_stage = 'creating', CREATE INDEX i ON @this_model (a))",
      "AUDIT@10",
      "query@11 SELECT * FROM @this_model WHERE a <= 0",
      "virtual[COMMENT ON VIEW @this_model IS 'x; y'|GRANT SELECT ON @this_model TO r]",
      "other@16 DROP TABLE side.x\n-- the end",
    ]);
  });

  test("Jinja blocks are not cut into tokens", () => {
    const text = `MODEL (name a);
JINJA_STATEMENT_BEGIN;
{# it's; fine #} SET x = 1;
JINJA_END;
JINJA_QUERY_BEGIN;

SELECT {{ 1 + 1 }} AS a; -- don't
JINJA_END;
SELECT 2 AS post`;
    expect(parts(text)).toEqual([
      "MODEL@1",
      "other@3 {# it's; fine #} SET x = 1; (jinja)",
      "query@7 SELECT {{ 1 + 1 }} AS a; -- don't (jinja)",
      "query@9 SELECT 2 AS post",
    ]);
  });

  test("an unclosed Jinja block is an error with its line", () => {
    expect(() => splitFile("MODEL (name a);\nJINJA_QUERY_BEGIN;\nSELECT 1", "duckdb", "m.sql")).toThrow(
      expect.objectContaining({ place: { file: "m.sql", line: 2 } }) as SluiceError,
    );
  });

  test.each([
    { text: "-- one\n-- two\nMODEL (name a);", comment: "one\ntwo" },
    { text: "/* block\n   more */ MODEL (name a);", comment: "block\n   more" },
    { text: "SELECT 1; -- its own\n-- mine\nAUDIT (name a);", comment: "mine" },
    { text: "MODEL (name a); -- after", comment: null },
  ])("comment before the block: $text", ({ text, comment }) => {
    const part = splitFile(text, "duckdb", "m.sql").find((one) => one.kind === "header");
    expect(part?.header.comment).toBe(comment);
  });

  test("the statement after ON_VIRTUAL_UPDATE_END is kept", () => {
    expect(parts("ON_VIRTUAL_UPDATE_BEGIN; A; ON_VIRTUAL_UPDATE_END; SELECT 1")).toEqual([
      "virtual[A]",
      "query@1 SELECT 1",
    ]);
  });
});

describe("statementShape", () => {
  test.each([
    { sql: "SELECT 1", shape: "query" },
    { sql: "(SELECT 1) UNION (SELECT 2)", shape: "query" },
    { sql: "WITH x AS (SELECT 1) SELECT * FROM x", shape: "query" },
    { sql: "WITH x AS (SELECT 1) (SELECT * FROM x)", shape: "query" },
    { sql: "WITH x AS (SELECT 1) DELETE FROM t", shape: "other" },
    { sql: "FROM t SELECT a", shape: "query" },
    { sql: "VALUES (1)", shape: "other" },
    { sql: "INSERT INTO t SELECT 1", shape: "other" },
    { sql: "@UNION('all', a, b)", shape: "query", macro: "UNION" },
    { sql: "@f(1)", shape: "macro-call", macro: "F" },
    { sql: "@x", shape: "macro-call", macro: "X" },
    { sql: "@f(1) UNION ALL SELECT 2", shape: "query" },
    { sql: "@WITH(true) x AS (SELECT 1) SELECT 2", shape: "query" },
    { sql: "@IF(true, SELECT 1) + 1", shape: "other" },
  ])("$sql", ({ sql, shape, macro = null }) => {
    expect(statementShape(sql, "duckdb")).toEqual({ shape, macro });
  });
});

describe("findDialect", () => {
  test.each([
    { text: "MODEL (name a, dialect mysql);", is: "mysql" },
    { text: 'model (dialect "DuckDB", name a)', is: "duckdb" },
    { text: "MODEL (name a, -- x\n  dialect /* y */ 'mysql'\n, kind FULL)", is: "mysql" },
    { text: "MODEL (name a);", is: null },
    { text: "SELECT dialect FROM model", is: null },
    { text: "MODEL (name a, description 'dialect mysql');", is: null },
  ])("$text", ({ text, is }) => {
    expect(findDialect(text)).toBe(is);
  });
});
