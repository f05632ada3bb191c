/** What a direct change of a model means for its readers (spec plan-and-apply 4.2, 4.3). */
import type { Model, ModelName } from "../model/model.ts";
import {
  type ComparedModel,
  compareModels,
  isBreakingKindChange,
  type ModelComparison,
  sourceTypeOf,
} from "../snapshot/category.ts";
import { isDataChange } from "../snapshot/compare.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { descendantsOf } from "../snapshot/lineage.ts";
import type { ChangeCategory } from "../snapshot/snapshot.ts";
import type { PlanInput } from "./build.ts";
import type { Decided } from "./categorise.ts";
import type { Candidate } from "./comparison.ts";
import { isBreaking } from "./indirect-category.ts";
import type { Reason } from "./plan.ts";
import type { ListChange } from "./star-columns.ts";

/** `category` null: left open by the mode of categorization. */
export interface DirectDecision {
  readonly category: ChangeCategory | null;
  readonly reasons: readonly Reason[];
}

/** `parents` are decided already. */
export function directCategory(
  candidate: Candidate,
  parents: readonly Decided[],
  input: PlanInput,
): DirectDecision {
  const { options, settings } = input.comparison.input;
  if (options.noAutoCategorization)
    return {
      category: null,
      reasons: [{ code: "not-categorised", text: "automatic categorization is off for this plan" }],
    };
  const after = input.models.get(candidate.facts.name);
  const before = candidate.before === null ? undefined : input.previousModels.get(keyOf(candidate.before));
  const mode = settings.autoCategorization[sourceTypeOf(candidate.facts)];
  const open = (reasons: readonly Reason[]) => ({
    category: mode === "full" ? ("BREAKING" as const) : null,
    reasons,
  });
  if (after === undefined || before === undefined)
    return open([{ code: "not-compared", text: "the definition before is not stored" }]);
  if (isBreakingKindChange(after, before))
    return {
      category: "BREAKING",
      reasons: compareModels(compared(after, input), compared(before, input)).reasons,
    };
  const unknown = modelWithUnknownColumns(candidate.facts.name, input);
  if (unknown !== null)
    return open([{ code: "unknown-columns", text: `the columns of ${unknown} are not known` }]);
  if (mode === "off")
    return {
      category: null,
      reasons: [{ code: "not-categorised", text: "automatic categorization is off for this type of model" }],
    };
  const { verdict, reasons } = compareDefinitions(
    candidate,
    parents,
    compared(after, input),
    compared(before, input),
  );
  if (verdict === "breaking") return { category: "BREAKING", reasons };
  return verdict === "non-breaking" ? { category: "NON_BREAKING", reasons } : open(reasons);
}

/** The model's own change and that of the columns its star takes over; the worse one decides. */
function compareDefinitions(
  candidate: Candidate,
  parents: readonly Decided[],
  after: ComparedModel,
  before: ComparedModel,
): ModelComparison {
  const { starChange, before: old, facts, fingerprint } = candidate;
  if (starChange === undefined || old === null) return compareModels(after, before);
  const rowsChange = parents.some((parent) => parent.isNew && isBreaking(parent.snapshot.category));
  const star = rowsChange ? starComparison("other", null) : starComparison(starChange, after.query);
  if (!isDataChange({ facts, fingerprint }, old)) return star;
  const own = compareModels(after, before);
  const worse = own.verdict === "non-breaking" ? star : own;
  return { verdict: worse.verdict, reasons: [...own.reasons, ...star.reasons] };
}

/** Rows of a set operation or of a distinct select depend on every column. */
function starComparison(change: ListChange, query: string | null): ModelComparison {
  if (change === "other")
    return {
      verdict: "undetermined",
      reasons: [
        {
          code: "star-columns",
          text: "its star shows another list of columns, or other rows, of a model above it",
        },
      ],
    };
  if (query === null || /\b(distinct|union|intersect|except)\b/i.test(query)) {
    return {
      verdict: "undetermined",
      reasons: [
        { code: "star-columns", text: "its star takes over new columns, on which its rows may depend" },
      ],
    };
  }
  return {
    verdict: "non-breaking",
    reasons: [{ code: "star-columns", text: "its star takes over new columns of a model above it" }],
  };
}

function compared(model: Model, input: PlanInput): ComparedModel {
  return { model, query: input.renderQuery(model) };
}

/** The model itself or one it changes indirectly whose list of columns nobody knows: then nothing can be said about readers. */
function modelWithUnknownColumns(name: ModelName, input: PlanInput): ModelName | null {
  const { candidates, lineage } = input.comparison;
  const affected = [...descendantsOf([name], lineage)].filter((other) =>
    isIndirect(candidates.get(other)?.change),
  );
  const hidden = (one: ModelName) => {
    const facts = candidates.get(one)?.facts;
    return (
      facts !== undefined && facts.node === "model" && facts.columns === null && input.columnsOf(one) === null
    );
  };
  return [name, ...affected.sort()].find(hidden) ?? null;
}

function isIndirect(change: Candidate["change"] | undefined): boolean {
  return change === "indirectly_modified" || change === "metadata_updated";
}
