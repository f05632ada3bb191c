/** Circuit breaker: promote between two and four in the morning (UTC) only; asked until right before views change. */
import { Context, type Outcome } from "../../src/index.ts"; // in your project: from "sluice-sql"

export async function main(project: string, now: () => number = Date.now): Promise<Outcome> {
  await using context = new Context({ paths: [project] });

  const plan = await context.plan("prod");
  const outcome = await context.apply(plan, {
    // True lets the apply go on, false stops it. An error counts as false.
    circuitBreaker: () => {
      const hour = new Date(now()).getUTCHours();
      return hour >= 2 && hour < 4;
    },
  });
  if (outcome.reason === "breaker-open")
    console.log("outside the maintenance window: production is unchanged");
  else console.log(outcome.sentence);
  return outcome;
}

if (import.meta.main) await main(process.argv[2] ?? ".");
