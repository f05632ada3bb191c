/** Check runs and commit statuses. */
import { type Annotation, actionsApp, type CheckRun, now, type Repository } from "../repository.ts";
import { created, type Handlers, notFound, ok, paged, type RestRequest } from "./answer.ts";

interface CheckOutput {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
}

export const checks: Handlers = {
  "checks/create": ({ repository, shapes, body }) => {
    const check: CheckRun = {
      id: repository.nextId(),
      sha: String(body["head_sha"]),
      name: String(body["name"]),
      app: actionsApp,
      status: "queued",
      conclusion: null,
      externalId: "",
      detailsUrl: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
      startedAt: now(),
      completedAt: null,
      hiddenFor: repository.checkDelay,
    };
    change(check, body);
    repository.checks.push(check);
    return created(shapes.check(check));
  },
  "checks/update": ({ repository, shapes, params, body }) => {
    const check = checkOf(repository, params["check_run_id"]);
    if (!check) return notFound();
    change(check, body);
    return ok(shapes.check(check));
  },
  "checks/get": ({ repository, shapes, params }) => {
    const check = checkOf(repository, params["check_run_id"]);
    return check ? ok(shapes.check(check)) : notFound();
  },
  "checks/list-for-ref": (request) => {
    const { shapes } = request;
    const shown = listed(request).filter((check) => {
      if (check.hiddenFor === 0) return true;
      check.hiddenFor -= 1;
      return false;
    });
    return paged(
      request,
      shown.map((check) => shapes.check(check)),
      (check_runs, total_count) => ({ total_count, check_runs }),
    );
  },
  "checks/list-annotations": (request) => {
    const { repository, params } = request;
    const check = checkOf(repository, params["check_run_id"]);
    if (!check) return notFound();
    const filled = check.annotations.map((annotation) => ({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      blob_href: "",
      ...annotation,
    }));
    return paged(request, filled);
  },
  "repos/get-combined-status-for-ref": (request) => {
    const { repository, shapes, params } = request;
    const sha = repository.resolve(params["ref"] ?? "");
    if (!sha) return notFound();
    const latest = [
      ...new Map(
        repository.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each]),
      ).values(),
    ];
    const bad = latest.some((each) => each.state === "error" || each.state === "failure");
    const pending = latest.length === 0 || latest.some((each) => each.state === "pending");
    const state = bad ? "failure" : pending ? "pending" : "success";
    return paged(
      request,
      latest.map((each) => shapes.status(each, true)),
      (statuses, total_count) => ({ ...shapes.combinedStatus(sha, state), total_count, statuses }),
    );
  },
  "repos/list-commit-statuses-for-ref": (request) => {
    const { repository, shapes, params } = request;
    const sha = repository.resolve(params["ref"] ?? "");
    const found = repository.statuses.filter((each) => each.sha === sha).toReversed();
    return paged(
      request,
      found.map((each) => shapes.status(each, false)),
    );
  },
};

/** As the query filters them; `filter=latest` keeps the newest of each name and app. */
function listed({ repository, params, query }: RestRequest): readonly CheckRun[] {
  const sha = repository.resolve(params["ref"] ?? "");
  const found = repository.checks.filter(
    (check) =>
      check.sha === sha &&
      (query.get("check_name") ?? check.name) === check.name &&
      (query.get("status") ?? check.status) === check.status &&
      Number(query.get("app_id") ?? check.app.id) === check.app.id,
  );
  if (query.get("filter") === "all") return found.toReversed();
  return [...new Map(found.map((check) => [`${check.app.id} ${check.name}`, check])).values()].toReversed();
}

function checkOf(repository: Repository, id: string | undefined): CheckRun | undefined {
  return repository.checks.find((check) => check.id === Number(id));
}

function change(check: CheckRun, body: Readonly<Record<string, unknown>>): void {
  if (typeof body["name"] === "string") check.name = body["name"];
  if (typeof body["status"] === "string") check.status = body["status"];
  if (typeof body["external_id"] === "string") check.externalId = body["external_id"];
  if (typeof body["details_url"] === "string") check.detailsUrl = body["details_url"];
  if (typeof body["conclusion"] === "string") {
    check.status = "completed";
    check.conclusion = body["conclusion"];
    check.completedAt = now();
  } else if (check.status !== "completed") {
    check.conclusion = null;
    check.completedAt = null;
  }
  const output = body["output"] as CheckOutput | undefined;
  if (!output) return;
  check.title = output.title ?? check.title;
  check.summary = output.summary ?? check.summary;
  check.text = output.text ?? check.text;
  check.annotations.push(...(output.annotations ?? []));
}
