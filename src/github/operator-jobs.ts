/** What operators do by dispatch or on a schedule: status, drift, cadence run, kill switch, unlock, planning again. */

import type { CleanReport, Context, DriftReport } from "../context.ts";
import { SluiceError } from "../errors.ts";
import { exitCodeOf } from "../plan/outcome.ts";
import { markdownText } from "../report/escape.ts";
import { count } from "../report/phrase.ts";
import { sentenceOfError } from "./failure.ts";
import { findPlanRun } from "./find-plan.ts";
import { cancellable, type JobContext, type JobResult, minuteOf, ownRunUrl } from "./job.ts";
import { describeLost, findLostApplies } from "./ledger.ts";
import { refreshOpenPulls } from "./open-pulls.ts";
import { planJob } from "./plan-job.ts";
import { hasWork, touchedModels } from "./record.ts";

/** What is live, who works, what was applied last, what was merged and never arrived. */
export async function statusJob(job: JobContext): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const { environment, lease, breaker, ledger, drift } = await context.status(job.inputs.environment);
  const lost = await findLostApplies(job, { ledger, except: null, open: null });
  const facts = [
    environment === null
      ? `${job.inputs.environment} does not exist yet.`
      : `${environment.name} is at version ${environment.version} with ${count(environment.models, "model")}, plan ${environment.digest.slice(0, 12)}${environment.finalizedAt === null ? ", not finalised" : `, since ${minuteOf(Date.parse(environment.finalizedAt))} UTC`}.`,
    lease === null
      ? "No apply runs."
      : `An apply runs: ${lease.owner}, last heard of ${minuteOf(lease.heartbeatAt)} UTC.`,
    breaker?.open ? `The breaker is open, by ${breaker.by}: ${breaker.reason}` : "The breaker is closed.",
    ...describeLost(lost),
    ...(environment === null ? [] : describeHands(drift)),
  ];
  const rows = ledger.map(
    (entry) =>
      `${minuteOf(entry.startedAt)} UTC: ${entry.status}, plan ${entry.digest.slice(0, 12)}, ${entry.owner}`,
  );
  await tell(job, "Status", [...facts, ...rows]);
  return {
    reason: "nothing-to-do",
    sentence: facts[0] ?? "",
    exitCode: 0,
    outputs: {
      environment: job.inputs.environment,
      ...(environment === null
        ? {}
        : {
            "environment-version": environment.version,
            "plan-id": environment.planId,
            "plan-digest": environment.digest,
          }),
      "breaker-open": breaker?.open ?? false,
    },
  };
}

/**
 * Does production still show what the production branch describes, and is what stands in the warehouse what its record says?
 * A difference ends red: somebody should look.
 */
export async function driftJob(job: JobContext, clean: boolean): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const result = await lookForDrift(job, context);
  await refreshOpenPulls(job, context);
  if (clean) await cleanIfAllowed(job, context);
  return result;
}

async function lookForDrift(job: JobContext, context: Context): Promise<JobResult> {
  const plan = (
    await cancellable(job.signal, () => context.plan(job.inputs.environment, job.inputs.planOptions))
  ).toJSON();
  const { ledger, drift } = await context.status(job.inputs.environment);
  const outputs = {
    environment: job.inputs.environment,
    "has-changes": plan.hasChanges,
    "base-version": plan.base.environmentVersion,
  };
  const open = plan.hasChanges ? touchedModels(plan) : [];
  const lost = await findLostApplies(job, { ledger, except: null, open });
  if (!plan.hasChanges && drift.findings.length === 0 && lost.length === 0) {
    const sentence = hasWork(plan)
      ? `${job.inputs.environment} shows what ${job.productionBranch} describes; intervals are waiting for the next run.`
      : `${job.inputs.environment} shows what ${job.productionBranch} describes.`;
    await tell(job, "No drift", [sentence, ...describeHands(drift)]);
    return { reason: "nothing-to-do", sentence, exitCode: 0, outputs };
  }
  const changed = plan.models.filter((model) => model.change !== "unmodified");
  const hands = describeHands(drift);
  const sentence =
    !plan.hasChanges && drift.findings.length === 0
      ? `${job.inputs.environment} shows what ${job.productionBranch} describes, but a restatement that was merged was not carried out.`
      : changed.length > 0 || drift.findings.length === 0
        ? `${job.inputs.environment} does not show what ${job.productionBranch} describes: ${count(changed.length, "model")} ${changed.length === 1 ? "differs" : "differ"}.`
        : `${job.inputs.environment} was changed by hand in the warehouse: ${count(drift.findings.length, "difference")}.`;
  const names = changed
    .slice(0, 20)
    .map((model) => `${model.displayName}: ${model.change.replaceAll("_", " ")}`);
  await tell(job, "Drift", [sentence, ...describeLost(lost), ...hands, ...names]);
  job.log.error([sentence, ...describeLost(lost), ...hands].join(" "));
  return { reason: "stale", sentence, exitCode: exitCodeOf("stale"), outputs };
}

/** What was changed by hand, a sentence each; that it could not be looked at, when it could not. */
function describeHands({ unchecked, findings }: DriftReport): readonly string[] {
  if (unchecked !== null) return [`Whether it was changed by hand was not checked. ${unchecked}`];
  const shown = findings.slice(0, 20).map(({ model, text, repair }) => {
    const way = repair === "plan" ? "the next plan puts it right" : "somebody has to decide";
    return `${model === null ? "" : `${model}: `}${text}; ${way}.`;
  });
  return findings.length > 20 ? [...shown, `${findings.length - 20} more were changed by hand.`] : shown;
}

