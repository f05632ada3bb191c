/** A deployment of the merge commit, for teams that look at GitHub's Environments page. Optional: `environment:` of a job makes its own. */
import { messageOf } from "../errors.ts";
import type { Log } from "./log.ts";
import type { Repository } from "./repository.ts";

export type DeploymentState = "in_progress" | "success" | "failure" | "error" | "inactive";

export interface DeploymentStart {
  readonly sha: string;
  readonly environment: string;
  readonly description: string;
  readonly logUrl: string;
}

/** Never stops an apply: what GitHub refuses here is told in the log. */
export class Deployment {
  readonly #repository: Repository;
  readonly #log: Log;
  readonly #start: DeploymentStart;
  #id: number | null = null;

  constructor(repository: Repository, log: Log, start: DeploymentStart) {
    this.#repository = repository;
    this.#log = log;
    this.#start = start;
  }

  /** Whether there is one to end: a refused apply makes none. */
  get started(): boolean {
    return this.#id !== null;
  }

  /** deployments: write. */
  async report(state: DeploymentState, description: string): Promise<void> {
    try {
      const { rest } = this.#repository.client;
      const { environment, logUrl } = this.#start;
      this.#id ??= await this.#create();
      await rest.repos.createDeploymentStatus({
        ...this.#repository.at,
        deployment_id: this.#id,
        state,
        environment,
        description: short(description),
        log_url: logUrl,
        auto_inactive: true,
      });
    } catch (error) {
      this.#log.warning(`The deployment could not be reported: ${messageOf(error)}`);
    }
  }

  async #create(): Promise<number> {
    const { sha, environment, description } = this.#start;
    const { data } = await this.#repository.client.rest.repos.createDeployment({
      ...this.#repository.at,
      ref: sha,
      environment,
      description: short(description),
      auto_merge: false,
      required_contexts: [],
      production_environment: true,
    });
    if (!("id" in data)) throw new Error("GitHub made no deployment");
    return data.id;
  }
}

function short(text: string): string {
  return text.length <= 140 ? text : `${text.slice(0, 139)}…`;
}
