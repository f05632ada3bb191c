/** GitHub on loopback: one repository behind three origins (REST, artifact service, storage), as in production. */
import { startBlobs } from "./artifacts/blobs.ts";
import { startResults } from "./artifacts/results.ts";
import { ArtifactStore } from "./artifacts/store.ts";
import { Faults } from "./faults.ts";
import { ApiGuard } from "./guard.ts";
import type { Origin } from "./http-server.ts";
import { readGitHubDocument } from "./openapi.ts";
import { type Permissions, Tokens } from "./permissions.ts";
import { type Files, Repository, type WorkflowRun } from "./repository.ts";
import { type RestWorld, startRest } from "./rest/server.ts";
import { Shapes } from "./rest/shapes.ts";
import { checkPayload } from "./webhooks.ts";

/** Compiling GitHub's schemas takes most of a start, so all local GitHubs of a process share them. */
let sharedGuard: ApiGuard | undefined;

export class LocalGitHub implements AsyncDisposable {
  readonly repository: Repository;
  readonly artifacts: ArtifactStore;
  readonly faults: Faults;
  readonly shapes: Shapes;
  readonly #world: RestWorld;
  readonly #origins: { readonly api: Origin; readonly results: Origin; readonly blobs: Origin };

  private constructor(
    world: RestWorld,
    origins: { readonly api: Origin; readonly results: Origin; readonly blobs: Origin },
  ) {
    this.#world = world;
    this.#origins = origins;
    this.repository = world.repository;
    this.artifacts = world.artifacts;
    this.faults = world.faults;
    this.shapes = world.shapes;
  }

  static async start(files: Files): Promise<LocalGitHub> {
    sharedGuard ??= new ApiGuard(readGitHubDocument());
    const repository = new Repository(files);
    const world: RestWorld = {
      guard: sharedGuard,
      repository,
      shapes: new Shapes(sharedGuard, repository),
      artifacts: new ArtifactStore(),
      tokens: new Tokens(),
      faults: new Faults(),
      calls: [],
      violations: [],
      onCall: () => undefined,
    };
    const [api, results, blobs] = await Promise.all([
      startRest(world),
      startResults(world.artifacts, world.faults),
      startBlobs(world.artifacts, world.faults),
    ]);
    world.artifacts.blobOrigin = blobs.url;
    return new LocalGitHub(world, { api, results, blobs });
  }

  get calls(): RestWorld["calls"] {
    return this.#world.calls;
  }

  get violations(): readonly string[] {
    return this.#world.violations;
  }

  /** Forgets what was done against GitHub's documents: for tests that do so on purpose. */
  forgive(): void {
    this.#world.violations.length = 0;
  }

  /** Holds an event's payload against GitHub's description; what is wrong becomes a violation. */
  checkEvent(name: string, payload: Readonly<Record<string, unknown>>): void {
    this.#world.violations.push(...checkPayload(name, payload));
  }

  /** Called before every REST call is answered, with its operation: lets a test change the world under the Action. */
  set onCall(listener: (operation: string) => void) {
    this.#world.onCall = listener;
  }

  mintToken(permissions: Permissions): string {
    return this.#world.tokens.mint(permissions);
  }

  /** What the runner gives every step of a run to reach the services. */
  serviceEnvironment(run: WorkflowRun): Readonly<Record<string, string>> {
    return {
      GITHUB_API_URL: this.#origins.api.url,
      GITHUB_GRAPHQL_URL: `${this.#origins.api.url}/graphql`,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_RETENTION_DAYS: String(this.artifacts.retentionDays),
      ACTIONS_RUNTIME_URL: `${this.#origins.results.url}/`,
      ACTIONS_RESULTS_URL: `${this.#origins.results.url}/`,
      ACTIONS_RUNTIME_TOKEN: this.artifacts.runtimeToken(run.id),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#origins).map((origin) => origin[Symbol.asyncDispose]()));
  }
}
