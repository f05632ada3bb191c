/** Which definition of each node enters a plan: the project's, or the one an environment already has (spec 2.1, 3.4). */
import type { EnvironmentName } from "../environment/environment.ts";
import { prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import { type Baseline, memberSnapshots } from "./baseline.ts";
import type { CompareInput } from "./comparison.ts";

export interface ChosenNodes {
  readonly nodes: ReadonlyMap<ModelName, ModelFacts>;
  /** Nodes taken from state, with the snapshot they come from. */
  readonly fromState: ReadonlyMap<ModelName, SnapshotId>;
  /** Their own data hashes, which may carry a stamp. */
  readonly ownData: ReadonlyMap<ModelName, string>;
}

/** Throws PLAN_OPTION_INVALID when a selection was given and matches nothing. */
export function chooseNodes(input: CompareInput, base: Baseline): ChosenNodes {
  refuseEmptySelections(input);
  if (input.options.restateModels !== undefined) refuseUnknownEnvironment(input, base);
  if (takesNothingLocal(input)) return onlyStored(memberSnapshots(base.members, input.stored));
  const selected = input.selections.select;
  if (selected === undefined) return withOtherProjects(input, base);
  return mixed(input, selected, memberSnapshots(fallbackMembers(input, base), input.stored));
}

/** A project with a name leaves the models of others where they are (spec project-format 1.7). */
function withOtherProjects(input: CompareInput, base: Baseline): ChosenNodes {
  const projects = new Set([...input.nodes.values()].map((facts) => facts.project));
  const isNamed = [...projects].some((project) => project !== "");
  const others = isNamed
    ? [...memberSnapshots(fallbackMembers(input, base), input.stored).values()].filter(
        ({ facts, name }) => facts.project !== "" && !projects.has(facts.project) && !input.nodes.has(name),
      )
    : [];
  if (others.length === 0) return { nodes: input.nodes, fromState: new Map(), ownData: new Map() };
  const local = [...input.nodes.values()].map((facts) => ({ facts, snapshot: null }));
  return gather([...local, ...others.map((snapshot) => ({ facts: snapshot.facts, snapshot }))]);
}

function fallbackMembers(input: CompareInput, base: Baseline): Baseline["members"] {
  if (base.baseline !== null) return base.members;
  return input.stored.environments.get(prod as EnvironmentName)?.members ?? [];
}

function onlyStored(stored: ReadonlyMap<ModelName, Snapshot>): ChosenNodes {
  return gather([...stored.values()].map((snapshot) => ({ facts: snapshot.facts, snapshot })));
}

/** Selected names, and the audits of what is there, as in the project, where they may also be missing; all others as in the environment. */
function mixed(
  input: CompareInput,
  selected: ReadonlySet<ModelName>,
  stored: ReadonlyMap<ModelName, Snapshot>,
): ChosenNodes {
  const local = [...input.nodes.values()]
    .filter((facts) => selected.has(facts.name) || isReadyAudit(facts, input, selected, stored))
    .map((facts) => ({ facts, snapshot: null }));
  const taken = new Set(local.map(({ facts }) => facts.name));
  const kept = [...stored.values()].filter(({ name }) => !selected.has(name) && !taken.has(name));
  return gather([...local, ...kept.map((snapshot) => ({ facts: snapshot.facts, snapshot }))]);
}

/** Audits cannot be selected: they come along as soon as every model they read is there. */
function isReadyAudit(
  facts: ModelFacts,
  input: CompareInput,
  selected: ReadonlySet<ModelName>,
  stored: ReadonlyMap<ModelName, Snapshot>,
): boolean {
  if (facts.node !== "audit") return false;
  return facts.dependsOn.every((name) => !input.nodes.has(name) || selected.has(name) || stored.has(name));
}

function gather(
  entries: readonly { readonly facts: ModelFacts; readonly snapshot: Snapshot | null }[],
): ChosenNodes {
  const nodes = new Map<ModelName, ModelFacts>();
  const fromState = new Map<ModelName, SnapshotId>();
  const ownData = new Map<ModelName, string>();
  for (const { facts, snapshot } of entries) {
    nodes.set(facts.name, facts);
    if (snapshot === null) continue;
    fromState.set(facts.name, { name: snapshot.name, identifier: snapshot.identifier });
    ownData.set(facts.name, snapshot.fingerprint.data);
  }
  return { nodes, fromState, ownData };
}

/** Restatements and cadence runs work on what the environment has. */
export function takesNothingLocal(input: CompareInput): boolean {
  return input.options.restateModels !== undefined || input.fromState === true;
}

/** A restatement works on what is there. */
function refuseUnknownEnvironment(input: CompareInput, base: Baseline): void {
  if (!base.isNew) return;
  throw new SluiceError(
    "PLAN_REFUSED",
    `nothing can be restated in ${input.environment}, the environment does not exist`,
    {
      hint: "Apply a plan to it first.",
      details: { environment: input.environment },
    },
  );
}

function refuseEmptySelections(input: CompareInput): void {
  const given = [
    { option: "selectModels", texts: input.options.selectModels, matched: input.selections.select },
    { option: "restateModels", texts: input.options.restateModels, matched: input.selections.restate },
    { option: "backfillModels", texts: input.options.backfillModels, matched: input.selections.backfill },
  ];
  for (const { option, texts, matched } of given) {
    if (texts === undefined || (matched?.size ?? 0) > 0) continue;
    throw new SluiceError(
      "PLAN_OPTION_INVALID",
      `${option} matches no model: ${texts.join(", ") || "the list is empty"}`,
      {
        hint: "Name a model of the project, or use a selector such as tag:x or +model.",
        details: { option },
      },
    );
  }
}
