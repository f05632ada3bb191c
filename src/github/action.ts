/** One run of the Action: reads what the runner gives, chooses the job, does it, concludes every check, sets outputs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Context } from "../context.ts";
import { messageOf, SluiceError, unreachable } from "../errors.ts";
import { exitCodeOf } from "../plan/outcome.ts";
import { loadTemplates } from "../project/templates.ts";
import { applyJob } from "./apply-job.ts";
import type { CheckRun } from "./check-run.ts";
import { openClient } from "./client.ts";
import { closedJob } from "./closed-job.ts";
import { loadDuckdb } from "./duckdb-driver.ts";
import { type GithubEvent, parseEvent, type RepositoryFacts } from "./event.ts";
import { reasonOfError, sentenceOfError } from "./failure.ts";
import { type Inputs, parseInputs } from "./inputs.ts";
import type { JobContext, JobResult } from "./job.ts";
import { type Log, openLog } from "./log.ts";
import { offlineJob } from "./offline-job.ts";
import { breakerJob, cleanJob, driftJob, replanJob, runJob, statusJob, unlockJob } from "./operator-jobs.ts";
import { planJob } from "./plan-job.ts";
import { Repository } from "./repository.ts";
import { rollbackJob } from "./rollback-job.ts";
import { type Env, type Runner, readRunner } from "./runner.ts";
import { type Job, selectJob } from "./select-job.ts";

/** Everything the Action touches outside: given by main.ts, and by tests. */
export interface Surroundings {
  readonly env: Env;
  readonly write: (text: string) => void;
  readonly readInput: (name: string) => string;
  readonly setOutput: (name: string, value: string) => void;
  readonly writeSummary: (markdown: string) => Promise<void>;
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** A word nobody can guess. */
  readonly randomWord: () => string;
  readonly signal: AbortSignal;
}

/** The exit code of the process (design 7). Nothing is thrown: every ending is a sentence in the log. */
export async function runAction(surroundings: Surroundings): Promise<number> {
  const log = openLog(surroundings.write, surroundings.randomWord);
  const checks: CheckRun[] = [];
  let result: JobResult;
  try {
    result = await act(surroundings, log, checks);
  } catch (error) {
    result = failed(error);
    log.error(result.sentence);
    if (!(error instanceof SluiceError) && error instanceof Error) log.info(error.stack ?? error.message);
  }
  await concludeAll(checks, result, log);
  surroundings.setOutput("outcome", result.reason ?? "planned");
  surroundings.setOutput("sentence", result.sentence);
  for (const [name, value] of Object.entries(result.outputs)) surroundings.setOutput(name, String(value));
  log.info(result.sentence);
  return result.exitCode;
}

async function act(surroundings: Surroundings, log: Log, checks: CheckRun[]): Promise<JobResult> {
  const runner = readRunner(surroundings.env);
  const inputs = parseInputs(surroundings.readInput);
  // GitHub hides its own token and secrets; one that another step made would be shown.
  log.mask(inputs.token);
  const event = await readEvent(runner);
  const client = openClient({ token: inputs.token, apiUrl: runner.apiUrl, note: log.info });
  const repository = new Repository(client, runner.owner, runner.repository);
  const facts = await repositoryFacts(event, repository);
  const productionBranch = inputs.productionBranch ?? facts.defaultBranch;
  const job = selectJob({
    event,
    command: inputs.command,
    productionBranch,
    pr: inputs.pr,
    planRunId: inputs.planRunId,
    planDigest: inputs.planDigest,
    actor: runner.actor,
    sha: runner.sha,
    ref: runner.ref,
  });
  if (runner.debug) log.info(`Chosen: ${JSON.stringify(job)}`);
  const context: JobContext = {
    runner,
    inputs,
    repository,
    repositoryId: facts.id,
    productionBranch,
    target: { project: inputs.project, environment: inputs.environment },
    log,
    now: surroundings.now,
    random: surroundings.random,
    signal: surroundings.signal,
    openContext: (options) => openContext(surroundings, { runner, inputs, log }, options),
    loadTemplates: (override) =>
      loadTemplates(override === undefined ? undefined : join(projectFolder(runner, inputs), override)),
    writeSummary: surroundings.writeSummary,
    guard: (check) => {
      checks.push(check);
      return check;
    },
  };
  return perform(context, job);
}

