/** The fuse of required checks (design 6): asked before each step and before the switch, closed when GitHub does not answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SluiceError } from "../errors.ts";
import type { ConditionalReader } from "./conditional.ts";
import {
  type CheckName,
  type CheckVerdict,
  type CommitChecks,
  judgeChecks,
  mayTurnGreen,
  sentenceOf,
} from "./required-checks.ts";

export interface RequiredChecksOptions {
  readonly required: readonly CheckName[];
  readonly shas: readonly string[];
  readonly read: (sha: string) => Promise<CommitChecks>;
}

type Verdict =
  | { readonly go: true }
  | { readonly go: false; readonly reason: "breaker-open"; readonly sentence: string };

/** Fits `Fuse` of the library. */
export class RequiredChecks {
  readonly name = "The fuse of required checks";
  readonly #options: RequiredChecksOptions;
  #asking: Promise<readonly CheckVerdict[]> | null = null;
  #last: readonly CheckVerdict[] = [];

  constructor(options: RequiredChecksOptions) {
    this.#options = options;
  }

  /** What was seen last, for the report. */
  get last(): readonly CheckVerdict[] {
    return this.#last;
  }

  async ask(): Promise<Verdict> {
    const sentence = sentenceOf(await this.look());
    return sentence === null ? { go: true } : stop(sentence);
  }

  /** Steps that ask at the same moment share one answer. */
  async look(): Promise<readonly CheckVerdict[]> {
    this.#asking ??= this.#read().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #read(): Promise<readonly CheckVerdict[]> {
    const { required, shas, read } = this.#options;
    const commits: CommitChecks[] = [];
    for (const sha of shas) commits.push(await read(sha));
    this.#last = judgeChecks(required, commits);
    return this.#last;
  }
}

function stop(sentence: string): Verdict {
  return { go: false, reason: "breaker-open", sentence };
}

export interface Waiting {
  /** Milliseconds that missing and running checks are waited for. */
  readonly grace: number;
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Milliseconds: a check that is created by the merge itself is there within seconds. */
const firstPause = 2_000;
const longestPause = 60_000;

/** Waits until all are green; the sentence of what is not when one failed or the grace period is over; null when green. */
export async function waitForChecks(checks: RequiredChecks, waiting: Waiting): Promise<string | null> {
  const deadline = waiting.now() + waiting.grace;
  let pause = firstPause;
  for (;;) {
    let verdicts: readonly CheckVerdict[];
    try {
      verdicts = await checks.look();
    } catch (error) {
      return `The required checks cannot be read, which counts as a stop: ${messageOf(error)}`;
    }
    const sentence = sentenceOf(verdicts);
    if (sentence === null) return null;
    const left = deadline - waiting.now();
    if (!mayTurnGreen(verdicts) || left <= 0) return sentence;
    waiting.note(`${sentence} Waiting at most ${Math.ceil(left / 1000)} s more.`);
    await sleep(Math.min(left, pause * (0.8 + 0.4 * waiting.random())), undefined, {
      signal: waiting.signal,
    });
    pause = Math.min(longestPause, pause * 1.5);
  }
}

interface RawRun {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly app?: { readonly id: number } | null;
}

interface RawStatus {
  readonly context: string;
  readonly state: string;
}

/** Both of GitHub's systems, all pages. checks: read and statuses: read. Throws GITHUB_FAILED, also for an answer without the list. */
export async function fetchCommitChecks(
  reader: ConditionalReader,
  at: { readonly owner: string; readonly repo: string },
  sha: string,
): Promise<CommitChecks> {
  const base = `/repos/${encodeURIComponent(at.owner)}/${encodeURIComponent(at.repo)}/commits/${sha}`;
  const what = `Reading the checks of ${sha.slice(0, 7)}`;
  const runs = await reader.read(what, `${base}/check-runs?filter=latest&per_page=100`);
  const statuses = await reader.read(what, `${base}/status?per_page=100`);
  return {
    sha,
    runs: runs
      .flatMap((page) => listOf<RawRun>(page, "check_runs", what))
      .map(({ id, name, status, conclusion, app }) => ({
        id,
        name,
        status,
        conclusion,
        appId: app?.id ?? null,
      })),
    statuses: statuses.flatMap((page) => listOf<RawStatus>(page, "statuses", what)),
  };
}

/** A page without its list says nothing of the checks: taking it for an empty one would be a way around the breaker. */
function listOf<T>(page: unknown, key: string, what: string): readonly T[] {
  const list =
    typeof page === "object" && page !== null ? (page as Readonly<Record<string, unknown>>)[key] : undefined;
  if (Array.isArray(list)) return list as readonly T[];
  throw new SluiceError("GITHUB_FAILED", `${what} failed: GitHub's answer holds no ${key}`, {
    hint: "Run the job again.",
  });
}
