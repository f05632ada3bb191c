/** Why the plan that was reviewed is not the plan of the merged tree: a few sentences (design 4.3, D10). Pure. */
import type { PlanDocument, PlannedModel } from "../plan/plan.ts";
import { restatementView } from "./restatement.ts";

const most = 8;

export function describeDifference(reviewed: PlanDocument, fresh: PlanDocument): readonly string[] {
  const before = changedModels(reviewed);
  const after = changedModels(fresh);
  const sentences: string[] = [];
  for (const [name, model] of after) {
    const known = before.get(name);
    if (known === undefined)
      sentences.push(
        `${model.displayName} would change now (${words(model)}), but was not in the reviewed plan.`,
      );
    else if (words(known) !== words(model))
      sentences.push(`${model.displayName} was reviewed as ${words(known)}, and is ${words(model)} now.`);
    else if (versionOf(known) !== versionOf(model))
      sentences.push(`${model.displayName} has another text now than the one reviewed.`);
  }
  for (const [name, model] of before) {
    if (!after.has(name))
      sentences.push(
        `${model.displayName} was reviewed as ${words(model)}, but nothing of it is left to change.`,
      );
  }
  sentences.push(...repairDifferences(reviewed, fresh));
  if (sentences.length === 0) sentences.push(...settingDifferences(reviewed, fresh));
  const more = sentences.length - most;
  return more > 0 ? [...sentences.slice(0, most), `And ${more} more differences.`] : sentences;
}

function changedModels(plan: PlanDocument): ReadonlyMap<string, PlannedModel> {
  return new Map(
    plan.models.filter((model) => model.change !== "unmodified").map((model) => [model.name, model]),
  );
}

/** What somebody changed by hand in the warehouse, or set right, since the plan was made. */
function repairDifferences(reviewed: PlanDocument, fresh: PlanDocument): readonly string[] {
  const [before, after] = [repairs(reviewed), repairs(fresh)];
  return [
    ...[...after]
      .filter(([name]) => !before.has(name))
      .map(([name, text]) => `${name} was changed by hand since the plan was made: ${text}.`),
    ...[...before.keys()]
      .filter((name) => !after.has(name))
      .map((name) => `${name} was changed by hand when the plan was made, and is set right by now.`),
  ];
}

function repairs({ models }: PlanDocument): ReadonlyMap<string, string> {
  return new Map(
    models
      .filter(({ change }) => change === "unmodified")
      .flatMap(({ displayName, reasons }) =>
        reasons.filter(({ code }) => code === "drift").map(({ text }) => [displayName, text] as const),
      ),
  );
}

function words(model: PlannedModel): string {
  const change = model.change.replaceAll("_", " ");
  const category = model.category === null ? "" : `, ${model.category.toLowerCase().replaceAll("_", " ")}`;
  return `${change}${category}${model.forwardOnly ? ", forward-only" : ""}`;
}

function versionOf(model: PlannedModel): string {
  return `${model.version ?? ""} ${model.snapshot?.identifier ?? ""}`;
}

function settingDifferences(reviewed: PlanDocument, fresh: PlanDocument): readonly string[] {
  const found: string[] = [];
  if (reviewed.engine.type !== fresh.engine.type || reviewed.engine.switch !== fresh.engine.switch) {
    found.push(
      `The plan was made for ${reviewed.engine.type} (${reviewed.engine.switch}); this is ${fresh.engine.type} (${fresh.engine.switch}).`,
    );
  }
  if (JSON.stringify(reviewed.environment.statements) !== JSON.stringify(fresh.environment.statements)) {
    found.push("The statements before or after the plan differ.");
  }
  for (const option of [
    "forwardOnly",
    "skipBackfill",
    "emptyBackfill",
    "effectiveFrom",
    "restateModels",
  ] as const) {
    if (JSON.stringify(reviewed.options[option] ?? null) !== JSON.stringify(fresh.options[option] ?? null)) {
      found.push(`The option ${option} differs.`);
    }
  }
  found.push(...requestDifferences(reviewed, fresh));
  if (found.length === 0)
    found.push("Tables or views the plan works on differ: snapshots were stored since it was made.");
  return found;
}

/** What somebody asked to compute again, since the plan or no longer. */
function requestDifferences(reviewed: PlanDocument, fresh: PlanDocument): readonly string[] {
  const [before, after] = [restatementView(reviewed).requests, restatementView(fresh).requests];
  const missing = (from: typeof before, there: typeof before) =>
    from.filter((one) => !there.some((other) => other.askedBy === one.askedBy && other.what === one.what));
  return [
    ...missing(after, before).map(
      (one) => `Restated as ${one.askedBy} asks, and not in the plan: ${one.what}.`,
    ),
    ...missing(before, after).map(
      (one) => `In the plan as ${one.askedBy} asked, and no longer to be restated: ${one.what}.`,
    ),
  ];
}

/** Who moved production since the plan. */
export function describeMove(
  reviewed: PlanDocument,
  now: { readonly version: number; readonly planId: string } | null,
  by: string | null,
): string | null {
  const version = now?.version ?? 0;
  if (version === reviewed.base.environmentVersion) return null;
  const who = by === null ? "" : `, by ${by}`;
  return `${reviewed.environment.name} was at version ${reviewed.base.environmentVersion} when the plan was made, and is at ${version} now${who}.`;
}
