import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { everything, markdownView } from "../../../src/report/markdown-view.ts";
import { buildPlanView } from "../../../src/report/view.ts";
import { aBreakingPlan } from "../../support/plan-samples.ts";

test("docs/templates.md names every field a template may read, and no other", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../docs/templates.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((match) => match[1]),
  );
  const fields = Object.keys(markdownView(buildPlanView(aBreakingPlan(), { project: "shop" }), everything));
  expect(documented.sort()).toEqual(fields.sort());
});
