/** What a reviewer of the pull request gets: the plan itself, the comment and the summary. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "../../src/index.ts";
import { loadTemplates } from "../../src/project/templates.ts";
import { buildPlanView, renderComment, renderSummary, renderText } from "../../src/report/report.ts";

export interface ReviewFiles {
  readonly plan: string;
  readonly comment: string;
  readonly summary: string;
  /** The plan as a terminal shows it. */
  readonly text: string;
}

/** Writes `plan.json`, `comment.md` and `summary.md` into `folder`. */
export async function writeReview(
  plan: Plan,
  folder: string,
  terminal: { readonly color: boolean; readonly width: number },
): Promise<ReviewFiles> {
  const templates = await loadTemplates();
  const view = buildPlanView(plan.toJSON(), { project: "flights", apply: { by: "merge" } });
  const files = {
    plan: join(folder, "plan.json"),
    comment: join(folder, "comment.md"),
    summary: join(folder, "summary.md"),
  };
  await writeFile(files.plan, JSON.stringify(plan));
  await writeFile(files.comment, renderComment(view, templates));
  await writeFile(files.summary, renderSummary(view, templates));
  return { ...files, text: renderText(view, { ...terminal, diffs: false, steps: false }) };
}
