/** Forward-only: keep the table and its history; the new logic holds from a day on, and nothing is recomputed now. */
import { Context, type Outcome } from "../../src/index.ts"; // in your project: from "sluice-sql"

export async function main(project: string, effectiveFrom = "yesterday"): Promise<Outcome> {
  await using context = new Context({ paths: [project] });

  const plan = await context.plan("prod", { forwardOnly: true, effectiveFrom, skipBackfill: true });
  const outcome = await context.apply(plan);
  console.log(outcome.sentence);
  return outcome;
}

if (import.meta.main) await main(process.argv[2] ?? ".", process.argv[3]);
