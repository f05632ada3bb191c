/** From facts to the plan document: decides everything, does nothing (design 4.1, spec plan-and-apply 2–7). */

import { canonicalJson } from "../digest.ts";
import type { DriftFinding } from "../environment/drift.ts";
import { prod, viewNamingOf } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Model, ModelName } from "../model/model.ts";
import { ancestorsOf } from "../snapshot/lineage.ts";
import type { Column } from "../sql/name-parts.ts";
import { type DecidedNodes, decideSnapshots } from "./categorise.ts";
import type { Comparison } from "./comparison.ts";
import { type Deployability, deployabilityOf, everythingDeployable } from "./deployability.ts";
import { statementsChanged, writeDocument } from "./document.ts";
import { driftWarnings, isRepair, planDrift, refuseDrift, refuseUnrepaired, withoutLost } from "./drift.ts";
import type { LiveColumnsByModel } from "./evolution.ts";
import { firstMissing, missingOfPlan, type Restatements } from "./missing.ts";
import type { PlanDocument, PlanSource, PlanWarning } from "./plan.ts";
import { isUnfinished, promotedAfter } from "./promotion.ts";
import { type PlanRange, planRange } from "./range.ts";
import { type Recorded, recordedIntervals } from "./recorded.ts";
import {
  checkSchemaPolicies,
  optionWarnings,
  refuseBrokenReferences,
  refuseEmptyEnvironment,
  refuseGaps,
  refuseLongNames,
} from "./refusals.ts";
import { restatementsOf } from "./restatements.ts";
import type { PlanShape } from "./shape.ts";
import { planSteps } from "./steps.ts";
import { type Switching, switchWarnings } from "./switch-warnings.ts";
import { refuseAppending, refuseCatalogEnvironments, refuseRebuildsInPlace } from "./unbuilt.ts";

/**
 * Everything a plan is computed from. Order of work for the caller:
 * 1. `normaliseOptions` (options.ts) on what the user gave;
 * 2. read state for the target environment, `createFrom`, `prod`, and the ids of `candidateIds(nodes)` (comparison.ts);
 * 3. `compareToBaseline(...)`; while `comparison.needs.lookUp` is not empty, read those ids too and compare again;
 * 4. load what `comparison.needs` lists and call {@link buildPlan}.
 */
export interface PlanInput {
  readonly comparison: Comparison;
  /** Full definition of every name in `comparison.needs.models`: local, or stored where the entry says so. */
  readonly models: ReadonlyMap<ModelName, Model>;
  /** By `snapshotKey`: stored definitions of `comparison.needs.previousModels`; a missing one makes its change undetermined. */
  readonly previousModels: ReadonlyMap<string, Model>;
  /**
   * The query as it runs, macros expanded at stage `loading` and a fixed time; null when it cannot be rendered
   * or there is none (seed, external).
   */
  readonly renderQuery: (model: Model) => string | null;
  /** Output columns of a model of this plan, as well as they are known; null = not known. */
  readonly columnsOf: (model: ModelName) => readonly Column[] | null;
  /** Of `comparison.needs.liveTables`, those that exist and may change; without it the definitions alone are compared. */
  readonly liveColumns?: LiveColumnsByModel;
  /** What was changed by hand beneath the target, where it was looked at. */
  readonly drift?: readonly DriftFinding[];
  readonly engine: PlanDocument["engine"] & {
    /** Longest name the warehouse takes, in characters. */
    readonly maxIdentifierLength: number;
    /** Rows and the record of them can be written together. */
    readonly transactions: boolean;
  } & Switching;
  /** 32 hexadecimal digits, random. */
  readonly planId: string;
  /** Version of Sluice. */
  readonly toolVersion: string;
  readonly source?: PlanSource;
  readonly tests: PlanDocument["tests"];
  /** Of loading and linting; the plan's own are added. */
  readonly warnings: readonly PlanWarning[];
}

