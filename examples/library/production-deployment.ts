/** Production deployment: plan, look at what would happen, apply exactly that. */
import { Context, type Outcome } from "../../src/index.ts"; // in your project: from "sluice-sql"

export async function main(project: string): Promise<Outcome> {
  await using context = new Context({ paths: [project] });

  const plan = await context.plan("prod");
  console.log(`${plan.newSnapshots.length} new snapshots, ${plan.modifiedSnapshots.length} modified models`);
  if (plan.requiresBackfill) {
    for (const { model, intervals } of plan.backfillIntervals)
      console.log(`  ${model}: ${intervals.length} intervals to fill`);
  }

  const outcome = await context.apply(plan);
  console.log(outcome.sentence);
  return outcome;
}

if (import.meta.main) await main(process.argv[2] ?? ".");
