/** A check run: opened in progress, always concluded, `success` or `failure` only, so that it can be required (design 7). */
import { checkTextBytes } from "../report/report.ts";
import type { Annotation } from "./annotations.ts";
import { asked } from "./client.ts";
import { type Created, createOnce, noRetries } from "./create-once.ts";
import type { Repository } from "./repository.ts";

export interface CheckOutput {
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
}

export interface CheckStart {
  readonly name: string;
  readonly sha: string;
  readonly detailsUrl: string;
  readonly title: string;
  readonly summary: string;
  /** Whose open checks of this name end with this one: those of attempts of the same run, or of every run. */
  readonly takesOver?: TakesOver;
}

export type TakesOver = "nobody" | "attempts" | "runs";

/** GitHub takes this many with one request. */
const annotationsPerRequest = 50;
const mostAnnotations = 500;

export class CheckRun {
  readonly #repository: Repository;
  readonly #start: CheckStart;
  readonly id: number;
  /** Another of the same run may have appeared. */
  readonly #uncertain: boolean;
  #concluded = false;

  private constructor(repository: Repository, start: CheckStart, { id, uncertain }: Created<number>) {
    this.#repository = repository;
    this.#start = start;
    this.id = id;
    this.#uncertain = uncertain;
  }

  /** checks: write. */
  static async open(repository: Repository, start: CheckStart): Promise<CheckRun> {
    const create = async () => {
      const { data } = await repository.client.rest.checks.create({
        ...repository.at,
        name: start.name,
        head_sha: start.sha,
        status: "in_progress",
        details_url: start.detailsUrl,
        output: { title: cut(start.title, 250), summary: cutBytes(start.summary) },
        request: noRetries,
      });
      return data.id;
    };
    const created = await asked(`Creating the check ${start.name}`, () =>
      createOnce(create, async () => (await findOpen(repository, start))[0] ?? null),
    );
    return new CheckRun(repository, start, created);
  }

  get concluded(): boolean {
    return this.#concluded;
  }

  /** Words only: a status, arriving late, would open a concluded check again. */
  async update(title: string, summary: string): Promise<void> {
    if (this.#concluded) return;
    await asked("Updating the check", () =>
      this.#repository.client.rest.checks.update({
        ...this.#repository.at,
        check_run_id: this.id,
        output: { title: cut(title, 250), summary: cutBytes(summary) },
      }),
    );
  }

  /** The first conclusion that GitHub took stays. */
  async conclude(conclusion: "success" | "failure", output: CheckOutput): Promise<void> {
    if (this.#concluded) return;
    const { annotations = [], ...words } = output;
    const shown = annotations.slice(0, mostAnnotations);
    const base = { ...this.#repository.at, check_run_id: this.id };
    const text = {
      title: cut(words.title, 250),
      summary: cutBytes(words.summary),
      ...(words.text === undefined ? {} : { text: words.text }),
    };
    await asked("Concluding the check", async () => {
      const { checks } = this.#repository.client.rest;
      const first = shown.slice(0, annotationsPerRequest).map(toApi);
      await checks.update({
        ...base,
        status: "completed",
        conclusion,
        output: { ...text, ...(first.length > 0 ? { annotations: first } : {}) },
      });
      this.#concluded = true;
      for (let at = annotationsPerRequest; at < shown.length; at += annotationsPerRequest) {
        const more = shown.slice(at, at + annotationsPerRequest).map(toApi);
        await checks.update({ ...base, output: { ...text, annotations: more } });
      }
    });
    await this.#concludeOthers(conclusion, text).catch(() => undefined);
  }

  /** Every run of a name counts for those who require it: what a dead attempt left open must not stay so. */
  async #concludeOthers(conclusion: "success" | "failure", output: CheckOutput): Promise<void> {
    const { takesOver = "nobody" } = this.#start;
    // Another run that still works may be red for its own reasons; where this one succeeded, none is needed.
    const all = takesOver === "runs" && conclusion === "success";
    if (!all && takesOver !== "attempts" && !this.#uncertain) return;
    for (const id of await findOpen(this.#repository, this.#start, all)) {
      await this.#repository.client.rest.checks.update({
        ...this.#repository.at,
        check_run_id: id,
        status: "completed",
        conclusion,
        output: { title: output.title, summary: output.summary },
      });
    }
  }
}

/** Checks of this name that are open: of this very run, or of all. */
async function findOpen(
  repository: Repository,
  { sha, name, detailsUrl }: CheckStart,
  all = false,
): Promise<readonly number[]> {
  const checks = await repository.fetchChecks(sha, name);
  return checks
    .filter((check) => check.status !== "completed" && (all || check.detailsUrl === detailsUrl))
    .map(({ id }) => id);
}

/** A finished check on a commit at once. */
export async function postCheck(
  repository: Repository,
  start: Omit<CheckStart, "title" | "summary">,
  conclusion: "success" | "failure",
  output: CheckOutput,
): Promise<void> {
  await asked(`Creating the check ${start.name}`, () =>
    repository.client.rest.checks.create({
      ...repository.at,
      name: start.name,
      head_sha: start.sha,
      status: "completed",
      conclusion,
      details_url: start.detailsUrl,
      output: {
        title: cut(output.title, 250),
        summary: cutBytes(output.summary),
        ...(output.text === undefined ? {} : { text: output.text }),
      },
    }),
  );
}

function toApi(annotation: Annotation) {
  return {
    path: annotation.path,
    start_line: annotation.line,
    end_line: annotation.line,
    annotation_level: annotation.level,
    title: cut(annotation.title, 250),
    message: cut(annotation.message, 4000),
  };
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Reports are made to measure; this is the last line of defence. */
function cutBytes(text: string): string {
  if (Buffer.byteLength(text) <= checkTextBytes) return text;
  return `${Buffer.from(text)
    .subarray(0, checkTextBytes - 100)
    .toString("utf8")
    .replace(/\ufffd+$/, "")}\n\n…`;
}
