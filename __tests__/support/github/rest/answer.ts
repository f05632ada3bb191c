/** What a handler gets and gives. */
import type { ArtifactStore } from "../artifacts/store.ts";
import type { Repository } from "../repository.ts";
import type { Shapes } from "./shapes.ts";

export interface RestRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly repository: Repository;
  readonly artifacts: ArtifactStore;
  readonly shapes: Shapes;
}

export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: RestRequest) => RestAnswer;
export type Handlers = Readonly<Record<string, Handler>>;

export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

export function created(body: unknown): RestAnswer {
  return { status: 201, body };
}

export function failed(
  status: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): RestAnswer {
  return {
    status,
    body: { message, documentation_url: "https://docs.github.com/rest", status: String(status), ...more },
  };
}

export function notFound(): RestAnswer {
  return failed(404, "Not Found");
}

/** One page of a list with the Link header of the next ones; `wrap` puts it into an object with its total. */
export function paged(
  { query }: RestRequest,
  all: readonly unknown[],
  wrap: (page: readonly unknown[], total: number) => unknown = (page) => page,
): RestAnswer {
  const size = Math.min(Number(query.get("per_page") ?? 30), 100);
  const page = Number(query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = page < last ? { "x-next-page": String(page + 1), "x-last-page": String(last) } : {};
  return { status: 200, body: wrap(all.slice((page - 1) * size, page * size), all.length), headers: link };
}
