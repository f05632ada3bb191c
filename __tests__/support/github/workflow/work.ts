/** What a job of a workflow is run with. */
import type { Job } from "@actions/workflow-parser/model/workflow-template";
import type { Trigger } from "../events.ts";
import type { LocalGitHub } from "../local-github.ts";
import type { WorkflowRun } from "../repository.ts";
import type { Contexts } from "./expressions.ts";
import type { JobText, WorkflowFile } from "./file.ts";

export interface WorkflowOptions {
  /** Path of the file in the repository; its text is what the commit of the event holds. */
  readonly path: string;
  readonly content: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** The reviewers of a protected environment. Default: they approve. */
  readonly approve?: (environment: string, job: string) => boolean | Promise<boolean>;
  /** `env:` of the machine, for what only tests need. */
  readonly machine?: Readonly<Record<string, string>>;
  readonly again?: WorkflowRun;
}

export interface JobWork {
  readonly github: LocalGitHub;
  readonly trigger: Trigger;
  readonly run: WorkflowRun;
  readonly options: WorkflowOptions;
  readonly file: WorkflowFile;
  readonly job: Job;
  readonly text: JobText;
  readonly contexts: Contexts;
}
