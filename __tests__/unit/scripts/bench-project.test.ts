import { expect, test } from "vitest";
import { median } from "../../../scripts/bench/measure.ts";
import { benchProject, type ProjectShape } from "../../../scripts/bench/project.ts";
import { resultTable } from "../../../scripts/bench/table.ts";

const shape: ProjectShape = { models: 400, dialect: "duckdb", rows: 20, days: 10, seed: 7 };
const project = benchProject(shape);

test("the same seed gives the same files, another seed others", () => {
  expect([...benchProject(shape).files]).toEqual([...project.files]);
  expect([...benchProject({ ...shape, seed: 8 }).files]).not.toEqual([...project.files]);
});

test("models read only what comes before them, and few things twice", () => {
  const place = new Map(project.models.map((name, i) => [name, i]));
  for (const name of project.models) {
    const text = project.files.get(`models/${name.replace(".", "/")}.sql`) ?? "";
    const reads = [...text.matchAll(/(?:FROM|JOIN) ((?:staging|core|mart)\.\w+)/g)].map(
      (match) => match[1] ?? "",
    );
    for (const parent of reads) expect(place.get(parent)).toBeLessThan(place.get(name) ?? 0);
  }
});

test("the sorts of model have their shares", () => {
  const share = (pattern: RegExp): number =>
    project.models.filter((name) => pattern.test(name)).length / shape.models;
  expect(share(/^staging\./)).toBeCloseTo(0.05, 2);
  expect(share(/^core\.i_/)).toBeCloseTo(0.35, 1);
  expect(share(/^core\.f_/)).toBeCloseTo(0.45, 1);
  expect(share(/^mart\./)).toBeCloseTo(0.15, 1);
});

test("raw tables have their rows and the dialect's types", () => {
  const mysql = benchProject({ ...shape, models: 10, dialect: "mysql" });
  const raw = mysql.files.get("raw.sql") ?? "";
  expect(raw).toContain("CREATE DATABASE IF NOT EXISTS raw");
  expect(raw).toContain("region VARCHAR(16)");
  expect(raw.match(/\(\d+, \d+, '2024-01-\d\d'/g)).toHaveLength(mysql.rawTables * shape.rows);
  expect(mysql.files.get("config.yaml")).toContain("type: mysql");
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[5], 5],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("the table shows growth and overhead", () => {
  const of = (seconds: number) => ({ seconds, cpuSeconds: seconds, megabytes: 200, amount: 1 });
  const plans = { unchangedPlan: of(1), restatePlan: of(1), fiveChangedPlan: of(1), promote: of(1) };
  const result = { load: of(1), firstPlan: of(2), ...plans };
  const table = resultTable([
    { models: 100, ...result, apply: of(3), rawSql: of(2) },
    { models: 1000, ...result, load: of(5) },
  ]);
  expect(table).toContain("| load | 1.00 s | 5.00 s (×5.0) |");
  expect(table).toContain("| apply ÷ raw SQL | ×1.50 | – |");
});
