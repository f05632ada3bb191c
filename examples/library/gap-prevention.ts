/** Gap prevention: never promote a table that covers less time than the one it replaces, and leave breaking changes to people. */
import { Context, type Outcome } from "../../src/index.ts"; // in your project: from "sluice-sql"

export async function main(project: string): Promise<Outcome | null> {
  await using context = new Context({ paths: [project] });

  const plan = await context.plan("prod", { noGaps: true });
  if (plan.contextDiff.hasBreakingChanges) {
    console.log("this change is breaking: somebody has to look at it first");
    return null;
  }

  const outcome = await context.apply(plan);
  console.log(outcome.sentence);
  return outcome;
}

if (import.meta.main) await main(process.argv[2] ?? ".");
