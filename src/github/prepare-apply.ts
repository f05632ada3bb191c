/**
 * Which plan may be applied: found, verified, planned again from the merged tree and compared (design 7, D10).
 * Nothing is written before this has said yes.
 */
import type { Context } from "../context.ts";
import { SluiceError } from "../errors.ts";
import type { PlanOptions } from "../plan/options.ts";
import type { OutcomeReason } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { describeDifference, describeMove } from "../report/difference.ts";
import type { LedgerEntry } from "../state/state.ts";
import { refuseEnterpriseServer } from "./artifact.ts";
import { findPlan } from "./find-plan.ts";
import type { JobContext } from "./job.ts";
import { describeLost, findLostApplies, findResumable, readLedger } from "./ledger.ts";
import type { Merged } from "./merged-pull.ts";
import { checkAge, type Expectation } from "./provenance.ts";
import { hasWork, touchedModels } from "./record.ts";
import { optionsOf } from "./requested-options.ts";
import type { ApplyTrigger } from "./select-job.ts";

export type Prepared =
  | {
      readonly kind: "go";
      readonly plan: PlanDocument;
      readonly artifact: { readonly runId: number; readonly id: number } | null;
    }
  | {
      readonly kind: "end";
      readonly reason: OutcomeReason;
      readonly sentence: string;
      readonly because: readonly string[];
      readonly next: readonly string[];
      /** The plan the ending is about, when there is one. */
      readonly plan: PlanDocument | null;
      readonly moved: boolean;
    };

/** Entries of the ledger that are looked at. */
const ledgerDepth = 50;

export async function prepareApply(
  job: JobContext,
  context: Context,
  trigger: ApplyTrigger,
  merged: Merged,
): Promise<Prepared> {
  const ledger = await readRecent(job, context);
  if (trigger.kind === "dispatch" && trigger.runId === null) {
    // Verified when it began: its document is kept in the warehouse, also when the artifact has expired.
    const plan = await findResumable(context, ledger, { pull: trigger.pull, digest: trigger.digest });
    if (plan !== null) return { kind: "go", plan, artifact: null };
    if (trigger.pull === null) {
      return end("plan-missing", "No apply of a plan with this digest has begun.", {
        next: ["Give pr or plan-run-id as well, so that the plan can be found."],
      });
    }
  }
  const expected = expectation(job, merged);
  const runId = trigger.kind === "dispatch" ? trigger.runId : null;
  if (merged.pull === null && runId === null) return withoutPull(job, context, merged);
  const fork = merged.pull !== null && merged.pull.headRepositoryId !== job.repositoryId;
  const found = await findPlan(job, expected, runId, fork);
  if (found.kind === "refused") {
    const { reason, sentence } = found.refusal;
    if (reason === "plan-missing") {
      if (await nothingDiffers(job, context, merged)) return nothing(job);
      refuseEnterpriseServer(job.runner);
    }
    return end(reason, sentence, { next: nextOf(reason) });
  }
  const { plan } = found;
  const artifact = { runId: found.run.id, id: found.artifactId };
  if (trigger.kind === "dispatch" && trigger.digest !== null && trigger.digest !== plan.digest) {
    return end(
      "plan-untrusted",
      `The plan that was found has the digest ${plan.digest}, not the one given.`,
      { plan },
    );
  }
  const known = await readLedger(context, plan.id);
  // A plan of the ledger was verified before; what its first run did would make a fresh plan differ.
  if (known !== null && known.digest === plan.digest) return { kind: "go", plan, artifact };
  const expired = checkAge(plan, (await context.sluiceSettings()).planTtlHours ?? null, job.now());
  if (expired !== null) return end(expired.reason, expired.sentence, { plan, next: nextOf(expired.reason) });
  const dispatched = found.run.event === "workflow_dispatch";
  return rederive(job, context, { plan, artifact, ledger, merged, dispatched });
}

interface Rederivation {
  readonly plan: PlanDocument;
  readonly artifact: { readonly runId: number; readonly id: number };
  readonly ledger: readonly LedgerEntry[];
  readonly merged: Merged;
  readonly dispatched: boolean;
}

