/** The view for scripts: stable names, sentences as plain text, every name unescaped. */
import { plain } from "./phrase.ts";
import type { PlanView } from "./view.ts";

/** What `--json` prints for plan, show and apply. The plan document itself is what `--out` writes. */
export function viewJson(view: PlanView) {
  const { verdict, destructive, actions, next, outcome, lineage: _drawing, ...rest } = view;
  return {
    ...rest,
    verdict: { ...verdict, sentence: plain(verdict.sentence) },
    destructive: destructive.map((each) => ({ ...each, text: plain(each.text) })),
    actions: actions.map((group) => ({
      kind: group.kind,
      title: plain(group.title),
      details: group.details.map((detail) => plain(detail.text)),
      steps: group.steps,
    })),
    next: next.map(plain),
    outcome: outcome && {
      ...outcome,
      production: plain(outcome.production),
      lines: outcome.lines.map((line) => ({ ...line, text: plain(line.text) })),
    },
  };
}
