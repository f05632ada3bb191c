/** Facts about kinds on which planning rests (spec plan-and-apply 1.6). */
import {
  isIncremental,
  isMaterialized,
  isSymbolic,
  type ModelFacts,
  type ModelKind,
} from "../model/model.ts";

/** Recomputing a part of the history makes no sense: everything or nothing. */
export function isFullHistoryOnly(kind: ModelKind): boolean {
  switch (kind.name) {
    case "INCREMENTAL_UNMANAGED":
    case "INCREMENTAL_BY_UNIQUE_KEY":
    case "INCREMENTAL_BY_PARTITION":
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN":
    case "FULL":
    case "VIEW":
      return true;
    default:
      return false;
  }
}

/** The whole table is one logical interval: rendered for the execution time only. */
export function isOnlyExecutionTime(kind: ModelKind): boolean {
  return kind.name === "VIEW" || kind.name === "FULL";
}

export function dependsOnPast(facts: ModelFacts): boolean {
  return facts.selfReferencing || isFullHistoryOnly(facts.kind);
}

/** There is something to compute or to audit. */
export function isEvaluatable(facts: ModelFacts): boolean {
  return facts.node === "audit" || !isSymbolic(facts.kind) || facts.hasAudits;
}

/** The author asked for changes that keep the table. */
export function isForwardOnlyKind(kind: ModelKind): boolean {
  return isIncremental(kind) && "forwardOnly" in kind && kind.forwardOnly;
}

export function isRestatementDisabled(kind: ModelKind): boolean {
  return "disableRestatement" in kind && kind.disableRestatement;
}

/** It has an object of its own in the physical layer. */
export function hasPhysicalObject(facts: ModelFacts): boolean {
  return facts.node === "model" && !isSymbolic(facts.kind);
}

/** It has a view in the virtual layer. */
export function hasView(facts: ModelFacts): boolean {
  return hasPhysicalObject(facts);
}

/**
 * Its production-grade table bears the model's own name, and production has no view of it (`virtual_environment_mode:
 * dev_only`). A plain view is one under either name, so it is kept as everywhere and moves with all others.
 */
export function bearsModelName(facts: Pick<ModelFacts, "virtualEnvironmentMode" | "kind">): boolean {
  return facts.virtualEnvironmentMode === "dev_only" && isMaterialized(facts.kind);
}

/** Its physical object is a view, and shows its parents as they are when it was created. */
export function isPlainView(facts: ModelFacts): boolean {
  return facts.kind.name === "VIEW" && !facts.kind.materialized;
}
