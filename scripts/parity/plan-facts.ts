/** A plan in the words of the record: every model of the project, changed or not. */
import type { Context } from "../../src/context.ts";
import type { Plan } from "../../src/plan/reviewed-plan.ts";
import type { ExpectedModel } from "./case.ts";
import type { PlanFacts } from "./compare.ts";
import { describeRange, mergedRanges } from "./world.ts";

export async function describePlan(context: Context, plan: Plan): Promise<PlanFacts> {
  const document = plan.toJSON();
  const planned = new Map(document.models.map((model) => [model.name, model]));
  const facts = await context.facts();
  const models: ExpectedModel[] = [];
  for (const [name, model] of facts) {
    const entry = planned.get(name);
    if (entry?.change === "removed") continue;
    models.push({
      name,
      kind: model.kind.name,
      change: entry?.change ?? "unmodified",
      category: entry?.category ?? null,
      forward_only: entry?.forwardOnly ?? false,
      new_snapshot: entry?.isNewSnapshot ?? false,
      reused_version: entry ? entry.reuse === "unchanged" : true,
      missing_intervals: mergedRanges(entry?.intervals ?? []),
      deployable: entry ? entry.deployable : true,
      representative: entry ? entry.representative : true,
    });
  }
  // The record lists removed models as well, without what only a model of the project has.
  for (const entry of document.models.filter((model) => model.change === "removed")) {
    models.push({
      name: entry.name,
      kind: null,
      change: "removed",
      category: null,
      forward_only: false,
      new_snapshot: false,
      reused_version: false,
      missing_intervals: [],
      deployable: null,
      representative: null,
    });
  }
  models.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    new_environment: document.environment.isNew,
    has_changes: document.hasChanges,
    requires_backfill: document.requiresBackfill,
    uncategorized: models
      .filter((m) => m.category === null && (m.change === "directly_modified" || m.change === "added"))
      .map((m) => m.name),
    restatements: Object.fromEntries(document.restatements.map((r) => [r.name, describeRange(r.interval)])),
    removed: document.models
      .filter((m) => m.change === "removed")
      .map((m) => String(m.name))
      .sort(),
    models,
  };
}
