/** Audits alone: of a table that is there, when only they changed, or a standalone audit, which has no table. */
import type { Session } from "../engine/engine.ts";
import { renderAudit } from "../model/render-audit.ts";
import type { Step } from "../plan/step.ts";
import type { AuditResult } from "./audit.ts";
import { countBadRows, report, runAudits } from "./audit.ts";
import { commit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { type StepTexts, stepTexts } from "./step-texts.ts";

export async function auditTable(
  context: ApplyContext,
  step: Extract<Step, { kind: "audit" }>,
): Promise<void> {
  const { definitions } = context;
  const texts = await stepTexts(context, step, "auditing", step.interval);
  const standalone = texts.model.node === "audit";
  const snapshot = definitions.snapshot(step.snapshot);
  const { interval, dev } = step;
  let results: readonly AuditResult[] = [];
  await commit(context, {
    step,
    table: step.table,
    write: async (session) => {
      results = standalone
        ? await auditAlone(session, texts)
        : await runAudits(context, session, step, texts);
    },
    computed: standalone ? [{ snapshot, interval, dev }] : [],
  });
  report(context, step, results);
}

/** A standalone audit can never block (spec plan-and-apply 10.6). */
async function auditAlone(session: Session, { model, render }: StepTexts): Promise<readonly AuditResult[]> {
  const audit = renderAudit(model, { name: model.displayName, args: {} }, render);
  if (audit.skip) return [];
  const badRows = await countBadRows(session, audit.sql);
  return [{ audit: audit.name, badRows, blocking: false }];
}
