/** The artifact service that the toolkit talks to: Twirp calls with JSON bodies and the names of the protocol buffers. */
import type { IncomingMessage } from "node:http";
import type { Faults } from "../faults.ts";
import { listen, type Origin, playFault, readBody, sendJson } from "../http-server.ts";
import { type Artifact, type ArtifactStore, type Scope, sha256 } from "./store.ts";

interface Call {
  readonly workflow_run_backend_id: string;
  readonly name: string;
  readonly version?: number;
  readonly mime_type?: string;
  readonly expires_at?: string;
  readonly size?: string;
  readonly hash?: string;
  readonly name_filter?: string;
  readonly id_filter?: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

type Method = (store: ArtifactStore, call: Call, scope: Scope) => Reply;

const path = /^\/twirp\/github\.actions\.results\.api\.v1\.ArtifactService\/(\w+)$/;

export function startResults(store: ArtifactStore, faults: Faults): Promise<Origin> {
  return listen(async (request, response) => {
    const name = path.exec(request.url ?? "")?.[1] ?? "";
    store.calls.push(name);
    if (await playFault(faults.take(name), response)) return;
    const { status, body } = await answer(store, name, request);
    sendJson(response, status, body);
  });
}

async function answer(store: ArtifactStore, name: string, request: IncomingMessage): Promise<Reply> {
  const method = methods[name];
  if (request.method !== "POST" || !method) return fault(404, "bad_route", "no such method");
  const scope = store.scopeOf(request.headers.authorization);
  if (!scope) return fault(401, "unauthenticated", "invalid runtime token");
  const call = JSON.parse((await readBody(request)).toString()) as Call;
  if (call.workflow_run_backend_id !== scope.backend)
    return fault(403, "permission_denied", "the token is for another run");
  return method(store, call, scope);
}

const methods: Readonly<Record<string, Method>> = {
  CreateArtifact(store, call, scope) {
    if (call.version !== 4 && call.version !== 7)
      return fault(400, "invalid_argument", "unsupported version");
    const zip = (call.mime_type ?? "application/zip") === "application/zip";
    const expiry = call.expires_at ? { expiresAt: Date.parse(call.expires_at) } : {};
    const artifact = store.create(call.name, scope, { zip, ...expiry });
    if (!artifact)
      return fault(409, "already_exists", "an artifact with this name already exists on the workflow run");
    return done({ signed_upload_url: store.signedUrl(artifact.blob, "cw", 3600) });
  },
  FinalizeArtifact(store, call, scope) {
    const artifact = store.find(call.name, scope.run);
    if (!artifact || artifact.final) return missing();
    const data = store.blob(artifact.blob).data;
    if (data?.length !== Number(call.size))
      return fault(400, "invalid_argument", `size ${call.size} is not ${data?.length}`);
    if (call.hash !== undefined && call.hash !== sha256(data))
      return fault(400, "invalid_argument", "hash mismatch");
    Object.assign(artifact, { final: true, size: data.length, digest: call.hash ?? null });
    return done({ artifact_id: String(artifact.id) });
  },
  ListArtifacts(store, call, scope) {
    const found = store.listed(
      (artifact) =>
        artifact.run === scope.run &&
        (call.name_filter ?? artifact.name) === artifact.name &&
        String(call.id_filter ?? artifact.id) === String(artifact.id),
    );
    return { status: 200, body: { artifacts: found.map((artifact) => entry(artifact, scope)) } };
  },
  GetSignedArtifactURL(store, call, scope) {
    const artifact = store.find(call.name, scope.run);
    if (!artifact?.final) return missing();
    return {
      status: 200,
      body: { name: artifact.name, signed_url: store.signedUrl(artifact.blob, "r", 600) },
    };
  },
  DeleteArtifact(store, call, scope) {
    const artifact = store.find(call.name, scope.run);
    if (!artifact) return missing();
    artifact.deleted = true;
    return done({ artifact_id: String(artifact.id) });
  },
};

function entry(artifact: Artifact, scope: Scope): unknown {
  return {
    workflow_run_backend_id: scope.backend,
    workflow_job_run_backend_id: artifact.job,
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(artifact.size),
    created_at: new Date(artifact.createdAt).toISOString(),
    digest: artifact.digest,
  };
}

function done(more: Readonly<Record<string, unknown>>): Reply {
  return { status: 200, body: { ok: true, ...more } };
}

function missing(): Reply {
  return fault(404, "not_found", "artifact not found");
}

function fault(status: number, code: string, msg: string): Reply {
  return { status, body: { code, msg } };
}
