import { describe, expect, test } from "vitest";
import type { SluiceError } from "../../../src/errors.ts";
import type { Header } from "../../../src/sql/header.ts";
import { splitFile } from "../../../src/sql/statements.ts";

const headerOf = (text: string, family: "duckdb" | "mysql" = "duckdb"): Header => {
  const part = splitFile(text, family, "m.sql")[0];
  if (part?.kind !== "header") throw new Error("no header");
  return part.header;
};

describe("properties", () => {
  test("raw slices with lines, keys folded, last of equal keys wins", () => {
    const header = headerOf(`model (
  NAME shop.odd, -- it's fine
  owner 'first',
  /* a comment, with a comma */
  OWNER "second",
  kind INCREMENTAL_BY_UNIQUE_KEY (
    unique_key (a, b),
    when_matched WHEN MATCHED AND s.a > t.a THEN UPDATE SET t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)
  ),
  audits (not_null(columns := (id, x)), mine,),
  start 20230115,
);`);
    expect(header.word).toBe("MODEL");
    expect(
      header.properties.map(({ key, text, line }) => `${line} ${key}=${text.replace(/\s+/g, " ")}`),
    ).toEqual([
      "2 name=shop.odd",
      '5 owner="second"',
      "6 kind=INCREMENTAL_BY_UNIQUE_KEY ( unique_key (a, b), when_matched WHEN MATCHED AND s.a > t.a THEN UPDATE SET t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a) )",
      "10 audits=(not_null(columns := (id, x)), mine,)",
      "11 start=20230115",
    ]);
  });

  test("macros stay in the slices", () => {
    const header = headerOf(
      "MODEL (name @{zone}_mart.orders_@{zone}, kind @IF(@zone = 'eu', FULL, VIEW), cron @sched, description @'built for @{zone}');",
    );
    expect(header.properties.map((property) => property.text)).toEqual([
      "@{zone}_mart.orders_@{zone}",
      "@IF(@zone = 'eu', FULL, VIEW)",
      "@sched",
      "@'built for @{zone}'",
    ]);
  });

  test.each([
    {
      text: "MODEL (name t.a kind FULL);",
      says: /after the value of 'name' comes 'kind' without a comma/,
      line: 1,
    },
    { text: "MODEL (name t.a,, kind FULL);", says: /comma with nothing before it/, line: 1 },
    { text: "MODEL (name t.a,\n owner = jen);", says: /'owner' is written with '='/, line: 2 },
    {
      text: "MODEL (name t.a,\n\n start 2020-01-01);",
      says: /the value of 'start' goes on with '-'/,
      line: 3,
    },
    { text: "MODEL (name t.a, owner a.b);", says: /the value of 'owner' goes on with '.'/, line: 1 },
    { text: "MODEL (name t.a,\n tags (x, y);", says: /this '\(' is never closed/, line: 1 },
    { text: "MODEL (name t.a, owner);", says: /'owner' has no value/, line: 1 },
    { text: "MODEL ();", says: /has no properties/, line: 1 },
    { text: "MODEL (name t.a)\nSELECT 1;", says: /followed by 'SELECT' without a ';'/, line: 2 },
    { text: "MODEL (name t.a, @props());", says: /macro @props stands where a property/, line: 1 },
    { text: "MODEL (name t.a, 'owner' jen);", says: /expects a property name here/, line: 1 },
  ])("refuses $text", ({ text, says, line }) => {
    let error: SluiceError | undefined;
    try {
      headerOf(text);
    } catch (caught) {
      error = caught as SluiceError;
    }
    expect(error?.message).toMatch(says);
    expect(error?.place).toEqual({ file: "m.sql", line });
    expect(error?.hint).toBeTruthy();
  });

  test("an audit's fault has the audit's code", () => {
    expect(() => headerOf("AUDIT (name);")).toThrow(
      expect.objectContaining({ code: "AUDIT_INVALID" }) as SluiceError,
    );
  });
});
