/** The client against a small server: slow once, broken once, nothing new. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { asked, type Client, openClient, statusOf } from "../../../src/github/client.ts";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A client whose n-th request the n-th answer gets; the last answer goes on. */
async function clientOf(...answers: readonly ((response: ServerResponse) => void)[]) {
  let count = 0;
  server = createServer((_, response) => answers[Math.min(count++, answers.length - 1)]?.(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const notes: string[] = [];
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = openClient({ token: "t", apiUrl, timeout: 300, note: (text) => notes.push(text) });
  return { client, notes };
}

const json = { "content-type": "application/json" };
const good = (response: ServerResponse) => response.writeHead(200, json).end('{"id": 1}');
const silent = () => undefined;
const get = (client: Client) => client.request("GET /repos/{owner}/{repo}", { owner: "o", repo: "r" });

test("a request that gets no answer in time is sent again, with time of its own", async () => {
  const { client } = await clientOf(silent, good);
  expect((await get(client)).data).toEqual({ id: 1 });
});

test("half an answer is a failure, not an answer without fields", async () => {
  const { client } = await clientOf((response) => response.writeHead(200, json).end('{"id": 1, "na'));
  await expect(asked("Reading", () => get(client))).rejects.toMatchObject({
    code: "GITHUB_FAILED",
    message: "Reading failed: the answer is not whole JSON",
  });
});

test("nothing new is told to nobody", async () => {
  const { client, notes } = await clientOf((response) => response.writeHead(304).end());
  const status = await get(client).then(
    () => null,
    (error: unknown) => statusOf(error),
  );
  expect({ status, notes }).toEqual({ status: 304, notes: [] });
});
