/** Applies a plan in front of a person: progress while it works, one report when it ends, and a way to stop it. */
import type { ApplyOptions, Context } from "../context.ts";
import type { ApplyEvent } from "../plan/events.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Plan } from "../plan/reviewed-plan.ts";
import { buildPlanView, foldEvents, type ReportContext, renderText, viewJson } from "../report/report.ts";
import type { Call } from "./command.ts";
import { makeProgress, type Progress } from "./progress.ts";
import { listenForSignals } from "./signals.ts";

/** What the work gets to be seen and stopped. */
export interface Watched {
  readonly signal: AbortSignal;
  readonly onEvent: (event: ApplyEvent) => void;
  /** Before the first event: what is going to be done. */
  readonly onPlan: (plan: PlanDocument) => void;
}

/** Runs the apply and prints its report. SIGINT and SIGTERM stop it in order; a second one ends the process. */
export function applyPlan(
  call: Pick<Call, "terminal">,
  context: Context,
  plan: Plan,
  report: ReportContext,
  options: Pick<ApplyOptions, "fuses" | "overrides"> = {},
): Promise<Outcome> {
  return watchApply(call, report, ({ onPlan, ...watched }) => {
    onPlan(plan.toJSON());
    return context.apply(plan, { ...options, ...watched });
  });
}

/** The same for work that makes its own plan; when it makes none, its outcome is all there is to say. */
export async function watchApply(
  call: Pick<Call, "terminal">,
  report: ReportContext,
  work: (watched: Watched) => Promise<Outcome>,
): Promise<Outcome> {
  const { terminal } = call;
  const events: ApplyEvent[] = [];
  const stop = listenForSignals(terminal.note);
  const shown: { document: PlanDocument | null; progress: Progress | null } = {
    document: null,
    progress: null,
  };
  try {
    const outcome = await work({
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        shown.progress?.show(event);
      },
      onPlan: (document) => {
        shown.progress?.end();
        shown.document = document;
        shown.progress = makeProgress(document, terminal);
        terminal.clock.run();
      },
    });
    shown.progress?.end();
    print(call, outcome, shown.document, { ...report, progress: foldEvents(events), outcome });
    return outcome;
  } finally {
    shown.progress?.end();
    stop.off();
  }
}

function print(
  { terminal }: Pick<Call, "terminal">,
  outcome: Outcome,
  document: PlanDocument | null,
  report: ReportContext,
): void {
  if (document === null) {
    terminal.print(
      terminal.json
        ? JSON.stringify({ ok: outcome.reason === "nothing-to-do", outcome, plan: null }, null, 2)
        : outcome.sentence,
    );
    return;
  }
  const view = buildPlanView(document, report);
  if (!terminal.json) {
    const look = { color: terminal.color, width: terminal.width, diffs: false, steps: false };
    terminal.print(renderText(view, look));
    return;
  }
  const ok = view.state === "applied" || view.state === "nothing-to-do";
  terminal.print(JSON.stringify({ ok, outcome, plan: viewJson(view) }, null, 2));
}
