/** The snapshot every node of the plan will be: category, forward-only, version (spec plan-and-apply 4.2, 4.5, 4.6). */
import { isIncremental, type ModelFacts, type ModelName } from "../model/model.ts";
import { isBreakingKindChange } from "../snapshot/category.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import {
  isEvaluatable,
  isForwardOnlyKind,
  isFullHistoryOnly,
  isRestatementDisabled,
} from "../snapshot/kind.ts";
import type { ChangeCategory, Snapshot } from "../snapshot/snapshot.ts";
import { assignVersion, historyAfter } from "../snapshot/version.ts";
import type { PlanInput } from "./build.ts";
import { resolveChoices } from "./choices.ts";
import type { Candidate } from "./comparison.ts";
import { directCategory } from "./direct-category.ts";
import { indirectCategory, type Upstream, upstreamOf } from "./indirect-category.ts";
import type { Reason } from "./plan.ts";
import { effectiveFromOf } from "./range.ts";

/** A node of the plan with its decision. */
export interface Decided {
  readonly candidate: Candidate;
  readonly snapshot: Snapshot;
  /** The plan brings the snapshot into being. */
  readonly isNew: boolean;
  readonly reasons: readonly Reason[];
  /** The old table cannot become the new one. */
  readonly breakingKindChange: boolean;
  /** What the plan newly does above this node. */
  readonly upstream: Upstream;
}

export type DecidedNodes = ReadonlyMap<ModelName, Decided>;

interface Decision {
  readonly category: ChangeCategory | null;
  readonly forwardOnly: boolean;
  readonly reasons: readonly Reason[];
}

/** In topological order: what happens to a child depends on what was decided for its parents. Throws PLAN_REFUSED for a choice that cannot be made. */
export function decideSnapshots(input: PlanInput): DecidedNodes {
  const { candidates } = input.comparison;
  const choices = resolveChoices(input.comparison);
  const effectiveFrom = effectiveFromOf(input.comparison);
  const decided = new Map<ModelName, Decided>();
  for (const [name, candidate] of candidates) {
    const parents = (input.comparison.lineage.parents.get(name) ?? [])
      .map((parent) => decided.get(parent))
      .filter((one) => one !== undefined);
    const upstream = upstreamOf(parents);
    const breakingKindChange = kindChanges(candidate, input);
    if (candidate.stored !== null) {
      decided.set(name, {
        candidate,
        snapshot: candidate.stored,
        isNew: false,
        reasons: reusedReasons(candidate),
        breakingKindChange,
        upstream,
      });
      continue;
    }
    const decision = decide({ candidate, parents, upstream, breakingKindChange }, input, choices.get(name));
    decided.set(name, {
      candidate,
      snapshot: newSnapshot(candidate, decision, input, effectiveFrom),
      isNew: true,
      reasons: decision.reasons,
      breakingKindChange,
      upstream,
    });
  }
  return decided;
}

/** A new snapshot's surroundings. */
interface Undecided extends Pick<Decided, "candidate" | "upstream" | "breakingKindChange"> {
  readonly parents: readonly Decided[];
}

function decide(node: Undecided, input: PlanInput, choice: ChangeCategory | undefined): Decision {
  const { candidate, breakingKindChange } = node;
  const forwardOnly = isForwardOnlyChange(candidate, input, breakingKindChange);
  if (choice !== undefined)
    return { category: choice, forwardOnly, reasons: [{ code: "choice", text: "chosen by hand" }] };
  switch (candidate.change) {
    case "added":
      return { category: "BREAKING", forwardOnly, reasons: [{ code: "added", text: "the model is new" }] };
    case "directly_modified":
      return {
        forwardOnly: forwardOnly && !breakingKindChange,
        ...directCategory(candidate, node.parents, input),
      };
    case "indirectly_modified":
      return indirectCategory(candidate, node.parents, node.upstream, forwardOnly);
    default:
      return { category: "METADATA", forwardOnly, reasons: metadataReasons(candidate) };
  }
}

function isForwardOnlyChange(candidate: Candidate, input: PlanInput, breakingKindChange: boolean): boolean {
  const { before, change, facts } = candidate;
  const ownWish =
    (change === "directly_modified" || change === "indirectly_modified") &&
    before !== null &&
    isForwardOnlyKind(facts.kind);
  const wished = input.comparison.input.options.forwardOnly || ownWish;
  const impossible = before !== null && (breakingKindChange || facts.kind.name === "SEED");
  return wished && !impossible;
}

/** Only comparable when both definitions are at hand, which they are for every direct change. */
function kindChanges(candidate: Candidate, input: PlanInput): boolean {
  const { before, facts, change } = candidate;
  if (before === null || change === "unmodified") return false;
  if (
    before.facts.node !== facts.node ||
    before.facts.virtualEnvironmentMode !== facts.virtualEnvironmentMode
  )
    return true;
  if (before.facts.kind.name === facts.kind.name) return false;
  const after = input.models.get(facts.name);
  const old = input.previousModels.get(keyOf(before));
  return after === undefined || old === undefined || isBreakingKindChange(after, old);
}

function metadataReasons(candidate: Candidate): readonly Reason[] {
  const own =
    candidate.before !== null && candidate.before.fingerprint.metadata !== candidate.fingerprint.metadata;
  return [
    own
      ? { code: "metadata", text: "only words about the model change, no rows" }
      : { code: "metadata-upstream", text: "only words about a model above it change" },
  ];
}

function reusedReasons(candidate: Candidate): readonly Reason[] {
  if (candidate.change === "unmodified") return [];
  return [{ code: "reused", text: "this definition was planned before and its decision stands" }];
}

/** Times are 0 in a plan, so that equal plans have equal digests; apply fills them in when it writes the record. */
function newSnapshot(
  candidate: Candidate,
  decision: Decision,
  input: PlanInput,
  effectiveFrom: number | null,
): Snapshot {
  const { facts, fingerprint, id, parents, before } = candidate;
  const previousVersions = historyAfter(before);
  const { category, forwardOnly } = decision;
  return {
    ...id,
    fingerprint,
    facts,
    parents,
    category,
    forwardOnly,
    ...assignVersion({ facts, fingerprint, category, forwardOnly, previous: previousVersions.at(-1) }),
    previousVersions,
    ...(effectiveFrom !== null && canBeginAnywhere(facts) ? { effectiveFrom } : {}),
    unrestorable: false,
    createdAt: 0,
    updatedAt: 0,
    ttl: input.comparison.input.settings.snapshotTtl,
    unpausedAt: null,
  };
}

/** Rows from a date on can be replaced without those before. */
function canBeginAnywhere(facts: ModelFacts): boolean {
  if (!isEvaluatable(facts) || isRestatementDisabled(facts.kind)) return false;
  return !(isFullHistoryOnly(facts.kind) && isIncremental(facts.kind));
}
