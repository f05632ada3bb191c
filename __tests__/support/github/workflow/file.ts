/** A workflow file as GitHub reads it. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import type { WorkflowTemplate } from "@actions/workflow-parser/model/workflow-template";
import { parse } from "yaml";
import type { Permissions } from "../permissions.ts";

export interface StepText {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly "continue-on-error"?: unknown;
  readonly "working-directory"?: string;
}

export interface JobText {
  readonly needs?: string | readonly string[];
  readonly permissions?: Permissions | "read-all" | "write-all";
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: ConcurrencyText;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly StepText[];
  readonly strategy?: unknown;
  readonly container?: unknown;
  readonly services?: unknown;
  readonly uses?: unknown;
}

export type ConcurrencyText =
  | string
  | { readonly group: string; readonly "cancel-in-progress"?: unknown; readonly queue?: string };

/** What the parser's own model leaves out, as it is written. */
export interface WorkflowText {
  readonly permissions?: Permissions | "read-all" | "write-all";
  readonly concurrency?: ConcurrencyText;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly on: {
    readonly workflow_dispatch?: {
      readonly inputs?: Readonly<Record<string, { readonly default?: unknown; readonly type?: string }>>;
    } | null;
  };
  readonly jobs: Readonly<Record<string, JobText>>;
}

export interface WorkflowFile {
  readonly template: WorkflowTemplate;
  readonly text: WorkflowText;
}

/** Throws with every error GitHub would show. */
export async function readWorkflow(name: string, content: string): Promise<WorkflowFile> {
  const parsed = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const template = parsed.value && (await convertWorkflowTemplate(parsed.context, parsed.value));
  const errors = [
    ...parsed.context.errors.getErrors().map((error) => error.message),
    ...(template?.errors ?? []).map((error) => error.Message),
  ];
  if (!template || errors.length > 0)
    throw new Error(`Invalid workflow file ${name}:\n${[...new Set(errors)].join("\n")}`);
  return { template, text: parse(content) as WorkflowText };
}

export function nameOf(text: StepText): string {
  return text.name ?? text.uses ?? text.run?.split("\n")[0] ?? "";
}
