/**
 * May this artifact be applied? (design 7 "Verify", spec github-platform 11, layers 1 and 2). Pure checks over facts that
 * were fetched, each refusing with a reason and a sentence. Layer 3, planning again and comparing, is the apply job's.
 */
import type { OutcomeReason } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { PlanRecord } from "./record.ts";

export interface Refusal {
  readonly reason: Extract<OutcomeReason, "plan-untrusted" | "plan-missing" | "plan-expired" | "stale">;
  readonly sentence: string;
}

export interface WorkflowRunFacts {
  readonly id: number;
  readonly attempt: number;
  readonly event: string;
  /** Without `@ref`. */
  readonly path: string;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly repositoryId: number;
  readonly headRepositoryId: number | null;
}

export interface ArtifactFacts {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly expired: boolean;
  /** 64 hexadecimal digits; null when the service gives none. */
  readonly digest: string | null;
  readonly runId: number | null;
  readonly repositoryId: number | null;
  readonly headRepositoryId: number | null;
  readonly headSha: string | null;
}

/** What the apply job knows of its own. */
export interface Expectation {
  readonly repositoryId: number;
  /** The workflow that plans pull requests. */
  readonly planWorkflow: string;
  /** The workflow that plans by dispatch: the one that runs now. */
  readonly dispatchWorkflow: string;
  readonly productionBranch: string;
  readonly environment: string;
  /** The merged pull request as the API tells it; null for plans of the production branch itself. */
  readonly pull: { readonly number: number; readonly headSha: string } | null;
}

/** Largest plan file that is downloaded, in bytes. */
export const maxArtifactBytes = 64 * 1024 * 1024;

const untrusted = (sentence: string): Refusal => ({ reason: "plan-untrusted", sentence });
const missing = (sentence: string): Refusal => ({ reason: "plan-missing", sentence });

type Check = false | Refusal;

const first = (checks: readonly (() => Check)[]): Refusal | null => {
  for (const check of checks) {
    const refusal = check();
    if (refusal) return refusal;
  }
  return null;
};

/** Origin of the run. A plan made by dispatch ran on the production branch, whose workflow is reviewed code. */
export function checkRun(run: WorkflowRunFacts, expected: Expectation): Refusal | null {
  const dispatched = run.event === "workflow_dispatch";
  return first([
    () =>
      run.repositoryId !== expected.repositoryId && untrusted(`Run ${run.id} belongs to another repository.`),
    () => run.headRepositoryId !== expected.repositoryId && untrusted(`Run ${run.id} ran code of a fork.`),
    () =>
      run.path !== expected.planWorkflow &&
      !(dispatched && run.path === expected.dispatchWorkflow) &&
      untrusted(
        `Run ${run.id} belongs to the workflow ${run.path}; plans are made by ${expected.planWorkflow}.`,
      ),
    () =>
      run.event !== "pull_request" &&
      !dispatched &&
      untrusted(
        `Run ${run.id} was started by ${run.event}; plans are made on pull_request or by workflow_dispatch.`,
      ),
    () =>
      dispatched &&
      run.headBranch !== expected.productionBranch &&
      untrusted(
        `Run ${run.id} was dispatched on ${run.headBranch ?? "no branch"}, not on ${expected.productionBranch}.`,
      ),
    () =>
      !dispatched &&
      expected.pull === null &&
      untrusted(`Run ${run.id} planned a pull request, and the plan names none that was merged.`),
    () =>
      !dispatched &&
      expected.pull !== null &&
      run.headSha !== expected.pull.headSha &&
      untrusted(
        `Run ${run.id} planned commit ${short(run.headSha)}; merged was ${short(expected.pull.headSha)}.`,
      ),
    () =>
      (run.status !== "completed" || run.conclusion !== "success") &&
      untrusted(`Run ${run.id} did not end with success (${run.conclusion ?? run.status ?? "unknown"}).`),
  ]);
}

/** The artifact against its run, before a byte is downloaded. */
export function checkArtifact(
  artifact: ArtifactFacts,
  attempt: number | null,
  run: WorkflowRunFacts,
  expected: Expectation,
): Refusal | null {
  return first([
    () =>
      artifact.expired && {
        reason: "plan-expired" as const,
        sentence: `The plan of run ${run.id} is no longer stored: artifacts expire.`,
      },
    () =>
      artifact.runId !== run.id && untrusted(`The artifact ${artifact.id} does not belong to run ${run.id}.`),
    () =>
      (artifact.repositoryId !== expected.repositoryId ||
        artifact.headRepositoryId !== expected.repositoryId) &&
      untrusted(`The artifact ${artifact.id} comes from another repository.`),
    () =>
      artifact.headSha !== run.headSha &&
      untrusted(
        `The artifact ${artifact.id} was made on commit ${short(artifact.headSha ?? "none")}, its run on ${short(run.headSha)}.`,
      ),
    () =>
      attempt !== run.attempt &&
      untrusted(
        `The plan is of attempt ${attempt ?? "?"} of run ${run.id}, whose newest attempt is ${run.attempt}.`,
      ),
    () => artifact.digest === null && untrusted(`The artifact ${artifact.id} has no digest.`),
    () =>
      artifact.size > maxArtifactBytes &&
      untrusted(`The plan file has ${artifact.size} bytes; ${maxArtifactBytes} are the most that is read.`),
  ]);
}

