/**
 * Whole stories on DuckDB: each numbered folder of a case is laid over the one before, planned, applied, and looked at.
 * `expected/` holds what a reviewer would read; `npx vitest run --project flow -u` rewrites it, CI never does.
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Context, type Plan } from "../../src/index.ts";
import { loadTemplates } from "../../src/project/templates.ts";
import { buildPlanView, renderComment, renderText } from "../../src/report/report.ts";

const cases = join(import.meta.dirname, "cases");
const now = () => Date.UTC(2024, 0, 4, 6, 30);

test.each(await readdir(cases))("%s", async (story) => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-story-"));
  try {
    const parts = (await readdir(join(cases, story))).filter((name) => /^\d/.test(name)).toSorted();
    for (const part of parts) await playPart(story, part, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function playPart(story: string, part: string, folder: string): Promise<void> {
  const expected = (name: string): string => join(cases, story, "expected", `${part}.${name}`);
  await overlay(join(cases, story, part), folder);
  await using context = new Context({
    paths: [folder],
    now,
    env: { WAREHOUSE: join(folder, "warehouse.duckdb") },
    owner: "story",
  });
  const plan = await context.plan("prod");
  await expect(planText(plan)).toMatchFileSnapshot(expected("plan.json"));
  const view = buildPlanView(plan.toJSON(), { project: story, apply: { by: "merge" } });
  await expect(renderComment(view, await loadTemplates())).toMatchFileSnapshot(expected("comment.md"));
  await expect(renderText(view, { color: false, width: 100, steps: true, diffs: false })).toMatchFileSnapshot(
    expected("plan.txt"),
  );
  const outcome = await context.apply(plan);
  if (plan.contextDiff.hasChanges) {
    expect(outcome).toMatchObject({ production: "switched", reason: "applied" });
    expect(await context.apply(plan)).toMatchObject({ reason: "already-applied" });
  } else expect(outcome).toMatchObject({ production: "unchanged", reason: "nothing-to-do" });
  await expect(await rowsText(context)).toMatchFileSnapshot(expected("rows.txt"));
}

async function overlay(from: string, to: string): Promise<void> {
  const list = join(from, "REMOVED");
  await cp(from, to, { recursive: true, filter: (path) => path !== list });
  if (!existsSync(list)) return;
  for (const path of (await readFile(list, "utf8")).split("\n").filter(Boolean)) await rm(join(to, path));
}

/** The document for people, without what differs from run to run. */
function planText(plan: Plan): string {
  const { id: _id, base, ...document } = plan.toJSON();
  return `${JSON.stringify({ ...document, base: { ...base, planId: base.planId && "…" } }, null, 2)}\n`;
}

/** Every view of production with its rows. */
function rowsText(context: Context): Promise<string> {
  return context.inspect(async (engine) => {
    const views = await engine.query(
      "SELECT view_name AS v FROM duckdb_views() WHERE schema_name = 'shop' ORDER BY 1",
    );
    const lines: string[] = [];
    for (const { v } of views) {
      const rows = await engine.query(`SELECT * FROM shop."${String(v)}" ORDER BY ALL`);
      lines.push(`shop.${String(v)}`, ...rows.map((row) => `  ${JSON.stringify(row)}`));
    }
    return `${lines.join("\n")}\n`;
  });
}
