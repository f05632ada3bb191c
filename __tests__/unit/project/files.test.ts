import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import configSchema from "../../../src/project/config.schema.json" with { type: "json" };
import connectionSchema from "../../../src/project/connection.schema.json" with { type: "json" };
import { parseDotenv } from "../../../src/project/dotenv.ts";
import sluiceSchema from "../../../src/project/sluice.schema.json" with { type: "json" };
import { ignoreMatcher, rightMatcher } from "../../../src/project/source-files.ts";
import { parseYaml } from "../../../src/project/yaml.ts";

describe(".env", () => {
  test.each([
    ["A=1", { A: "1" }],
    ["# c\n\nexport A = x y # tail", { A: "x y" }],
    ["A='single $X \\n'\nB=\"double\\nline\"", { A: "single $X \\n", B: "double\nline" }],
    ['A="two\nlines"', { A: "two\nlines" }],
    ["A=b#c", { A: "b#c" }],
    ["A=", { A: "" }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the interpolation of .env files is what is tested.
    ["A=1\nB=${A}-${OUT}-${NONE:-d}", { A: "1", B: "1-outer-d" }],
    ["not a line\nA=1", { A: "1" }],
    ["A=x\r\nB=y\r\n", { A: "x", B: "y" }],
  ])("%j", (text, values) => {
    expect(parseDotenv(text, { OUT: "outer" })).toEqual(values);
  });
});

describe("ignore_patterns", () => {
  test.each([
    { pattern: "b.sql", ignores: ["models/b.sql", "models/x/b.sql"], keeps: ["models/ab.sql"] },
    {
      pattern: "old/*",
      ignores: ["models/old/z.sql", "models/x/old/z.sql"],
      keeps: ["models/old/deep/z.sql"],
    },
    {
      pattern: "models/sub/**",
      ignores: ["models/sub/a.sql", "models/sub/x/y.sql"],
      keeps: ["models/subs/a.sql"],
    },
    {
      pattern: "**/gen_*.sql",
      ignores: ["models/gen_a.sql", "models/x/y/gen_a.sql"],
      keeps: ["models/a_gen.sql"],
    },
    { pattern: "*.tmp.sql", ignores: ["models/a.tmp.sql"], keeps: ["models/atmp.sql"] },
    { pattern: "m[0-9].sql", ignores: ["models/m1.sql"], keeps: ["models/mx.sql"] },
    { pattern: "a+b.sql", ignores: ["models/a+b.sql"], keeps: ["models/aab.sql"] },
  ])("$pattern", ({ pattern, ignores, keeps }) => {
    const isIgnored = ignoreMatcher([pattern]);
    expect(ignores.filter((path) => !isIgnored(path))).toEqual([]);
    expect(keeps.filter(isIgnored)).toEqual([]);
  });

  test("tests are matched from the right only", () => {
    const isIgnored = rightMatcher(["tests/sub/**", "test_b.yaml"]);
    expect([isIgnored("tests/sub/deep/test_a.yaml"), isIgnored("tests/x/test_b.yaml")]).toEqual([
      false,
      true,
    ]);
  });
});

describe("YAML", () => {
  test("1.2 core: yes and off are text, keys have lines, merges work", () => {
    const yaml = parseYaml("a: yes\nb:\n  - x\n  - y: off\nc: &c {k: 1}\nd:\n  <<: *c\n  l: 2\n", "f.yaml");
    expect(yaml.value).toEqual({ a: "yes", b: ["x", { y: "off" }], c: { k: 1 }, d: { k: 1, l: 2 } });
    expect([
      yaml.lineOf(["b", 1, "y"]),
      yaml.lineOf(["d", "l"]),
      yaml.lineOf(["d", "absent"]),
      yaml.lineOf(["none"]),
    ]).toEqual([4, 8, 6, undefined]);
  });
});

test.each([
  ["config", configSchema],
  ["connection", connectionSchema],
  ["sluice", sluiceSchema],
])("%s.schema.json is JSON Schema", (_, schema) => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, strictRequired: false });
  for (const keyword of ["warn", "spelling"]) ajv.addKeyword(keyword);
  expect(ajv.validateSchema(schema)).toBe(true);
  expect(() => ajv.compile(schema)).not.toThrow();
});
