/** What the ledger in the warehouse tells the Action: which plans reached apply, and which merges never did. */
import type { Context } from "../context.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { LedgerEntry } from "../state/state.ts";
import type { JobContext } from "./job.ts";
import { planCheckName, pullOfOwner } from "./names.ts";
import { overlap, readRecord } from "./record.ts";
import type { MergedPull } from "./repository.ts";

export interface LostApply {
  readonly pull: number;
  readonly mergedAt: number;
  /** It never began, or it began and did not end. */
  readonly state: "never-started" | "not-finished";
}

export function readLedger(context: Context, planId: string): Promise<LedgerEntry | null> {
  return context.inspect((_, state) => state.readLedger(planId));
}

/** The plan a pull request or a digest stands for, of an apply that began and did not end. */
export async function findResumable(
  context: Context,
  ledger: readonly LedgerEntry[],
  wanted: { readonly pull: number | null; readonly digest: string | null },
): Promise<PlanDocument | null> {
  const entry = pickResumable(ledger, wanted);
  return entry === null ? null : context.inspect((_, state) => state.readPlan(entry.planId));
}

export function pickResumable(
  ledger: readonly LedgerEntry[],
  wanted: { readonly pull: number | null; readonly digest: string | null },
): LedgerEntry | null {
  if (wanted.pull === null && wanted.digest === null) return null;
  return (
    ledger.find(
      (entry) =>
        entry.status !== "applied" &&
        (wanted.digest === null || entry.digest === wanted.digest) &&
        (wanted.pull === null || pullOfOwner(entry.owner) === wanted.pull),
    ) ?? null
  );
}

/** Pages of the API that are read for it. */
const looked = 40;
const mostChecks = 15;

export interface LostQuery {
  readonly ledger: readonly LedgerEntry[];
  /** The pull request that is being applied. */
  readonly except: number | null;
  /** Short hashes of models that still differ from production: what touches none of them has arrived. null = not known. */
  readonly open: readonly string[] | null;
}

/**
 * Merged pull requests whose plan had work and never became live: their job was cancelled in a queue, or skipped by a
 * message such as `[skip ci]`. Only since the first apply of the ledger: what is older was not Sluice's to do.
 */
export async function findLostApplies(
  job: JobContext,
  { ledger, except, open }: LostQuery,
): Promise<readonly LostApply[]> {
  if (ledger.length === 0) return [];
  const pulls = await job.repository.fetchPulls("closed", job.productionBranch, looked);
  const found: LostApply[] = [];
  for (const pull of unapplied(pulls, ledger, except).slice(0, mostChecks)) {
    const checks = await job.repository.fetchChecks(pull.headSha, planCheckName(job.target));
    const record = checks.map((check) => readRecord(check.text)).find((each) => each !== null);
    // The digest decides where one plan was applied under another pull request's name, as after a dispatch.
    if (!record?.hasChanges || !(record.restates || overlap(record.models, open))) continue;
    if (ledger.some((entry) => entry.digest === record.digest && entry.status === "applied")) continue;
    const began = ledger.some(
      (entry) => entry.digest === record.digest || pullOfOwner(entry.owner) === pull.number,
    );
    found.push({
      pull: pull.number,
      mergedAt: pull.mergedAt ?? 0,
      state: began ? "not-finished" : "never-started",
    });
  }
  return found.sort((a, b) => a.mergedAt - b.mergedAt);
}

/** Merged since the ledger began, and named by none of its finished entries. */
export function unapplied(
  pulls: readonly MergedPull[],
  ledger: readonly LedgerEntry[],
  except: number | null,
): readonly MergedPull[] {
  const since = Math.min(...ledger.map((entry) => entry.startedAt));
  const applied = new Set(
    ledger.filter((entry) => entry.status === "applied").map((entry) => pullOfOwner(entry.owner)),
  );
  return pulls.filter(
    (pull) =>
      pull.mergedAt !== null && pull.mergedAt >= since && pull.number !== except && !applied.has(pull.number),
  );
}

export function describeLost(lost: readonly LostApply[]): readonly string[] {
  return lost.map(({ pull, state }) =>
    state === "never-started"
      ? `Pull request ${pull} was merged, but its apply never started: run apply by dispatch with pr ${pull}.`
      : `The apply of pull request ${pull} did not end: run apply by dispatch with pr ${pull}, it continues where it stopped.`,
  );
}
