/** The last line of a Markdown report: which plan this is, and where the rest of it lies. */
import { markdownCode, markdownText } from "./escape.ts";
import type { PlanView } from "./view.ts";

/** Escaped for Markdown. */
export function factsOf(view: PlanView) {
  const { facts } = view;
  return {
    planId: facts.planId.slice(0, 8),
    digest: facts.digest,
    shortDigest: facts.digest.slice(0, 12),
    version: `${facts.from === facts.to ? `version ${facts.to}` : `version ${facts.from} → ${facts.to}`}${liveAs(view)}`,
    from: String(facts.from),
    to: String(facts.to),
    head: facts.headSha === "" ? "" : markdownCode(facts.headSha.slice(0, 7), { table: false }),
    createdAt: markdownText(facts.createdAt.slice(0, 16).replace("T", " ")),
    tool: markdownText(facts.tool),
    engine: markdownText(facts.engine),
  };
}

/** Another apply in between moves the number. */
function liveAs({ facts, outcome }: PlanView): string {
  const version = outcome?.version ?? null;
  return version === null || version === facts.to ? "" : `, live as version ${version}`;
}

/** Only addresses that cannot end their Markdown link. */
export function linksOf(view: PlanView) {
  const safe = (url: string | undefined) =>
    url !== undefined && /^https?:\/\/[^\s()<>"'`\\]+$/.test(url) ? url : "";
  return {
    run: safe(view.links.run),
    artifact: safe(view.links.artifact),
    plan: safe(view.links.plan ?? view.links.artifact ?? view.links.run),
  };
}
