/** Event × command → what to do: the table of design 7 as one pure function. */
import { unreachable } from "../errors.ts";
import { branchOf, type GithubEvent, type PullFacts } from "./event.ts";
import type { Command } from "./inputs.ts";

export type Job =
  /** Plans what is checked out. `pull` null: the production branch as it is. */
  | {
      readonly kind: "plan";
      readonly sha: string;
      readonly baseSha: string | null;
      readonly pull: PullFacts | null;
      /** The merged pull request whose restatements were not carried out yet. */
      readonly merged?: number;
    }
  /** Without credentials: parse, lint, tests, nothing compared. */
  | { readonly kind: "offline-plan"; readonly pull: PullFacts; readonly why: "fork" | "dependabot" }
  | { readonly kind: "apply"; readonly trigger: ApplyTrigger }
  | { readonly kind: "close"; readonly pull: PullFacts }
  /** `clean`: expired environments and versions go as well. */
  | { readonly kind: "drift"; readonly clean: boolean }
  | { readonly kind: "run" }
  | { readonly kind: "status" }
  | { readonly kind: "breaker"; readonly open: boolean }
  | { readonly kind: "unlock" }
  | { readonly kind: "rollback" }
  | { readonly kind: "clean" }
  | { readonly kind: "replan"; readonly pull: number }
  | { readonly kind: "nothing"; readonly sentence: string }
  /** Asked for, and not possible here. */
  | { readonly kind: "refuse"; readonly sentence: string; readonly hint: string };

export type ApplyTrigger =
  | { readonly kind: "merge"; readonly pull: PullFacts }
  | { readonly kind: "push"; readonly sha: string; readonly branch: string }
  | {
      readonly kind: "dispatch";
      readonly pull: number | null;
      readonly runId: number | null;
      readonly digest: string | null;
    };

export interface Selection {
  readonly event: GithubEvent;
  readonly command: Command;
  /** Branch whose merges reach production. */
  readonly productionBranch: string;
  /** Numbers and digests given by hand. */
  readonly pr: number | null;
  readonly planRunId: number | null;
  readonly planDigest: string | null;
  /** Who triggered the run. */
  readonly actor: string;
  /** Commit of the run. */
  readonly sha: string;
  /** Ref of the run. */
  readonly ref: string;
}

type OperatorCommand = Exclude<Command, "auto" | "plan" | "apply">;

const plannedActions: readonly string[] = ["opened", "synchronize", "reopened", "ready_for_review"];

export function selectJob(selection: Selection): Job {
  const { event, command } = selection;
  switch (command) {
    case "plan":
      return planByName(selection);
    case "apply":
      return applyByName(selection);
    case "auto":
      return automatic(selection);
    case "breaker-open":
    case "breaker-close":
    case "unlock":
    case "rollback":
    case "clean":
    case "run":
    case "drift":
    case "status":
      return fits(command, event) ? byName(command, selection) : notHere(command, event);
    default:
      return unreachable(command);
  }
}

/** What a person decides comes by dispatch alone; the rest may run on a schedule too, and nothing of it in a pull request. */
function fits(command: OperatorCommand, { kind }: GithubEvent): boolean {
  if (kind === "dispatch") return true;
  const unattended: readonly Command[] = ["run", "clean", "drift", "status"];
  return unattended.includes(command) && (kind === "schedule" || kind === "push");
}

function byName(command: OperatorCommand, selection: Selection): Job {
  const writes = command !== "status" && command !== "drift";
  if (writes && branchOf(selection.ref) !== selection.productionBranch)
    return otherBranch(command, selection);
  switch (command) {
    case "breaker-open":
    case "breaker-close":
      return { kind: "breaker", open: command === "breaker-open" };
    case "drift":
      return { kind: "drift", clean: false };
    default:
      return { kind: command };
  }
}

function automatic(selection: Selection): Job {
  const { event, productionBranch } = selection;
  switch (event.kind) {
    case "pull-request":
      if (event.action === "closed") {
        return event.pull.merged ? applyMerged(selection, event.pull) : closeUnmerged(selection, event.pull);
      }
      return planPull(selection, event);
    case "merge-group":
      return planGroup(event);
    case "push":
      return applyPushed(event, productionBranch);
    case "schedule":
      return { kind: "drift", clean: true };
    case "dispatch":
      return selection.pr === null && selection.planRunId === null && selection.planDigest === null
        ? { kind: "status" }
        : applyDispatched(selection);
    case "other":
      return { kind: "nothing", sentence: `Sluice has nothing to do on ${event.name}.` };
    default:
      return unreachable(event);
  }
}

