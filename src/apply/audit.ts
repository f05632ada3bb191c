/** Audits of one batch: run before its rows are visible, so that bad rows never are (design D9). */
import type { Session } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { ApplyContext } from "./context.ts";
import type { SnapshotStep } from "./rendering.ts";
import type { StepTexts } from "./step-texts.ts";

export interface AuditResult {
  readonly audit: string;
  readonly badRows: number;
  readonly blocking: boolean;
}

/**
 * Runs every audit of the model on the table that its texts are for. A dev table holds a partial preview that cannot satisfy
 * audits, so there none blocks. Throws AUDIT_FAILED naming all blocking audits that found rows.
 */
export async function runAudits(
  context: ApplyContext,
  session: Session,
  step: SnapshotStep,
  texts: StepTexts,
): Promise<readonly AuditResult[]> {
  const results: AuditResult[] = [];
  const statements = new Map<string, string>();
  for (const audit of texts.audits()) {
    if (audit.skip) continue;
    const badRows = await countBadRows(session, audit.sql);
    const result = {
      audit: audit.name,
      badRows,
      blocking: audit.blocking && !step.dev,
    };
    results.push(result);
    statements.set(audit.name, audit.sql);
  }
  const failed = results.filter((result) => result.badRows > 0 && result.blocking);
  const [first] = failed;
  if (first === undefined) return results;
  report(context, step, results);
  const found = failed.map((result) => `${result.audit} found ${rows(result.badRows)}`).join(", ");
  throw new SluiceError("AUDIT_FAILED", `Blocking audits of ${texts.model.displayName} failed: ${found}.`, {
    hint: "Nothing of this batch was kept; correct the data or the model and apply again.",
    details: { audits: failed, statement: statements.get(first.audit) },
  });
}

/** Number of rows an audit's query gives. */
export async function countBadRows(session: Session, sql: string): Promise<number> {
  // The query ends on a line of its own: it may end in a comment.
  const [row] = await session.query(`SELECT COUNT(*) AS bad_rows FROM (${sql}\n) AS audit`);
  return Number(row?.["bad_rows"] ?? 0);
}

/** Tells what the audits found, once the batch is committed or refused. */
export function report(context: ApplyContext, step: SnapshotStep, results: readonly AuditResult[]): void {
  for (const result of results) context.emit({ kind: "audit-finished", at: context.now(), step, ...result });
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}
