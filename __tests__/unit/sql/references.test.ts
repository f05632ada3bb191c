import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { findReferences, spliceReferences, type TableReference } from "../../../src/sql/references.ts";
import { duckdbQueries, logicalTables, mysqlQueries } from "./reference-corpus.ts";

const nameOf = (reference: TableReference): string => reference.parts.join(".");
const namesIn = (sql: string, family: "duckdb" | "mysql", role = "source"): string =>
  [
    ...new Set(
      findReferences(sql, family)
        .filter((one) => one.role === role)
        .map(nameOf),
    ),
  ]
    .toSorted()
    .join(" ");

describe("tables a query reads", () => {
  test.each(duckdbQueries)("duckdb: $sql", ({ sql, reads }) => {
    expect(namesIn(sql, "duckdb")).toBe(reads);
  });
  test.each(mysqlQueries)("mysql: $sql", ({ sql, reads }) => {
    expect(namesIn(sql, "mysql")).toBe(reads);
  });
  test.each([
    { sql: "SELECT * FROM @this_model", reads: "" },
    { sql: "SELECT * FROM @{schema}.orders o, raw.x", reads: "raw.x" },
    { sql: "SELECT * FROM pre_@{x}.orders JOIN raw.y USING (id)", reads: "raw.y" },
    { sql: "SELECT * FROM 'data.csv'", reads: "data.csv" },
    { sql: "SELECT * FROM information_schema.tables", reads: "information_schema.tables" },
    { sql: "SELECT * FROM c.s.t", reads: "c.s.t" },
  ])("unknown and outside: $sql", ({ sql, reads }) => {
    expect(namesIn(sql, "duckdb")).toBe(reads);
  });
  test("says where the name stands", () => {
    const sql = "SELECT '😀',\n  x FROM shop.orders AS o";
    const [reference] = findReferences(sql, "duckdb");
    expect(reference).toMatchObject({ line: 2, alias: "o", role: "source" });
    expect(sql.slice(reference?.start, reference?.end)).toBe("shop.orders");
  });
});

describe("the rewritten query gives the same rows", () => {
  let logical: DuckDBConnection;
  let physical: DuckDBConnection;
  beforeAll(async () => {
    logical = await (await DuckDBInstance.create()).connect();
    physical = await (await DuckDBInstance.create()).connect();
    await logical.run(logicalTables);
    await physical.run(logicalTables);
    await physical.run("CREATE SCHEMA built");
    for (const [schema, table] of tables) {
      await physical.run(
        `CREATE TABLE built."${schema}__${table}__1" AS FROM "${schema}"."${table}"; DROP TABLE "${schema}"."${table}"`,
      );
    }
  });
  const tables = [
    ["shop", "orders"],
    ["shop", "customers"],
    ["raw", "orders"],
    ["dim", "days"],
    ["main", "rates"],
    ["Odd Names", "Select"],
  ] as const;
  const physicalName = (reference: TableReference): string | null => {
    const [table, schema = "main"] = reference.parts.toReversed();
    const known = tables.find(
      ([s, t]) => s.toLowerCase() === schema.toLowerCase() && t.toLowerCase() === table?.toLowerCase(),
    );
    return known ? `"built"."${known[0]}__${known[1]}__1"` : null;
  };
  const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<unknown> => {
    const result = await connection.runAndReadAll(sql);
    const rows = result.getRowsJson().map((row) => JSON.stringify(row));
    return { columns: result.columnNames(), rows: /ORDER BY/.test(sql) ? rows : rows.toSorted() };
  };
  test.each(duckdbQueries)("$sql", async ({ sql }) => {
    const rewritten = spliceReferences(sql, "duckdb", physicalName);
    expect(await rowsOf(physical, rewritten)).toEqual(await rowsOf(logical, sql));
  });
});

