/** Lists asked again and again: with the ETag of last time, so that "nothing new" costs none of the rate limit. */
import { asked, type Client, statusOf } from "./client.ts";

interface Page {
  readonly etag: string;
  readonly data: unknown;
  readonly next: string | null;
}

export class ConditionalReader {
  readonly #client: Client;
  readonly #pages = new Map<string, Page>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The bodies of all pages, in order; `Link` is followed, addresses are never built. */
  async read(what: string, path: string): Promise<readonly unknown[]> {
    const bodies: unknown[] = [];
    let url: string | null = path;
    while (url !== null) {
      const page: Page = await this.#page(what, url);
      bodies.push(page.data);
      url = page.next;
    }
    return bodies;
  }

  async #page(what: string, url: string): Promise<Page> {
    const known = this.#pages.get(url);
    return asked(what, async () => {
      try {
        const response = await this.#client.request({
          method: "GET",
          url,
          headers: known === undefined || known.etag === "" ? {} : { "if-none-match": known.etag },
        });
        const page = {
          etag: response.headers.etag ?? "",
          data: response.data as unknown,
          next: nextOf(response.headers.link),
        };
        this.#pages.set(url, page);
        return page;
      } catch (error) {
        if (statusOf(error) === 304 && known !== undefined) return known;
        throw error;
      }
    });
  }
}

/** The address after `rel="next"`. */
export function nextOf(link: string | undefined): string | null {
  for (const part of (link ?? "").split(",")) {
    const match = /<([^<>]+)>\s*;.*\brel="next"/.exec(part);
    if (match?.[1] !== undefined) return match[1];
  }
  return null;
}