/** What the check run of the planned commit says against the artifact; `record` null: no check names this run. */
export function checkRecord(
  record: PlanRecord | null,
  artifact: ArtifactFacts,
  run: WorkflowRunFacts,
): Refusal | null {
  if (record === null) return untrusted(`No check of the planned commit records the plan of run ${run.id}.`);
  return first([
    () =>
      (record.runId !== run.id || record.attempt !== run.attempt) &&
      untrusted(
        `The check records run ${record.runId}, attempt ${record.attempt}; the plan is of run ${run.id}, attempt ${run.attempt}.`,
      ),
    () =>
      record.artifactId !== artifact.id &&
      untrusted(
        `The check records artifact ${record.artifactId}, but the run now holds ${artifact.id}: it was replaced.`,
      ),
    () =>
      record.fileDigest !== artifact.digest &&
      untrusted("The artifact's digest differs from the one its check records."),
  ]);
}

/** The bytes that arrived. `actual` is their SHA-256. */
export function checkBytes(actual: string, artifact: ArtifactFacts): Refusal | null {
  return actual === artifact.digest
    ? null
    : untrusted(
        "The downloaded plan file does not have the digest GitHub keeps for it: it is damaged or was replaced.",
      );
}

/** What the plan says of itself; it was read and its own digests fit. */
export function checkContent(
  plan: PlanDocument,
  record: PlanRecord,
  run: Pick<WorkflowRunFacts, "event" | "headSha">,
  expected: Expectation,
): Refusal | null {
  const { source } = plan;
  const planned = run.event === "workflow_dispatch" ? run.headSha : expected.pull?.headSha;
  return first([
    () =>
      (plan.id !== record.planId || plan.digest !== record.digest || plan.work !== record.work) &&
      untrusted("The plan is not the one its check records."),
    () =>
      plan.environment.name !== expected.environment &&
      untrusted(`The plan is for ${plan.environment.name}, not for ${expected.environment}.`),
    () => source === undefined && untrusted("The plan does not say which commit it was made from."),
    () =>
      source?.repositoryId !== expected.repositoryId && untrusted("The plan was made in another repository."),
    () =>
      source?.pullRequest !== expected.pull?.number &&
      untrusted(
        `The plan is of pull request ${source?.pullRequest ?? "none"}, not of ${expected.pull?.number ?? "none"}.`,
      ),
    () =>
      source?.headSha !== planned &&
      untrusted(
        `The plan was made from commit ${short(source?.headSha ?? "none")}, not from ${short(planned ?? "none")}.`,
      ),
  ]);
}

/** Age of the plan against `plan_ttl_hours`; null = no limit. */
export function checkAge(plan: PlanDocument, ttlHours: number | null, now: number): Refusal | null {
  if (ttlHours === null) return null;
  const age = (now - Date.parse(plan.createdAt)) / 3_600_000;
  if (age <= ttlHours) return null;
  return {
    reason: "plan-expired",
    sentence: `The plan was made ${Math.floor(age)} hours ago; sluice.yaml allows ${ttlHours}.`,
  };
}

interface Search {
  readonly fork?: boolean;
  /** The newest run of the plan workflow on this commit, when it did not end with success. */
  readonly failed?: number | null;
  /** How many runs were looked at, when there are more. */
  readonly looked?: number | null;
}

export function noPlan(
  headSha: string,
  { fork = false, failed = null, looked = null }: Search = {},
): Refusal {
  const commit = short(headSha);
  if (looked !== null)
    return missing(
      `None of the newest ${looked} runs of the plan workflow on commit ${commit} stored a plan, and there are more than are looked at: name the run by dispatch with plan-run-id.`,
    );
  if (failed !== null)
    return missing(`Run ${failed} planned commit ${commit} and did not end with success: there is no plan.`);
  return missing(
    fork
      ? `Commit ${commit} comes from a fork, which is planned without credentials: no plan was stored.`
      : `No run of the plan workflow stored a plan for commit ${commit}.`,
  );
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
