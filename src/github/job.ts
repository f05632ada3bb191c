/** What every job works with, and what it gives back. Built once in main.ts. */
import type { Context } from "../context.ts";
import type { OutcomeReason } from "../plan/outcome.ts";
import type { TemplateTexts } from "../report/report.ts";
import type { Annotation } from "./annotations.ts";
import type { CheckOutput, CheckRun, TakesOver } from "./check-run.ts";
import type { Inputs } from "./inputs.ts";
import type { Log } from "./log.ts";
import type { Target } from "./names.ts";
import type { Repository } from "./repository.ts";
import { type Runner, runUrl } from "./runner.ts";

export interface JobContext {
  readonly runner: Runner;
  readonly inputs: Inputs;
  readonly repository: Repository;
  readonly repositoryId: number;
  readonly productionBranch: string;
  readonly target: Target;
  readonly log: Log;
  /** UTC epoch milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The project's library context; close it. `owner` for lock and ledger. */
  openContext(options: { readonly owner: string; readonly offline?: boolean }): Context;
  /** Ours, each replaced by the project's own when it has one. */
  loadTemplates(override: string | undefined): Promise<TemplateTexts>;
  writeSummary(markdown: string): Promise<void>;
  /** A check that must be concluded whatever happens. */
  guard(check: CheckRun): CheckRun;
}

export type Outputs = Readonly<Record<string, string | number | boolean>>;

export interface JobResult {
  /** null: a plan was made, and waits for its merge. */
  readonly reason: OutcomeReason | null;
  readonly sentence: string;
  readonly outputs: Outputs;
  readonly exitCode: number;
}

/** Name of the project in reports: its path, or the repository's name at the root. */
export function projectName(job: Pick<JobContext, "inputs" | "runner">): string {
  return job.inputs.project === "." ? job.runner.repository : job.inputs.project;
}

export function ownRunUrl(job: Pick<JobContext, "runner">): string {
  return runUrl(job.runner, job.runner.runId);
}

/** A further attempt, and a dispatch, come after a run that may have died. */
export function takesOver({ runner }: Pick<JobContext, "runner">): TakesOver {
  if (runner.eventName === "workflow_dispatch") return "runs";
  return runner.runAttempt > 1 ? "attempts" : "nobody";
}

/** `2024-01-31 10:00`, UTC. */
export function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** Ends with CANCELLED as soon as the run is cancelled, whatever the work is doing. */
export async function cancellable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Annotations go with the check where there is one. */
export function withAnnotations(output: CheckOutput, annotations: readonly Annotation[]): CheckOutput {
  return annotations.length === 0 ? output : { ...output, annotations };
}
