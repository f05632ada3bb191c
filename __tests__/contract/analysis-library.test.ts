/**
 * Faults of the analyser's library that Sluice works around, each as it is today. A row that fails after an upgrade is good news:
 * the fault is gone, and so may be the work-around that the row names.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { type Library, type LibrarySchema, loadLibrary } from "../../src/sql/analysis/library.ts";
import type { Dialect } from "../../src/sql/dialect.ts";

const schema: LibrarySchema = {
  tables: [
    {
      schema: "shop",
      name: "orders",
      columns: [
        { name: "id", type: "BIGINT" },
        { name: "amount", type: "DOUBLE" },
        { name: "j", type: "JSON" },
      ],
    },
  ],
};

let library: Library;
beforeAll(async () => {
  library = await loadLibrary();
});

const columns = (sql: string, dialect: Dialect): string => {
  try {
    return library
      .outputColumns(sql, schema, dialect)
      .map((column) => column.name ?? column.kind)
      .join(", ");
  } catch (error) {
    return `fails: ${(error as Error).message}`;
  }
};
const faults = (sql: string, dialect: Dialect): string =>
  library
    .faults(sql, schema, dialect)
    .map((fault) => fault.message)
    .join("; ");

test("is the version these rows were written for", () => {
  expect(library.version).toBe("0.12.1");
});

describe("misread columns, refused by guards.ts", () => {
  test.each([
    [
      "WITH is dropped before parentheses",
      "mysql",
      "WITH x AS (SELECT id FROM shop.orders) (SELECT * FROM x) LIMIT 1",
      /^fails: a star/,
    ],
    ["EXCLUDE is ignored", "duckdb", "SELECT * EXCLUDE (id) FROM shop.orders", /^id, amount, j$/],
    ["EXCEPT is ignored", "duckdb", "SELECT o.* EXCEPT (id) FROM shop.orders AS o", /^id, amount, j$/],
    ["RENAME is ignored", "duckdb", "SELECT * RENAME (id AS z) FROM shop.orders", /^id, amount, j$/],
    ["COLUMNS() is one column", "duckdb", "SELECT COLUMNS('.*') FROM shop.orders", /^_col_0$/],
    [
      "a derived table's column names are ignored",
      "duckdb",
      "SELECT d.* FROM (SELECT id FROM shop.orders) AS d (a)",
      /^id$/,
    ],
    [
      "JSON_TABLE fails",
      "mysql",
      "SELECT k.a FROM shop.orders, JSON_TABLE(j, '$' COLUMNS (a INT PATH '$.a')) AS k",
      /^fails/,
    ],
  ] as const)("%s", (_fault, dialect, sql, today) => {
    expect(columns(sql, dialect)).toMatch(today);
  });
});

describe("unreadable text, blanked by shadow.ts", () => {
  test.each([
    ["# is no comment", "mysql", "SELECT id # x\nFROM shop.orders", /^fails/],
    ["! is no operator", "mysql", "SELECT !id AS a FROM shop.orders", /^fails/],
    [
      "composite units inside a function",
      "mysql",
      "SELECT DATE_ADD(id, INTERVAL '1:30' HOUR_MINUTE) AS a FROM shop.orders",
      /^fails/,
    ],
    [
      "a character set in a cast",
      "mysql",
      "SELECT CAST(id AS CHAR(9) CHARACTER SET utf8) AS a FROM shop.orders",
      /^fails/,
    ],
    [
      "DEFAULT … ON EMPTY",
      "mysql",
      "SELECT JSON_VALUE(j, '$.a' DEFAULT 0 ON EMPTY) AS a FROM shop.orders",
      /^fails/,
    ],
    [
      "join hints",
      "starrocks",
      "SELECT a.id FROM shop.orders AS a JOIN [BROADCAST] shop.orders AS b ON a.id = b.id",
      /^fails/,
    ],
    ["// in DuckDB", "duckdb", "SELECT id // 2 AS a FROM shop.orders", /^fails/],
    ["hexadecimal numbers become a name", "duckdb", "SELECT 0x1F FROM shop.orders", /^x1F$/i],
    ["a trailing comma in IN", "duckdb", "SELECT id FROM shop.orders WHERE id IN (1,)", /^fails/],
    ["a schema before a column", "duckdb", "SELECT shop.orders.id FROM shop.orders", /^fails/],
    ["a catalog before a table", "duckdb", "SELECT * FROM w.shop.orders", /^fails: a star/],
  ] as const)("%s", (_fault, dialect, sql, today) => {
    expect(columns(sql, dialect)).toMatch(today);
  });
});

describe("false alarms, dropped by unknown-columns.ts", () => {
  test.each([
    ["MySQL's columns are compared with case", "mysql", "SELECT ID FROM shop.orders", /Unknown column 'id'/],
    ["user variables are columns", "mysql", "SELECT @x AS a FROM shop.orders", /Unknown column '@x'/],
    ["rowid is unknown", "duckdb", "SELECT rowid FROM shop.orders", /Unknown column 'rowid'/],
    [
      "table functions have no alias",
      "duckdb",
      "SELECT r.range FROM range(3) AS r",
      /Unknown table or alias 'r'/,
    ],
    ["table functions have no columns", "duckdb", "SELECT i FROM range(3) AS r(i)", /Unknown column 'i'/],
  ] as const)("%s", (_fault, dialect, sql, today) => {
    expect(faults(sql, dialect)).toMatch(today);
  });
});

describe("wrong types, not trusted by columns.ts", () => {
  const typeOf = (sql: string, dialect: Dialect): string | null => {
    const { expression } = library.lineage(0, sql, schema, dialect);
    const node = Object.values(expression)[0] as { inferred_type?: unknown };
    return library.typeText(node.inferred_type, dialect);
  };
  test.each([
    [
      "DuckDB divides whole numbers into DOUBLE",
      "duckdb",
      "SELECT id / 2 AS a FROM shop.orders",
      /^(?:BIGINT|INT)/,
    ],
    [
      "MySQL divides whole numbers into DECIMAL",
      "mysql",
      "SELECT id / 2 AS a FROM shop.orders",
      /^(?:BIGINT|INT)/,
    ],
    ["MySQL's ABS keeps the type", "mysql", "SELECT ABS(id) AS a FROM shop.orders", /^DOUBLE/],
  ] as const)("%s", (_fault, dialect, sql, today) => {
    expect(typeOf(sql, dialect)).toMatch(today);
  });
});