describe("targets of statements", () => {
  test.each([
    {
      sql: "INSERT INTO shop.orders (id) SELECT id FROM raw.orders",
      targets: "shop.orders",
      reads: "raw.orders",
    },
    { sql: "INSERT IGNORE shop.orders SELECT 1", targets: "shop.orders", reads: "" },
    { sql: "REPLACE INTO shop.orders SELECT * FROM raw.orders", targets: "shop.orders", reads: "raw.orders" },
    {
      sql: "INSERT INTO shop.orders WITH x AS (SELECT * FROM raw.orders) SELECT * FROM x",
      targets: "shop.orders",
      reads: "raw.orders",
    },
    {
      sql: "INSERT INTO shop.orders VALUES (1, (SELECT max(id) FROM raw.orders)) ON DUPLICATE KEY UPDATE id = VALUES(id)",
      targets: "shop.orders",
      reads: "raw.orders",
    },
    { sql: "INSERT OVERWRITE TABLE shop.orders SELECT 1", targets: "shop.orders", reads: "" },
    { sql: "CREATE INDEX i ON shop.orders (id)", targets: "shop.orders", reads: "" },
    { sql: "CREATE UNIQUE INDEX IF NOT EXISTS i ON shop.orders (id)", targets: "shop.orders", reads: "" },
    { sql: "DROP INDEX i ON shop.orders", targets: "shop.orders", reads: "" },
    {
      sql: "DELETE FROM shop.orders WHERE id IN (SELECT id FROM raw.orders)",
      targets: "shop.orders",
      reads: "raw.orders",
    },
    {
      sql: "DELETE o FROM shop.orders o JOIN raw.orders r ON r.id = o.id",
      targets: "",
      reads: "raw.orders shop.orders",
    },
    {
      sql: "DELETE FROM shop.orders USING raw.orders r WHERE r.id = 1",
      targets: "shop.orders",
      reads: "raw.orders",
    },
    {
      sql: "UPDATE shop.orders SET id = (SELECT 1 FROM raw.orders) WHERE id = 1",
      targets: "",
      reads: "raw.orders shop.orders",
    },
    {
      sql: "UPDATE shop.orders o SET id = 1 FROM raw.orders r WHERE r.id = o.id",
      targets: "",
      reads: "raw.orders shop.orders",
    },
    {
      sql: "MERGE INTO shop.orders t USING raw.orders s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
      targets: "",
      reads: "raw.orders shop.orders",
    },
    { sql: "TRUNCATE TABLE shop.orders", targets: "shop.orders", reads: "" },
    { sql: "DROP TABLE IF EXISTS shop.orders, raw.orders", targets: "raw.orders shop.orders", reads: "" },
    { sql: "ALTER TABLE shop.orders ADD COLUMN a INT", targets: "shop.orders", reads: "" },
    { sql: "ANALYZE TABLE shop.orders", targets: "shop.orders", reads: "" },
    {
      sql: "CREATE TABLE side.copy AS SELECT * FROM shop.orders",
      targets: "side.copy",
      reads: "shop.orders",
    },
    {
      sql: "CREATE OR REPLACE VIEW side.v AS WITH x AS (SELECT 1) SELECT * FROM x, shop.orders",
      targets: "side.v",
      reads: "shop.orders",
    },
    { sql: "CREATE TABLE side.copy LIKE shop.orders", targets: "shop.orders side.copy", reads: "" },
    { sql: "GRANT SELECT ON shop.orders TO reader", targets: "shop.orders", reads: "" },
    { sql: "REVOKE SELECT ON TABLE shop.orders FROM reader", targets: "shop.orders", reads: "" },
    { sql: "COMMENT ON VIEW shop.orders IS 'x; FROM raw.orders'", targets: "shop.orders", reads: "" },
    { sql: "COMMENT ON COLUMN shop.orders.id IS 'x'", targets: "shop.orders", reads: "" },
    { sql: "SET @x = (SELECT max(id) FROM raw.orders)", targets: "", reads: "raw.orders" },
    { sql: "SET SESSION sort_buffer_size = 1000000", targets: "", reads: "" },
    { sql: "EXPLAIN ANALYZE SELECT * FROM raw.orders", targets: "", reads: "raw.orders" },
    { sql: "COPY shop.orders TO 'x.parquet'", targets: "shop.orders", reads: "" },
    { sql: "COPY (SELECT * FROM raw.orders) TO 'x.parquet'", targets: "", reads: "raw.orders" },
    { sql: "CREATE SCHEMA IF NOT EXISTS side", targets: "", reads: "" },
    { sql: "CALL load_all(1)", targets: "", reads: "" },
  ])("$sql", ({ sql, targets, reads }) => {
    expect({ targets: namesIn(sql, "mysql", "target"), reads: namesIn(sql, "mysql") }).toEqual({
      targets,
      reads,
    });
  });
});

