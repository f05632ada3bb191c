/**
 * What every use case works with: settings, the project's nodes, the warehouse and the state, each opened once and only
 * when asked for, and closed together. Wiring only: nothing is decided here.
 */
import { resolve } from "node:path";
import type { Digest } from "../digest.ts";
import type { OpenOptions } from "../engine/connection.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { parseEnvironmentName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelFacts } from "../model/model.ts";
import type { StoredFacts } from "../plan/comparison.ts";
import { type ConfigRequest, type LoadedConfig, loadConfig } from "../project/config.ts";
import { loadProject, type Project } from "../project/project.ts";
import { loadSluiceSettings, type SluiceSettings } from "../project/sluice-settings.ts";
import { readMembers, type StateMembers, withIntervals } from "../state/facts.ts";
import { memoryState } from "../state/memory.ts";
import { openState } from "../state/sql-state.ts";
import type { State } from "../state/state.ts";
import { openOffline } from "./offline.ts";
import { checkSyntax } from "./syntax.ts";
import { toolVersion } from "./version.ts";

export interface WorkspaceOptions {
  /** Folders of projects; one for now. */
  readonly paths: readonly string[];
  readonly gateway?: string;
  /** Replaces the projects' own `.env`. */
  readonly dotenvPath?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** UTC epoch milliseconds. */
  readonly now: () => number;
  /** Relative database paths start here. */
  readonly directory: string;
  /** Where DuckDB's driver comes from; default: the installed package. */
  readonly loadDuckdb?: () => Promise<unknown>;
  /** No warehouse and no state: every model counts as new. For plans without credentials. */
  readonly offline?: boolean;
}

export class Workspace implements AsyncDisposable {
  readonly options: WorkspaceOptions;
  #config: Promise<LoadedConfig> | undefined;
  #engine: Promise<Engine> | undefined;
  #stateEngine: Promise<Engine> | undefined;
  #state: Promise<State> | undefined;
  #project: Promise<Project> | undefined;
  #members: Promise<StateMembers> | undefined;
  #stored: Promise<StoredFacts> | undefined;

  constructor(options: WorkspaceOptions) {
    this.options = options;
  }

  config(): Promise<LoadedConfig> {
    this.#config ??= loadConfig(this.#configRequest());
    return this.#config;
  }

  engine(): Promise<Engine> {
    this.#engine ??= this.config().then(({ settings }) =>
      this.options.offline
        ? openOffline(settings.family, this.openOptions)
        : openEngine(settings.connection, this.openOptions),
    );
    return this.#engine;
  }

  /** How engines are opened here. */
  get openOptions(): OpenOptions {
    const { directory, loadDuckdb } = this.options;
    return { directory, ...(loadDuckdb ? { loadDuckdb } : {}) };
  }

  state(): Promise<State> {
    this.#state ??= this.#openState();
    return this.#state;
  }

  /** The project; files whose facts the environments already hold are not parsed again. */
  project(): Promise<Project> {
    this.#project ??= this.#loadProject();
    return this.#project;
  }

  /** What sluice.yaml says, without loading the project. */
  sluiceSettings(): SluiceSettings {
    return loadSluiceSettings(this.#configRequest().root);
  }

  /** Every environment named, with its snapshots and intervals: read once per workspace, in O(1) queries. */
  stored(): Promise<StoredFacts> {
    this.#stored ??= this.#readStored();
    return this.#stored;
  }

  /** After an apply, what was read before is no longer true. */
  forget(): void {
    this.#members = this.#stored = undefined;
  }

  /** The environment a command means when it names none. */
  async environmentName(given: string | undefined): Promise<EnvironmentName> {
    const { settings } = await this.config();
    return parseEnvironmentName(given ?? settings.defaultTargetEnvironment);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = [this.#stateEngine, this.#engine];
    this.#engine = this.#stateEngine = this.#state = this.#members = this.#stored = undefined;
    for (const engine of opened) {
      const open = await engine?.catch(() => undefined);
      await open?.[Symbol.asyncDispose]();
    }
  }

  #configRequest(): ConfigRequest {
    const { paths, env, gateway, dotenvPath, directory } = this.options;
    if (paths.length > 1) {
      throw new SluiceError("NOT_SUPPORTED", "several projects in one plan are not supported yet", {
        hint: "Give each configuration a `project` name and plan them one after the other: each leaves the others' models alone.",
      });
    }
    return {
      root: resolve(directory, paths[0] ?? "."),
      env,
      ...(gateway === undefined ? {} : { gateway }),
      ...(dotenvPath === undefined ? {} : { dotenvPath }),
    };
  }

  async #openState(): Promise<State> {
    if (this.options.offline) return memoryState();
    const { settings } = await this.config();
    const shared = settings.stateConnection === settings.connection;
    if (!shared) {
      this.#stateEngine = openEngine(settings.stateConnection, this.openOptions);
    }
    const engine = await (this.#stateEngine ?? this.engine());
    return openState(engine, {
      tool: toolVersion,
      ...(settings.stateSchema === null ? {} : { schema: settings.stateSchema }),
    });
  }

  async #loadProject(): Promise<Project> {
    const config = await this.config();
    // The warehouse opens and answers while the files are read; which intervals there are is not waited for.
    const recorded = this.#readMembers().then(factsByDigest);
    const settled = recorded.catch(() => undefined);
    const request = { ...this.#configRequest(), config, now: this.options.now(), known: recorded };
    // A fault of the project leaves nothing running on a warehouse that is about to be closed.
    const project = await loadProject(request).catch(async (fault: unknown) => {
      await settled;
      throw fault;
    });
    const known = await recorded;
    const fresh = [...project.facts.values()].filter((facts) => !known.has(facts.sourceDigest));
    await checkSyntax(
      project,
      await this.engine(),
      fresh.map((facts) => facts.name),
    );
    return project;
  }

  #readMembers(): Promise<StateMembers> {
    this.#members ??= this.state().then(readMembers);
    return this.#members;
  }

  async #readStored(): Promise<StoredFacts> {
    return withIntervals(await this.state(), await this.#readMembers());
  }
}

function factsByDigest({ snapshots }: StateMembers): ReadonlyMap<Digest, ModelFacts> {
  return new Map([...snapshots.values()].map(({ facts }) => [facts.sourceDigest, facts]));
}
