/** A plan as users of the library hold it: questions over the document, and the way to another process and back. */
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import type { PlanDocument, PlannedModel } from "./plan.ts";
import { checkPlan, readPlanText } from "./plan-file.ts";

/** What differs between the project and the environment; names are sorted. */
export interface ContextDiff {
  /** Something is different, so that applying the plan changes the environment. */
  readonly hasChanges: boolean;
  /** A change that may alter what existing readers see: breaking, directly or through a model above. */
  readonly hasBreakingChanges: boolean;
  readonly isNewEnvironment: boolean;
  readonly added: readonly ModelName[];
  readonly removed: readonly ModelName[];
  /** Everything that changes but is neither added nor removed. */
  readonly modified: readonly ModelName[];
  readonly directlyModified: readonly ModelName[];
  readonly indirectlyModified: readonly ModelName[];
  readonly metadataUpdated: readonly ModelName[];
}

/** Ranges of one model that the plan computes. */
export interface BackfillIntervals {
  readonly model: ModelName;
  /** Half-open, UTC epoch milliseconds, merged. */
  readonly intervals: readonly Interval[];
}

export class Plan {
  readonly document: PlanDocument;

  constructor(document: PlanDocument) {
    this.document = document;
  }

  /** Reads what `toJSON` or a plan file gave: text, bytes, or the parsed value. Throws PLAN_FILE_INVALID. */
  static from(source: string | Uint8Array | PlanDocument | Plan | unknown): Plan {
    if (source instanceof Plan) return source;
    if (typeof source === "string" || source instanceof Uint8Array) return new Plan(readPlanText(source));
    return new Plan(checkPlan(source));
  }

  get id(): string {
    return this.document.id;
  }

  get digest(): string {
    return this.document.digest;
  }

  get environment(): string {
    return this.document.environment.name;
  }

  /** Models whose present definition the plan stores for the first time. */
  get newSnapshots(): readonly PlannedModel[] {
    return this.document.models.filter((model) => model.isNewSnapshot);
  }

  /** Models that differ from the environment, without new and removed ones. */
  get modifiedSnapshots(): readonly PlannedModel[] {
    return this.document.models.filter((model) => isModified(model));
  }

  /** Models that nobody gave a category; such a plan cannot be applied. */
  get uncategorized(): readonly PlannedModel[] {
    return this.document.models.filter(
      (model) => model.category === null && model.change !== "unmodified" && model.change !== "removed",
    );
  }

  get requiresBackfill(): boolean {
    return this.document.requiresBackfill;
  }

  get backfillIntervals(): readonly BackfillIntervals[] {
    const computed = this.document.models.filter((model) => model.intervals.length > 0);
    return computed.map(({ name, intervals }) => ({ model: name, intervals }));
  }

  get contextDiff(): ContextDiff {
    const { models, hasChanges, environment } = this.document;
    const named = (keep: (model: PlannedModel) => boolean) =>
      models
        .filter(keep)
        .map((model) => model.name)
        .sort();
    const breaking = (model: PlannedModel) =>
      isModified(model) && (model.category === "BREAKING" || model.category === "INDIRECT_BREAKING");
    return {
      hasChanges,
      hasBreakingChanges: models.some((model) => breaking(model) || model.change === "removed"),
      isNewEnvironment: environment.isNew,
      added: named((model) => model.change === "added"),
      removed: named((model) => model.change === "removed"),
      modified: named(isModified),
      directlyModified: named((model) => model.change === "directly_modified"),
      indirectlyModified: named((model) => model.change === "indirectly_modified"),
      metadataUpdated: named((model) => model.change === "metadata_updated"),
    };
  }

  /** The document itself: what a plan file holds. */
  toJSON(): PlanDocument {
    return this.document;
  }

  /** Throws PLAN_REFUSED when a category is still open: such a plan may be looked at, not applied. */
  assertApplicable(): void {
    const [open] = this.uncategorized;
    if (open === undefined) return;
    throw new SluiceError("PLAN_REFUSED", `the change of ${open.name} has no category yet`, {
      hint: "Choose breaking or non-breaking for it, and plan again.",
      details: { models: this.uncategorized.map((model) => model.name) },
    });
  }
}

function isModified(model: PlannedModel): boolean {
  return (
    model.change === "directly_modified" ||
    model.change === "indirectly_modified" ||
    model.change === "metadata_updated"
  );
}
