/** Blob storage behind signed addresses: blocks, a list that puts them in order, and plain reads. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Faults } from "../faults.ts";
import { listen, type Origin, playFault, readBody } from "../http-server.ts";
import type { ArtifactStore, Blob } from "./store.ts";

export function startBlobs(store: ArtifactStore, faults: Faults): Promise<Origin> {
  return listen(async (request, response) => {
    const body = await readBody(request);
    store.calls.push(`blob ${request.method}`);
    if (await playFault(faults.take(`blob ${request.method}`), response)) return;
    answer(store, request, response, body);
  });
}

function answer(
  store: ArtifactStore,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): ServerResponse {
  const url = new URL(request.url ?? "/", "http://blob");
  // A token of GitHub that reaches the storage has leaked.
  if (request.headers.authorization) return fail(response, 400, "InvalidAuthenticationInfo");
  if (!store.allows(url, request.method === "GET" ? "r" : "w"))
    return fail(response, 403, "AuthenticationFailed");
  const name = decodeURIComponent(url.pathname.split("/").slice(3).join("/"));
  const blob = store.blob(name);
  if (request.method === "GET") return read(response, store.fileName(name), blob);
  if (request.method !== "PUT") return fail(response, 405, "UnsupportedHttpVerb");
  const type = String(request.headers["x-ms-blob-content-type"] ?? "application/octet-stream");
  switch (url.searchParams.get("comp")) {
    case "block":
      return putBlock(response, blob, url.searchParams.get("blockid"), body);
    case "blocklist":
      return putList(response, blob, body.toString(), type);
    default:
      return putWhole(response, blob, body, type);
  }
}

function putBlock(response: ServerResponse, blob: Blob, id: string | null, body: Buffer): ServerResponse {
  if (!id) return fail(response, 400, "InvalidQueryParameterValue");
  blob.blocks.set(id, body);
  return stored(response, blob);
}

/** The list says the order, not the arrival. */
function putList(response: ServerResponse, blob: Blob, list: string, type: string): ServerResponse {
  const ids = [...list.matchAll(/<(?:Latest|Uncommitted)>([^<]+)<\//g)].map((match) => match[1] ?? "");
  const parts = ids.map((id) => blob.blocks.get(id));
  if (parts.some((part) => part === undefined)) return fail(response, 400, "InvalidBlockList");
  return putWhole(response, blob, Buffer.concat(parts as Buffer[]), type);
}

function putWhole(response: ServerResponse, blob: Blob, data: Buffer, type: string): ServerResponse {
  Object.assign(blob, { data, type });
  blob.blocks.clear();
  return stored(response, blob);
}

function stored(response: ServerResponse, blob: Blob): ServerResponse {
  response.writeHead(201, { ...headers(blob), "x-ms-request-server-encrypted": "true", "content-length": 0 });
  return response.end();
}

function read(response: ServerResponse, file: string, blob: Blob): ServerResponse {
  if (!blob.data) return fail(response, 404, "BlobNotFound");
  response.writeHead(200, {
    ...headers(blob),
    "content-type": blob.type,
    "content-length": blob.data.length,
    "content-disposition": `attachment; filename="${file}"`,
    "x-ms-blob-type": "BlockBlob",
  });
  return response.end(blob.data);
}

function headers(blob: Blob): Record<string, string> {
  const digest = createHash("sha256")
    .update(blob.data ?? "")
    .digest("hex");
  const date = new Date().toUTCString();
  return {
    "x-ms-request-id": randomUUID(),
    "x-ms-version": "2025-11-05",
    date,
    "last-modified": date,
    etag: `"0x${digest.slice(0, 15).toUpperCase()}"`,
  };
}

function fail(response: ServerResponse, status: number, code: string): ServerResponse {
  const text = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, {
    "x-ms-error-code": code,
    "content-type": "application/xml",
    "content-length": text.length,
  });
  return response.end(text);
}
