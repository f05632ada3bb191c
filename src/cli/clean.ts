/** `sluice clean`: drops what no environment needs any more, or says what it would drop. */

import { basename, resolve } from "node:path";
import type { CleanReport } from "../context.ts";
import { groupBy } from "../group-by.ts";
import { oneLine, terminalText } from "../report/escape.ts";
import { count, enumerate } from "../report/phrase.ts";
import { type Call, type Command, flagOf } from "./command.ts";
import { openContext, projectPath } from "./open-context.ts";
import { listenForSignals } from "./signals.ts";

export const clean: Command = {
  name: "clean",
  summary: "Drop what no environment needs any more.",
  description:
    "Drops the views of expired environments, and the tables of versions that no environment, open plan or time to live\n" +
    "(snapshot_ttl) needs: what left an environment less long ago can still be brought back with sluice rollback. Only what\n" +
    "the state says is Sluice's own is dropped; a schema with anything else in it stays. Of the state's own past it keeps what a\n" +
    "rollback or an open apply may need, and the ledger's lines for a year. Never runs beside an apply.",
  arguments: [],
  options: [
    { name: "dry-run", takes: "flag", help: "Only say what would be dropped." },
    {
      name: "ignore-ttl",
      takes: "flag",
      help: "Drop every version that nothing refers to, however young.",
    },
  ],
  examples: [
    ["sluice clean --dry-run", "What would go?"],
    ["sluice clean", "Drop it."],
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { terminal } = call;
  await using context = await openContext(call);
  const stop = listenForSignals(terminal.note);
  try {
    const report = await context.clean({
      dryRun: flagOf(call.options, "dry-run"),
      ignoreTtl: flagOf(call.options, "ignore-ttl"),
      signal: stop.signal,
    });
    const ok = report.failures.length === 0;
    if (terminal.json) terminal.print(JSON.stringify({ ok, ...report }, null, 2));
    else
      terminal.print(
        describe(report, basename(resolve(projectPath(call))))
          .map(safe)
          .join("\n"),
      );
    return ok ? 0 : 1;
  } finally {
    stop.off();
  }
}

/** Lines for a terminal; tables are counted, since there may be thousands. */
function describe(report: CleanReport, project: string): readonly string[] {
  const { environments, snapshots, failures, dryRun } = report;
  const past = prunedLines(report);
  if (environments.length === 0 && snapshots.length === 0 && failures.length === 0 && past.length === 0)
    return [`There is nothing to clean up in ${project}.`];
  const lines: string[] = [];
  for (const { name, views, schemas, keptSchemas, failures: own } of environments) {
    const what = [
      count(views.length, "view"),
      ...(schemas.length > 0 ? [count(schemas.length, "schema")] : []),
    ];
    const verb = own.length > 0 ? "could not remove" : dryRun ? "would remove" : "removed";
    lines.push(`${verb} the environment ${name}: ${enumerate(what)}`);
    for (const { schema, holds } of keptSchemas) {
      const named = holds.slice(0, 3).join(", ");
      const more = holds.length > 3 ? ` and ${holds.length - 3} more` : "";
      lines.push(`  the schema ${schema} stays: ${named}${more} in it is not Sluice's`);
    }
  }
  lines.push(...versionLines(report), ...past);
  for (const { what, message } of failures) lines.push(`failed: ${what}: ${message}`);
  return lines;
}

function versionLines({ snapshots, dryRun }: CleanReport): readonly string[] {
  if (snapshots.length === 0) return [];
  const verb = dryRun ? "would drop" : "dropped";
  const models = groupBy(snapshots, ({ name }) => name);
  const tables = (list: typeof snapshots): number => list.reduce((sum, one) => sum + one.tables.length, 0);
  const shown = [...models].slice(0, 20);
  return [
    `${verb} ${count(snapshots.length, "version")} with ${count(tables(snapshots), "table")}`,
    ...shown.map(
      ([name, list]) => `  ${name}: ${count(list.length, "version")}, ${count(tables(list), "table")}`,
    ),
    ...(models.size > shown.length ? [`  and ${count(models.size - shown.length, "model")} more`] : []),
  ];
}

function prunedLines({ pruned, dryRun }: CleanReport): readonly string[] {
  const { environmentRecords, ledgerEntries, planDocuments, journalRows } = pruned;
  const parts = [
    ...(environmentRecords > 0
      ? [count(environmentRecords, "former record of an environment", "former records of environments")]
      : []),
    ...(ledgerEntries > 0 ? [count(ledgerEntries, "ledger entry", "ledger entries")] : []),
    ...(planDocuments > 0 ? [count(planDocuments, "plan document")] : []),
    ...(journalRows > 0 ? [count(journalRows, "journal row")] : []),
  ];
  return parts.length === 0 ? [] : [`${dryRun ? "would forget" : "forgot"} ${enumerate(parts)}`];
}

function safe(line: string): string {
  return terminalText(oneLine(line));
}
