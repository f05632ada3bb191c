/** Pull requests, commits, branches and who may what. */
import type { Commit, PullRequest, Repository } from "../repository.ts";
import { type Handlers, notFound, ok, paged } from "./answer.ts";

export const pulls: Handlers = {
  "pulls/get": ({ repository, shapes, params }) => {
    const pull = repository.pull(Number(params["pull_number"]));
    return pull ? ok(shapes.pull(pull, true)) : notFound();
  },
  "pulls/list": (request) => {
    const { repository, shapes, query } = request;
    const state = query.get("state") ?? "open";
    const base = query.get("base");
    const found = repository.pulls.filter(
      (pull) => (state === "all" || pull.state === state) && (base === null || pull.base.branch === base),
    );
    return paged(
      request,
      found.toReversed().map((pull) => shapes.pull(pull, false)),
    );
  },
  "pulls/list-commits": (request) => {
    const { repository, shapes, params } = request;
    const pull = repository.pull(Number(params["pull_number"]));
    if (!pull) return notFound();
    const commits = between(repository, pull.base.sha, pull.head.sha).toReversed();
    return paged(
      request,
      commits.map((commit) => shapes.commit(commit)),
    );
  },
  "pulls/list-files": (request) => {
    const { repository, params } = request;
    const pull = repository.pull(Number(params["pull_number"]));
    return pull ? paged(request, changedFiles(repository, pull)) : notFound();
  },
  "pulls/list-reviews": (request) => {
    const { repository, params } = request;
    const pull = repository.pull(Number(params["pull_number"]));
    return pull ? paged(request, []) : notFound();
  },
  "repos/list-pull-requests-associated-with-commit": (request) => {
    const { repository, shapes, params } = request;
    const sha = params["commit_sha"];
    const found = repository.pulls.filter(
      (pull) => pull.head.sha === sha || (pull.merged && pull.mergeSha === sha),
    );
    return paged(
      request,
      found.map((pull) => shapes.pull(pull, false)),
    );
  },
  "repos/get-commit": ({ repository, shapes, params }) => {
    const sha = repository.resolve(params["ref"] ?? "");
    return sha ? ok(shapes.commit(repository.commitOf(sha))) : notFound();
  },
  "repos/compare-commits-with-basehead": ({ repository, shapes, params }) => {
    const [from = "", to = ""] = (params["basehead"] ?? "").split("...");
    const [base, head] = [repository.resolve(from), repository.resolve(to)];
    if (!base || !head) return notFound();
    return ok(
      shapes.comparison(
        repository.commitOf(base),
        between(repository, base, head),
        between(repository, head, base).length,
      ),
    );
  },
  "repos/get": ({ shapes }) => ok(shapes.fullRepository()),
  "repos/get-branch": ({ repository, shapes, params }) => {
    const name = params["branch"] ?? "";
    return repository.branches.has(name) ? ok(shapes.branch(name)) : notFound();
  },
  "repos/get-branch-rules": (request) => {
    const { repository, params } = request;
    const required = params["branch"] === repository.defaultBranch ? repository.requiredByRules : [];
    const rule = {
      type: "required_status_checks",
      ruleset_source_type: "Repository",
      ruleset_source: repository.home.fullName,
      ruleset_id: 42,
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: required.map(({ name, appId }) =>
          appId === undefined ? { context: name } : { context: name, integration_id: appId },
        ),
      },
    };
    return paged(request, required.length === 0 ? [] : [rule]);
  },
  "repos/get-collaborator-permission-level": ({ repository, shapes, params }) => {
    const login = params["username"] ?? "";
    const permission = repository.collaborators.get(login) ?? "none";
    return ok({ permission, role_name: permission, user: shapes.collaborator(login) });
  },
};

/** Commits reachable from `to` and not from `from`. */
function between(repository: Repository, from: string, to: string): readonly Commit[] {
  const reach = (start: string) => {
    const found = new Set([start]);
    for (const sha of found) for (const parent of repository.commitOf(sha).parents) found.add(parent);
    return found;
  };
  const known = reach(from);
  return [...reach(to)].filter((sha) => !known.has(sha)).map((sha) => repository.commitOf(sha));
}

function changedFiles(repository: Repository, pull: PullRequest): readonly unknown[] {
  const [base, head] = [repository.commitOf(pull.base.sha).files, repository.commitOf(pull.head.sha).files];
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])].filter(
    (path) => base[path] !== head[path],
  );
  return paths.sort().map((filename) => ({
    sha: pull.head.sha,
    filename,
    status: !(filename in base) ? "added" : filename in head ? "modified" : "removed",
    additions: 1,
    deletions: 0,
    changes: 1,
    blob_url: `https://github.com/octo/shop/blob/${pull.head.sha}/${filename}`,
    raw_url: `https://github.com/octo/shop/raw/${pull.head.sha}/${filename}`,
    contents_url: `https://api.github.com/repos/octo/shop/contents/${filename}`,
  }));
}
