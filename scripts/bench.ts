/**
 * How long Sluice takes, by size of project, each number the median of several runs in processes of their own.
 *
 *     npm run bench -- [--sizes 100,1000,10000] [--runs 3] [--apply-up-to 1000]
 *     npm run bench -- --action [--entry dist/index.js]     start of the Action to its first request
 *     npm run bench -- --clean 50000 [--runs 3]              a clean-up of so many versions
 *     npm run bench -- --impact 3000000 [--mysql] [--runs 3]   the fuse of impact beside the backfill it guards, of so many rows
 *     npm run bench -- --mysql [--sizes 100,1000,3000] [--runs 3]     TMPDIR=/dev/shm before it: the server's data in memory
 *
 * Works in `.bench/` and leaves `results.json` and `results.md` there.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measureActionStart } from "./bench/action-start.ts";
import { measureClean } from "./bench/clean-suite.ts";
import { measureImpactCost } from "./bench/impact-suite.ts";
import { measureMysql, mysqlTable } from "./bench/mysql-suite.ts";
import { measureSize, type SizeResult } from "./bench/suite.ts";
import { resultTable } from "./bench/table.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string" },
    runs: { type: "string", default: "3" },
    "apply-up-to": { type: "string", default: "1000" },
    action: { type: "boolean", default: false },
    mysql: { type: "boolean", default: false },
    clean: { type: "string" },
    impact: { type: "string" },
    entry: { type: "string", default: "dist/index.js" },
  },
});
const folder = resolve(".bench");
if (values.action) {
  const { median, times } = await measureActionStart(
    resolve(values.entry),
    Number(values.runs),
    join(folder, "action"),
  );
  const all = times.map((time) => `${Math.round(time)} ms`).join(", ");
  console.log(`Start of the Action to its first request: ${Math.round(median)} ms, median of ${all}.`);
  process.exit(0);
}
await mkdir(folder, { recursive: true });
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}`;
const log = (text: string): void => console.error(text);
if (values.impact !== undefined) {
  const rows = Number(values.impact);
  const { mysql } = values;
  const cost = await measureImpactCost({ rows, runs: Number(values.runs), folder, mysql, log });
  const told = (added: number) => `${added.toFixed(2)} s, ×${(added / cost.backfill).toFixed(2)}`;
  console.log(
    `Impact over ${rows} rows: backfill ${cost.backfill.toFixed(2)} s; rows and NULLs ${told(cost.rows)}; keys as well ${told(cost.all)}. ${machine}.`,
  );
  process.exit(0);
}
if (values.mysql) {
  const sizes = (values.sizes ?? "100,1000,3000").split(",").map(Number);
  const measured = await measureMysql({ sizes, runs: Number(values.runs), folder, log });
  await writeFile(join(folder, "mysql.json"), JSON.stringify({ machine, ...measured }, null, 2));
  console.log(`${mysqlTable(measured)}\n\n${machine}.`);
  process.exit(0);
}
if (values.clean !== undefined) {
  const versions = Number(values.clean);
  const { seconds, megabytes } = await measureClean({ versions, runs: Number(values.runs), folder, log });
  const each = `${((seconds / versions) * 1000).toFixed(2)} ms each, ${megabytes.toFixed(0)} MB`;
  console.log(`Clean-up of ${versions} versions: ${seconds.toFixed(1)} s, ${each}. ${machine}.`);
  process.exit(0);
}
const results: SizeResult[] = [];
for (const models of (values.sizes ?? "100,1000,10000").split(",").map(Number)) {
  const apply = models <= Number(values["apply-up-to"]);
  results.push(await measureSize({ models, runs: Number(values.runs), folder, apply, log }));
}
const table = `${resultTable(results)}\n\nMedian of ${values.runs} runs; ${machine}.\n`;
await writeFile(join(folder, "results.json"), JSON.stringify({ machine, results }, null, 2));
await writeFile(join(folder, "results.md"), table);
console.log(table);
