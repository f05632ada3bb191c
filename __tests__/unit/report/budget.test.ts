import { describe, expect, test } from "vitest";
import { loadTemplates } from "../../../src/project/templates.ts";
import { buildPlanView, renderComment, renderSummary, renderText } from "../../../src/report/report.ts";
import { markdownFaults, raggedRows } from "../../support/markdown-check.ts";
import { aPlan, aPlannedModel, aStep, days } from "../../support/plan-samples.ts";

const templates = await loadTemplates();
const links = { run: "https://github.com/o/r/actions/runs/1" };

function bigPlan(
  amount: number,
  options: { name?: (index: number) => string; diff?: string; removed?: boolean } = {},
) {
  const name = options.name ?? ((index: number) => `shop.model_${index}`);
  const models = Array.from({ length: amount }, (_, index) =>
    aPlannedModel({
      name: name(index),
      kind: "INCREMENTAL_BY_TIME_RANGE",
      change: options.removed ? "removed" : index % 2 === 0 ? "directly_modified" : "indirectly_modified",
      category: options.removed ? null : index % 2 === 0 ? "BREAKING" : "INDIRECT_BREAKING",
      reasons: [{ code: "x", text: "The WHERE clause changed, so existing rows may differ." }],
      intervals: options.removed ? [] : [days(1, 8)],
      parents: index === 0 ? [] : [name(index - 1)],
      diff:
        index % 2 === 0 && !options.removed
          ? (options.diff ?? "--- a\n+++ b\n@@ -1 +1 @@\n-select 1\n+select 2\n")
          : "",
    }),
  );
  return aPlan({
    models,
    steps: models.map((model) => aStep({ kind: "backfill", model: model.name, id: `b:${model.name}` })),
  });
}

const cases = [
  { what: "5,000 changed models", plan: bigPlan(5000) },
  { what: "5,000 removed models", plan: bigPlan(5000, { removed: true }) },
  { what: "multi-byte names", plan: bigPlan(1500, { name: (index) => `店.注文_🚿_${index}` }) },
  {
    what: "diffs full of fences and HTML",
    plan: bigPlan(60, { diff: "--- a\n+++ b\n+````\n+</details>\n+<!-- x -->\n+```\n".repeat(200) }),
  },
  {
    what: "one diff larger than a comment",
    plan: bigPlan(2, { diff: `--- a\n+++ b\n${"+select 1 as a_rather_long_name\n".repeat(9000)}` }),
  },
];

describe.each(cases)("$what", ({ plan }) => {
  const view = buildPlanView(plan, { project: "shop", links });

  test.each([65_000, 4_000])("a comment of %d bytes is balanced and keeps verdict and counts", (limit) => {
    const text = renderComment(view, templates, { bytes: limit });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect(markdownFaults(text)).toEqual([]);
    expect(raggedRows(text)).toEqual([]);
    expect(text).toMatch(/^<!-- sluice:shop:prod /);
    expect(text).toContain("Ready to apply");
  });

  test("a comment uses most of the room it has", () => {
    const text = renderComment(view, templates, { bytes: 65_000 });
    if (Buffer.byteLength(renderComment(view, templates, { bytes: 10_000_000 })) > 65_000) {
      expect(Buffer.byteLength(text)).toBeGreaterThan(40_000);
      expect(text).toMatch(/left out here: \[read the whole plan\]|more lines?\._|more of/);
    }
  });
});

test("what is left out is counted", () => {
  const text = renderComment(buildPlanView(bigPlan(5000), { project: "shop", links }), templates);
  const shown = text.split("\n").filter((line) => line.startsWith("| `")).length;
  const omitted = [...text.matchAll(/_([\d,]+) more of ([\d,]+) are left out/g)].reduce(
    (sum, each) => sum + Number((each[1] ?? "").replace(",", "")),
    0,
  );
  expect(shown + omitted).toBe(5000);
});

test("destructive changes are the last to go, and the rest of them is counted", () => {
  const plan = bigPlan(5000);
  const withLoss = aPlan({
    ...plan,
    models: [...plan.models, aPlannedModel({ name: "shop.zzz", change: "removed" })],
  });
  expect(renderComment(buildPlanView(withLoss, { project: "shop", links }), templates)).toContain(
    "`shop.zzz` is removed",
  );
  const all = renderComment(
    buildPlanView(bigPlan(5000, { removed: true }), { project: "shop", links }),
    templates,
  );
  expect(all).toContain("5,000 destructive changes");
  expect(all).toMatch(/and [\d,]+ more of 5,000: \[read all of them\]/);
});

test("a summary has room for what a comment has not", () => {
  const view = buildPlanView(bigPlan(1000), { project: "shop", links });
  expect(renderSummary(view, templates)).toContain("shop.model_999");
});

test("a project may want fewer models, no diffs, no drawing", () => {
  const view = buildPlanView(bigPlan(40), { project: "shop", links });
  const text = renderComment(view, templates, { maxModels: 3, diffs: false, lineage: false });
  expect(text).not.toMatch(/```|mermaid/);
  expect(text).toContain("17 more of 20 are left out");
});

test("a template that ignores every limit still gives a short, true comment", () => {
  const view = buildPlanView(bigPlan(10), { project: "shop", links });
  const text = renderComment(view, { ...templates, comment: "x".repeat(100_000) });
  expect(Buffer.byteLength(text)).toBeLessThan(2000);
  expect(text).toContain("10 models change");
  expect(text).toContain(links.run);
});

describe("hostile names", () => {
  const names = [
    "a|b`c",
    "</details><script>",
    "@octocat",
    "x #12",
    "--> <!-- sluice:y",
    "l\nine\n::error::x",
    "\u202egnp.sql",
    "[a](https://evil.example)",
    "``",
    "a\\",
    "\u001b[31m",
  ];
  const models = names.flatMap((name, index) => [
    aPlannedModel({
      name: `${name}.m${index}`,
      parents: index > 0 ? [`${names[index - 1]}.m${index - 1}`] : [],
      diff: `--- a\n+++ b\n ::error::${name}\n`,
      path: name,
      owner: name,
      reasons: [{ code: "x", text: `Reads ${name}` }],
      columns: { added: [name], removed: [name], retyped: [] },
    }),
    aPlannedModel({ name: `${name}.gone${index}`, change: "removed" }),
  ]);
  const plan = aPlan({
    models,
    steps: models.map((model, index) => aStep({ kind: "backfill", model: model.name, id: `${index}` })),
    warnings: names.map((text) => ({ code: "x", text, file: text, line: 1 })),
  });

  test("do no harm in a comment", () => {
    const view = buildPlanView(plan, {
      project: "--> x",
      links: { run: "javascript:alert(1)" },
      checks: names.map((name) => ({ name, state: "pending" })),
      because: names,
      fuses: names,
      state: "planned",
    });
    const text = renderComment(view, templates);
    expect(markdownFaults(text)).toEqual([]);
    expect(raggedRows(text)).toEqual([]);
    expect(text).not.toContain("javascript:");
  });

  test("do no harm in a log", () => {
    const text = renderText(buildPlanView(plan, { project: "x" }), {
      color: false,
      width: 80,
      diffs: true,
      steps: true,
    });
    expect(text.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
    expect(text).not.toContain("\u001b");
  });
});