/** What has become due since the last time, with the code that is live. */
export async function runJob(job: JobContext): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const outcome = await context.run(job.inputs.environment, { signal: job.signal });
  await tell(job, "Run", [
    outcome.sentence,
    ...outcome.warnings,
    ...(outcome.failure ? [outcome.failure.message] : []),
  ]);
  return {
    reason: outcome.reason,
    sentence: outcome.sentence,
    exitCode: exitCodeOf(outcome.reason),
    outputs: {
      environment: outcome.environment,
      production: outcome.production,
      "steps-done": outcome.stepsDone,
      "steps-total": outcome.stepsTotal,
    },
  };
}

export async function breakerJob(job: JobContext, open: boolean): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const by = `${job.runner.triggeredBy} (${ownRunUrl(job)})`;
  const entry = await context.setBreaker(open, job.inputs.reason, by);
  const sentence = `The breaker is ${entry.open ? "open: no apply sends a statement until it is closed" : "closed"}. Reason: ${entry.reason}`;
  await tell(job, "Breaker", [sentence]);
  return {
    reason: "nothing-to-do",
    sentence,
    exitCode: 0,
    outputs: { environment: job.inputs.environment, "breaker-open": entry.open },
  };
}

/** Drops expired environments and the versions that nothing needs any more. */
export async function cleanJob(job: JobContext): Promise<JobResult> {
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const report = await context.clean({ signal: job.signal, lockWait: job.inputs.lockWait * 60_000 });
  const sentences = describeClean(report);
  await tell(job, "Clean-up", sentences);
  return {
    reason: "nothing-to-do",
    sentence: sentences[0] ?? "",
    exitCode: 0,
    outputs: { environment: job.inputs.environment },
  };
}

/** A schedule may run with credentials that only read: looking is what it is for. */
async function cleanIfAllowed(job: JobContext, context: Context): Promise<void> {
  try {
    job.log.info(describeClean(await context.clean({ signal: job.signal, lockWait: 0 })).join("\n"));
  } catch (error) {
    job.log.info(`Nothing was cleaned up: ${sentenceOfError(error)}`);
  }
}

function describeClean({ environments, snapshots, pruned, failures }: CleanReport): readonly string[] {
  const { environmentRecords, ledgerEntries, planDocuments, journalRows } = pruned;
  const past = environmentRecords + ledgerEntries + planDocuments + journalRows;
  return [
    `Dropped ${count(environments.length, "expired environment")} and ${count(snapshots.length, "version")} that nothing needs.`,
    ...environments.map(({ name }) => `Environment ${name}`),
    ...(past === 0
      ? []
      : [
          `Forgot ${count(environmentRecords, "former record")} of environments, ${count(ledgerEntries, "ledger entry", "ledger entries")}, ${count(planDocuments, "plan document")} and ${count(journalRows, "journal row")}.`,
        ]),
    ...failures.map(({ what, message }) => `${what} could not be dropped: ${message}`),
  ];
}

/** For an owner that is dead and whose lease is not: the next apply goes on from the journal. */
export async function unlockJob(job: JobContext): Promise<JobResult> {
  if (job.inputs.reason === "") {
    throw new SluiceError("INPUT_INVALID", "unlock needs a reason", {
      hint: "Set the input reason; make sure that the apply has really ended.",
    });
  }
  await using context = job.openContext({ owner: ownRunUrl(job) });
  const lease = await context.unlock(job.inputs.environment);
  const sentence =
    lease === null
      ? `Nobody holds the lock of ${job.inputs.environment}.`
      : `The lock of ${job.inputs.environment} was taken from ${lease.owner}. Reason: ${job.inputs.reason}`;
  await tell(job, "Unlock", [sentence]);
  return { reason: "nothing-to-do", sentence, exitCode: 0, outputs: { environment: job.inputs.environment } };
}

/** An open pull request is planned by its own workflow; what is merged already, on the production branch as it is. */
export async function replanJob(job: JobContext, number: number): Promise<JobResult> {
  const pull = await job.repository.fetchPull(number);
  if (pull.merged)
    return planJob(job, { kind: "plan", sha: job.runner.sha, baseSha: null, pull: null, merged: number });
  const run = await findPlanRun(job, pull.headSha);
  if (run === null) {
    throw new SluiceError(
      "GITHUB_FAILED",
      `commit ${pull.headSha.slice(0, 7)} of pull request ${number} was never planned`,
      {
        hint: "Push to the pull request, or close and reopen it.",
        details: { reason: "plan-missing" },
      },
    );
  }
  if (!(await job.repository.runAgain(run.id))) {
    throw new SluiceError("GITHUB_FAILED", `run ${run.id} may not be started again from here`, {
      hint: "Give this job the permission actions: write, or re-run it by hand.",
    });
  }
  const sentence = `Run ${run.id} plans pull request ${number} again.`;
  await tell(job, "Planning again", [sentence]);
  return {
    reason: "nothing-to-do",
    sentence,
    exitCode: 0,
    outputs: { environment: job.inputs.environment, "pull-request": number },
  };
}

async function tell(job: JobContext, title: string, sentences: readonly string[]): Promise<void> {
  job.log.info(sentences.join("\n"));
  await job.writeSummary(
    `## ${title}\n\n${sentences.map((sentence) => `- ${markdownText(sentence)}`).join("\n")}\n`,
  );
}
