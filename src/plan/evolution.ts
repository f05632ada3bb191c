/**
 * How a forward-only change alters the columns of the table it keeps (spec plan-and-apply 4.8, 10.7). Known from the
 * engine's own columns where the caller read them, else from the two definitions as far as they tell.
 */
import { prod } from "../environment/naming.ts";
import { isMaterialized, type ModelName } from "../model/model.ts";
import type { Column } from "../sql/name-parts.ts";
import type { Decided } from "./categorise.ts";
import { compareColumns, noColumnChanges, policyOf } from "./columns.ts";
import type { ColumnChanges } from "./plan.ts";
import type { PlanShape } from "./shape.ts";

/** A table that a forward-only change would keep, as the engine sees it. */
export interface LiveColumns {
  /** Of the table; empty when it does not exist. */
  readonly present: readonly Column[];
  /** Of the new definition, types in the engine's own words, null where not known; null = the list is not known. */
  readonly wanted: readonly Column[] | null;
}

export interface Evolution {
  /** Without what the model's policies say to ignore. */
  readonly changes: ColumnChanges;
  /** False: more may come to light when the step runs. */
  readonly known: boolean;
}

/** null for changes that keep no table, or keep it as it is. */
export function evolutionOf(node: Decided, shape: PlanShape): Evolution | null {
  if (!keepsTable(node)) return null;
  const evolution = rawEvolution(node, shape);
  if (evolution === null) return null;
  const { kind } = node.snapshot.facts;
  const { added, removed, retyped } = evolution.changes;
  const keepsOld = policyOf(kind, "onDestructiveChange") === "IGNORE";
  const changes = {
    added: policyOf(kind, "onAdditiveChange") === "IGNORE" ? [] : added,
    removed: keepsOld ? [] : removed,
    retyped: keepsOld ? retyped.filter(({ from, to }) => isWidening(from, to)) : retyped,
  };
  const nothing = changes.added.length + changes.removed.length + changes.retyped.length === 0;
  return nothing && evolution.known ? null : { changes, known: evolution.known };
}

/** The plan alters the table itself: only production's is altered, development has tables of its own. */
export function evolvesLive(node: Decided, shape: PlanShape): Evolution | null {
  return shape.input.comparison.input.environment === prod ? evolutionOf(node, shape) : null;
}

/** A table with rows that a change keeps under its name. */
function keepsTable({ candidate, snapshot }: Decided): boolean {
  const { before, change, facts } = candidate;
  if (change !== "directly_modified" && change !== "indirectly_modified") return false;
  if (!snapshot.forwardOnly || before === null || before.version !== snapshot.version) return false;
  return hasEvolvingTable(facts) && hasEvolvingTable(before.facts);
}

/** Seeds are loaded anew, views are defined anew: only tables that models fill are altered. */
export function hasEvolvingTable(facts: Decided["snapshot"]["facts"]): boolean {
  const { name } = facts.kind;
  return facts.node === "model" && isMaterialized(facts.kind) && name !== "SEED" && name !== "VIEW";
}

function rawEvolution(node: Decided, shape: PlanShape): Evolution | null {
  const { candidate, snapshot } = node;
  const live = shape.input.liveColumns?.get(snapshot.name);
  if (live !== undefined && live.present.length > 0) {
    if (live.wanted === null) return { changes: noColumnChanges, known: false };
    const present = live.present.filter(({ name }) => !isManaged(name, node));
    return { changes: compareColumns(live.wanted, present), known: haveTypes(live.wanted) };
  }
  // Only a change of its own can alter its list; one from above was looked at by the caller, as far as it can be seen.
  if (candidate.change !== "directly_modified") return null;
  const before = candidate.before?.facts.columns ?? null;
  const after = snapshot.facts.columns ?? shape.input.columnsOf(snapshot.name);
  if (before === null || after === null) return { changes: noColumnChanges, known: false };
  return { changes: compareColumns(after, before), known: haveTypes(before) && haveTypes(after) };
}

function haveTypes(columns: readonly Column[]): boolean {
  return columns.every((column) => column.type !== null);
}

/** Columns that Sluice itself keeps in the table. */
function isManaged(name: string, { snapshot }: Decided): boolean {
  const { kind } = snapshot.facts;
  if (!("validFrom" in kind)) return false;
  return [kind.validFrom, kind.validTo].some((managed) => managed.toLowerCase() === name.toLowerCase());
}

/** What a forward-only change takes from, or adds to, the readers of the table it keeps. */
export interface SchemaEffect {
  readonly destructive: readonly string[];
  readonly additive: readonly string[];
}

/** Empty for changes that do not keep a table, and where columns are not known. */
export function schemaEffectOf(node: Decided, shape: PlanShape): SchemaEffect {
  const changes = evolutionOf(node, shape)?.changes ?? noColumnChanges;
  const retyped = changes.retyped.filter(({ from, to }) => !isWidening(from, to));
  return {
    destructive: [...changes.removed, ...retyped.map((column) => column.name)],
    additive: changes.added,
  };
}

/** The same type with parameters as wide or wider: every value stays what it is. Any other change of type is destructive. */
export function isWidening(from: string, to: string): boolean {
  const [before, after] = [partsOf(from), partsOf(to)];
  if (before === null || after === null || before.rest !== after.rest) return false;
  if (before.numbers.length !== after.numbers.length) return false;
  const wider = after.numbers.every((number, i) => number >= (before.numbers[i] ?? number));
  const [precision, scale] = after.numbers;
  if (!wider || precision === undefined || scale === undefined) return wider;
  // DECIMAL(p, s): a larger scale must not take digits before the point.
  return precision - scale >= (before.numbers[0] ?? 0) - (before.numbers[1] ?? 0);
}

/** `decimal(10,2) unsigned` → its name and rest, and its numbers; null for types whose brackets hold something else. */
function partsOf(type: string): { readonly rest: string; readonly numbers: readonly number[] } | null {
  const match = /^([^()]*)(?:\(\s*(\d+(?:\s*,\s*\d+)*)\s*\))?([^()]*)$/.exec(type.trim().toLowerCase());
  if (match === null) return null;
  const [, head = "", inside = "", tail = ""] = match;
  const numbers = inside === "" ? [] : inside.split(",").map(Number);
  return { rest: `${head.trim()} ${tail.trim()}`, numbers };
}

/** Names of tables the caller asks the engine about: see `Comparison.needs.liveTables`. */
export type LiveColumnsByModel = ReadonlyMap<ModelName, LiveColumns>;
