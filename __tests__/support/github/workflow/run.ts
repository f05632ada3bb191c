/**
 * Runs a workflow file on the local GitHub. GitHub's own parser and expression engine decide what runs; jobs and steps are
 * walked here. Matrices, containers, services and reusable workflows are refused loudly.
 */
import type { Trigger } from "../events.ts";
import { endRun, type JobOptions, startRun } from "../job.ts";
import type { LocalGitHub } from "../local-github.ts";
import type { WorkflowRun } from "../repository.ts";
import { type Contexts, holds } from "./expressions.ts";
import { readWorkflow, type WorkflowFile } from "./file.ts";
import { type JobOutcome, runWorkflowJob } from "./job.ts";
import { whyNotTriggered } from "./triggers.ts";
import type { WorkflowOptions } from "./work.ts";

export type WorkflowOutcome =
  | { readonly triggered: false; readonly reason: string }
  | {
      readonly triggered: true;
      readonly run: WorkflowRun;
      readonly jobs: Readonly<Record<string, JobOutcome>>;
    };

export async function runWorkflow(
  github: LocalGitHub,
  trigger: Trigger,
  options: WorkflowOptions,
): Promise<WorkflowOutcome> {
  const file = await readWorkflow(options.path, options.content);
  const reason = whyNotTriggered(file.template.events, trigger);
  if (reason !== null) return { triggered: false, reason };
  const given: Pick<JobOptions, "again" | "workflow"> = {
    workflow: options.path,
    ...(options.again ? { again: options.again } : {}),
  };
  const run = startRun(github, trigger, given);
  const contexts = workflowContexts(github, trigger, file, options, run);
  const jobs: Record<string, JobOutcome> = {};
  for (const job of file.template.jobs) {
    const id = job.id.value;
    const text = file.text.jobs[id];
    if (!text || job.type !== "job") throw new Error(`The local runner does not run the job ${id}.`);
    const needs = [text.needs ?? []].flat();
    const status = { failed: needs.some((each) => jobs[each]?.result !== "success"), cancelled: false };
    const needed = Object.fromEntries(needs.map((each) => [each, jobs[each]]));
    const local = { ...contexts, needs: needed };
    jobs[id] = holds(job.if.expression, local, status)
      ? await runWorkflowJob({ github, trigger, run, options, file, job, text, contexts: local })
      : { result: "skipped", outputs: {}, steps: [], permissions: {}, concurrency: null };
  }
  endRun(run, Object.values(jobs).some((job) => job.result === "failure") ? "failure" : "success");
  return { triggered: true, run, jobs };
}

function workflowContexts(
  github: LocalGitHub,
  trigger: Trigger,
  { text }: WorkflowFile,
  options: WorkflowOptions,
  run: WorkflowRun,
): Contexts {
  const { repository } = github;
  return {
    github: {
      event: trigger.payload,
      event_name: trigger.name,
      repository: repository.home.fullName,
      repository_owner: repository.owner,
      ref: trigger.ref,
      ref_name: trigger.ref.replace(/^refs\/(heads|pull)\//, ""),
      sha: trigger.sha,
      head_ref: trigger.headRef,
      base_ref: trigger.baseRef,
      actor: trigger.actor.login,
      triggering_actor: trigger.actor.login,
      run_id: String(run.id),
      run_attempt: String(run.attempt),
      server_url: "https://github.com",
      workflow: "sluice",
    },
    vars: options.vars ?? {},
    secrets: trigger.restricted ? {} : (options.secrets ?? {}),
    inputs: dispatchInputs(trigger, text),
    env: text.env ?? {},
  };
}

function dispatchInputs(trigger: Trigger, text: WorkflowFile["text"]): Readonly<Record<string, unknown>> {
  if (trigger.name !== "workflow_dispatch") return {};
  const declared = Object.entries(text.on.workflow_dispatch?.inputs ?? {});
  const defaults = declared.map(([name, input]) => [
    name,
    input?.default ?? (input?.type === "boolean" ? false : ""),
  ]);
  const given = trigger.payload["inputs"] as Readonly<Record<string, string>>;
  const unknown = Object.keys(given).filter((name) => !declared.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`Unexpected inputs provided: ${unknown.join(", ")}`);
  return { ...Object.fromEntries(defaults), ...given };
}