describe("splice", () => {
  const rewrite = (sql: string, family: "duckdb" | "mysql" = "mysql"): string =>
    spliceReferences(sql, family, (reference) => (/orders$/i.test(nameOf(reference)) ? "P" : null));
  test.each([
    { sql: "SELECT * FROM shop.orders", is: "SELECT * FROM P AS `orders`" },
    { sql: "SELECT * FROM shop.orders o", is: "SELECT * FROM P o" },
    { sql: "SELECT shop.orders.id FROM shop.orders -- c", is: "SELECT `orders`.id FROM P AS `orders` -- c" },
    { sql: "SELECT c.shop.orders.id FROM shop.orders", is: "SELECT `orders`.id FROM P AS `orders`" },
    {
      sql: "SELECT 1 FROM shop.orders PARTITION (p) USE INDEX (i)",
      is: "SELECT 1 FROM P PARTITION (p) AS `orders` USE INDEX (i)",
    },
    {
      sql: "SELECT 1 FROM shop.orders FOR SYSTEM_TIME ALL WHERE 1",
      is: "SELECT 1 FROM P FOR SYSTEM_TIME ALL AS `orders` WHERE 1",
    },
    {
      sql: "SELECT 1 FROM shop.orders AS OF TIMESTAMP '2024-01-01'",
      is: "SELECT 1 FROM P AS `orders` AS OF TIMESTAMP '2024-01-01'",
    },
    {
      sql: "INSERT INTO shop.orders SELECT * FROM shop.orders",
      is: "INSERT INTO P SELECT * FROM P AS `orders`",
    },
    {
      sql: "DELETE FROM shop.orders WHERE orders.id = 1 AND shop.orders.x = 2",
      is: "DELETE FROM P WHERE P.id = 1 AND P.x = 2",
    },
    { sql: "UPDATE shop.orders SET shop.orders.id = 1", is: "UPDATE P AS `orders` SET `orders`.id = 1" },
    { sql: "CREATE INDEX i ON shop.orders (id)", is: "CREATE INDEX i ON P (id)" },
    { sql: "TABLE shop.orders", is: "TABLE P" },
    {
      sql: "SELECT * FROM shop.orders /* sqlglot.meta replace=false */",
      is: "SELECT * FROM shop.orders /* sqlglot.meta replace=false */",
    },
    {
      sql: "SELECT * FROM raw.x, shop.orders /* sqlglot.meta replace=false */ AS o, shop.orders p",
      is: "SELECT * FROM raw.x, shop.orders /* sqlglot.meta replace=false */ AS o, P p",
    },
    {
      sql: "WITH orders AS (SELECT 1) SELECT * FROM orders",
      is: "WITH orders AS (SELECT 1) SELECT * FROM orders",
    },
    { sql: "COMMENT ON COLUMN shop.orders.id IS 'x'", is: "COMMENT ON COLUMN P.id IS 'x'" },
  ])("$sql", ({ sql, is }) => {
    expect(rewrite(sql)).toBe(is);
  });
  test("two tables of one name need aliases", () => {
    expect(() => rewrite("SELECT 1 FROM shop.orders,\n raw.orders")).toThrow(/both called orders/);
    expect(() => rewrite("SELECT 1 FROM shop.orders JOIN x AS orders")).toThrow(/both called orders/);
  });
  test("a shortened name must not be caught by a subquery's table", () => {
    const sql = "SELECT (SELECT shop.orders.id FROM raw.orders LIMIT 1) FROM shop.orders";
    expect(() => rewrite(sql)).toThrow(/means a table outside a subquery/);
  });
  test("nothing to replace leaves the text alone", () => {
    const sql = "SELECT  1 ;; -- x";
    expect(spliceReferences(sql, "mysql", () => null)).toBe(sql);
  });
});