/** A pull request controls its own plan job: only a plan of the merged code, made here, proves the reviewed one. */
async function rederive(job: JobContext, context: Context, input: Rederivation): Promise<Prepared> {
  const { plan, artifact, ledger, merged, dispatched } = input;
  // Options of a dispatched plan were given to a job of the production branch; a pull request's own are not trusted.
  const options = dispatched
    ? (plan.options as PlanOptions)
    : await optionsOf(job, merged.pull?.number ?? null);
  const fresh = (
    await context.plan(job.inputs.environment, {
      ...options,
      ...(plan.source === undefined ? {} : { source: plan.source }),
    })
  ).toJSON();
  if (fresh.work === plan.work)
    return hasWork(fresh) || hasWork(plan) ? { kind: "go", plan, artifact } : nothing(job, plan);
  if (!hasWork(fresh)) {
    return end(
      "already-applied",
      `${job.inputs.environment} already shows what was merged; nothing was sent.`,
      { plan },
    );
  }
  const status = await context.status(job.inputs.environment);
  const owner = ledger.find((entry) => entry.planId === status.environment?.planId)?.owner ?? null;
  const move = describeMove(plan, status.environment, owner);
  const lost = await findLostApplies(job, {
    ledger,
    except: merged.pull?.number ?? null,
    open: touchedModels(fresh),
  });
  return end("stale", "The merged code does not give the plan that was reviewed.", {
    plan,
    because: [...(move === null ? [] : [move]), ...describeDifference(plan, fresh), ...describeLost(lost)],
    next: nextOf("stale"),
    moved: move !== null,
  });
}

/** A push that belongs to no pull request has no reviewed plan. */
async function withoutPull(job: JobContext, context: Context, merged: Merged): Promise<Prepared> {
  if (await nothingDiffers(job, context, merged)) return nothing(job);
  return end(
    "plan-missing",
    "The pushed commit belongs to no merged pull request, so no plan was reviewed.",
    {
      next: nextOf("plan-missing"),
    },
  );
}

/** A project that cannot be planned may well differ: what is missing then is the reviewed plan, not this one. */
async function nothingDiffers(job: JobContext, context: Context, { pull }: Merged): Promise<boolean> {
  try {
    const fresh = await context.plan(job.inputs.environment, await optionsOf(job, pull?.number ?? null));
    return !hasWork(fresh.toJSON());
  } catch (error) {
    if (error instanceof SluiceError && error.code !== "INTERNAL") return false;
    throw error;
  }
}

function nothing(job: JobContext, plan: PlanDocument | null = null): Prepared {
  return end("nothing-to-do", `${job.inputs.environment} already is what the merged code describes.`, {
    plan,
  });
}

async function readRecent(job: JobContext, context: Context): Promise<readonly LedgerEntry[]> {
  return context.inspect((_, state) => state.readLedgerOf(job.inputs.environment as never, ledgerDepth));
}

function expectation(job: JobContext, merged: Merged): Expectation {
  const { runner, inputs } = job;
  const planWorkflow = inputs.planWorkflow ?? runner.workflowPath;
  if (planWorkflow === "") {
    throw new SluiceError("INPUT_INVALID", "the runner does not say which workflow this is", {
      hint: "Set the input plan-workflow to the path of the workflow that plans.",
    });
  }
  return {
    repositoryId: job.repositoryId,
    planWorkflow,
    dispatchWorkflow: runner.workflowPath,
    productionBranch: job.productionBranch,
    environment: inputs.environment,
    pull: merged.pull === null ? null : { number: merged.pull.number, headSha: merged.pull.headSha },
  };
}

/** What a merge that was not applied can do; its pull request takes no more commits. */
export function nextOf(reason: OutcomeReason): readonly string[] {
  const again =
    "Plan what is merged by dispatch (command plan), read that plan, and apply it by dispatch with its plan-run-id.";
  switch (reason) {
    case "plan-missing":
    case "plan-expired":
    case "stale":
      return [again];
    case "plan-untrusted":
      return ["Find out who made this plan, then:", again];
    default:
      return [];
  }
}

interface EndDetails {
  readonly because?: readonly string[];
  readonly next?: readonly string[];
  readonly plan?: PlanDocument | null;
  readonly moved?: boolean;
}

function end(reason: OutcomeReason, sentence: string, details: EndDetails): Prepared {
  const { because = [], next = [], plan = null, moved = false } = details;
  return { kind: "end", reason, sentence, because, next, plan, moved };
}
