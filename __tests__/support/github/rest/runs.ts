/** Workflow runs and their artifacts. */
import type { WorkflowRun } from "../repository.ts";
import { created, failed, type Handlers, notFound, ok, paged, type RestRequest } from "./answer.ts";

export const runs: Handlers = {
  "actions/list-workflow-runs-for-repo": (request) => listed(request, () => true),
  "actions/list-workflow-runs": (request) => {
    const workflow = request.params["workflow_id"] ?? "";
    return listed(request, (run) => run.path === workflow || run.path.endsWith(`/${workflow}`));
  },
  "actions/get-workflow-run": ({ repository, shapes, params }) => {
    const run = repository.run(Number(params["run_id"]));
    return run ? ok(shapes.run(run)) : notFound();
  },
  "actions/list-workflow-run-artifacts": (request) => {
    const { artifacts, params } = request;
    return listArtifacts(
      request,
      artifacts.listed((artifact) => artifact.run === Number(params["run_id"])),
    );
  },
  "actions/list-artifacts-for-repo": (request) =>
    listArtifacts(
      request,
      request.artifacts.listed(() => true),
    ),
  "actions/get-artifact": ({ artifacts, shapes, params }) => {
    const found = artifacts.byId(Number(params["artifact_id"]));
    return found ? ok(shapes.artifact(found)) : notFound();
  },
  "actions/download-artifact": ({ artifacts, params }) => {
    const found = artifacts.byId(Number(params["artifact_id"]));
    if (!found) return notFound();
    if (found.expiresAt < Date.now()) return failed(410, "Artifact has expired");
    return { status: 302, headers: { location: artifacts.signedUrl(found.blob, "r", 60) } };
  },
  "actions/delete-artifact": ({ artifacts, params }) => {
    const found = artifacts.byId(Number(params["artifact_id"]));
    if (!found) return notFound();
    found.deleted = true;
    return { status: 204 };
  },
  "actions/re-run-workflow": ({ repository, params }) => {
    const run = repository.run(Number(params["run_id"]));
    return run ? created({}) : notFound();
  },
};

function listed(request: RestRequest, ofWorkflow: (run: WorkflowRun) => boolean) {
  const { repository, shapes, query } = request;
  const wanted = (run: WorkflowRun) =>
    (query.get("event") ?? run.event) === run.event &&
    (query.get("head_sha") ?? run.headSha) === run.headSha &&
    (query.get("branch") ?? run.headBranch) === run.headBranch &&
    (query.get("status") ?? run.status) ===
      (run.status === "completed" && query.get("status") === run.conclusion ? run.conclusion : run.status);
  const found = repository.runs.filter((run) => ofWorkflow(run) && wanted(run)).toReversed();
  return paged(
    request,
    found.map((run) => shapes.run(run)),
    (workflow_runs, total_count) => ({ total_count, workflow_runs }),
  );
}

function listArtifacts(request: RestRequest, all: ReturnType<RestRequest["artifacts"]["listed"]>) {
  const { shapes, query } = request;
  const name = query.get("name");
  const found = all.filter((artifact) => name === null || artifact.name === name);
  return paged(
    request,
    found.map((artifact) => shapes.artifact(artifact)),
    (artifacts, total_count) => ({ total_count, artifacts }),
  );
}
