/** `sluice breaker`: the kill switch, looked at, opened or closed. */
import type { BreakerEntry } from "../context.ts";
import { SluiceError } from "../errors.ts";
import { oneLine, terminalText } from "../report/escape.ts";
import { describeInstant } from "../report/interval-text.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { openContext } from "./open-context.ts";

export const breaker: Command = {
  name: "breaker",
  summary: "Open or close the kill switch.",
  description:
    "While the breaker is open no apply and no run sends a statement, in whatever process: those at work stop before their\n" +
    "next one. Who opened or closed it, when and why is kept in the state. Without an action it is only shown.",
  arguments: [{ name: "action", required: false, help: "open, close, or show. Default: show." }],
  options: [
    { name: "reason", takes: "text", value: "text", help: "Why; everybody it stops reads it." },
    { name: "by", takes: "text", value: "name", help: "Who. Default: this host and process." },
  ],
  examples: [
    ["sluice breaker open --reason 'the warehouse is being moved'", "Stop everything."],
    ["sluice breaker close --reason 'moved'", "Go on."],
    ["sluice breaker", "Is it open, and since when?"],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  const action = call.arguments[0] ?? "show";
  if (action !== "open" && action !== "close" && action !== "show") {
    throw new SluiceError("USAGE", `sluice breaker does not know "${action}"`, {
      hint: "Write open, close, or nothing to see how it stands.",
    });
  }
  await using context = await openContext(call);
  const entry =
    action === "show" ? (await context.status()).breaker : await set(call, context, action === "open");
  if (terminal.json) terminal.print(JSON.stringify({ ok: true, breaker: entry }, null, 2));
  else terminal.print(describe(entry));
  return 0;
}

function set(
  { options }: Call,
  context: Awaited<ReturnType<typeof openContext>>,
  open: boolean,
): Promise<BreakerEntry> {
  return context.setBreaker(open, textOf(options, "reason") ?? "", textOf(options, "by"));
}

function describe(entry: BreakerEntry | null): string {
  if (entry === null) return "The breaker is closed; it was never opened.";
  const { open, reason, by, at } = entry;
  const state = open ? "open: nothing is applied" : "closed";
  return terminalText(oneLine(`The breaker is ${state}. ${by}, ${describeInstant(at)}: ${reason}`));
}
