/** Artifacts and blobs of the local GitHub, and the signatures that guard them. */
import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";

export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Run id. */
  readonly run: number;
  /** Back-end id of the job that uploaded it. */
  readonly job: string;
  readonly blob: string;
  readonly createdAt: number;
  expiresAt: number;
  final: boolean;
  deleted: boolean;
  size: number;
  /** `sha256:…` as the client said it; null before it is final. */
  digest: string | null;
}

export interface Blob {
  readonly blocks: Map<string, Buffer>;
  data: Buffer | null;
  type: string;
}

export interface Scope {
  readonly run: number;
  readonly backend: string;
  readonly job: string;
}

const day = 24 * 60 * 60 * 1000;

export class ArtifactStore {
  readonly artifacts: Artifact[] = [];
  /** What the service and the storage were asked, as faults name it. Grows with every call. */
  readonly calls: string[] = [];
  readonly blobs = new Map<string, Blob>();
  readonly retentionDays = 90;
  /** Set once the blob origin listens. */
  blobOrigin = "";
  readonly #key = randomBytes(32);
  readonly #backends = new Map<string, number>();
  #lastId = 2000;

  /** The runtime token of a job: a JWT whose scope names back-end ids of run and job. */
  runtimeToken(run: number): string {
    const backend = [...this.#backends].find(([, id]) => id === run)?.[0] ?? randomUUID();
    this.#backends.set(backend, run);
    const claims = {
      scp: `Actions.GenericRead:0 Actions.Results:${backend}:${randomUUID()}`,
      exp: Math.floor(Date.now() / 1000) + 6 * 3600,
    };
    const token = `${base64({ alg: "HS256", typ: "JWT" })}.${base64(claims)}`;
    return `${token}.${this.#sign(token)}`;
  }

  /** What a runtime token is good for; null for a token of somebody else. */
  scopeOf(authorization: string | undefined): Scope | null {
    const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "";
    const end = token.lastIndexOf(".");
    if (end < 0 || this.#sign(token.slice(0, end)) !== token.slice(end + 1)) return null;
    const { scp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      scp: string;
    };
    const [, backend = "", job = ""] =
      scp
        .split(" ")
        .find((scope) => scope.startsWith("Actions.Results:"))
        ?.split(":") ?? [];
    const run = this.#backends.get(backend);
    return run === undefined ? null : { run, backend, job };
  }

  /** Null when the run has one of that name: artifacts are never overwritten. */
  create(
    name: string,
    scope: Scope,
    options: { readonly zip: boolean; readonly expiresAt?: number },
  ): Artifact | null {
    if (this.#named(name, scope.run)) return null;
    this.#lastId += 1;
    const latest = Date.now() + this.retentionDays * day;
    const artifact: Artifact = {
      id: this.#lastId,
      name,
      run: scope.run,
      job: scope.job,
      blob: `${randomUUID()}/artifact${options.zip ? ".zip" : ""}`,
      createdAt: Date.now(),
      expiresAt: Math.min(options.expiresAt ?? latest, latest),
      final: false,
      deleted: false,
      size: 0,
      digest: null,
    };
    this.artifacts.push(artifact);
    return artifact;
  }

  #named(name: string, run: number): Artifact | undefined {
    return this.artifacts.find(
      (artifact) => artifact.run === run && artifact.name === name && !artifact.deleted,
    );
  }

  /** Of one run by name, finished or not. */
  find(name: string, run: number): Artifact | undefined {
    return this.#named(name, run);
  }

  /** Finished artifacts, newest first. */
  listed(wanted: (artifact: Artifact) => boolean): readonly Artifact[] {
    return this.artifacts
      .filter((artifact) => artifact.final && !artifact.deleted && wanted(artifact))
      .toReversed();
  }

  byId(id: number): Artifact | undefined {
    return this.listed((artifact) => artifact.id === id)[0];
  }

  /** Bytes of an artifact; they may be changed by tests that attack. */
  contentOf(artifact: Artifact): Buffer {
    const data = this.blobs.get(artifact.blob)?.data;
    if (!data) throw new Error(`The artifact ${artifact.name} has no content.`);
    return data;
  }

  /** What a blob is called when it is downloaded: its artifact's name, as an archive when it is one. */
  fileName(blob: string): string {
    const name = this.artifacts.find((artifact) => artifact.blob === blob)?.name ?? "artifact";
    return blob.endsWith(".zip") ? `${name}.zip` : name;
  }

  blob(name: string): Blob {
    const blob = this.blobs.get(name) ?? {
      blocks: new Map<string, Buffer>(),
      data: null,
      type: "application/octet-stream",
    };
    this.blobs.set(name, blob);
    return blob;
  }

  /** Path style, as the storage client wants it on an IP address. `permission` is made of r, c and w. */
  signedUrl(blob: string, permission: string, seconds: number): string {
    const path = `/account/actions-results/${blob}`;
    const expiry = new Date(Date.now() + seconds * 1000).toISOString();
    const query = new URLSearchParams({
      se: expiry,
      sp: permission,
      sr: "b",
      sv: "2025-11-05",
      sig: this.#sign(`${path} ${expiry} ${permission}`),
    });
    return `${this.blobOrigin}${path}?${query}`;
  }

  /** Whether a signed address lets its bearer read or write now. */
  allows(url: URL, wanted: "r" | "w"): boolean {
    const [expiry = "", permission = ""] = [
      url.searchParams.get("se") ?? "",
      url.searchParams.get("sp") ?? "",
    ];
    const signed = this.#sign(`${url.pathname} ${expiry} ${permission}`) === url.searchParams.get("sig");
    return signed && permission.includes(wanted) && Date.parse(expiry) > Date.now();
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

export function sha256(data: Buffer): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
