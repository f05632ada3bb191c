/** Categories chosen by hand (spec plan-and-apply 4.9). */
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { didYouMean } from "../model/nearest.ts";
import type { ChangeCategory } from "../snapshot/snapshot.ts";
import type { Candidate, Comparison } from "./comparison.ts";

/** By model. Throws PLAN_REFUSED for a model that is unknown, stored already, or neither added nor directly modified. */
export function resolveChoices(comparison: Comparison): ReadonlyMap<ModelName, ChangeCategory> {
  const resolved = new Map<ModelName, ChangeCategory>();
  for (const [written, category] of Object.entries(comparison.input.options.choices)) {
    const candidate = find(written, comparison);
    if (candidate.stored !== null)
      throw refused(written, "its snapshot is stored already and keeps its category");
    if (candidate.change !== "added" && candidate.change !== "directly_modified") {
      throw refused(
        written,
        "it is neither added nor directly modified, its category follows from the models above it",
      );
    }
    resolved.set(candidate.facts.name, category);
  }
  return resolved;
}

function find(written: string, comparison: Comparison): Candidate {
  const wanted = written.toLowerCase();
  for (const candidate of comparison.candidates.values()) {
    if (candidate.facts.name.toLowerCase() === wanted || candidate.facts.displayName.toLowerCase() === wanted)
      return candidate;
  }
  throw refused(written, "the plan has no such model", didYouMean(written, comparison.candidates.keys()));
}

function refused(model: string, why: string, hint?: string): SluiceError {
  return new SluiceError("PLAN_REFUSED", `no category can be chosen for ${model}: ${why}`, {
    hint: hint ?? "Choose for new or directly changed models of this plan only.",
    details: { model },
  });
}
