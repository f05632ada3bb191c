/** One origin of the local GitHub on loopback, with faults in front of what answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { FaultKind } from "./faults.ts";

export interface Origin extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export async function listen(answer: Answer): Promise<Origin> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Plays a fault. False when the call goes on to be answered as usual. */
export async function playFault(fault: FaultKind | null, response: ServerResponse): Promise<boolean> {
  if (fault === null) return false;
  if (fault === "dropped") {
    response.destroy();
    return true;
  }
  if (fault === "malformed") {
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end('{"id": 1, "na');
    return true;
  }
  if ("delay" in fault) {
    await wait(fault.delay);
    return false;
  }
  sendJson(
    response,
    fault.status,
    fault.body ?? { message: `Injected ${fault.status}`, documentation_url: "" },
    fault.headers,
  );
  return true;
}
