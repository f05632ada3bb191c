/** A webhook payload as a typed value: only what Sluice reads, checked once (spec github-platform 6). */
import { SluiceError } from "../errors.ts";
import schema from "./event.schema.json" with { type: "json" };
import { ownSchema } from "./own-schema.ts";

export interface PullFacts {
  readonly number: number;
  readonly headSha: string;
  /** null when the fork was deleted. */
  readonly headRepositoryId: number | null;
  readonly baseSha: string;
  readonly baseRef: string;
  readonly merged: boolean;
  readonly mergeCommitSha: string | null;
  readonly author: string;
}

export interface RepositoryFacts {
  readonly id: number;
  readonly defaultBranch: string;
}

export type GithubEvent =
  | {
      readonly kind: "pull-request";
      readonly action: string;
      readonly pull: PullFacts;
      /** `edited` changed the branch it goes to. */
      readonly baseChanged: boolean;
      /** `edited` changed its description, which may ask for a restatement. */
      readonly bodyChanged: boolean;
      readonly repository: RepositoryFacts;
    }
  | {
      readonly kind: "push";
      /** null for tags. */
      readonly branch: string | null;
      readonly after: string;
      readonly deleted: boolean;
      readonly repository: RepositoryFacts;
    }
  | {
      readonly kind: "merge-group";
      readonly action: string;
      readonly headSha: string;
      readonly baseSha: string;
      readonly baseRef: string;
      readonly repository: RepositoryFacts;
    }
  | { readonly kind: "dispatch"; readonly ref: string; readonly repository: RepositoryFacts }
  /** Payloads of schedules may lack the repository. */
  | { readonly kind: "schedule"; readonly repository: RepositoryFacts | null }
  | { readonly kind: "other"; readonly name: string };

type Known = "pull_request" | "push" | "merge_group" | "workflow_dispatch" | "schedule";

const eventFits = ownSchema<Payload>(schema);

/** Throws USAGE for a payload that is not what GitHub sends. */
export function parseEvent(name: string, payload: unknown): GithubEvent {
  if (!(name in schema.$defs) || name === "sha" || name === "repository") return { kind: "other", name };
  const validate = eventFits(`#/$defs/${name}`);
  if (!validate(payload)) {
    const [first] = validate.errors ?? [];
    throw new SluiceError(
      "USAGE",
      `the payload of ${name} is not as GitHub sends it: ${first?.instancePath || "it"} ${first?.message ?? "is wrong"}`,
      { hint: "Run the Action in a workflow of GitHub Actions." },
    );
  }
  return toEvent(name as Known, payload);
}

interface RawPull {
  readonly number: number;
  readonly merged?: boolean | null;
  readonly merge_commit_sha?: string | null;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly sha: string; readonly ref: string };
  readonly user?: { readonly login: string } | null;
}

interface Payload {
  readonly action: string;
  readonly repository?: { readonly id: number; readonly default_branch: string };
  readonly pull_request: RawPull;
  readonly changes?: { readonly base?: unknown; readonly body?: unknown };
  readonly ref: string;
  readonly after: string;
  readonly deleted?: boolean;
  readonly merge_group: { readonly head_sha: string; readonly base_sha: string; readonly base_ref: string };
}

function toEvent(name: Known, payload: Payload): GithubEvent {
  const repository = toRepository(payload.repository);
  // The schema of every other event requires it.
  if (name === "schedule" || repository === null) return { kind: "schedule", repository };
  switch (name) {
    case "pull_request":
      return {
        kind: "pull-request",
        action: payload.action,
        pull: toPull(payload.pull_request),
        baseChanged: payload.action === "edited" && payload.changes?.base !== undefined,
        bodyChanged: payload.action === "edited" && payload.changes?.body !== undefined,
        repository,
      };
    case "push":
      return {
        kind: "push",
        branch: branchOf(payload.ref),
        after: payload.after,
        deleted: payload.deleted ?? false,
        repository,
      };
    case "merge_group": {
      const { head_sha, base_sha, base_ref } = payload.merge_group;
      const baseRef = branchOf(base_ref) ?? base_ref;
      return {
        kind: "merge-group",
        action: payload.action,
        headSha: head_sha,
        baseSha: base_sha,
        baseRef,
        repository,
      };
    }
    case "workflow_dispatch":
      return { kind: "dispatch", ref: payload.ref, repository };
  }
}

function toRepository(raw: Payload["repository"]): RepositoryFacts | null {
  return raw === undefined ? null : { id: raw.id, defaultBranch: raw.default_branch };
}

/** Of a payload or of `pulls/get`: both have this shape. */
export function toPull(pull: RawPull): PullFacts {
  return {
    number: pull.number,
    headSha: pull.head.sha,
    headRepositoryId: pull.head.repo?.id ?? null,
    baseSha: pull.base.sha,
    baseRef: pull.base.ref,
    merged: pull.merged ?? false,
    mergeCommitSha: pull.merge_commit_sha ?? null,
    author: pull.user?.login ?? "",
  };
}

/** `refs/heads/x/y` → `x/y`; null for tags and others. */
export function branchOf(ref: string): string | null {
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
}
