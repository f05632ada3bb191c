/**
 * The machine-readable part of a check run: what the plan job left, for the apply job to hold the artifact against.
 * It proves origin, not honesty: whoever may write checks may write it (spec github-platform 11).
 */
import { shortHash } from "../digest.ts";
import type { PlanDocument, PlannedModel } from "../plan/plan.ts";
import { ownSchema } from "./own-schema.ts";

export interface PlanRecord {
  readonly runId: number;
  readonly attempt: number;
  readonly artifactId: number;
  /** SHA-256 of the plan file, as the artifact service reports it. */
  readonly fileDigest: string;
  readonly planId: string;
  readonly digest: string;
  readonly work: string;
  /** Version of the environment the plan was made on. */
  readonly base: number;
  readonly hasChanges: boolean;
  /** Short hashes of the models the plan touches; null when there are too many to list. */
  readonly models: readonly string[] | null;
  /** Short hashes of further models that those read; absent when there are too many, and in older records. */
  readonly reads?: readonly string[];
  /** It carries restatements, which no difference of models shows. */
  readonly restates?: boolean;
}

const longestList = 1500;

const digest = { type: "string", pattern: "^[0-9a-f]{64}$" };
const recordFits = ownSchema<PlanRecord>({
  type: "object",
  properties: {
    runId: { type: "integer" },
    attempt: { type: "integer" },
    artifactId: { type: "integer" },
    fileDigest: digest,
    planId: { type: "string" },
    digest,
    work: digest,
    base: { type: "integer" },
    hasChanges: { type: "boolean" },
    models: { type: ["array", "null"], items: { type: "string" } },
    reads: { type: "array", items: { type: "string" } },
    restates: { type: "boolean" },
  },
  required: [
    "runId",
    "attempt",
    "artifactId",
    "fileDigest",
    "planId",
    "digest",
    "work",
    "base",
    "hasChanges",
    "models",
  ],
});

export function planRecord(
  plan: PlanDocument,
  facts: Pick<PlanRecord, "runId" | "attempt" | "artifactId" | "fileDigest">,
): PlanRecord {
  return {
    ...facts,
    planId: plan.id,
    digest: plan.digest,
    work: plan.work,
    base: plan.base.environmentVersion,
    hasChanges: hasWork(plan),
    models: touchedModels(plan),
    ...readsOf(plan),
    ...((plan.options.restateRequests ?? []).length === 0 ? {} : { restates: true }),
  };
}

export function hasWork(plan: PlanDocument): boolean {
  return plan.hasChanges || plan.requiresBackfill || plan.restatements.length > 0;
}

/** Models the plan changes, directly or not, or computes again. */
export function touchedNames(plan: PlanDocument): readonly Pick<PlannedModel, "name" | "displayName">[] {
  const restated = new Set<string>(plan.restatements.map(({ name }) => name));
  const touched = plan.models.filter(({ change, name }) => change !== "unmodified" || restated.has(name));
  const listed = new Set<string>(touched.map(({ name }) => name));
  const others = plan.restatements.filter(({ name }) => !listed.has(name));
  return [...touched, ...others.map(({ name }) => ({ name, displayName: name as string }))];
}

/** Short hashes of {@link touchedNames}. */
export function touchedModels(plan: PlanDocument): readonly string[] | null {
  const names = touchedNames(plan).map(({ name }) => shortHash(name));
  return names.length > longestList ? null : names.sort();
}

/** What stays as it is and is read by what the plan touches. */
function readsOf(plan: PlanDocument): Pick<PlanRecord, "reads"> {
  const touched = new Set<string>(touchedNames(plan).map(({ name }) => name));
  const parents = plan.models.filter(({ name }) => touched.has(name)).flatMap((model) => model.parents);
  const reads = [...new Set(parents.filter((name) => !touched.has(name)))].map(shortHash);
  return reads.length === 0 || reads.length > longestList ? {} : { reads: reads.sort() };
}

/** Whether two plans touch a model both; what is not listed may be anything. */
export function overlap(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return true;
  const known = new Set(a);
  return b.some((each) => known.has(each));
}

const open = "<!-- sluice-record ";
const close = " -->";

/** A hidden line of Markdown: no name of a stranger is in it, so nothing can close the comment. */
export function writeRecord(record: PlanRecord): string {
  return `${open}${JSON.stringify(record)}${close}`;
}

/** null when the text holds none, or more than one, or one that does not fit. */
export function readRecord(text: string | null | undefined): PlanRecord | null {
  if (text === null || text === undefined) return null;
  const start = text.indexOf(open);
  if (start < 0 || text.indexOf(open, start + 1) >= 0) return null;
  const end = text.indexOf(close, start);
  if (end < 0) return null;
  try {
    const value: unknown = JSON.parse(text.slice(start + open.length, end));
    return recordFits()(value) ? value : null;
  } catch {
    return null;
  }
}
