/** `sluice unlock`: takes the lock of an environment away from an apply that does not end. */
import { oneLine, terminalText } from "../report/escape.ts";
import { describeInstant } from "../report/interval-text.ts";
import type { Call, Command } from "./command.ts";
import { openContext } from "./open-context.ts";

export const unlock: Command = {
  name: "unlock",
  summary: "Release the lock of a dead apply.",
  description:
    "Takes the lock of an environment from whoever holds it. The lock of a killed apply ends by itself within half a minute,\n" +
    "so this is for one that hangs: what it still sends to the state is refused, and it ends without switching anything.",
  arguments: [
    {
      name: "environment",
      required: false,
      help: "The environment. Default: prod, or what config.yaml says.",
    },
  ],
  options: [],
  examples: [["sluice unlock", "Free production."]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const lease = await context.unlock(call.arguments[0]);
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, lease }, null, 2));
  else if (lease === null) terminal.print("Nobody held the lock.");
  else {
    const { environment, owner, heartbeatAt } = lease;
    const text = `Took the lock of ${environment} from ${owner}, whose last sign of life was ${describeInstant(heartbeatAt)}.`;
    terminal.print(terminalText(oneLine(text)));
  }
  return 0;
}
