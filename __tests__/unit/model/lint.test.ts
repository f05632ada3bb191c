import { expect, test } from "vitest";
import { type ColumnAnalysis, lintModels } from "../../../src/model/lint.ts";
import { duckdbConfig, loadFiles } from "../../support/project-folder.ts";

const files = {
  "external_models.yaml": "- name: raw.known\n  columns: {id: int}\n",
  "models/a.sql": "MODEL (name t.a, kind FULL); SELECT * FROM raw.unknown_table",
  "models/b.sql":
    "MODEL (name t.b, kind FULL, audits (not_null(columns := (id)))); SELECT 1::INT AS id, 'x' AS label",
  "models/c.sql": "MODEL (name t.c, kind FULL);\n\nSELECT id,\n  nope FROM t.b",
  "models/d.sql":
    "MODEL (name t.d, ignored_rules ['nomissingaudits', 'nomissingunittest']); SELECT * FROM t.b",
  "models/e.sql": "MODEL (name t.e, ignored_rules ALL); SELECT * FROM raw.unknown_table",
  "models/f.sql": "MODEL (name t.f); SELECT COUNT(*), id AS x, label AS x FROM t.b GROUP BY ALL",
  "models/g.sql": "MODEL (name t.g, kind EMBEDDED); SELECT COUNT(*) FROM raw.unknown_table",
  "tests/test_b.yaml": "test_b: {model: t.b, outputs: {query: [{id: 1}]}}\n",
};

/** Knows of one wrong column. */
const analysis: ColumnAnalysis = {
  columns: async (requests) => new Map(requests.map((request) => [request.id, null])),
  unknownColumns: async (requests) =>
    new Map(
      requests.map((r) => [
        r.id,
        r.sql.includes("nope") ? [{ column: "nope", line: 2, sentence: "there is no column nope" }] : [],
      ]),
    ),
};

test("every rule finds what it is for", async () => {
  const project = await loadFiles({
    ...files,
    "config.yaml": `${duckdbConfig}linter: {enabled: true, rules: ALL, ignored_rules: nomissingunittest}\n`,
  });
  const found = await lintModels(project, analysis);
  expect(found.map(({ model, rule }) => `${model} ${rule}`)).toEqual([
    "t.a invalidselectstarexpansion",
    "t.a noselectstar",
    "t.a nomissingaudits",
    "t.a nomissingexternalmodels",
    "t.g noambiguousprojections",
    "t.g nomissingexternalmodels",
    "t.c ambiguousorinvalidcolumn",
    "t.c nomissingaudits",
    "t.d noselectstar",
    "t.f noambiguousprojections",
    "t.f nomissingaudits",
  ]);
  expect(found.find((violation) => violation.rule === "ambiguousorinvalidcolumn")).toEqual({
    model: "t.c",
    rule: "ambiguousorinvalidcolumn",
    level: "error",
    text: "there is no column nope",
    path: "models/c.sql",
    line: 4,
  });
});

test("levels follow rules and warn_rules; only what is named runs", async () => {
  const project = await loadFiles({
    ...files,
    "config.yaml": `${duckdbConfig}linter: {enabled: true, rules: NoSelectStar, warn_rules: [nomissingunittest]}\n`,
  });
  const found = await lintModels(project);
  expect(found.filter(({ model }) => model === "t.a").map(({ rule, level }) => [rule, level])).toEqual([
    ["noselectstar", "error"],
    ["nomissingunittest", "warning"],
  ]);
  expect(found.some(({ model }) => ["t.b", "t.e", "raw.known"].includes(model))).toBe(false);
});
