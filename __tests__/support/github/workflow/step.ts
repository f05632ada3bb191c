/** One step of a workflow: Sluice itself, a stand-in for an action of others, or a shell script. */
import { spawnSync } from "node:child_process";
import { checkOut, runVariables } from "../job.ts";
import { readActionFile } from "../runner/action-file.ts";
import { FileCommands } from "../runner/file-commands.ts";
import { type JobFolders, runActionStep, type StepResult } from "../runner/step.ts";
import { type Contexts, interpolate, type Status } from "./expressions.ts";
import { nameOf, type StepText } from "./file.ts";
import type { JobWork } from "./work.ts";

export interface StepOutcome {
  readonly name: string;
  readonly outcome: "success" | "failure" | "skipped";
  /** After `continue-on-error`. */
  readonly conclusion: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the steps that run Sluice. */
  readonly result?: StepResult;
}

export interface StepWork {
  readonly work: JobWork;
  readonly text: StepText;
  readonly contexts: Contexts;
  readonly folders: JobFolders;
  readonly masks: Set<string>;
  readonly status: Status;
}

/** Sluice's own name in examples; `./` in this repository. */
const sluice = /^(\.\/?|[\w-]+\/sluice(@.*)?)$/;

export async function runWorkflowStep(step: StepWork): Promise<StepOutcome> {
  const done = await runOne(step);
  const outcome = done.ok ? "success" : "failure";
  const forgiven =
    interpolate(step.text["continue-on-error"] ?? false, step.contexts, step.status) === "true";
  return {
    name: nameOf(step.text),
    outcome,
    conclusion: forgiven ? "success" : outcome,
    outputs: done.outputs,
    ...(done.result ? { result: done.result } : {}),
  };
}

interface Done {
  readonly ok: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly result?: StepResult;
}

async function runOne(step: StepWork): Promise<Done> {
  const { uses } = step.text;
  if (uses === undefined) return runShell(step);
  if (sluice.test(uses)) return runSluice(step);
  const standIn = standIns[uses.split("@")[0] ?? ""];
  if (!standIn) throw new Error(`The local runner has no stand-in for ${uses}.`);
  standIn(step, withOf(step));
  return { ok: true, outputs: {} };
}

type StandIn = (step: StepWork, inputs: Readonly<Record<string, string>>) => void;

const standIns: Readonly<Record<string, StandIn>> = {
  "actions/checkout": ({ work, folders }, inputs) => {
    const wanted = inputs["ref"] || work.trigger.sha;
    const sha = work.github.repository.resolve(wanted);
    if (!sha) throw new Error(`There is no ${wanted} to check out.`);
    checkOut(work.github, sha, folders.workspace);
  },
  "actions/setup-node": () => undefined,
};

async function runSluice(step: StepWork): Promise<Done> {
  const { work, contexts, status } = step;
  const result = await runActionStep({
    action: readActionFile(),
    folders: step.folders,
    inputs: withOf(step),
    evaluate: (text) => interpolate(text, contexts, status),
    github: {
      ...runVariables(work.github, work.trigger, work.run),
      ...work.github.serviceEnvironment(work.run),
      GITHUB_JOB: work.job.id.value,
    },
    env: { ...work.options.machine, ...(contexts["env"] as Record<string, string>) },
    event: work.trigger.payload,
    masks: step.masks,
  });
  return { ok: result.exitCode === 0, outputs: result.outputs, result };
}

/** Installing packages is what the checkout's modules stand for. */
const installs = /^npm (ci|install)\b/;

function runShell(step: StepWork): Done {
  const script = interpolate(step.text.run, step.contexts, step.status);
  const files = new FileCommands(step.folders.temp);
  if (installs.test(script)) return { ok: true, outputs: {} };
  const { status } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: step.folders.workspace,
    env: {
      PATH: process.env["PATH"] ?? "",
      CI: "true",
      ...runVariables(step.work.github, step.work.trigger, step.work.run),
      ...(step.contexts["env"] as Record<string, string>),
      ...files.environment(),
    },
  });
  return { ok: status === 0, outputs: files.pairs("OUTPUT") };
}

function withOf({ text, contexts, status }: StepWork): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(text.with ?? {}).map(([name, value]) => [name, interpolate(value, contexts, status)]),
  );
}
