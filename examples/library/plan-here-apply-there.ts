/** Plan in one process and apply in another: what was reviewed is what runs, or it is refused with a reason. */
import { readFile, writeFile } from "node:fs/promises";
import { Context, type Outcome, Plan } from "../../src/index.ts"; // in your project: from "sluice-sql"

/** On the pull request. */
export async function planHere(project: string, file: string): Promise<void> {
  await using context = new Context({ paths: [project] });
  const plan = await context.plan("prod");
  await writeFile(file, JSON.stringify(plan));
  console.log(`wrote the plan ${plan.digest} to ${file}`);
}

/** After the merge, perhaps on another machine. */
export async function applyThere(project: string, file: string): Promise<Outcome> {
  await using context = new Context({ paths: [project] });
  const plan = Plan.from(await readFile(file, "utf8"));
  const outcome = await context.apply(plan);
  if (outcome.reason === "stale") console.log(`production moved since the review: ${outcome.sentence}`);
  else console.log(outcome.sentence);
  return outcome;
}

export async function main(project: string, file = "plan.json"): Promise<Outcome> {
  await planHere(project, file);
  return applyThere(project, file);
}

if (import.meta.main) await main(process.argv[2] ?? ".", process.argv[3]);
