/** One run of a workflow with one job: its folders, its token, and Sluice as its step. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Trigger } from "./events.ts";
import type { LocalGitHub } from "./local-github.ts";
import { type Permissions, readOnly } from "./permissions.ts";
import { now, type WorkflowRun } from "./repository.ts";
import { projectRoot, readActionFile } from "./runner/action-file.ts";
import type { Hurry } from "./runner/hurry.ts";
import { type JobFolders, runActionStep, type Step, type StepResult } from "./runner/step.ts";

export interface JobOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly permissions?: Permissions;
  readonly env?: Readonly<Record<string, string>>;
  /** Path of the workflow file. */
  readonly workflow?: string;
  /** Run this run again: the same event, one attempt more. */
  readonly again?: WorkflowRun;
  /** Commit to check out. Default: the event's. */
  readonly checkout?: string;
  readonly github?: Readonly<Record<string, string>>;
  readonly cancel?: AbortSignal;
  readonly crash?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly program?: Step["program"];
  /** Looks at the machine when the step has ended, before its folders go. */
  readonly after?: (folders: JobFolders) => void;
  /** Sluice's source in the tests' own process: for what many runs ask, and no process adds to. */
  readonly inProcess?: Hurry;
}

export interface JobResult extends StepResult {
  readonly run: WorkflowRun;
}

export const planPermissions: Permissions = { contents: "read", "pull-requests": "write", checks: "write" };
export const applyPermissions: Permissions = {
  contents: "read",
  "pull-requests": "write",
  checks: "write",
  statuses: "read",
  actions: "read",
  deployments: "write",
};

/** Runs the step; when it ends, so does the run. */
export async function runJob(
  github: LocalGitHub,
  trigger: Trigger,
  options: JobOptions = {},
): Promise<JobResult> {
  const run = startRun(github, trigger, options);
  const folders = makeFolders();
  try {
    checkOut(github, options.checkout ?? trigger.sha, folders.workspace);
    const asked = options.permissions ?? applyPermissions;
    const token = github.mintToken(trigger.restricted ? readOnly(asked) : asked);
    const result = await runActionStep({
      action: readActionFile(),
      folders,
      inputs: options.inputs ?? {},
      evaluate: (text) => text.replace(/\$\{\{ *github\.token *\}\}/g, token),
      github: { ...runVariables(github, trigger, run), ...github.serviceEnvironment(run), ...options.github },
      event: trigger.payload,
      masks: new Set([token]),
      ...(options.env ? { env: options.env } : {}),
      ...(options.cancel ? { cancel: options.cancel } : {}),
      ...(options.crash ? { crash: options.crash } : {}),
      ...(options.onLine ? { onLine: options.onLine } : {}),
      ...(options.program ? { program: options.program } : {}),
      ...(options.inProcess ? { inProcess: options.inProcess } : {}),
    });
    options.after?.(folders);
    endRun(run, options.cancel?.aborted ? "cancelled" : result.conclusion);
    return { ...result, run };
  } finally {
    rmSync(folders.home, { recursive: true, force: true });
  }
}

export function startRun(
  github: LocalGitHub,
  trigger: Trigger,
  options: Pick<JobOptions, "again" | "workflow">,
): WorkflowRun {
  const { repository } = github;
  github.checkEvent(trigger.name, trigger.payload);
  if (options.again) {
    return Object.assign(options.again, {
      attempt: options.again.attempt + 1,
      status: "in_progress",
      conclusion: null,
    });
  }
  const run: WorkflowRun = {
    id: repository.nextId(),
    number: repository.runs.length + 1,
    attempt: 1,
    event: trigger.name,
    path: options.workflow ?? ".github/workflows/sluice.yml",
    headSha: trigger.run.sha,
    headBranch: trigger.run.branch,
    home: trigger.run.home,
    actor: trigger.actor,
    status: "in_progress",
    conclusion: null,
    createdAt: now(),
  };
  repository.runs.push(run);
  return run;
}

export function endRun(run: WorkflowRun, conclusion: string): void {
  Object.assign(run, { status: "completed", conclusion });
}

/** `GITHUB_…` of a run. */
export function runVariables(
  github: LocalGitHub,
  trigger: Trigger,
  run: WorkflowRun,
): Readonly<Record<string, string>> {
  const { repository } = github;
  const { fullName, id } = repository.home;
  return {
    GITHUB_EVENT_NAME: trigger.name,
    GITHUB_REPOSITORY: fullName,
    GITHUB_REPOSITORY_ID: String(id),
    GITHUB_REPOSITORY_OWNER: repository.owner,
    GITHUB_RUN_ID: String(run.id),
    GITHUB_RUN_NUMBER: String(run.number),
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    GITHUB_SHA: trigger.sha,
    GITHUB_REF: trigger.ref,
    GITHUB_REF_NAME: trigger.ref.replace(/^refs\/(heads|pull)\//, ""),
    GITHUB_REF_TYPE: "branch",
    GITHUB_HEAD_REF: trigger.headRef,
    GITHUB_BASE_REF: trigger.baseRef,
    GITHUB_ACTOR: trigger.actor.login,
    GITHUB_ACTOR_ID: String(trigger.actor.id),
    GITHUB_TRIGGERING_ACTOR: trigger.actor.login,
    GITHUB_WORKFLOW: "sluice",
    GITHUB_WORKFLOW_REF: `${fullName}/${run.path}@${trigger.ref}`,
    GITHUB_WORKFLOW_SHA: trigger.sha,
    GITHUB_JOB: "sluice",
    GITHUB_ACTION_REPOSITORY: "",
    GITHUB_ACTION_REF: "",
  };
}

export function makeFolders(): JobFolders {
  const home = mkdtempSync(join(tmpdir(), "sluice-runner-"));
  const folders = {
    home,
    temp: join(home, "_temp"),
    toolCache: join(home, "_tool"),
    workspace: join(home, "work", "shop", "shop"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  return folders;
}

/** Files of a commit, with the modules that `npm ci` would have put there. */
export function checkOut(github: LocalGitHub, sha: string, workspace: string): void {
  for (const [path, text] of Object.entries(github.repository.commitOf(sha).files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  symlinkSync(join(projectRoot, "node_modules"), join(workspace, "node_modules"));
}
