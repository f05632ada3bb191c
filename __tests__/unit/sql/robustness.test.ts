import { describe, expect, test } from "vitest";
import { SluiceError } from "../../../src/errors.ts";
import { canonicalTokens } from "../../../src/sql/canonical.ts";
import { compareQueries } from "../../../src/sql/difference.ts";
import { toEngineSql } from "../../../src/sql/permissive.ts";
import { outputColumns } from "../../../src/sql/projections.ts";
import { findReferences, spliceReferences } from "../../../src/sql/references.ts";
import { splitFile } from "../../../src/sql/statements.ts";
import { duckdbQueries, mysqlQueries } from "./reference-corpus.ts";

/** Numbers from 0 to below 1, the same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const noise = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ".",
  ";",
  "'",
  "::",
  "FROM",
  "SELECT",
  "WITH",
  "AS",
  "JOIN",
  "@x",
  "END",
  "OVER",
  "/*",
  "\\",
];

describe("broken text ends in an answer or in a SluiceError", () => {
  test.each(["duckdb", "mysql"] as const)("%s", (family) => {
    const random = seeded(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 3000; round++) {
      const pieces = pick(family === "duckdb" ? duckdbQueries : mysqlQueries).sql.split(/(\b|\s+)/);
      for (let k = 0; k < 1 + random() * 4; k++) {
        const at = Math.floor(random() * pieces.length);
        if (random() < 0.5) pieces.splice(at, 1);
        else pieces.splice(at, 0, pick(noise));
      }
      const sql = pieces.join("");
      for (const read of [
        () => canonicalTokens(sql, family),
        () => findReferences(sql, family),
        () => spliceReferences(sql, family, () => "p"),
        () => outputColumns(sql, family),
        () => toEngineSql(sql, family),
        () => compareQueries(sql, "SELECT 1", family),
        () => splitFile(`MODEL (${sql}); ${sql}`, family, "m.sql"),
      ]) {
        try {
          read();
        } catch (error) {
          expect(error, sql).toBeInstanceOf(SluiceError);
        }
      }
    }
  });

  test("deep nesting and long lists", () => {
    const nested = (depth: number): string => `SELECT ${"(".repeat(depth)}1${")".repeat(depth)} AS a FROM t`;
    const deep = nested(390);
    expect(() => findReferences(nested(5000), "duckdb")).toThrow(/nested more than 400 deep/);
    expect(() => compareQueries(nested(5000), "SELECT 1", "duckdb")).toThrow(/nested more than 400 deep/);
    expect(findReferences(deep, "duckdb")).toHaveLength(1);
    expect(compareQueries(deep, `${deep} WHERE a`, "duckdb").kind).toBe("breaking");
    const long = `SELECT a FROM t WHERE a IN (${Array.from({ length: 50_000 }, (_, i) => i)})`;
    expect(findReferences(long, "mysql")).toHaveLength(1);
    expect(compareQueries(long, long.replace("SELECT a", "SELECT a, b"), "mysql").kind).toBe("non-breaking");
  });
});
