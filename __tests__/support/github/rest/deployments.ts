/** Deployments and their statuses. */
import { type Deployment, now } from "../repository.ts";
import { created, failed, type Handlers, notFound, ok, paged } from "./answer.ts";

export const deployments: Handlers = {
  "repos/create-deployment": ({ repository, shapes, body }) => {
    const sha = repository.resolve(String(body["ref"]));
    if (!sha) return failed(422, `No ref found for: ${String(body["ref"])}`);
    const contexts = body["required_contexts"];
    if (
      !Array.isArray(contexts) &&
      repository.statuses.some((status) => status.sha === sha && status.state !== "success")
    ) {
      return failed(409, "Conflict: Commit status checks failed.");
    }
    const deployment: Deployment = {
      id: repository.nextId(),
      sha,
      ref: String(body["ref"]),
      environment: String(body["environment"] ?? "production"),
      description: (body["description"] as string | undefined) ?? null,
      task: String(body["task"] ?? "deploy"),
      createdAt: now(),
      statuses: [],
    };
    repository.deployments.push(deployment);
    return created(shapes.deployment(deployment));
  },
  "repos/create-deployment-status": ({ repository, shapes, params, body }) => {
    const deployment = repository.deployments.find((each) => each.id === Number(params["deployment_id"]));
    if (!deployment) return notFound();
    const status = {
      id: repository.nextId(),
      state: String(body["state"]),
      description: String(body["description"] ?? ""),
      url: String(body["log_url"] ?? ""),
      at: now(),
    };
    deployment.statuses.push(status);
    return created(shapes.deploymentStatus(deployment, status));
  },
  "repos/get-deployment": ({ repository, shapes, params }) => {
    const deployment = repository.deployments.find((each) => each.id === Number(params["deployment_id"]));
    return deployment ? ok(shapes.deployment(deployment)) : notFound();
  },
  "repos/list-deployments": (request) => {
    const { repository, shapes, query } = request;
    const found = repository.deployments.filter(
      (each) =>
        (query.get("environment") ?? each.environment) === each.environment &&
        (query.get("sha") ?? each.sha) === each.sha &&
        (query.get("ref") ?? each.ref) === each.ref,
    );
    return paged(
      request,
      found.toReversed().map((each) => shapes.deployment(each)),
    );
  },
  "repos/list-deployment-statuses": (request) => {
    const { repository, shapes, params } = request;
    const deployment = repository.deployments.find((each) => each.id === Number(params["deployment_id"]));
    if (!deployment) return notFound();
    return paged(
      request,
      deployment.statuses.toReversed().map((status) => shapes.deploymentStatus(deployment, status)),
    );
  },
};
