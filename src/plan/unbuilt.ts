/** Parts of the specification that Sluice knows and does not carry out. Each is refused by name, here and nowhere else. */
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import { bearsModelName, hasPhysicalObject } from "../snapshot/kind.ts";
import type { PlanShape } from "./shape.ts";

/**
 * Under `virtual_environment_mode: dev_only` production's table bears the model's name: what cannot become the new one by
 * altering it has no place to be built beside it until readers can move.
 */
export function refuseRebuildsInPlace({ decided }: PlanShape): void {
  for (const { candidate, breakingKindChange } of decided.values()) {
    const { before, facts } = candidate;
    if (before === null || !breakingKindChange || before.unpausedAt === null) continue;
    if (!hasPhysicalObject(facts) || !(bearsModelName(facts) || bearsModelName(before.facts))) continue;
    const mode = facts.virtualEnvironmentMode !== before.facts.virtualEnvironmentMode;
    throw new SluiceError(
      "NOT_SUPPORTED",
      mode
        ? `${facts.name} is live under the virtual environment mode ${before.facts.virtualEnvironmentMode}; changing the mode of a live model is not supported yet`
        : `${facts.name} is live under its own name; a table of kind ${before.facts.kind.name} that becomes one of kind ${facts.kind.name} in place is not supported yet`,
      {
        place: { file: facts.path },
        hint: mode
          ? "Keep the mode of models that are live."
          : "Give the new model another name, and remove the old one afterwards.",
        details: { option: "virtual_environment_mode", model: facts.name },
      },
    );
  }
}

/** A catalog of its own for each environment would have to be made first, and one transaction cannot write to two of them. */
export function refuseCatalogEnvironments({ input, naming }: PlanShape): void {
  const { environment } = input.comparison.input;
  if (environment === prod || naming.suffixTarget !== "catalog") return;
  throw new SluiceError(
    "NOT_SUPPORTED",
    `the environment ${environment} would need a catalog of its own, which is not supported yet`,
    {
      hint: "Set environment_suffix_target to schema or table.",
      details: { option: "environment_suffix_target" },
    },
  );
}

/**
 * Appending a batch twice doubles its rows. With a transaction the rows and the record of them come together; without one
 * a batch that was interrupted in between is written again, which every other kind bears.
 */
export function refuseAppending({ input, decided }: PlanShape): void {
  if (input.engine.transactions) return;
  for (const { snapshot } of decided.values()) {
    const { name, facts } = snapshot;
    if (facts.kind.name !== "INCREMENTAL_UNMANAGED" || facts.kind.insertOverwrite) continue;
    throw new SluiceError(
      "NOT_SUPPORTED",
      `${name} appends rows (INCREMENTAL_UNMANAGED), which ${input.engine.flavour} cannot record in the same transaction: an interrupted batch would come twice`,
      {
        place: { file: facts.path },
        hint: "Use INCREMENTAL_BY_UNIQUE_KEY or INCREMENTAL_BY_TIME_RANGE.",
        details: { model: name },
      },
    );
  }
}
