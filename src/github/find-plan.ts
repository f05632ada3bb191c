/** Finds and verifies the plan of a merge (design 7 "Verify"): by run, never by name across the repository. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { readPlanText } from "../plan/plan-file.ts";
import { downloadPlan } from "./artifact.ts";
import type { JobContext } from "./job.ts";
import { attemptOf, planCheckName } from "./names.ts";
import {
  type ArtifactFacts,
  checkArtifact,
  checkBytes,
  checkContent,
  checkRecord,
  checkRun,
  type Expectation,
  noPlan,
  type Refusal,
  type WorkflowRunFacts,
} from "./provenance.ts";
import { type PlanRecord, readRecord } from "./record.ts";

export type FoundPlan =
  | {
      readonly kind: "plan";
      readonly plan: PlanDocument;
      readonly run: WorkflowRunFacts;
      readonly artifactId: number;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

interface Candidate {
  readonly run: WorkflowRunFacts;
  readonly artifact: ArtifactFacts;
  readonly attempt: number;
}

/**
 * Runs of the plan workflow on one commit whose artifacts are asked for, newest first. Each costs a request of the 1,000 a
 * token has for an hour; attempts share a run, so that more come only of a loop.
 */
const mostRuns = 100;
/** The same where a plan is only to be started again: any run of the commit will do. */
const mostRunsToRepeat = 20;
/** Milliseconds a plan run that is still going is waited for. */
const longestWait = 5 * 60_000;
const pause = 10_000;

export async function findPlan(
  job: JobContext,
  expected: Expectation,
  runId: number | null,
  fork: boolean,
): Promise<FoundPlan> {
  const { pull } = expected;
  const runs = runId === null ? await runsOf(job, expected) : [await job.repository.fetchRun(runId)];
  const candidate = await newestPlan(job, runs.slice(0, mostRuns));
  if (candidate === null) {
    const failed = runs.find((run) => run.conclusion === "failure")?.id ?? null;
    const looked = runs.length > mostRuns ? mostRuns : null;
    return refused(noPlan(pull?.headSha ?? job.runner.sha, { fork, failed, looked }));
  }
  const wanted = candidate.run.event === "workflow_dispatch" ? { ...expected, pull: null } : expected;
  return verify(job, await finished(job, candidate), wanted);
}

/**
 * The run of the plan workflow on a commit of this repository that is to be started again: the newest that stored a plan,
 * since others may have been started by an event that plans nothing, else the newest.
 */
export async function findPlanRun(job: JobContext, headSha: string): Promise<WorkflowRunFacts | null> {
  const workflow = job.inputs.planWorkflow ?? job.runner.workflowPath;
  const runs = await job.repository.fetchRuns(headSha, "pull_request");
  const own = runs.filter((run) => run.path === workflow && run.headRepositoryId === job.repositoryId);
  return (await newestPlan(job, own.slice(0, mostRunsToRepeat)))?.run ?? own[0] ?? null;
}

/** Runs of the plan workflow on the merged commit, newest first. Runs of forks and of other workflows are not looked at. */
async function runsOf(
  job: JobContext,
  { pull, planWorkflow, repositoryId }: Expectation,
): Promise<readonly WorkflowRunFacts[]> {
  if (pull === null) return [];
  const runs = await job.repository.fetchRuns(pull.headSha, "pull_request");
  return runs.filter(
    (run) =>
      run.id !== job.runner.runId &&
      run.path === planWorkflow &&
      run.repositoryId === repositoryId &&
      run.headRepositoryId === repositoryId,
  );
}

/** Of the newest run that stored one: a run on a closed pull request stores none. */
async function newestPlan(job: JobContext, runs: readonly WorkflowRunFacts[]): Promise<Candidate | null> {
  for (const run of runs) {
    const candidate = await candidateOf(job, run);
    if (candidate !== null) return candidate;
  }
  return null;
}

/** Of several attempts the newest artifact; whether its attempt is the run's newest is for the checks to say. */
async function candidateOf(job: JobContext, run: WorkflowRunFacts): Promise<Candidate | null> {
  const artifacts = await job.repository.fetchArtifacts(run.id);
  const plans = artifacts.flatMap((artifact) => {
    const attempt = attemptOf(job.target, artifact.name);
    return attempt === null ? [] : [{ run, artifact, attempt }];
  });
  return plans.sort((a, b) => b.attempt - a.attempt || b.artifact.id - a.artifact.id)[0] ?? null;
}

/** A merge can be quicker than the end of its plan run. */
async function finished(job: JobContext, candidate: Candidate): Promise<Candidate> {
  const deadline = job.now() + longestWait;
  let { run } = candidate;
  while (run.status !== "completed" && job.now() < deadline) {
    job.log.info(`The plan run ${run.id} has not ended yet; waiting.`);
    await sleep(pause, undefined, { signal: job.signal });
    run = await job.repository.fetchRun(run.id);
  }
  return { ...candidate, run };
}

async function verify(
  job: JobContext,
  { run, artifact, attempt }: Candidate,
  expected: Expectation,
): Promise<FoundPlan> {
  // The list may be older than the run: what counts is the run itself.
  const exact = await job.repository.fetchRun(run.id);
  const origin = checkRun(exact, expected) ?? checkArtifact(artifact, attempt, exact, expected);
  if (origin !== null) return refused(origin);

  const record = await recordOf(job, exact);
  const recorded = checkRecord(record, artifact, exact);
  if (recorded !== null || record === null) return refused(recorded ?? noPlan(exact.headSha));

  const file = await downloadPlan(job.repository, artifact.id);
  if (file === null) {
    return refused({
      reason: "plan-expired",
      sentence: `The plan of run ${exact.id} is no longer stored: artifacts expire.`,
    });
  }
  const bytes = checkBytes(file.digest, artifact);
  if (bytes !== null) return refused(bytes);
  let plan: PlanDocument;
  try {
    plan = readPlanText(file.bytes);
  } catch (error) {
    return refused({
      reason: "plan-untrusted",
      sentence: `The plan of run ${exact.id} cannot be used: ${messageOf(error)}`,
    });
  }
  const content = checkContent(plan, record, exact, expected);
  return content === null ? { kind: "plan", plan, run: exact, artifactId: artifact.id } : refused(content);
}

/** The record of a green check of the planned commit that names this run; checks that name other runs say nothing of it. */
async function recordOf(job: JobContext, run: WorkflowRunFacts): Promise<PlanRecord | null> {
  const checks = await job.repository.fetchChecks(run.headSha, planCheckName(job.target));
  for (const check of checks) {
    if (check.conclusion !== "success") continue;
    const record = readRecord(check.text);
    if (record !== null && record.runId === run.id && record.attempt === run.attempt) return record;
  }
  return null;
}

function refused(refusal: Refusal): FoundPlan {
  return { kind: "refused", refusal };
}
