/** A seed's table: created, filled in batches of rows and audited, all at once (spec plan-and-apply 10.4). */

import type { Session } from "../engine/engine.ts";
import type { Step } from "../plan/step.ts";
import type { AuditResult } from "./audit.ts";
import { report, runAudits } from "./audit.ts";
import { writeComments } from "./comments.ts";
import type { Unit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { runModelStatements } from "./model-statements.ts";
import { scratchOf, swapScratch } from "./replace.ts";
import { readSeedRows } from "./seed-rows.ts";
import { stepTexts } from "./step-texts.ts";

export async function loadSeed(
  context: ApplyContext,
  step: Extract<Step, { kind: "load-seed" }>,
): Promise<Unit> {
  const { engine, definitions } = context;
  const model = definitions.model(step.snapshot);
  const snapshot = definitions.snapshot(step.snapshot);
  const { columns, rows } = readSeedRows(model, engine.family);
  const texts = await stepTexts(context, step, "creating", step.interval);
  const size = model.kind.name === "SEED" ? model.kind.batchSize : rows.length;
  const scratch = scratchOf(context, step.table);
  const fill = async (session: Session): Promise<void> => {
    await runModelStatements(session, texts, "pre");
    await session.run(engine.statements.drop(scratch, "table"));
    await session.run(
      engine.statements.createTable(scratch, columns, { properties: model.physicalProperties }),
    );
    const names = columns.map((column) => column.name);
    for (let at = 0; at < rows.length; at += size) {
      await engine.insertRows(session, scratch, names, rows.slice(at, at + size));
    }
    await swapScratch(context, session, step.table);
    await runModelStatements(session, texts, "post");
    if (!step.dev) await writeComments(context, session, step.table, "table", model);
  };
  let audits: readonly AuditResult[] = [];
  const { interval, dev } = step;
  return {
    step,
    table: step.table,
    stage: fill,
    write: async (session) => {
      audits = await runAudits(context, session, step, texts);
    },
    computed: interval === null ? [] : [{ snapshot, interval, dev }],
    finish: () => {
      report(context, step, audits);
      return rows.length;
    },
  };
}
