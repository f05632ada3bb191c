/**
 * Restatements that ride with a change: asked for in a pull request or in `sluice.yaml`, part of the plan of production,
 * and carried out once. The environment's record keeps the ids of those that were.
 */
import type { Environment } from "../environment/environment.ts";
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { parseInstant } from "../time/instant.ts";
import type { Comparison } from "./comparison.ts";
import { rangeEnd } from "./intervals.ts";
import type { NormalisedOptions } from "./plan.ts";
import type { PlanRange } from "./range.ts";

export interface RestateRequest {
  /** Stable for the same request: what was carried out under it is not carried out again. */
  readonly id: string;
  /** Names of models, without wildcards. */
  readonly models: readonly string[];
  /** `2024-01-31`; absent = from the start of history. */
  readonly start?: string;
  /** Included; absent = up to now. */
  readonly end?: string;
  /** `pull request 12`, `sluice.yaml`. */
  readonly askedBy: string;
}

/** A stretch of time to compute again; `start` null = from the start of history. */
export interface AskedRange {
  readonly start: number | null;
  readonly until: number;
}

/** The plan restates because somebody asked for it, not to preview a change. */
export function asksToRestate({ restateModels, restateRequests }: NormalisedOptions): boolean {
  return restateModels !== undefined || (restateRequests ?? []).length > 0;
}

/** Those not carried out yet, each once. */
export function openRequests(
  requests: readonly RestateRequest[],
  environment: Pick<Environment, "restated"> | null,
): readonly RestateRequest[] {
  const done = new Set(environment?.restated ?? []);
  const open = new Map(requests.filter(({ id }) => !done.has(id)).map((request) => [request.id, request]));
  return [...open.values()];
}

/** What is asked of each model by name. Throws PLAN_OPTION_INVALID for a range that makes no sense. */
export function askedRanges(comparison: Comparison, range: PlanRange): ReadonlyMap<ModelName, AskedRange> {
  const { options, selections } = comparison.input;
  const asked = new Map<ModelName, AskedRange>();
  if (options.restateModels !== undefined)
    for (const name of selections.restate ?? [])
      asked.set(name, { start: range.start, until: range.end.until });
  for (const request of options.restateRequests ?? []) {
    const wanted = rangeOf(request, range);
    for (const name of selections.requested?.get(request.id) ?? []) {
      const before = asked.get(name);
      asked.set(name, before === undefined ? wanted : widest([before, wanted]));
    }
  }
  return asked;
}

export function widest(ranges: readonly AskedRange[]): AskedRange {
  const starts = ranges.map(({ start }) => start);
  return {
    start: starts.includes(null) ? null : Math.min(...(starts as readonly number[])),
    until: Math.max(...ranges.map(({ until }) => until)),
  };
}

function rangeOf(request: RestateRequest, { executionTime, end: last }: PlanRange): AskedRange {
  const read = (text: string) =>
    parseInstant(text, executionTime, { subject: `the restatement asked for by ${request.askedBy}` });
  const start = request.start === undefined ? null : read(request.start).at;
  if (request.end === undefined) {
    if (start !== null && start > executionTime) throw inFuture(request, request.start);
    return { start, until: last.until };
  }
  const end = read(request.end);
  if (end.at > executionTime) throw inFuture(request, request.end);
  if (start !== null && start > end.at)
    throw wrong(request, `starts ${request.start}, after its end ${request.end}`, "Swap the two dates.");
  return { start, until: rangeEnd(end).until };
}

function inFuture(request: RestateRequest, date: string | undefined): SluiceError {
  return wrong(request, `names ${date}, which lies in the future`, "Restate what is there, up to today.");
}

function wrong({ askedBy }: RestateRequest, problem: string, hint: string): SluiceError {
  return new SluiceError("PLAN_OPTION_INVALID", `the restatement asked for by ${askedBy} ${problem}`, {
    hint,
    details: { option: "restateRequests" },
  });
}
