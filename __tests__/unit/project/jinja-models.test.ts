import { describe, expect, test } from "vitest";
import type { ModelFacts, ModelName } from "../../../src/model/model.ts";
import { loadError, loadFiles, loadModel } from "../../support/project-folder.ts";

const jinja = (body: string, header = "name s.m, kind FULL"): string =>
  `MODEL (${header});\nJINJA_QUERY_BEGIN;\n${body}\nJINJA_END;`;

const factsOf = async (
  files: Readonly<Record<string, string>>,
  name = "s.m",
): Promise<ModelFacts | undefined> => (await loadFiles(files)).facts.get(name as ModelName);

describe("what a Jinja query is at load", () => {
  test.each([
    { body: "SELECT {{ 1 + 1 }} AS a, b FROM raw.t", columns: ["a", "b"], reads: ["raw.t"] },
    {
      body: "{% for c in ['x', 'y'] %}SELECT {{ c }} FROM raw.{{ c }}{% if not loop.last %} UNION ALL {% endif %}{% endfor %}",
      columns: ["x"],
      reads: ["raw.x", "raw.y"],
    },
    {
      body: "SELECT 1 AS a FROM raw.t {% if runtime_stage == 'evaluating' %}JOIN raw.later USING (a){% endif %}",
      columns: ["a"],
      reads: ["raw.t"],
    },
    { body: "SELECT @x AS a FROM raw.@{y}", columns: ["a"], reads: ["raw.from_macro"] },
    { body: "SELECT a FROM t{{ x }}", columns: ["a"], reads: ["t"] },
    {
      body: "{% macro own(n) %}raw.{{ n }}{% endmacro %}SELECT a FROM {{ own('z') }}",
      columns: ["a"],
      reads: ["raw.z"],
    },
  ])("$body", async ({ body, columns, reads }) => {
    const config =
      "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nvariables: {x: 1, y: from_macro}\n";
    const facts = factsOf({
      "config.yaml": config,
      "models/m.sql": jinja(body),
    });
    expect((await facts)?.columns?.map((column) => column.name)).toEqual(columns);
    expect((await facts)?.dependsOn).toEqual(reads);
  });

  test("one that renders to nothing has the dependencies it names, and no columns", async () => {
    const facts = await factsOf({
      "models/m.sql": jinja(
        "{% if runtime_stage != 'loading' %}SELECT 1 AS a{% endif %}",
        "name s.m, kind FULL, depends_on [raw.t]",
      ),
    });
    expect(facts).toMatchObject({ columns: null, dependsOn: ["raw.t"] });
  });
});

describe("macros of the project", () => {
  const macros = `text outside {# {% macro hidden() %}no{% endmacro %} #}
{% macro table(name) %}raw.{{ prefixed(name) }}{% endmacro %}
{%- macro prefixed(name) -%}p_{{ name }}{%- endmacro -%}
{% macro unused() %}{{ var('n') }}{% endmacro %}`;

  test("a model carries those it calls, and those they call", async () => {
    const model = await loadModel({
      "macros/deep/tables.sql": macros,
      "models/m.sql": jinja("SELECT a FROM {{ table('t') }}"),
    });
    expect(model.dependsOn).toEqual(["raw.p_t"]);
    expect(Object.keys(model.jinjaMacros)).toEqual(["prefixed", "table"]);
  });

  test("a change of a called macro is a change; of another one, or of its layout, none of the data", async () => {
    const hashes = async (text: string) =>
      (
        await loadModel({
          "macros/tables.sql": text,
          "models/m.sql": jinja("SELECT a FROM {{ table('t') }}"),
        })
      ).hashes;
    const before = await hashes(macros);
    expect(await hashes(macros.replace("var('n')", "var('m')"))).toEqual(before);
    const renamed = await hashes(macros.replace("p_", "q_"));
    expect(renamed.rendered).not.toBe(before.rendered);
    const laidOut = await hashes(macros.replace("raw.{{", "{% set x = 1 %}raw.{{"));
    expect(laidOut.rendered).toBe(before.rendered);
    expect(laidOut.metadata).not.toBe(before.metadata);
  });

  test("variables a macro reads belong to the models that call it", async () => {
    const config =
      "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nvariables: {n: 5, other: 6}\n";
    const model = await loadModel({
      "config.yaml": config,
      "macros/n.sql": "{% macro n() %}{{ var('n') }}{% endmacro %}",
      "models/m.sql": jinja("SELECT {{ n() }} AS a"),
    });
    expect(model.variables).toEqual({ n: 5 });
  });

  test("one that is never closed is named", async () => {
    const error = await loadError({
      "macros/a.sql": "\n{% macro open() %}x",
      "models/m.sql": jinja("SELECT 1 AS a"),
    });
    expect([error.message, error.place]).toEqual([
      "the Jinja macro open is never closed",
      { file: "macros/a.sql", line: 2 },
    ]);
  });
});

test("files whose facts are known render when they are asked for", async () => {
  const files = {
    "macros/t.sql": "{% macro t() %}raw.t{% endmacro %}",
    "models/m.sql": jinja("SELECT a FROM {{ t() }}"),
  };
  const facts = (await factsOf(files)) as ModelFacts;
  const project = await loadFiles(files, { known: new Map([[facts.sourceDigest, facts]]) });
  expect((await project.model("s.m" as ModelName)).hashes).toEqual(facts.hashes);
});

test("a Jinja block of before_all carries the macros it calls", async () => {
  const project = await loadFiles({
    "config.yaml":
      "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nbefore_all:\n  - JINJA_STATEMENT_BEGIN; {% raw %}SELECT {{ one() }}{% endraw %}; JINJA_END;\n  - SELECT 2\n",
    "macros/m.sql": "{% macro one() %}\n1\n{% endmacro %}",
  });
  expect(project.settings.beforeAll).toEqual([
    "JINJA_STATEMENT_BEGIN; {% macro one() %} 1 {% endmacro %} SELECT {{ one() }}; JINJA_END;",
    "SELECT 2",
  ]);
});
