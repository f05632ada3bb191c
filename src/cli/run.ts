/** `sluice run`: what has become due by cron, with the code that is live. */
import { basename, resolve } from "node:path";
import { exitCodeOf } from "../plan/outcome.ts";
import { watchApply } from "./apply-plan.ts";
import { type Call, type Command, flagOf } from "./command.ts";
import { openContext, projectPath } from "./open-context.ts";

export const run: Command = {
  name: "run",
  summary: "Compute what is due by cron.",
  description:
    "Fills the intervals that have become due since the last time, with the versions that are live: changed files of the\n" +
    "project change nothing. Made for a schedule; it takes the same lock as an apply and is stopped by the same breaker.\n" +
    "For prod it cleans up first, as sluice clean does, when nobody applies.",
  arguments: [
    {
      name: "environment",
      required: false,
      help: "The environment. Default: prod, or what config.yaml says.",
    },
  ],
  options: [
    { name: "ignore-cron", takes: "flag", help: "Fill everything up to now, whatever the cron says." },
    { name: "skip-janitor", takes: "flag", help: "Do not clean up first." },
  ],
  examples: [["sluice run", "Every hour, from a scheduler."]],
  run: runDue,
};

async function runDue(call: Call): Promise<number> {
  await using context = await openContext(call);
  const report = { project: basename(resolve(projectPath(call))) };
  const outcome = await watchApply(call, report, (watched) =>
    context.run(call.arguments[0], {
      ...watched,
      ignoreCron: flagOf(call.options, "ignore-cron"),
      skipJanitor: flagOf(call.options, "skip-janitor"),
    }),
  );
  return exitCodeOf(outcome.reason);
}
