/** Automated deployment: for a scheduled job that applies whatever the main branch says, without asking. */
import { Context, type Plan } from "../../src/index.ts"; // in your project: from "sluice-sql"

export async function main(project: string): Promise<Plan> {
  await using context = new Context({ paths: [project] });

  const plan = await context.plan("prod", { autoApply: true, noPrompts: true });
  console.log(
    plan.contextDiff.hasChanges || plan.requiresBackfill
      ? "production is up to date now"
      : "there was nothing to do",
  );
  return plan;
}

if (import.meta.main) await main(process.argv[2] ?? ".");
