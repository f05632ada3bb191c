/** The complete pipeline: unit tests, plan, apply, audits of what is live. */
import { Context, type Outcome } from "../../src/index.ts"; // in your project: from "sluice-sql"

export interface PipelineResult {
  readonly testsFailed: number;
  readonly outcome: Outcome | null;
  readonly auditsFailed: number;
}

export async function main(project: string): Promise<PipelineResult> {
  await using context = new Context({ paths: [project] });

  const tests = await context.test();
  console.log(`unit tests: ${tests.passed} passed, ${tests.failed} failed`);
  if (tests.failed > 0) return { testsFailed: tests.failed, outcome: null, auditsFailed: 0 };

  const plan = await context.plan("prod", { skipTests: true }); // they ran just now
  const outcome = await context.apply(plan);
  console.log(outcome.sentence);

  const audits = await context.audit({ start: "1 week ago", end: "yesterday" });
  console.log(`audits: ${audits.passed} passed, ${audits.failed} failed`);
  return { testsFailed: 0, outcome, auditsFailed: audits.failed };
}

if (import.meta.main) await main(process.argv[2] ?? ".");