function planPull(selection: Selection, event: Extract<GithubEvent, { kind: "pull-request" }>): Job {
  const { pull } = event;
  const wanted = plannedActions.includes(event.action) || event.baseChanged || event.bodyChanged;
  if (!wanted) return { kind: "nothing", sentence: `Nothing to plan on pull_request ${event.action}.` };
  if (pull.headRepositoryId !== event.repository.id) return { kind: "offline-plan", pull, why: "fork" };
  // Runs of Dependabot get a read-only token and no secrets, though the branch is ours.
  if (selection.actor === "dependabot[bot]") return { kind: "offline-plan", pull, why: "dependabot" };
  if (pull.baseRef !== selection.productionBranch) {
    return {
      kind: "nothing",
      sentence: `The pull request goes to ${pull.baseRef}, not to ${selection.productionBranch}: there is nothing to promote.`,
    };
  }
  return { kind: "plan", sha: pull.headSha, baseSha: pull.baseSha, pull };
}

function planGroup(event: Extract<GithubEvent, { kind: "merge-group" }>): Job {
  if (event.action !== "checks_requested")
    return { kind: "nothing", sentence: `Nothing to plan on merge_group ${event.action}.` };
  return { kind: "plan", sha: event.headSha, baseSha: event.baseSha, pull: null };
}

/** Runs on pull requests of forks and of Dependabot have a read-only token and no secrets, also on the merge itself. */
function isRestricted({ event, actor }: Selection, pull: PullFacts): boolean {
  return (
    actor === "dependabot[bot]" ||
    event.kind !== "pull-request" ||
    pull.headRepositoryId !== event.repository.id
  );
}

function applyMerged(selection: Selection, pull: PullFacts): Job {
  const { productionBranch } = selection;
  if (pull.baseRef !== productionBranch) {
    return {
      kind: "nothing",
      sentence: `Merged into ${pull.baseRef}, not into ${productionBranch}: nothing is promoted.`,
    };
  }
  if (isRestricted(selection, pull)) {
    return {
      kind: "nothing",
      sentence: "This run has no credentials: the push of the merge applies it, or a dispatch.",
    };
  }
  return { kind: "apply", trigger: { kind: "merge", pull } };
}

/** An offline plan built nothing that would have to be cleaned up. */
function closeUnmerged(selection: Selection, pull: PullFacts): Job {
  if (isRestricted(selection, pull)) {
    return { kind: "nothing", sentence: "Closed without merging; an offline plan leaves nothing behind." };
  }
  return { kind: "close", pull };
}

function applyPushed(event: Extract<GithubEvent, { kind: "push" }>, productionBranch: string): Job {
  if (event.deleted || event.branch !== productionBranch) {
    return { kind: "nothing", sentence: `Not a push to ${productionBranch}: nothing is promoted.` };
  }
  return { kind: "apply", trigger: { kind: "push", sha: event.after, branch: productionBranch } };
}

function planByName(selection: Selection): Job {
  const { event, productionBranch, sha } = selection;
  switch (event.kind) {
    case "pull-request":
      if (event.action === "closed")
        return { kind: "nothing", sentence: "The pull request is closed: there is nothing to plan." };
      return planPull(selection, { ...event, action: "opened" });
    case "merge-group":
      return planGroup(event);
    case "dispatch":
      if (selection.pr !== null) return { kind: "replan", pull: selection.pr };
      return branchOf(selection.ref) === productionBranch
        ? { kind: "plan", sha, baseSha: null, pull: null }
        : otherBranch("plan", selection);
    case "push":
    case "schedule":
      return { kind: "plan", sha, baseSha: null, pull: null };
    case "other":
      return notHere("plan", event);
    default:
      return unreachable(event);
  }
}

function applyByName(selection: Selection): Job {
  const { event, productionBranch } = selection;
  switch (event.kind) {
    case "pull-request":
      if (event.action !== "closed" || !event.pull.merged)
        return { kind: "nothing", sentence: "The pull request is not merged: nothing is applied." };
      return applyMerged(selection, event.pull);
    case "push":
      return applyPushed(event, productionBranch);
    case "dispatch":
      return applyDispatched(selection);
    case "merge-group":
    case "schedule":
    case "other":
      return notHere("apply", event);
    default:
      return unreachable(event);
  }
}

function applyDispatched(selection: Selection): Job {
  const { pr, planRunId, planDigest } = selection;
  if (branchOf(selection.ref) !== selection.productionBranch) return otherBranch("apply", selection);
  if (pr === null && planRunId === null && planDigest === null) {
    return {
      kind: "refuse",
      sentence: "apply needs to know which plan",
      hint: "Give pr, plan-run-id or plan-digest.",
    };
  }
  return { kind: "apply", trigger: { kind: "dispatch", pull: pr, runId: planRunId, digest: planDigest } };
}

/** A branch may carry a changed workflow: only the production branch's own may touch production. */
function otherBranch(command: Command, selection: Selection): Job {
  return {
    kind: "refuse",
    sentence: `${command} runs on ${selection.productionBranch} only, not on ${branchOf(selection.ref) ?? selection.ref}`,
    hint: `Choose ${selection.productionBranch} under "Use workflow from".`,
  };
}

function notHere(command: Command, event: GithubEvent): Job {
  const name = event.kind === "other" ? event.name : event.kind.replace("-", "_");
  return {
    kind: "refuse",
    sentence: `the command ${command} does not go with the event ${name}`,
    hint: "Run it by workflow_dispatch; examples/workflows/sluice-dispatch.yml shows how.",
  };
}
