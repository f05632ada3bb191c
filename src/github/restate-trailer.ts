/**
 * `Sluice-Restate: shop.orders, shop.payments 2024-01-01..2024-01-31` in a pull request's description or in the message of
 * one of its commits. The text is a stranger's: it fits to the letter, or it is refused. Pure.
 */
import { canonicalJson, shortHash } from "../digest.ts";
import type { RestateRequest } from "../plan/restate-requests.ts";
import { parseModelNames, trailersIn, unfit } from "./trailers.ts";

const mostTrailers = 20;
const example = "Sluice-Restate: shop.orders, shop.payments 2024-01-01..2024-01-31";
const range = /[ \t]+(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?$/;

/** Every request in these texts, each once. Throws PLAN_OPTION_INVALID for a trailer that does not fit. */
export function parseRestateTrailers(texts: readonly string[], pull: number): readonly RestateRequest[] {
  const askedBy = `pull request ${pull}`;
  const requests = new Map<string, RestateRequest>();
  for (const line of trailersIn(texts, "Sluice-Restate")) {
    const asked = parseTrailer(line, `a Sluice-Restate line of ${askedBy}`);
    const id = `pull:${pull}:${shortHash(canonicalJson(asked))}`;
    requests.set(id, { id, ...asked, askedBy });
    if (requests.size > mostTrailers)
      throw unfit(
        `a Sluice-Restate line of ${askedBy}`,
        `there are more than ${mostTrailers} of them`,
        example,
      );
  }
  return [...requests.values()];
}

function parseTrailer(line: string, what: string): Pick<RestateRequest, "models" | "start" | "end"> {
  const found = range.exec(line);
  const [, start, end] = found ?? [];
  if (found !== null && start === undefined && end === undefined)
    throw unfit(what, "its range has no day", example);
  const models = parseModelNames(found === null ? line : line.slice(0, found.index), what, example);
  for (const day of [start, end])
    if (day !== undefined && !isDay(day)) throw unfit(what, `there is no day ${day}`, example);
  return {
    models,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}
