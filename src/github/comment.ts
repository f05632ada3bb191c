/** The one comment of a project and environment: found by hidden marker and author, rewritten in place (design 7). */
import { asked } from "./client.ts";
import { createOnce, noRetries } from "./create-once.ts";
import type { Repository } from "./repository.ts";

export interface CommentText {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

/** The oldest of our author that begins with the marker; a stranger who posts the marker is passed over. */
export function findComment(
  comments: readonly CommentText[],
  marker: string,
  author: string,
): CommentText | null {
  const own = comments.filter((comment) => comment.author === author && comment.body.startsWith(marker));
  return own.sort((a, b) => a.id - b.id)[0] ?? null;
}

export class Comment {
  readonly #repository: Repository;
  readonly #pull: number;
  readonly #marker: string;
  readonly #author: string;
  #known: { readonly id: number; readonly body: string } | null | undefined;

  constructor(repository: Repository, pull: number, marker: string, author: string) {
    this.#repository = repository;
    this.#pull = pull;
    this.#marker = marker;
    this.#author = author;
  }

  /** The body of the comment that is there, or null. pull-requests: read. */
  async read(): Promise<string | null> {
    if (this.#known === undefined) this.#known = await this.#find();
    return this.#known?.body ?? null;
  }

  /** Writes the comment; does nothing when it says this already. pull-requests: write. */
  async write(body: string): Promise<number> {
    await this.read();
    const known = this.#known ?? null;
    if (known !== null && known.body === body) return known.id;
    const id = known === null ? await this.#create(body) : await this.#update(known.id, body);
    this.#known = { id, body };
    return id;
  }

  async #find(): Promise<CommentText | null> {
    const list = await asked(`Reading comments of pull request ${this.#pull}`, () =>
      this.#repository.client.paginate(this.#repository.client.rest.issues.listComments, {
        ...this.#repository.at,
        issue_number: this.#pull,
        per_page: 100,
      }),
    );
    const comments = list.map(({ id, user, body }) => ({ id, author: user?.login ?? "", body: body ?? "" }));
    return findComment(comments, this.#marker, this.#author);
  }

  async #create(body: string): Promise<number> {
    const create = async () => {
      const { data } = await this.#repository.client.rest.issues.createComment({
        ...this.#repository.at,
        issue_number: this.#pull,
        body,
        request: noRetries,
      });
      return data.id;
    };
    const find = async () => (await this.#find())?.id ?? null;
    const { id } = await asked(`Commenting on pull request ${this.#pull}`, () => createOnce(create, find));
    return id;
  }

  async #update(id: number, body: string): Promise<number> {
    await asked(`Rewriting the comment on pull request ${this.#pull}`, () =>
      this.#repository.client.rest.issues.updateComment({ ...this.#repository.at, comment_id: id, body }),
    );
    return id;
  }
}
