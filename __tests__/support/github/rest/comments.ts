/** Comments of issues and pull requests. */
import { actionsBot, now } from "../repository.ts";
import { created, failed, type Handlers, notFound, ok, paged, type RestAnswer } from "./answer.ts";

/** Not in GitHub's document, but so since ever. */
const longest = 65_536;

export const comments: Handlers = {
  "issues/list-comments": (request) => {
    const { repository, shapes, params } = request;
    const found = repository.comments.filter((comment) => comment.issue === Number(params["issue_number"]));
    return paged(
      request,
      found.map((comment) => shapes.comment(comment)),
    );
  },
  "issues/get-comment": ({ repository, shapes, params }) => {
    const found = repository.comments.find((comment) => comment.id === Number(params["comment_id"]));
    return found ? ok(shapes.comment(found)) : notFound();
  },
  "issues/create-comment": ({ repository, shapes, params, body }) => {
    const issue = Number(params["issue_number"]);
    if (!repository.pull(issue)) return notFound();
    const text = String(body["body"]);
    if (text.length > longest) return tooLong();
    const comment = {
      id: repository.nextId(),
      issue,
      body: text,
      author: actionsBot,
      createdAt: now(),
      updatedAt: now(),
    };
    repository.comments.push(comment);
    return created(shapes.comment(comment));
  },
  "issues/update-comment": ({ repository, shapes, params, body }) => {
    const found = repository.comments.find((comment) => comment.id === Number(params["comment_id"]));
    if (!found) return notFound();
    const text = String(body["body"]);
    if (text.length > longest) return tooLong();
    found.body = text;
    found.updatedAt = now();
    return ok(shapes.comment(found));
  },
  "issues/delete-comment": ({ repository, params }) => {
    const index = repository.comments.findIndex((comment) => comment.id === Number(params["comment_id"]));
    if (index < 0) return notFound();
    repository.comments.splice(index, 1);
    return { status: 204 };
  },
};

function tooLong(): RestAnswer {
  const message = `Body is too long (maximum is ${longest} characters)`;
  return failed(422, "Validation Failed", {
    errors: [{ resource: "IssueComment", code: "unprocessable", field: "data", message }],
  });
}
