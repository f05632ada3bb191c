/**
 * Whether the required checks of a commit are green (design 6, spec github-platform 10). Pure: check runs and commit
 * statuses in, one verdict out. Only `success` counts as green; every run of a name must be.
 */
import { SluiceError } from "../errors.ts";

export interface CheckName {
  readonly name: string;
  /** Only check runs of this app count. */
  readonly appId?: number;
}

export interface CheckRunFacts {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly appId: number | null;
}

/** A commit status: the older of GitHub's two systems. */
export interface StatusFacts {
  readonly context: string;
  readonly state: string;
}

export interface CommitChecks {
  readonly sha: string;
  readonly runs: readonly CheckRunFacts[];
  readonly statuses: readonly StatusFacts[];
}

export type CheckState = "success" | "pending" | "failure" | "missing";

export interface CheckVerdict {
  readonly name: string;
  readonly sha: string;
  readonly state: CheckState;
  /** What was seen, in a few words. */
  readonly detail: string;
}

/** `build, lint@15368`, or one per line. Throws INPUT_INVALID. */
export function parseCheckNames(text: string): readonly CheckName[] {
  return text
    .split(/[\n,]/)
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map(parseCheckName);
}

function parseCheckName(text: string): CheckName {
  const match = /^(.*?)(?:@(\d{1,15}))?$/.exec(text);
  const name = (match?.[1] ?? "").trim();
  if (name === "" || name === "auto") {
    throw new SluiceError(
      "INPUT_INVALID",
      `the input required-checks holds "${text}", which is not the name of a check`,
      {
        hint: "Write auto alone, or names such as build or build@15368.",
      },
    );
  }
  return match?.[2] === undefined ? { name } : { name, appId: Number(match[2]) };
}

/** Each required check on each commit. */
export function judgeChecks(
  required: readonly CheckName[],
  commits: readonly CommitChecks[],
): readonly CheckVerdict[] {
  return commits.flatMap((commit) => required.map((check) => judgeOne(check, commit)));
}

function judgeOne(check: CheckName, commit: CommitChecks): CheckVerdict {
  const verdict = (state: CheckState, detail: string): CheckVerdict => ({
    name: check.name,
    sha: commit.sha,
    state,
    detail,
  });
  const named = commit.runs.filter((run) => run.name === check.name);
  const runs = check.appId === undefined ? named : named.filter((run) => run.appId === check.appId);
  // Whoever pins an app does not trust a status, which anyone with write access can set.
  const statuses =
    check.appId === undefined ? commit.statuses.filter((status) => status.context === check.name) : [];
  if (runs.length + statuses.length === 0) {
    const wrongApp =
      named.length > 0
        ? `it was reported by app ${named.map((run) => run.appId ?? "unknown").join(", ")}`
        : "not reported";
    return named.length > 0 ? verdict("failure", wrongApp) : verdict("missing", wrongApp);
  }
  const bad = [
    ...runs
      .filter((run) => run.status === "completed" && run.conclusion !== "success")
      .map((run) => run.conclusion ?? "no conclusion"),
    ...statuses
      .filter((status) => status.state !== "success" && status.state !== "pending")
      .map((status) => status.state),
  ];
  if (bad[0] !== undefined) return verdict("failure", bad[0]);
  const waiting = [
    ...runs.filter((run) => run.status !== "completed").map((run) => run.status),
    ...statuses.filter((status) => status.state === "pending").map((status) => status.state),
  ];
  return waiting[0] === undefined ? verdict("success", "success") : verdict("pending", waiting[0]);
}

/** One sentence on what is not green; null when all is. */
export function sentenceOf(verdicts: readonly CheckVerdict[]): string | null {
  const bad = verdicts.filter((verdict) => verdict.state !== "success");
  if (bad.length === 0) return null;
  const told = bad
    .slice(0, 5)
    .map(
      ({ name, state, detail, sha }) =>
        `${name} is ${words[state]} on ${sha.slice(0, 7)}${state === "missing" ? "" : ` (${detail})`}`,
    );
  const more = bad.length > 5 ? `, and ${bad.length - 5} more` : "";
  return `Required checks are not green: ${told.join(", ")}${more}.`;
}

const words: Readonly<Record<CheckState, string>> = {
  success: "green",
  pending: "still running",
  failure: "not green",
  missing: "missing",
};

/** What waiting may still change: nothing failed, something is not there yet. */
export function mayTurnGreen(verdicts: readonly CheckVerdict[]): boolean {
  return verdicts.every((verdict) => verdict.state !== "failure");
}

interface RuleEntry {
  readonly type: string;
  readonly parameters?: {
    readonly required_status_checks?: readonly {
      readonly context: string;
      readonly integration_id?: number | null;
    }[];
  };
}

interface ClassicProtection {
  readonly contexts?: readonly string[];
  readonly checks?: readonly { readonly context: string; readonly app_id?: number | null }[];
}

/** What rulesets and classic protection of a branch require together; `except` are our own checks. */
export function requiredByBranch(
  rules: readonly RuleEntry[],
  classic: ClassicProtection | null,
  except: readonly string[],
): readonly CheckName[] {
  const all: CheckName[] = [];
  const add = (name: string, appId: number | null | undefined) => {
    if (except.includes(name)) return;
    // App -1 stands for "any".
    const check: CheckName = appId === null || appId === undefined || appId < 0 ? { name } : { name, appId };
    if (!all.some((each) => each.name === check.name && each.appId === check.appId)) all.push(check);
  };
  for (const rule of rules) {
    if (rule.type !== "required_status_checks") continue;
    for (const { context, integration_id } of rule.parameters?.required_status_checks ?? [])
      add(context, integration_id);
  }
  for (const { context, app_id } of classic?.checks ?? []) add(context, app_id);
  for (const context of classic?.contexts ?? [])
    if (!all.some((each) => each.name === context)) add(context, null);
  return all;
}