async function perform(context: JobContext, job: Job): Promise<JobResult> {
  switch (job.kind) {
    case "plan":
      return planJob(context, job);
    case "offline-plan":
      return offlineJob(context, job);
    case "apply":
      return applyJob(context, job.trigger);
    case "close":
      return closedJob(context, job.pull);
    case "drift":
      return driftJob(context, job.clean);
    case "run":
      return runJob(context);
    case "status":
      return statusJob(context);
    case "breaker":
      return breakerJob(context, job.open);
    case "unlock":
      return unlockJob(context);
    case "rollback":
      return rollbackJob(context);
    case "clean":
      return cleanJob(context);
    case "replan":
      return replanJob(context, job.pull);
    case "nothing":
      return { reason: "nothing-to-do", sentence: job.sentence, outputs: {}, exitCode: 0 };
    case "refuse":
      throw new SluiceError("INPUT_INVALID", job.sentence, { hint: job.hint });
    default:
      return unreachable(job);
  }
}

async function readEvent(runner: Runner): Promise<GithubEvent> {
  let payload: unknown;
  try {
    payload = JSON.parse(await readFile(runner.eventPath, "utf8"));
  } catch (cause) {
    throw new SluiceError("USAGE", `the event file ${runner.eventPath} cannot be read: ${messageOf(cause)}`, {
      hint: "Run the Action in a workflow of GitHub Actions.",
      cause,
    });
  }
  return parseEvent(runner.eventName, payload);
}

async function repositoryFacts(event: GithubEvent, repository: Repository): Promise<RepositoryFacts> {
  return ("repository" in event ? event.repository : null) ?? repository.fetchFacts();
}

interface ContextParts {
  readonly runner: Runner;
  readonly inputs: Inputs;
  readonly log: Log;
}

function openContext(
  { env, now }: Surroundings,
  { runner, inputs, log }: ContextParts,
  { owner, offline }: { readonly owner: string; readonly offline?: boolean },
): Context {
  const project = projectFolder(runner, inputs);
  return new Context({
    paths: [project],
    directory: project,
    now,
    owner,
    env: projectEnv(env),
    loadDuckdb: () =>
      loadDuckdb({ project, toolCache: runner.toolCache, temp: runner.temp, env, note: log.info }),
    ...(inputs.gateway === null ? {} : { gateway: inputs.gateway }),
    ...(offline === undefined ? {} : { offline }),
  });
}

function projectFolder(runner: Runner, inputs: Inputs): string {
  return join(runner.workspace, inputs.project);
}

/** What a project's configuration may read: not the tokens of the job. */
function projectEnv(env: Env): Env {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(INPUT_|ACTIONS_|GITHUB_TOKEN$)/.test(name)),
  );
}

function failed(error: unknown): JobResult {
  const reason = reasonOfError(error);
  return { reason, sentence: sentenceOfError(error), outputs: {}, exitCode: Math.max(1, exitCodeOf(reason)) };
}

/** Whatever happened, no required check stays pending for ever. */
async function concludeAll(
  checks: readonly CheckRun[],
  { exitCode, sentence }: JobResult,
  log: Log,
): Promise<void> {
  const [conclusion, title] =
    exitCode === 0 ? (["success", "Done"] as const) : (["failure", "Sluice failed"] as const);
  for (const check of checks) {
    if (check.concluded) continue;
    await check
      .conclude(conclusion, { title, summary: sentence })
      .catch((error: unknown) => log.warning(messageOf(error)));
  }
}
