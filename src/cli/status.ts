/** `sluice status`: what is live, what is being applied, and by whom. */
import type { Context } from "../context.ts";
import { oneLine, terminalText } from "../report/escape.ts";
import { describeInstant, describeSeconds } from "../report/interval-text.ts";
import { count } from "../report/phrase.ts";
import { inColumns } from "./columns.ts";
import type { Call, Command } from "./command.ts";
import { short } from "./environments.ts";
import { openContext } from "./open-context.ts";

export const status: Command = {
  name: "status",
  summary: "What is live, what is being applied, and by whom.",
  description:
    "Shows the version of an environment, who holds its lock, whether the kill switch is on, the last plans that were applied\n" +
    "or tried, and what was changed by hand in the warehouse: views that show something else, tables that are gone. Changes\n" +
    "nothing; the next plan puts right what it can.",
  arguments: [
    {
      name: "environment",
      required: false,
      help: "The environment. Default: prod, or what config.yaml says.",
    },
  ],
  options: [],
  examples: [["sluice status", "Is production up to date, is someone at work?"]],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const found = await context.status(call.arguments[0]);
  if (terminal.json) {
    terminal.print(JSON.stringify({ ok: true, ...found }, null, 2));
    return 0;
  }
  const { environment, lease, breaker, ledger } = found;
  const lines: string[] = [];
  if (environment === null) lines.push("The environment does not exist yet.");
  else {
    const promoted =
      environment.finalizedAt === null
        ? "its promotion is not finished"
        : `promoted ${short(environment.finalizedAt)}`;
    lines.push(
      `${terminal.paint("bold", clean(environment.name))} is at version ${environment.version}, ${count(environment.models, "model")}, ${promoted}.`,
      `Plan ${environment.digest.slice(0, 12)}.`,
    );
    if (environment.expiresAt !== null) lines.push(`It expires ${short(environment.expiresAt)}.`);
  }
  lines.push(
    lease === null
      ? "Nobody is applying."
      : terminal.paint(
          "yellow",
          `${clean(lease.owner)} holds the lock; last sign of life ${describeInstant(lease.heartbeatAt)}.`,
        ),
  );
  if (breaker?.open) {
    lines.push(
      terminal.paint(
        "red",
        `The breaker is open since ${describeInstant(breaker.at)}: ${clean(breaker.reason)} (${clean(breaker.by)}).`,
      ),
    );
  }
  lines.push(...driftLines(found, terminal.paint));
  if (ledger.length > 0) {
    const rows = ledger.map((entry) => [
      entry.digest.slice(0, 12),
      entry.status,
      describeInstant(entry.startedAt),
      entry.finishedAt === null ? "" : describeSeconds((entry.finishedAt - entry.startedAt) / 1000),
      entry.owner,
    ]);
    lines.push("", terminal.paint("bold", "Last plans:"), ...inColumns(rows).map((line) => `  ${line}`));
  }
  terminal.print(lines.join("\n"));
  return 0;
}

/** Most of it is one cause: the first findings tell, the rest is counted. */
const shownFindings = 20;

function driftLines(
  { environment, drift }: Awaited<ReturnType<Context["status"]>>,
  paint: Call["terminal"]["paint"],
): readonly string[] {
  if (environment === null) return [];
  if (drift.unchecked !== null)
    return [`Whether it was changed by hand was not checked. ${clean(drift.unchecked)}`];
  const { findings } = drift;
  if (findings.length === 0) return ["Views and tables are as its record says."];
  const rest = findings.length - shownFindings;
  return [
    paint("red", `${count(findings.length, "thing")} changed by hand:`),
    ...findings.slice(0, shownFindings).map(({ model, text, repair }) => {
      const way = repair === "plan" ? "the next plan puts it right" : "somebody has to decide";
      return clean(`  ${model === null ? "" : `${model}: `}${text}; ${way}.`);
    }),
    ...(rest > 0 ? [`  and ${rest} more; --json has them all.`] : []),
  ];
}

function clean(text: string): string {
  return terminalText(oneLine(text));
}