/** The plan, complete and digested. Throws PLAN_REFUSED, PLAN_OPTION_INVALID, NOT_SUPPORTED or NO_CHANGES. */
export function buildPlan(input: PlanInput): PlanDocument {
  const { comparison } = input;
  refuseMissingModels(input);
  refuseBrokenReferences(comparison);
  const { shape, warnings } = shapePlan(input);
  refuseUnrepaired(shape);
  const changed = differs(comparison) || statementsChanged(shape);
  refuseEmptyEnvironment(shape, changed);
  const schemaWarnings = checkSchemaPolicies(shape);
  refuseCatalogEnvironments(shape);
  refuseRebuildsInPlace(shape);
  refuseAppending(shape);
  refuseLongNames(shape);
  refuseGaps(shape);
  const repairs = isRepair(shape.drift, shape.decided);
  const hasChanges = changed || repairs || comparison.isNew || isUnfinished(comparison);
  const steps = planSteps(shape, hasChanges);
  return writeDocument(shape, {
    hasChanges,
    steps,
    warnings: [
      ...input.warnings,
      ...optionWarnings(comparison),
      ...driftWarnings(shape.drift, shape.decided),
      ...warnings,
      ...schemaWarnings,
      ...switchWarnings(input.engine, steps, {
        environment: comparison.existing,
        snapshots: comparison.input.stored.snapshots,
      }),
    ],
  });
}

/** Every decision, in the order in which each follows from those before. */
function shapePlan(input: PlanInput): {
  readonly shape: PlanShape;
  readonly warnings: readonly PlanWarning[];
} {
  const { comparison } = input;
  const { environment, settings, stored } = comparison.input;
  const decided = decideSnapshots(input);
  const range = planRange(comparison, decided);
  const drift = planDrift(input.drift ?? []);
  refuseDrift(input.drift ?? [], comparison, decided);
  const recorded = withoutLost(recordedIntervals(decided, stored), decided, drift);
  const deployability =
    environment === prod
      ? everythingDeployable
      : developmentDeployability(comparison, decided, range, recorded);
  const { restatements, warnings } = restatementsOf(comparison, decided, range, recorded);
  const selected =
    comparison.input.options.restateModels === undefined
      ? range
      : selectRestated(range, comparison, restatements);
  const naming = viewNamingOf(environment, settings);
  const { existing } = comparison;
  const shape: PlanShape = {
    input,
    decided,
    range: selected,
    recorded,
    drift,
    deployability,
    restatements,
    missing: missingOfPlan(decided, selected, recorded, deployability, restatements),
    naming,
    isRenamed: existing !== null && canonicalJson(existing.naming) !== canonicalJson(naming),
    promoted: promotedAfter(comparison, range),
  };
  return { shape, warnings };
}

/** A restatement computes what it restates, and above that only what is missing. */
function selectRestated(range: PlanRange, comparison: Comparison, restatements: Restatements): PlanRange {
  const names = [...restatements.keys()];
  return { ...range, selection: new Set([...names, ...ancestorsOf(names, comparison.lineage)]) };
}

function developmentDeployability(
  comparison: Comparison,
  decided: DecidedNodes,
  range: PlanRange,
  recorded: Recorded,
): Deployability {
  return deployabilityOf({
    decided,
    lineage: comparison.lineage,
    recorded,
    start: range.start,
    startOverrides: range.startOverrides,
    startOf: range.startOf,
    firstMissing: (name) => {
      const node = decided.get(name);
      return node === undefined ? null : firstMissing(name, node, recorded, range);
    },
  });
}

function differs(comparison: Comparison): boolean {
  return (
    comparison.removed.length > 0 ||
    [...comparison.candidates.values()].some((one) => one.change !== "unmodified")
  );
}

/** A plan carries the full definition of each new snapshot: without it, apply could not build it. */
function refuseMissingModels(input: PlanInput): void {
  const missing = input.comparison.needs.models.find(({ name }) => !input.models.has(name));
  if (missing === undefined) return;
  throw new SluiceError("INTERNAL", `the definition of ${missing.name} was not loaded`, {
    details: { model: missing.name },
  });
}
