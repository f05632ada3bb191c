/** What a change of its parents means for a model that did not change itself (spec plan-and-apply 4.5). */
import { versionChain } from "../snapshot/compare.ts";
import { isForwardOnlyKind } from "../snapshot/kind.ts";
import type { ChangeCategory, Snapshot } from "../snapshot/snapshot.ts";
import type { Decided } from "./categorise.ts";
import type { Candidate } from "./comparison.ts";
import type { Reason } from "./plan.ts";

interface IndirectDecision {
  readonly category: ChangeCategory;
  readonly forwardOnly: boolean;
  readonly reasons: readonly Reason[];
}

/** New snapshots above a node, summed up: which categories, and whether all are forward-only. */
export interface Upstream {
  readonly categories: ReadonlySet<ChangeCategory | null>;
  /** True when there is none. */
  readonly allForwardOnly: boolean;
}

/** Carried down the graph parent by parent, so that it costs the same for every depth. */
export function upstreamOf(parents: readonly Decided[]): Upstream {
  const categories = new Set<ChangeCategory | null>();
  let allForwardOnly = true;
  for (const parent of parents) {
    for (const category of parent.upstream.categories) categories.add(category);
    if (parent.isNew) categories.add(parent.snapshot.category);
    allForwardOnly =
      allForwardOnly && parent.upstream.allForwardOnly && (!parent.isNew || parent.snapshot.forwardOnly);
  }
  return { categories, allForwardOnly };
}

/** `wished`: forward-only by the plan's or the model's own setting. */
export function indirectCategory(
  candidate: Candidate,
  parents: readonly Decided[],
  upstream: Upstream,
  wished: boolean,
): IndirectDecision {
  const { facts } = candidate;
  if (facts.kind.name === "VIEW" && facts.kind.materialized && !wished) {
    return {
      category: "INDIRECT_BREAKING",
      forwardOnly: false,
      reasons: [
        { code: "materialized-view", text: "a materialized view is rebuilt when a model above it changes" },
      ],
    };
  }
  const direct = parents.filter((parent) => parent.isNew).map((parent) => parent.snapshot);
  const forwardOnly =
    wished || isForwardOnlyKind(facts.kind) || (upstream.categories.size > 0 && upstream.allForwardOnly);
  const breaking = direct.filter((one) => isBreaking(one.category));
  if (breaking.length > 0)
    return {
      category: "INDIRECT_BREAKING",
      forwardOnly,
      reasons: [because("breaking-upstream", "the breaking change of", breaking)],
    };
  if (direct.length === 0) {
    return {
      forwardOnly,
      ...orphanCategory(
        candidate,
        parents.map((parent) => parent.snapshot),
      ),
    };
  }
  if ([...upstream.categories].every((category) => category === "METADATA"))
    return {
      category: "METADATA",
      forwardOnly,
      reasons: [because("metadata-upstream", "only words change about", direct)],
    };
  return {
    category: "INDIRECT_NON_BREAKING",
    forwardOnly,
    reasons: [because("non-breaking-upstream", "the non-breaking change of", direct)],
  };
}

/** Its parents were changed by earlier plans; only this combination of them is new. Their version chains tell what happened. */
function orphanCategory(
  candidate: Candidate,
  parents: readonly Snapshot[],
): Pick<IndirectDecision, "category" | "reasons"> {
  const former = new Map(candidate.before?.parents.map((id) => [id.name, id.identifier]));
  let found: ChangeCategory | null = null;
  for (const parent of parents) {
    const seen = former.get(parent.name);
    if (seen === parent.identifier) continue;
    const steps = seen === undefined ? null : categoriesSince(parent, seen);
    if (steps === null || steps.some(isBreaking)) return orphan("INDIRECT_BREAKING", parent);
    if (steps.some((step) => step === "NON_BREAKING" || step === "INDIRECT_NON_BREAKING"))
      found = "INDIRECT_NON_BREAKING";
    else found ??= "METADATA";
  }
  return orphan(found ?? "INDIRECT_BREAKING", null);
}

/** Categories of a parent's versions after the one its child used; null when that one is not in its chain. */
function categoriesSince(parent: Snapshot, seen: string): readonly (ChangeCategory | null)[] | null {
  const chain = versionChain(parent);
  const at = chain.findIndex((version) => version.identifier === seen);
  return at < 0 ? null : chain.slice(0, at).map((version) => version.category);
}

function orphan(
  category: ChangeCategory,
  parent: Snapshot | null,
): Pick<IndirectDecision, "category" | "reasons"> {
  const text =
    parent === null
      ? "models above it were changed by earlier plans"
      : `${parent.name} was changed by an earlier plan`;
  return { category, reasons: [{ code: "earlier-upstream", text }] };
}

/** Readers may see other rows. */
export function isBreaking(category: ChangeCategory | null): boolean {
  return category === "BREAKING" || category === "INDIRECT_BREAKING";
}

function because(code: string, what: string, parents: readonly Snapshot[]): Reason {
  return { code, text: `${what} ${parents.map((parent) => parent.name).join(", ")}` };
}
