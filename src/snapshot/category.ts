/**
 * Does a direct change of one model alter what its consumers read? (spec plan-and-apply 4.2, 4.3)
 * Stricter than SQLMesh: a statement or a property that may shape rows leaves the answer open, even when the query is the same.
 */
import { canonicalJson } from "../digest.ts";
import { isIncremental, type Model } from "../model/model.ts";
import { familyOf } from "../sql/dialect.ts";
import { compareQueries } from "../sql/difference.ts";
import { seedColumnHashes } from "./seed-columns.ts";

/** A stable code and one sentence. */
export interface CategoryReason {
  readonly code: string;
  readonly text: string;
}

/** `undetermined`: the mode of categorization decides between breaking and not decided at all. */
export interface ModelComparison {
  readonly verdict: "breaking" | "non-breaking" | "undetermined";
  readonly reasons: readonly CategoryReason[];
}

/** A definition and its query as it runs at a fixed stage and time; null = none, or it cannot be rendered. */
export interface ComparedModel {
  readonly model: Model;
  readonly query: string | null;
}

/** Compares two definitions of one name whose data hashes differ. */
export function compareModels(after: ComparedModel, before: ComparedModel): ModelComparison {
  if (isBreakingKindChange(after.model, before.model)) {
    return breaking("kind", `the kind changes from ${before.model.kind.name} to ${after.model.kind.name}`);
  }
  const source = sourceTypeOf(after.model);
  if (source !== sourceTypeOf(before.model))
    return undetermined("source", "the model is of another type than before");
  if (source === "seed") return compareSeeds(after.model, before.model);
  if (source === "external") return compareExternals(after.model, before.model);
  return compareSqlModels(after, before);
}

export type SourceType = "sql" | "seed" | "external";

export function sourceTypeOf(model: Pick<Model, "kind">): SourceType {
  if (model.kind.name === "SEED") return "seed";
  return model.kind.name === "EXTERNAL" ? "external" : "sql";
}

/** The old table cannot become the new one: another node type, virtual mode, or a kind that is stored differently. */
export function isBreakingKindChange(after: Model, before: Model): boolean {
  if (after.node !== before.node || after.virtualEnvironmentMode !== before.virtualEnvironmentMode)
    return true;
  if (after.kind.name === before.kind.name) return false;
  if (!isIncremental(after.kind) || !isIncremental(before.kind)) return true;
  return canonicalJson(partitioningOf(after)) !== canonicalJson(partitioningOf(before));
}

/** Partition expressions, with the time column that BY_TIME_RANGE adds in front. */
function partitioningOf(model: Model): readonly string[] {
  const written = model.partitionedBy.map((expression) => expression.toLowerCase());
  const { kind } = model;
  if (kind.name !== "INCREMENTAL_BY_TIME_RANGE" || !kind.partitionByTimeColumn) return written;
  const column = kind.timeColumn.toLowerCase();
  return written.includes(column) ? written : [column, ...written];
}

function compareSqlModels(after: ComparedModel, before: ComparedModel): ModelComparison {
  if (after.query === null || before.query === null)
    return undetermined("not-rendered", "the query cannot be expanded without the warehouse");
  if (lookbackOf(after.model) !== lookbackOf(before.model))
    return undetermined("lookback", "lookback changes");
  const difference = compareQueries(before.query, after.query, familyOf(after.model.dialect));
  if (difference.kind === "breaking") return { verdict: "undetermined", reasons: difference.reasons };
  const other = otherDifference(after.model, before.model, difference.kind === "same");
  if (other !== null) return other;
  if (difference.kind === "same")
    return {
      verdict: "non-breaking",
      reasons: [reason("same-query", "the query gives the same rows as before")],
    };
  return {
    verdict: "non-breaking",
    reasons: [
      reason("columns-added", `adds ${listOf(difference.added)} and leaves all other columns as they are`),
      ...difference.reasons,
    ],
  };
}

/** What besides the query may change rows. */
function otherDifference(after: Model, before: Model, sameQuery: boolean): ModelComparison | null {
  const texts = (model: Model) =>
    canonicalJson(
      [model.preStatements, model.postStatements].map((list) => list.map((one) => one.text.trim())),
    );
  if (texts(after) !== texts(before))
    return undetermined("statements", "a statement before or after the query changes");
  if (sameQuery && after.kind.name === before.kind.name && after.hashes.rendered !== before.hashes.rendered) {
    return undetermined("rendered", "the query differs at another stage or time");
  }
  const changed = shapingProperties.filter(
    ({ read }) => canonicalJson(read(after) ?? null) !== canonicalJson(read(before) ?? null),
  );
  if (changed.length === 0) return null;
  return undetermined(
    "properties",
    `${listOf(changed.map((property) => property.name))} ${changed.length > 1 ? "change" : "changes"}`,
  );
}

/** Properties whose change gives another table although the query is the same. */
const shapingProperties: readonly { readonly name: string; readonly read: (model: Model) => unknown }[] = [
  { name: "stamp", read: (model) => model.stamp },
  { name: "gateway", read: (model) => model.gateway },
  { name: "columns", read: (model) => (model.columnsDeclared ? model.columns : null) },
  { name: "physical_properties", read: (model) => model.physicalProperties },
  { name: "partitioned_by", read: partitioningOf },
  { name: "clustered_by", read: (model) => model.clusteredBy },
];

function compareSeeds(after: Model, before: Model): ModelComparison {
  const now = seedColumnHashes(after);
  const then = seedColumnHashes(before);
  if (now === null || then === null) return undetermined("seed", "the seed file cannot be read as a table");
  const changed = [...then].filter(([column, hash]) => now.get(column) !== hash).map(([column]) => column);
  if (changed.length > 0) return undetermined("seed-content", `the content of ${listOf(changed)} changes`);
  const added = [...now.keys()].filter((column) => !then.has(column));
  if (added.length === 0)
    return { verdict: "non-breaking", reasons: [reason("seed-same", "every column keeps its content")] };
  return {
    verdict: "non-breaking",
    reasons: [reason("columns-added", `adds ${listOf(added)}, every other column keeps its content`)],
  };
}

function compareExternals(after: Model, before: Model): ModelComparison {
  const types = new Map((after.columns ?? []).map((column) => [column.name, column.type]));
  const changed = (before.columns ?? []).filter(
    (column) => !types.has(column.name) || types.get(column.name) !== column.type,
  );
  if (after.columns === null || before.columns === null)
    return undetermined("external", "the columns of the table are not known");
  if (changed.length > 0)
    return undetermined(
      "external-columns",
      `${listOf(changed.map((column) => column.name))} changes or goes away`,
    );
  return {
    verdict: "non-breaking",
    reasons: [reason("external-same", "every former column is still there")],
  };
}

function lookbackOf(model: Model): number {
  return "lookback" in model.kind ? (model.kind.lookback ?? 0) : 0;
}

function breaking(code: string, text: string): ModelComparison {
  return { verdict: "breaking", reasons: [reason(code, text)] };
}

function undetermined(code: string, text: string): ModelComparison {
  return { verdict: "undetermined", reasons: [reason(code, text)] };
}

function reason(code: string, text: string): CategoryReason {
  return { code, text };
}

function listOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? "a column";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
