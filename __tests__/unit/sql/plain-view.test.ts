import { expect, test } from "vitest";
import { readPlainView } from "../../../src/sql/plain-view.ts";

test.each([
  [
    "SELECT * FROM sluice__shop.shop__orders__a;",
    { table: ["sluice__shop", "shop__orders__a"], columns: "*" },
  ],
  ['SELECT * FROM "my db".s."t x"', { table: ["my db", "s", "t x"], columns: "*" }],
  ['SELECT * FROM s.t AS "x"', { table: ["s", "t"], columns: "*" }],
  ["SELECT id, shop FROM s.t", { table: ["s", "t"], columns: ["id", "shop"] }],
])("%s is one table as it is", (text, view) => {
  expect(readPlainView(text, "duckdb")).toEqual(view);
});

test("as a MySQL server keeps it", () => {
  const text = "select `s`.`t`.`id` AS `id`,`s`.`t`.`from` AS `from` from `s`.`t`";
  expect(readPlainView(text, "mysql")).toEqual({ table: ["s", "t"], columns: ["id", "from"] });
});

test("as servers keep it that add hints, layout and a catalog", () => {
  const text =
    "SELECT `internal`.`s`.`t`.`id` AS `id`\nFROM `internal`.`s`.`t` /*!90623 OPTION(CLIENT_FOUND_ROWS=1)*/";
  expect(readPlainView(text, "mysql")).toEqual({ table: ["internal", "s", "t"], columns: ["id"] });
});

test.each([
  "SELECT * FROM s.t WHERE id > 1",
  "SELECT * FROM s.t LIMIT 1",
  "SELECT id AS other FROM s.t",
  "SELECT id + 1 AS id FROM s.t",
  "SELECT DISTINCT id FROM s.t",
  "SELECT * FROM s.t, s.u",
  "SELECT * FROM s.t JOIN s.u USING (id)",
  "SELECT * FROM (SELECT * FROM s.t)",
  "SELECT 1",
  "WITH x AS (SELECT 1) SELECT * FROM x",
  "VALUES (1)",
])("%s is not", (text) => {
  expect(readPlainView(text, "duckdb")).toBeNull();
});
