/** The steps that alter a live table: what is added comes before the new definition runs, what goes leaves after the switch. */

import { canonicalJson } from "../digest.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { physicalName, prod, showsByView, viewName } from "../environment/naming.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { Decided } from "./categorise.ts";
import { noColumnChanges } from "./columns.ts";
import type { Evolution } from "./evolution.ts";
import type { NodeWork } from "./node-work.ts";
import { onSnapshot } from "./on-snapshot.ts";
import type { ColumnChanges } from "./plan.ts";
import { viewOf } from "./promotion.ts";
import { isPromoted, type PlanShape } from "./shape.ts";
import type { Step, StepId } from "./step.ts";
import { type StepList, stepId } from "./step-list.ts";

type Phase = Extract<Step, { kind: "evolve-table" }>["phase"];

/** Adds new columns and new types; also where only the step itself can find out. */
export function addWidening(
  { node, evolution }: NodeWork,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  if (evolution === null) return [];
  const { added, retyped } = evolution.changes;
  if (evolution.known && added.length + retyped.length === 0) return [];
  return [steps.add(evolveStep("widen", node, evolution, shape, needs))];
}

/** Drops columns that the new definition no longer gives. Readers have moved to it by then. */
export function addNarrowing(
  { node, evolution }: NodeWork,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  if (evolution === null || (evolution.known && evolution.changes.removed.length === 0)) return [];
  return [steps.add(evolveStep("narrow", node, evolution, shape, needs))];
}

/** Gives columns back the types they were made with, before anything else is done to the table. */
export function addRestoring(
  { node, restored }: NodeWork,
  shape: PlanShape,
  steps: StepList,
  needs: readonly StepId[],
): readonly StepId[] {
  if (restored.length === 0) return [];
  const changes = { ...noColumnChanges, retyped: restored };
  return [steps.add(evolveStep("restore", node, { changes, known: true }, shape, needs))];
}

function evolveStep(
  phase: Phase,
  node: Decided,
  evolution: Evolution,
  shape: PlanShape,
  needs: readonly StepId[],
): Step {
  const on = onSnapshot(node, false, shape);
  return {
    kind: "evolve-table",
    id: stepId(phase, on.model),
    needs,
    sentence: sentenceOf(phase, node.snapshot.facts.displayName, evolution),
    done: { kind: "repeatable" },
    phase,
    changes: evolution.known ? evolution.changes : null,
    shownBy: viewsOver(node, on.table, shape),
    ...on,
  };
}

function sentenceOf(phase: Phase, title: string, { changes, known }: Evolution): string {
  const { added, retyped, removed }: ColumnChanges = changes;
  if (phase === "restore")
    return `In the live table of ${title}, set right what was changed by hand: ${retyped.map((one) => `${one.name} from ${one.from} back to ${one.to}`).join(", ")}`;
  if (phase === "narrow")
    return removed.length > 0
      ? `Drop ${removed.join(", ")} from the live table of ${title}`
      : `Drop what the new definition of ${title} no longer gives from its live table`;
  if (!known) return `Give the live table of ${title} the columns of its new definition`;
  const parts = [
    ...(added.length > 0 ? [`add ${added.join(", ")}`] : []),
    ...(retyped.length > 0 ? [`change the type of ${retyped.map((one) => one.name).join(", ")}`] : []),
  ];
  return `In the live table of ${title}, ${parts.join(" and ")}`;
}

/**
 * The view of this environment, and those of development environments that show the table because they have the model as
 * production had it.
 */
function viewsOver(node: Decided, table: NameParts, shape: PlanShape): readonly NameParts[] {
  const { stored } = shape.input.comparison.input;
  const { before } = node.candidate;
  const views = new Map<string, NameParts>();
  const add = (name: NameParts) => views.set(canonicalJson(name), name);
  if (showsByView(node.snapshot.facts, prod) && isPromoted(node.snapshot.name, shape))
    add(viewOf(node, shape));
  for (const [name, environment] of stored.environments) {
    if (name === (prod as EnvironmentName) || before === null) continue;
    const shows = environment.members.some((member) => member.promoted && keyOf(member) === keyOf(before));
    if (!shows || canonicalJson(physicalName(before, false)) !== canonicalJson(table)) continue;
    add(viewName(before.facts.parts, environment.name, environment.naming));
  }
  return [...views].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, view]) => view);
}
