/** One job of a workflow: its rights, its environment, its steps in order. */
import { rmSync } from "node:fs";
import type { Step } from "@actions/workflow-parser/model/workflow-template";
import { makeFolders } from "../job.ts";
import { type Access, type Permissions, readOnly } from "../permissions.ts";
import { type Concurrency, concurrencyOf } from "./concurrency.ts";
import { type Contexts, holds, interpolate } from "./expressions.ts";
import { nameOf, type StepText } from "./file.ts";
import { runWorkflowStep, type StepOutcome } from "./step.ts";
import type { JobWork } from "./work.ts";

export interface JobOutcome {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepOutcome[];
  /** Of the job's token. */
  readonly permissions: Permissions;
  readonly concurrency: Concurrency | null;
  /** Why no step ran. */
  readonly reason?: string;
}

const calm = { failed: false, cancelled: false };

export async function runWorkflowJob(work: JobWork): Promise<JobOutcome> {
  const { github, text, trigger, contexts } = work;
  refuseWhatIsNotPlayed(work);
  const asked = permissionsOf(work);
  const permissions = trigger.restricted ? readOnly(asked) : asked;
  const concurrency = concurrencyOf(text.concurrency ?? work.file.text.concurrency, contexts);
  const environment = environmentOf(work);
  if (environment !== null && !(await (work.options.approve?.(environment, work.job.id.value) ?? true))) {
    return {
      result: "failure",
      outputs: {},
      steps: [],
      permissions,
      concurrency,
      reason: `${environment} was not approved`,
    };
  }
  const folders = makeFolders();
  try {
    const token = github.mintToken(permissions);
    const state = await runSteps(work, token, folders);
    const outputs = Object.entries(text.outputs ?? {}).map(([name, value]) => [
      name,
      interpolate(value, state.contexts, calm),
    ]);
    return {
      result: state.failed ? "failure" : "success",
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      steps: state.steps,
      permissions,
      concurrency,
    };
  } finally {
    rmSync(folders.home, { recursive: true, force: true });
  }
}

async function runSteps(work: JobWork, token: string, folders: ReturnType<typeof makeFolders>) {
  const secrets = { ...(work.contexts["secrets"] as Record<string, string>), GITHUB_TOKEN: token };
  const masks = new Set(Object.values(secrets).filter((each) => each !== ""));
  const steps: StepOutcome[] = [];
  const done: Record<string, unknown> = {};
  let failed = false;
  const contextsNow = (text?: StepText): Contexts => {
    const base: Contexts = {
      ...work.contexts,
      secrets,
      steps: done,
      github: {
        ...(work.contexts["github"] as object),
        token,
        job: work.job.id.value,
        workspace: folders.workspace,
      },
      runner: { os: "Linux", arch: "X64", temp: folders.temp },
      job: { status: failed ? "failure" : "success" },
    };
    const env = { ...(work.contexts["env"] as object), ...work.text.env, ...text?.env };
    return { ...base, env: evaluated(env, { ...base, env: {} }) };
  };
  for (const [at, step] of work.job.steps.entries()) {
    const text = work.text.steps[at] as StepText;
    const contexts = contextsNow(text);
    const status = { failed, cancelled: false };
    const outcome: StepOutcome = holds(conditionOf(step), contexts, status)
      ? await runWorkflowStep({ work, text, contexts, folders, masks, status })
      : { name: nameOf(text), outcome: "skipped", conclusion: "skipped", outputs: {} };
    if (outcome.conclusion === "failure") failed = true;
    steps.push(outcome);
    done[step.id] = { outcome: outcome.outcome, conclusion: outcome.conclusion, outputs: outcome.outputs };
  }
  return { steps, failed, contexts: contextsNow() };
}

function conditionOf(step: Step): string {
  return step.if?.expression ?? "success()";
}

function evaluated(
  env: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, interpolate(value, contexts, calm)]),
  );
}

/** Of the job, else of the workflow, else what a careful repository's default is: contents to read. */
function permissionsOf({ text, file }: JobWork): Permissions {
  const asked = text.permissions ?? file.text.permissions ?? { contents: "read" };
  if (typeof asked === "string")
    throw new Error(`permissions: ${asked} is more than any workflow of ours needs.`);
  const named = Object.entries(asked).filter(
    (entry): entry is [string, Access] => entry[1] === "read" || entry[1] === "write",
  );
  return Object.fromEntries(named);
}

function environmentOf({ text, contexts }: JobWork): string | null {
  if (text.environment === undefined) return null;
  const name = typeof text.environment === "string" ? text.environment : text.environment.name;
  return interpolate(name, contexts, calm);
}

function refuseWhatIsNotPlayed({ text, job }: JobWork): void {
  for (const key of ["strategy", "container", "services", "uses"] as const) {
    if (text[key] !== undefined)
      throw new Error(`The local runner does not play ${key}: of the job ${job.id.value}.`);
  }
}
