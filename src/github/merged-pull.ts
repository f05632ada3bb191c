/** From what triggered an apply to the pull request that was merged, as the API tells it now. */
import { SluiceError } from "../errors.ts";
import type { PullFacts } from "./event.ts";
import type { JobContext } from "./job.ts";
import type { MergedPull } from "./repository.ts";
import type { ApplyTrigger } from "./select-job.ts";

export interface Merged {
  /** null: the commit belongs to no merged pull request. */
  readonly pull: PullFacts | null;
  /** The commit that carries the merge: checks and deployments of the apply sit on it. */
  readonly sha: string;
}

export async function resolveMerged(job: JobContext, trigger: ApplyTrigger): Promise<Merged> {
  switch (trigger.kind) {
    case "merge":
      return fromPull(job, await job.repository.fetchPull(trigger.pull.number));
    case "push": {
      const found = pickMerged(await job.repository.fetchPullsOf(trigger.sha), trigger);
      if (found === null) return { pull: null, sha: trigger.sha };
      return { ...fromPull(job, await job.repository.fetchPull(found.number)), sha: trigger.sha };
    }
    case "dispatch":
      if (trigger.pull !== null) return fromPull(job, await job.repository.fetchPull(trigger.pull));
      return trigger.runId === null ? { pull: null, sha: job.runner.sha } : fromRun(job, trigger.runId);
  }
}

/** The pull request a pushed commit ends: the one it is the merge of, else the latest merged into the branch. */
export function pickMerged(
  pulls: readonly MergedPull[],
  push: { readonly sha: string; readonly branch: string },
): MergedPull | null {
  const merged = pulls.filter((pull) => pull.mergedAt !== null && pull.baseRef === push.branch);
  const exact = merged.find((pull) => pull.mergeCommitSha === push.sha);
  return exact ?? [...merged].sort((a, b) => (b.mergedAt ?? 0) - (a.mergedAt ?? 0))[0] ?? null;
}

/** The payload is only a pointer: what counts is what the API says. */
function fromPull(job: JobContext, pull: PullFacts): Merged {
  if (!pull.merged) {
    throw new SluiceError("INPUT_INVALID", `pull request ${pull.number} is not merged`, {
      hint: "Merge it first; its plan is applied then.",
      details: { reason: "plan-untrusted" },
    });
  }
  if (pull.baseRef !== job.productionBranch) {
    throw new SluiceError(
      "INPUT_INVALID",
      `pull request ${pull.number} was merged into ${pull.baseRef}, not into ${job.productionBranch}`,
      {
        hint: "Only what is merged into the production branch is applied.",
        details: { reason: "plan-untrusted" },
      },
    );
  }
  return { pull, sha: pull.mergeCommitSha ?? job.runner.sha };
}

/** A dispatched plan is of the production branch itself; any other belongs to the pull request of its commit. */
async function fromRun(job: JobContext, runId: number): Promise<Merged> {
  const run = await job.repository.fetchRun(runId);
  if (run.event === "workflow_dispatch") return { pull: null, sha: job.runner.sha };
  const pulls = await job.repository.fetchPullsOf(run.headSha);
  const found = pulls.find(
    (pull) => pull.headSha === run.headSha && pull.mergedAt !== null && pull.baseRef === job.productionBranch,
  );
  if (found === undefined) {
    throw new SluiceError(
      "INPUT_INVALID",
      `run ${runId} planned commit ${run.headSha.slice(0, 7)}, which no merged pull request ends with`,
      {
        hint: "Give the number of the pull request as pr.",
        details: { reason: "plan-untrusted" },
      },
    );
  }
  return fromPull(job, await job.repository.fetchPull(found.number));
}
