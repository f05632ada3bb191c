/** One step of a JavaScript action, started as actions/runner starts it: an environment made from nothing, file commands, masks. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ActionFile, actionEntry, actionNode } from "./action-file.ts";
import { FileCommands } from "./file-commands.ts";
import type { Hurry } from "./hurry.ts";
import { runInProcess } from "./in-process.ts";
import { type LogIssue, StepLog } from "./log.ts";
import { runProcess, type StepProcess } from "./process.ts";

/** The folders of one job. */
export interface JobFolders {
  readonly home: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly workspace: string;
}

export interface Step {
  readonly action: ActionFile;
  readonly folders: JobFolders;
  /** `with:` of the step, expressions already evaluated. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Defaults of inputs are expressions too. */
  readonly evaluate: (text: string) => string;
  /** `GITHUB_…` and the addresses of the services. */
  readonly github: Readonly<Record<string, string>>;
  /** `env:` of workflow, job and step. */
  readonly env?: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** Secrets to hide; grows by `::add-mask::`. */
  readonly masks: Set<string>;
  readonly cancel?: AbortSignal;
  readonly crash?: AbortSignal;
  /** Called with every line of the log, masked or not. */
  readonly onLine?: (line: string) => void;
  /** Another Node, another place of the bundle. */
  readonly program?: { readonly node: string; readonly entry: string };
  /** The source in the tests' own process, instead of the bundle in one of its own. */
  readonly inProcess?: Hurry;
}

export interface StepResult {
  readonly exitCode: number | string;
  readonly conclusion: "success" | "failure";
  readonly log: readonly string[];
  readonly issues: readonly LogIssue[];
  /** What the runner says of inputs the action does not have. */
  readonly warnings: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** By old commands in the log, which no step of ours should ever set. */
  readonly logOutputs: Readonly<Record<string, string>>;
  readonly exported: Readonly<Record<string, string>>;
  readonly summary: string;
}

export async function runActionStep(step: Step): Promise<StepResult> {
  const files = new FileCommands(step.folders.temp);
  const log = new StepLog(step.masks);
  const { inProcess, program = { node: actionNode, entry: actionEntry() } } = step;
  const run = inProcess ? (process: StepProcess) => runInProcess(process, inProcess) : runProcess;
  const exitCode = await run({
    command: program.node,
    arguments: [program.entry],
    cwd: step.folders.workspace,
    env: environment(step, files),
    onLine: (line) => {
      log.read(line);
      step.onLine?.(line);
    },
    ...(step.cancel ? { cancel: step.cancel } : {}),
    ...(step.crash ? { crash: step.crash } : {}),
  });
  const known = Object.keys(step.action.inputs).map((name) => name.toLowerCase());
  return {
    exitCode,
    conclusion: exitCode === 0 ? "success" : "failure",
    log: log.lines,
    issues: log.issues,
    warnings: Object.keys(step.inputs).filter((name) => !known.includes(name.toLowerCase())),
    outputs: files.pairs("OUTPUT"),
    logOutputs: log.outputs,
    exported: files.pairs("ENV"),
    summary: summaryOf(files, log),
  };
}

function environment(step: Step, files: FileCommands): Record<string, string> {
  const { folders } = step;
  const eventPath = join(folders.temp, "_github_workflow", "event.json");
  mkdirSync(join(folders.temp, "_github_workflow"), { recursive: true });
  writeFileSync(eventPath, JSON.stringify(step.event, null, 2));
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: folders.home,
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...step.env,
    ...inputVariables(step),
    GITHUB_ACTION: "__self",
    GITHUB_WORKSPACE: folders.workspace,
    GITHUB_EVENT_PATH: eventPath,
    ...step.github,
    ...files.environment(),
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_NAME: "local",
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.toolCache,
    RUNNER_WORKSPACE: join(folders.workspace, ".."),
  };
}

/** An input without a value or default arrives as empty text; hyphens stay. */
function inputVariables(step: Step): Readonly<Record<string, string>> {
  const defaults = Object.entries(step.action.inputs).map(([name, { default: value }]) => [
    name,
    value === undefined ? "" : step.evaluate(String(value)),
  ]);
  const all = { ...(Object.fromEntries(defaults) as Record<string, string>), ...step.inputs };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}

const longestSummary = 1024 * 1024;

function summaryOf(files: FileCommands, log: StepLog): string {
  const text = files.read("STEP_SUMMARY");
  if (Buffer.byteLength(text) <= longestSummary) return log.mask(text);
  log.read("::error::$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k");
  return "";
}
