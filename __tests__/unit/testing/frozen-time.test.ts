import { expect, test } from "vitest";
import { freezeTime } from "../../../src/testing/frozen-time.ts";

const at = Date.UTC(2024, 0, 5, 10, 20, 30);
const [date, stamp] = ["CAST('2024-01-05' AS DATE)", "CAST('2024-01-05 10:20:30' AS TIMESTAMP)"];

test.each([
  ["SELECT current_date, NOW() - INTERVAL 1 DAY", `SELECT ${date}, ${stamp} - INTERVAL 1 DAY`],
  ["SELECT CURRENT_TIMESTAMP::DATE, today()", `SELECT ${stamp}::DATE, ${date}`],
  [
    "SELECT t.current_date, x AS now, now, 'CURRENT_DATE' -- NOW()",
    "SELECT t.current_date, x AS now, now, 'CURRENT_DATE' -- NOW()",
  ],
  ["SELECT CURRENT_TIME", "SELECT CAST('10:20:30' AS TIME)"],
])("%s", (sql, expected) => expect(freezeTime(sql, at, "duckdb")).toBe(expected));

test("MySQL's clocks", () => {
  expect(freezeTime("SELECT CURRENT_TIMESTAMP(6), CURDATE(), UTC_TIMESTAMP", at, "mysql")).toBe(
    "SELECT CAST('2024-01-05 10:20:30' AS DATETIME(6)), CAST('2024-01-05' AS DATE), CAST('2024-01-05 10:20:30' AS DATETIME(6))",
  );
});
