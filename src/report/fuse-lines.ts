/** What fuses said while a plan was applied: what was measured, and what was let through by whom. */
import type { Outcome } from "../plan/outcome.ts";

/** Exceeded limits first; limits that were kept are counted past a few. */
export function fuseLines(outcome: Pick<Outcome, "impact" | "overrides"> | undefined): readonly string[] {
  const { impact = [], overrides = [] } = outcome ?? {};
  const beyond = impact.filter((finding) => finding.exceeded);
  const within = impact.filter((finding) => !finding.exceeded);
  const kept = within.slice(0, shownWithin).map((finding) => `Within its limit: ${finding.text}`);
  const more = within.length - kept.length;
  return [
    ...overrides.map(({ fuse, by, reason }) => `Overridden by ${by}: ${fuse}. Reason: ${reason}`),
    ...beyond.map((finding) => `Beyond its limit: ${finding.text}`),
    ...kept,
    ...(more > 0 ? [`${more} more measures are within their limits.`] : []),
  ];
}

const shownWithin = 5;
