/** What the runner says about itself in environment variables (spec github-platform 1), read once. */
import { SluiceError } from "../errors.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export interface Runner {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly owner: string;
  readonly repository: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly eventName: string;
  readonly eventPath: string;
  readonly sha: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** `.github/workflows/sluice.yml`; empty when the runner does not say. */
  readonly workflowPath: string;
  /** Whose rights the run has: the first actor, also in re-runs. */
  readonly actor: string;
  /** Who started this attempt. */
  readonly triggeredBy: string;
  /** Absolute folders. */
  readonly workspace: string;
  readonly temp: string;
  /** Empty when there is no tool cache. */
  readonly toolCache: string;
  readonly debug: boolean;
}

/** Throws USAGE outside a runner. */
export function readRunner(env: Env): Runner {
  const need = (name: string): string => {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    throw new SluiceError("USAGE", `${name} is not set, so this is not a GitHub Actions runner`, {
      hint: "Use the sluice command outside GitHub Actions.",
    });
  };
  const [owner = "", repository = ""] = need("GITHUB_REPOSITORY").split("/");
  return {
    apiUrl: need("GITHUB_API_URL").replace(/\/+$/, ""),
    serverUrl: need("GITHUB_SERVER_URL").replace(/\/+$/, ""),
    owner,
    repository,
    runId: Number(need("GITHUB_RUN_ID")),
    runAttempt: Number(env["GITHUB_RUN_ATTEMPT"] || "1"),
    eventName: need("GITHUB_EVENT_NAME"),
    eventPath: need("GITHUB_EVENT_PATH"),
    sha: env["GITHUB_SHA"] ?? "",
    ref: env["GITHUB_REF"] ?? "",
    workflowPath: workflowPathOf(env["GITHUB_WORKFLOW_REF"] ?? ""),
    actor: env["GITHUB_ACTOR"] ?? "",
    triggeredBy: env["GITHUB_TRIGGERING_ACTOR"] || env["GITHUB_ACTOR"] || "",
    workspace: need("GITHUB_WORKSPACE"),
    temp: need("RUNNER_TEMP"),
    toolCache: env["RUNNER_TOOL_CACHE"] ?? "",
    debug: env["RUNNER_DEBUG"] === "1",
  };
}

/** `octo/demo/.github/workflows/a.yml@refs/heads/main` → `.github/workflows/a.yml`. */
export function workflowPathOf(workflowRef: string): string {
  return /^[^/]+\/[^/]+\/(.+?)@/.exec(workflowRef)?.[1] ?? "";
}

export function runUrl(runner: Pick<Runner, "serverUrl" | "owner" | "repository">, runId: number): string {
  return `${runner.serverUrl}/${runner.owner}/${runner.repository}/actions/runs/${runId}`;
}

export function artifactUrl(
  runner: Pick<Runner, "serverUrl" | "owner" | "repository">,
  runId: number,
  artifactId: number,
): string {
  return `${runUrl(runner, runId)}/artifacts/${artifactId}`;
}

/** The artifact service answers github.com and ghe.com, not Enterprise Server (spec github-platform 3). */
export function hasArtifactService(serverUrl: string): boolean {
  const { hostname } = new URL(serverUrl);
  return hostname === "github.com" || hostname.endsWith(".ghe.com") || hostname.endsWith(".localhost");
}
