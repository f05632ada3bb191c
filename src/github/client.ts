/** The way to GitHub: octokit with retries, rate limits and time-outs, and its faults as SluiceErrors. */
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { messageOf, SluiceError } from "../errors.ts";
import { toolVersion } from "../use-cases/version.ts";
import { proxiedFetch } from "./proxied-fetch.ts";

export type Client = Octokit;

export interface ClientOptions {
  readonly token: string;
  readonly apiUrl: string;
  /** Told about retries and limits. */
  readonly note: (text: string) => void;
  /** Milliseconds per request. */
  readonly timeout?: number;
}

const defaultTimeout = 30_000;
/** Seconds: longer waits end the job instead, which can be run again. */
const longestWait = 120;

export function openClient({ token, apiUrl, note, timeout = defaultTimeout }: ClientOptions): Client {
  const Client = Octokit.plugin(retry, throttling);
  // "Nothing new" is the answer a conditional request hopes for, and octokit logs it as an error.
  const failures = (text: string) => (/ - 304 with id /.test(text) ? undefined : note(text));
  const quiet = { debug: () => {}, info: () => {}, warn: note, error: failures };
  const client = new Client({
    auth: token,
    baseUrl: apiUrl,
    userAgent: `sluice/${toolVersion}`,
    log: quiet,
    request: { fetch: fetchWithin(timeout) },
    retry: { retries: 3 },
    throttle: {
      onRateLimit: (after, _options, _client, count) =>
        waitFor(after, count, "The rate limit of the token", note),
      onSecondaryRateLimit: (after, _options, _client, count) =>
        waitFor(after, count, "A secondary rate limit", note),
    },
  });
  client.hook.after("request", refuseBrokenJson);
  client.hook.error("request", refuseConflict);
  return client;
}

/** A limit for each attempt: one over all of them would leave none for the attempt after a slow one, nor for waiting in a queue. */
function fetchWithin(timeout: number): typeof fetch {
  return (input, init) => {
    const limit = AbortSignal.timeout(timeout);
    return proxiedFetch(input, {
      ...init,
      signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit,
    });
  };
}

/** Octokit hands JSON it cannot read on as text; whoever then looks for a field finds none, and may take that for "none". */
function refuseBrokenJson(response: {
  readonly headers: { readonly "content-type"?: string };
  readonly data: unknown;
}): void {
  const json = response.headers["content-type"]?.includes("json") ?? false;
  if (json && typeof response.data === "string" && response.data !== "")
    throw new Error("the answer is not whole JSON");
}

/** Octokit takes a conflict for an empty list; "nothing is required", then, would be a way around the breaker. */
function refuseConflict(error: unknown, { method }: { readonly method: string }): never {
  if (method === "GET" && statusOf(error) === 409)
    throw new Error(`GitHub answered 409: ${messageOf(error)}`, { cause: error });
  throw error;
}

function waitFor(after: number, count: number, what: string, note: (text: string) => void): boolean {
  const again = after <= longestWait && count < 2;
  note(`${what} is used up; ${again ? `trying again in ${after} s` : "giving up"}.`);
  return again;
}

interface HttpFault {
  readonly status: number;
  readonly message: string;
  readonly response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

export function isHttpFault(error: unknown): error is HttpFault {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

export function statusOf(error: unknown): number | null {
  return isHttpFault(error) ? error.status : null;
}

/** Runs a call and turns what octokit throws into GITHUB_FAILED with what was attempted and what to do. */
export async function asked<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof SluiceError ? error : githubFault(what, error);
  }
}

export function githubFault(what: string, error: unknown): SluiceError {
  const status = statusOf(error);
  const told = shortMessage(messageOf(error));
  const answer = status === null ? told : `GitHub answered ${status}: ${told}`;
  return new SluiceError("GITHUB_FAILED", `${what} failed: ${answer}`, {
    hint: hintFor(status, error),
    cause: error,
    details: status === null ? {} : { status },
  });
}

function hintFor(status: number | null, error: unknown): string {
  switch (status) {
    case 401:
      return "The token is not valid any more; run the job again.";
    case 403: {
      const needed = isHttpFault(error)
        ? error.response?.headers?.["x-accepted-github-permissions"]
        : undefined;
      return typeof needed === "string" && /^[\w=;, -]+$/.test(needed)
        ? `Give the job the permission ${needed.replaceAll("=", ": ")}.`
        : "Give the job the permissions the README lists, or wait until the rate limit is over.";
    }
    case 404:
      return "Check that it exists and that the job's permissions reach it.";
    case 422:
      return "GitHub did not accept the request; please report this.";
    case 429:
      return "The rate limit is used up; run the job again later.";
    default:
      return "Run the job again; https://www.githubstatus.com tells about outages.";
  }
}

function shortMessage(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
