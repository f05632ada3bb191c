/** The plan options of a pull request: the workflow's, and what its own text asks for. */
import type { PlanOptions } from "../plan/options.ts";
import type { JobContext } from "./job.ts";
import { parsePermissionTrailers } from "./permission-trailer.ts";
import { parseRestateTrailers } from "./restate-trailer.ts";

/** Read from the API, not from the event: the text may have changed since, and a re-run brings the old event. */
export async function optionsOf(job: JobContext, pull: number | null): Promise<PlanOptions> {
  const { planOptions } = job.inputs;
  if (pull === null) return planOptions;
  const { texts, author } = await job.repository.fetchPullTexts(pull);
  return {
    ...planOptions,
    restateRequests: [...(planOptions.restateRequests ?? []), ...parseRestateTrailers(texts, pull)],
    permissions: [...(planOptions.permissions ?? []), ...parsePermissionTrailers(texts, pull, author)],
  };
}
