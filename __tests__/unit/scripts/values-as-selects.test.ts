/** Rows with names for their columns, for servers that have no words for them. */
import { describe, expect, test } from "vitest";
import { valuesAsSelects } from "../../../scripts/parity/values-as-selects.ts";

describe("rows as SELECTs", () => {
  test.each([
    {
      from: "SELECT n FROM (VALUES (1, 'a'), (2, 'b,(')) AS t(n, name) WHERE n > 0",
      to: "SELECT n FROM (SELECT 1 AS n, 'a' AS name UNION ALL SELECT 2, 'b,(') AS t WHERE n > 0",
    },
    {
      from: "SELECT * FROM (VALUES\n  (f(1, 2), DATE '2024-01-01') -- first\n) t(n, day)",
      to: "SELECT * FROM (SELECT f(1, 2) AS n, DATE '2024-01-01' AS day) AS t",
    },
    { from: "INSERT INTO t VALUES (1, 2)", to: "INSERT INTO t VALUES (1, 2)" },
    { from: "SELECT * FROM (VALUES (1)) AS t", to: "SELECT * FROM (VALUES (1)) AS t" },
  ])("$from", ({ from, to }) => {
    expect(valuesAsSelects(from)).toBe(to);
  });
});
