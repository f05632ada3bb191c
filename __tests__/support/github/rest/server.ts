/**
 * The REST origin: every request and answer passes GitHub's OpenAPI document, the permissions of the job's token,
 * paging, entity tags and the rate limit.
 */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { Faults } from "../faults.ts";
import type { ApiGuard, Match } from "../guard.ts";
import { listen, type Origin, playFault, readBody, sendJson } from "../http-server.ts";
import { missingPermission, type Tokens } from "../permissions.ts";
import type { Repository } from "../repository.ts";
import { failed, type Handlers, type RestAnswer } from "./answer.ts";
import { checks } from "./checks.ts";
import { comments } from "./comments.ts";
import { deployments } from "./deployments.ts";
import { pulls } from "./pulls.ts";
import { runs } from "./runs.ts";
import type { Shapes } from "./shapes.ts";

const handlers: Handlers = { ...comments, ...checks, ...pulls, ...runs, ...deployments };

export interface RestCall {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

export interface RestWorld {
  readonly guard: ApiGuard;
  readonly repository: Repository;
  readonly artifacts: ArtifactStore;
  readonly tokens: Tokens;
  readonly shapes: Shapes;
  readonly faults: Faults;
  /** Grows with every call. */
  readonly calls: RestCall[];
  /** What client or stand-in did against GitHub's document; a test that leaves one fails. */
  readonly violations: string[];
  /** Called before every call is answered: the world may change under it. */
  onCall: (operation: string) => void;
}

export async function startRest(world: RestWorld): Promise<Origin> {
  const limit = { left: 1000 };
  const origin = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://api");
    const raw = (await readBody(request)).toString();
    const body = raw === "" ? undefined : (JSON.parse(raw) as Readonly<Record<string, unknown>>);
    const match = world.guard.match(request.method ?? "", url.pathname);
    const operation = match?.route.id ?? "unknown";
    world.onCall(operation);
    const note = (status: number) =>
      world.calls.push({ operation, method: request.method ?? "", path: url.pathname, status, body });
    if (await playFault(world.faults.take(operation), response)) return void note(-1);
    const answer = answerTo({ world, request, url, body, match });
    note(send(request, response, withLinks(answer, url, `http://${request.headers.host}`), limit));
  });
  return origin;
}

interface Exchange {
  readonly world: RestWorld;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly match: Match | null;
}

function answerTo(exchange: Exchange): RestAnswer {
  const { world, request, url, body, match } = exchange;
  if (!match) {
    world.violations.push(
      `${request.method} ${url.pathname}: GitHub has no such operation, or the subset lacks it`,
    );
    return failed(404, "Not Found");
  }
  const { id } = match.route;
  const permissions = world.tokens.permissionsOf(request.headers.authorization);
  if (!permissions) return failed(401, "Bad credentials");
  const missing = missingPermission(id, permissions);
  if (missing) {
    return {
      ...failed(403, "Resource not accessible by integration"),
      headers: { "x-accepted-github-permissions": missing },
    };
  }
  const wrong = world.guard.checkRequest(match, url.searchParams, body);
  if (wrong.length > 0) {
    world.violations.push(...wrong.map((each) => `${id} request: ${each}`));
    return failed(422, `Invalid request. ${wrong.join("; ")}`);
  }
  return handled(exchange, match);
}

function handled({ world, url, body }: Exchange, match: Match): RestAnswer {
  const { id } = match.route;
  const handler = handlers[id];
  if (!handler) {
    world.violations.push(`${id}: the local GitHub does not play it`);
    return failed(501, "Not implemented by the local GitHub");
  }
  const { owner, repo } = match.params;
  if (owner !== undefined && `${owner}/${repo}` !== world.repository.home.fullName)
    return failed(404, "Not Found");
  const { repository, artifacts, shapes } = world;
  const answer = handler({
    params: match.params,
    query: url.searchParams,
    body: body ?? {},
    repository,
    artifacts,
    shapes,
  });
  const wrong = world.guard.checkResponse(match.route, answer.status, answer.body);
  world.violations.push(...wrong.map((each) => `${id} ${answer.status}: ${each}`));
  return answer;
}

/** Page numbers as the Link header that clients follow. */
function withLinks(answer: RestAnswer, url: URL, origin: string): RestAnswer {
  const { "x-next-page": next, "x-last-page": last, ...headers } = answer.headers ?? {};
  if (next === undefined || last === undefined) return answer;
  const to = (page: string) => {
    const query = new URLSearchParams(url.searchParams);
    query.set("page", page);
    return `<${origin}${url.pathname}?${query}>`;
  };
  return { ...answer, headers: { ...headers, link: `${to(next)}; rel="next", ${to(last)}; rel="last"` } };
}

/** The status sent: 304 where the client has the answer already, which costs nothing of the rate limit. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: RestAnswer,
  limit: { left: number },
): number {
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  const known =
    request.method === "GET" && answer.status === 200 && request.headers["if-none-match"] === etag;
  if (!known) limit.left -= 1;
  const headers = {
    "x-ratelimit-limit": "1000",
    "x-ratelimit-remaining": String(limit.left),
    "x-ratelimit-used": String(1000 - limit.left),
    "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 3600),
    "x-ratelimit-resource": "core",
    "x-github-request-id": randomUUID(),
    ...(answer.status === 200 ? { etag } : {}),
    ...answer.headers,
  };
  if (known) {
    response.writeHead(304, headers);
    response.end();
    return 304;
  }
  sendJson(response, answer.status, answer.body, headers);
  return answer.status;
}
