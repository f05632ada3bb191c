/** Plans that are not made, each with its reason (spec plan-and-apply 2.5, 4.8; design 4.1, step 4). */
import { checkNameLengths, physicalName, pointerName, prod, temporaryName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import { isIncremental, type ModelName } from "../model/model.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { hasPhysicalObject } from "../snapshot/kind.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { mergeIntervals } from "../time/intervals.ts";
import { policyOf } from "./columns.ts";
import type { Comparison } from "./comparison.ts";
import { schemaEffectOf } from "./evolution.ts";
import { describeInterval } from "./interval-words.ts";
import { missingIntervals } from "./intervals.ts";
import type { PlanWarning } from "./plan.ts";
import { isUnfinished, viewNodes, viewOf } from "./promotion.ts";
import { nothingRecorded } from "./recorded.ts";
import { isPromoted, type PlanShape } from "./shape.ts";

/** A removed model that another still reads; external tables may go. */
export function refuseBrokenReferences(comparison: Comparison): void {
  const gone = new Set(
    comparison.removed
      .filter((snapshot) => snapshot.facts.kind.name !== "EXTERNAL")
      .map((snapshot) => snapshot.name),
  );
  for (const { facts } of comparison.candidates.values()) {
    const lost = facts.dependsOn.find((parent) => gone.has(parent));
    if (lost === undefined) continue;
    throw new SluiceError("PLAN_REFUSED", `${lost} is removed, but ${facts.name} still reads it`, {
      place: { file: facts.path },
      hint: "Change the reader first, or keep the model.",
      details: { removed: lost, reader: facts.name },
    });
  }
}

/** A new development environment in which nothing would differ from its baseline. */
export function refuseEmptyEnvironment(shape: PlanShape, changed: boolean): void {
  const { comparison } = shape.input;
  const { environment, options } = comparison.input;
  if (
    environment === prod ||
    !comparison.isNew ||
    changed ||
    options.includeUnmodified ||
    options.backfillModels !== undefined
  )
    return;
  const from = comparison.baseline?.name ?? options.createFrom ?? prod;
  throw new SluiceError(
    "NO_CHANGES",
    `nothing differs from ${from}, so ${environment} would show nothing of its own`,
    {
      hint: `Change a model first, or set includeUnmodified to give ${environment} a view of every model.`,
      details: { environment, baseline: from },
    },
  );
}

/** A forward-only change may not take or add columns against the model's policy (spec 4.8). */
export function checkSchemaPolicies(shape: PlanShape): readonly PlanWarning[] {
  const { allowDestructive, allowAdditive } = shape.input.comparison.input.selections;
  const warnings: PlanWarning[] = [];
  const refused: {
    readonly text: string;
    readonly model: ModelName;
    readonly columns: readonly string[];
    readonly change: "destructive" | "additive";
    readonly option: string;
    readonly path: string;
  }[] = [];
  for (const node of shape.decided.values()) {
    const { name, facts } = node.snapshot;
    const effect = schemaEffectOf(node, shape);
    const checks = [
      {
        columns: effect.destructive,
        policy: policyOf(facts.kind, "onDestructiveChange"),
        allowed: allowDestructive,
        change: "destructive" as const,
        what: "destructive: it drops or retypes",
        option: "allowDestructiveModels",
      },
      {
        columns: effect.additive,
        policy: policyOf(facts.kind, "onAdditiveChange"),
        allowed: allowAdditive,
        change: "additive" as const,
        what: "additive: it adds",
        option: "allowAdditiveModels",
      },
    ];
    for (const { columns, policy, allowed, change, what, option } of checks) {
      if (columns.length === 0 || allowed?.has(name)) continue;
      const text = `the forward-only change of ${name} is ${what} ${columns.join(", ")}`;
      if (policy === "WARN") warnings.push({ code: "schema-change", text, file: facts.path });
      if (policy === "ERROR") refused.push({ text, model: name, columns, change, option, path: facts.path });
    }
  }
  const [first] = refused;
  if (first === undefined) return warnings;
  const { model, columns, path } = first;
  const options = [...new Set(refused.map(({ option }) => option))].join(" and ");
  throw new SluiceError("PLAN_REFUSED", refused.map(({ text }) => text).join("; "), {
    place: { file: path },
    hint: `List ${refused.length === 1 ? "the model" : "the models"} in ${options}, or change the policy.`,
    details: {
      model,
      columns,
      reason: "destructive",
      models: refused.map((one) => one.model),
      refused: refused,
    },
  });
}

/** With `noGaps`, a new version of an incremental model may not lack what the old one has (spec 9.4); refused before anything is computed. */
export function refuseGaps(shape: PlanShape): void {
  const { options, stored } = shape.input.comparison.input;
  if (!options.noGaps || shape.input.comparison.isNew) return;
  for (const { snapshot, candidate } of shape.decided.values()) {
    const { before } = candidate;
    if (before === null || before.version === snapshot.version) continue;
    if (!isIncremental(snapshot.facts.kind) || !isIncremental(before.facts.kind)) continue;
    const end = stored.intervals.get(keyOf(before))?.intervals.at(-1)?.[1];
    if (end === undefined) continue;
    const { intervals, devIntervals } = shape.recorded.get(snapshot.name) ?? nothingRecorded;
    const have = shape.deployability.representative(snapshot.name) ? intervals : devIntervals;
    const filled = mergeIntervals([
      ...have,
      ...(options.skipBackfill ? [] : (shape.missing.get(snapshot.name) ?? [])),
    ]);
    const { executionTime, startOf } = shape.range;
    const [gap] = missingIntervals(snapshot.facts, filled, {
      start: startOf(snapshot.name),
      end: { until: end, dateOnly: false },
      executionTime,
      endBounded: true,
    });
    if (gap === undefined) continue;
    throw new SluiceError(
      "PLAN_REFUSED",
      `the new version of ${snapshot.name} would lack ${describeInterval(gap).replace(/^for /, "")}, which the one before has`,
      {
        place: { file: snapshot.facts.path },
        hint: "Compute the range, or plan without noGaps.",
        details: { model: snapshot.name, from: gap[0], to: gap[1] },
      },
    );
  }
}

/** Every name the plan generates, also those of production tables that a later plan would reuse, fits the warehouse. */
export function refuseLongNames(shape: PlanShape): void {
  const { environment } = shape.input.comparison.input;
  const names: { readonly model: ModelName; readonly name: NameParts }[] = [];
  for (const { snapshot, isNew } of shape.decided.values()) {
    if (!hasPhysicalObject(snapshot.facts) || !(isNew || isPromoted(snapshot.name, shape))) continue;
    const { name } = snapshot;
    for (const table of [physicalName(snapshot, false), physicalName(snapshot, true)])
      names.push({ model: name, name: table });
  }
  for (const node of viewNodes(shape)) names.push({ model: node.snapshot.name, name: viewOf(node, shape) });
  const pointer = pointerName(environment, shape.naming);
  names.push({ model: "the pointer view" as ModelName, name: pointer });
  // Temporary names stand beside those above, and are as long whatever they stand for.
  const longest = { environment, token: Number.MAX_SAFE_INTEGER, plan: "" };
  names.push({ model: "a temporary object" as ModelName, name: temporaryName(pointer, "build", longest) });
  checkNameLengths(names, shape.input.engine.maxIdentifierLength);
}

export function optionWarnings(comparison: Comparison): readonly PlanWarning[] {
  const { environment, options, stored } = comparison.input;
  const warnings: PlanWarning[] = [];
  if (environment === prod && options.skipBackfill && !options.noGaps) {
    warnings.push({
      code: "skip-backfill",
      text: "prod will show new tables before they hold any rows, since the backfill is skipped without noGaps",
    });
  }
  const from = options.createFrom ?? prod;
  if (
    comparison.isNew &&
    environment !== prod &&
    from !== prod &&
    !stored.environments.has(from as typeof environment)
  ) {
    warnings.push({
      code: "create-from",
      text: `the environment ${from} does not exist, so every model counts as new`,
    });
  }
  if (isUnfinished(comparison)) {
    warnings.push({
      code: "unfinished",
      text: `the last promotion of ${comparison.baseline?.name} did not end, so all its views are set again`,
    });
  }
  return warnings;
}
